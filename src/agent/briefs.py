"""The brief of a conversation, read and edited by the listener."""

import asyncio

from src.agent.agent import Agent
from src.agent.brief_edits import with_known_names
from src.conversations.store import load_conversation, update_brief
from src.errors import InvalidInput
from src.schema import to_json
from src.wishes.entries import is_meant, to_wish
from src.wishes.merge import MAX_WISHES, add_wishes
from src.wishes.models.brief import BRIEF, Brief, Wish
from src.wishes.models.entry import BriefPatch, BriefRemoval


async def read_brief(agent: Agent, listener: str, conversation_id: str) -> Brief:
    """What the conversation is about by now.

    Raises:
        NotFound: no such conversation of this listener.
    """
    conversation = await load_conversation(agent.database, listener, conversation_id, recent_turns=0)
    return BRIEF.validate_json(conversation["brief"])


async def patch_brief(agent: Agent, listener: str, conversation_id: str, patch: BriefPatch) -> Brief:
    """Edit the brief: first what goes, then the words, then what is added; all of it or nothing.

    The listener's own hand may loosen what binds, which no model may. Names are spelled as the catalogue
    spells them.

    Raises:
        NotFound: no such conversation of this listener.
        InvalidInput: an entry cannot be read, or the brief would hold more wishes than a brief may.
    """
    new = [to_wish(entry, 0) for entry in patch.get("add", [])]
    async with agent.catalogue.use() as catalogue:
        new = [await with_known_names(catalogue, wish) for wish in new]

    def change(stored: str) -> str:
        brief = BRIEF.validate_json(stored)
        kept = [wish for wish in brief["wishes"] if not _is_removed(wish, patch.get("remove", []))]
        for wish in new:
            wish["turn"] = brief["turn"]
        brief["wishes"] = add_wishes(kept, new)
        if new and len(brief["wishes"]) > MAX_WISHES:
            raise InvalidInput(f"A brief holds at most {MAX_WISHES} wishes: remove some first.")
        brief["text"] = patch.get("text", brief["text"])
        return to_json(BRIEF, brief)

    # A turn under way ends first: a brief that changed beneath it could not be stored.
    async with agent.conversation_locks.setdefault(conversation_id, asyncio.Lock()):
        stored = await update_brief(agent.database, listener, conversation_id, change, agent.now())
    return BRIEF.validate_json(stored)


def _is_removed(wish: Wish, removals: list[BriefRemoval]) -> bool:
    return any(is_meant(removal, wish) for removal in removals)
