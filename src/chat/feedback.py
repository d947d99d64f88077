"""What the listener changes by hand: feedback on a track, the brief, the deletion of a conversation."""

import asyncio
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from src.catalogue.models.track import Track
from src.chat.brief_edits import is_any_meant, with_known_names
from src.chat.clients import Agent
from src.constraints.entries import to_constraint
from src.constraints.models.brief import BRIEF, Brief, Constraint
from src.constraints.models.entry import BriefPatch
from src.conversations.models.conversation import FeedbackVerdict
from src.conversations.store import delete_conversation, load_conversation, set_feedback, update_brief
from src.errors import InvalidInput, NotFound
from src.jobs.store import delete_jobs_of
from src.recordings.store import delete_recordings_of
from src.schema import to_json
from src.storage.database import Database, uninterrupted, write
from src.understanding.merge import MAX_CONSTRAINTS, add_constraints, bounded_constraints


async def give_feedback(
    agent: Agent, listener: str, conversation_id: str, track_id: str, verdict: FeedbackVerdict
) -> tuple[Brief, dict[str, FeedbackVerdict]]:
    """Store the verdict and change the brief by it; returns the brief and all verdicts.

    `like` makes the track an example, `dislike` keeps it out, `never` keeps its artist out too.

    Raises:
        NotFound: no such conversation of this listener, or no such track.
    """
    async with agent.catalogue.use() as catalogue:
        tracks = await catalogue.engine.fetch([track_id]) if _is_uuid(track_id) else {}
    if track_id not in tracks:
        raise NotFound("There is no such track in the catalogue.")
    at = agent.now()

    def change(stored: str) -> str:
        brief = BRIEF.validate_json(stored)
        new = _constraints_of(tracks[track_id], verdict, brief["turn"])
        brief["wishes"] = bounded_constraints(add_constraints(brief["wishes"], new))
        return to_json(BRIEF, brief)

    # A turn under way ends first: a brief that changed beneath it could not be stored.
    async with agent.conversation_locks.setdefault(conversation_id, asyncio.Lock()):
        await set_feedback(agent.database, listener, conversation_id, track_id, verdict, at)
        stored = await update_brief(agent.database, listener, conversation_id, change, at)
        conversation = await load_conversation(agent.database, listener, conversation_id, recent_turns=0)
    return BRIEF.validate_json(stored), conversation["feedback"]


def _constraints_of(track: Track, verdict: FeedbackVerdict, turn: int) -> list[Constraint]:
    artist, words = track["artists"][0], f"{verdict}: {track['title']}"
    about: Constraint = {
        "kind": "track",
        "title": track["title"],
        "artist": artist,
        "track_id": track["id"],
        "relation": "seed" if verdict == "like" else "rejected",
        "hard": verdict != "like",
        "words": words,
        "turn": turn,
    }
    by_artist: Constraint = {
        "kind": "artist",
        "name": artist,
        "relation": "rejected",
        "hard": True,
        "words": words,
        "turn": turn,
    }
    return [about, by_artist] if verdict == "never" else [about]


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(character in "0123456789abcdef-" for character in text)


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
    new = [to_constraint(entry, 0) for entry in patch.get("add", [])]
    async with agent.catalogue.use() as catalogue:
        new = [await with_known_names(catalogue, constraint) for constraint in new]

    def change(stored: str) -> str:
        brief = BRIEF.validate_json(stored)
        kept = [
            constraint
            for constraint in brief["wishes"]
            if not is_any_meant(patch.get("remove", []), constraint)
        ]
        for constraint in new:
            constraint["turn"] = brief["turn"]
        brief["wishes"] = add_constraints(kept, new)
        if new and len(brief["wishes"]) > MAX_CONSTRAINTS:
            raise InvalidInput(f"A brief holds at most {MAX_CONSTRAINTS} wishes: remove some first.")
        brief["text"] = patch.get("text", brief["text"])
        return to_json(BRIEF, brief)

    # A turn under way ends first: a brief that changed beneath it could not be stored.
    async with agent.conversation_locks.setdefault(conversation_id, asyncio.Lock()):
        stored = await update_brief(agent.database, listener, conversation_id, change, agent.now())
    return BRIEF.validate_json(stored)


@uninterrupted
async def forget_conversation(db: Database, listener: str, conversation_id: str) -> None:
    """Delete the conversation with its turns, spans, feedback, recordings and jobs; all of it or nothing.

    Playlists that were made from it stay.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    try:
        delete_rest = partial(_delete_rest, listener, conversation_id)
        await delete_conversation(db, listener, conversation_id, beside=delete_rest)
    except NotFound:
        # A conversation whose only turn failed has recordings and nothing else.
        async with write(db) as connection:
            if not await delete_recordings_of(connection, listener, conversation_id):
                raise


async def _delete_rest(listener: str, conversation_id: str, connection: AsyncConnection) -> None:
    await delete_recordings_of(connection, listener, conversation_id)
    await delete_jobs_of(connection, listener, conversation_id)
