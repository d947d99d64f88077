"""Feedback on a track: kept with the conversation, and read into its brief."""

import asyncio

from src.agent.agent import Agent
from src.catalogue.models.track import Track
from src.conversations.models.conversation import FeedbackVerdict
from src.conversations.store import load_conversation, set_feedback, update_brief
from src.errors import NotFound
from src.schema import to_json
from src.wishes.merge import add_wishes, bounded_wishes
from src.wishes.models.brief import BRIEF, Brief, Wish


async def give_feedback(
    agent: Agent,
    listener: str,
    conversation_id: str,
    track_id: str,
    verdict: FeedbackVerdict,
) -> tuple[Brief, dict[str, FeedbackVerdict]]:
    """Store the verdict and change the brief by it; gives the brief and all verdicts.

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
        new = _wishes_of(tracks[track_id], verdict, brief["turn"])
        brief["wishes"] = bounded_wishes(add_wishes(brief["wishes"], new))
        return to_json(BRIEF, brief)

    # A turn under way ends first: a brief that changed beneath it could not be stored.
    async with agent.conversation_locks.setdefault(conversation_id, asyncio.Lock()):
        await set_feedback(agent.database, listener, conversation_id, track_id, verdict, at)
        stored = await update_brief(agent.database, listener, conversation_id, change, at)
        conversation = await load_conversation(agent.database, listener, conversation_id, recent_turns=0)
    return BRIEF.validate_json(stored), conversation["feedback"]


def _wishes_of(track: Track, verdict: str, turn: int) -> list[Wish]:
    artist = track["artists"][0]
    words = f"{verdict}: {track['title']}"
    about: Wish = {
        "kind": "track",
        "title": track["title"],
        "artist": artist,
        "track_id": track["id"],
        "relation": "seed" if verdict == "like" else "rejected",
        "hard": verdict != "like",
        "words": words,
        "turn": turn,
    }
    if verdict != "never":
        return [about]
    never: Wish = {
        "kind": "artist",
        "name": artist,
        "relation": "rejected",
        "hard": True,
        "words": words,
        "turn": turn,
    }
    return [about, never]


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(character in "0123456789abcdef-" for character in text)
