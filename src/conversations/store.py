"""Conversations of a listener: what is another's is not found."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src.conversations.models.conversation import (
    Conversation,
    ConversationPage,
    ConversationSummary,
    FeedbackVerdict,
    StoredConversation,
    StoredTurn,
)
from src.errors import NotFound
from src.storage.database import Beside, Database, read, uninterrupted, write
from src.storage.paging import paged, read_page
from src.storage.tables import conversations, feedback, turns

FIRST_MESSAGE_CHARACTERS = 80

# Built once: building a statement costs as much as running it.
OWN_CONVERSATION = (conversations.c.id == bindparam("of_conversation")) & (
    conversations.c.listener == bindparam("of_listener")
)
_LOAD = (
    select(
        conversations.c.version,
        conversations.c.turns,
        conversations.c.brief,
        conversations.c.pool,
        turns.c.message,
        turns.c.answer,
    )
    .select_from(
        conversations.outerjoin(
            turns,
            (turns.c.conversation_id == conversations.c.id)
            & (turns.c.number > conversations.c.turns - bindparam("recent_turns")),
        )
    )
    .where(OWN_CONVERSATION)
    .order_by(turns.c.number)
)
_LOAD_FEEDBACK = select(feedback.c.track_id, feedback.c.verdict).where(
    feedback.c.conversation_id == bindparam("of_conversation")
)
_INSERT_CONVERSATION = insert(conversations)
_INSERT_TURN = insert(turns)
_LIST = paged(
    select(
        conversations.c.id,
        conversations.c.created_at,
        conversations.c.updated_at,
        conversations.c.turns,
        func.substr(turns.c.message, 1, FIRST_MESSAGE_CHARACTERS + 1).label("first_message"),
    )
    .join(turns, (turns.c.conversation_id == conversations.c.id) & (turns.c.number == 1))
    .where(conversations.c.listener == bindparam("of_listener")),
    conversations.c.updated_at,
    conversations.c.id,
)
_GET = select(
    conversations.c.id, conversations.c.created_at, conversations.c.updated_at, conversations.c.brief
).where(OWN_CONVERSATION)
_GET_TURNS = (
    select(
        turns.c.id,
        turns.c.number,
        turns.c.created_at,
        turns.c.message,
        turns.c.answer,
        turns.c.record,
        turns.c.trace_id,
    )
    .where(turns.c.conversation_id == bindparam("of_conversation"))
    .order_by(turns.c.number)
)
_GET_TURN = _GET_TURNS.where(turns.c.listener == bindparam("of_listener"), turns.c.id == bindparam("turn_id"))
_DELETE = delete(conversations).where(OWN_CONVERSATION)
_LOCK_BRIEF = select(conversations.c.brief).where(OWN_CONVERSATION).with_for_update()
_UPDATE_BRIEF = (
    update(conversations)
    .where(OWN_CONVERSATION)
    .values(brief=bindparam("new_brief"), version=conversations.c.version + 1, updated_at=bindparam("at"))
)
_UPDATE_FEEDBACK = (
    update(feedback)
    .where(
        feedback.c.conversation_id == bindparam("of_conversation"),
        feedback.c.track_id == bindparam("of_track"),
    )
    .values(verdict=bindparam("new_verdict"), created_at=bindparam("at"))
)
_INSERT_FEEDBACK = insert(feedback)


@uninterrupted
async def load_conversation(
    db: Database, listener: str, conversation_id: str, *, recent_turns: int
) -> Conversation:
    """What the next turn needs, with the last `recent_turns` turns.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with read(db) as connection:
        values = {**own_conversation(listener, conversation_id), "recent_turns": recent_turns}
        rows = (await connection.execute(_LOAD, values)).all()
        if not rows:
            raise _no_conversation()
        verdicts = await _load_feedback(connection, conversation_id)
    first = rows[0]
    return {
        "id": conversation_id,
        "version": first.version,
        "turns": first.turns,
        "brief": first.brief,
        "pool": json.loads(first.pool),
        "feedback": verdicts,
        "recent": [{"message": row.message, "answer": row.answer} for row in rows if row.message is not None],
    }


@uninterrupted
async def list_conversations(
    db: Database, listener: str, limit: int, before: str | None = None
) -> ConversationPage:
    """The listener's conversations, the last changed first.

    Args:
        before: `next_cursor` of the page before; None for the first page.

    Raises:
        InvalidInput: `before` is no cursor of this list.
    """
    async with read(db) as connection:
        rows, next_cursor = await read_page(
            connection, _LIST, {"of_listener": listener}, limit=limit, before=before
        )
    summaries: list[ConversationSummary] = [
        {
            "id": row.id,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "turns": row.turns,
            "first_message": _shorten(row.first_message),
        }
        for row in rows
    ]
    return {"conversations": summaries, "next_cursor": next_cursor}


@uninterrupted
async def get_conversation(db: Database, listener: str, conversation_id: str) -> StoredConversation:
    """The conversation with all its turns.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    own = own_conversation(listener, conversation_id)
    async with read(db) as connection:
        row = (await connection.execute(_GET, own)).one_or_none()
        if row is None:
            raise _no_conversation()
        stored = (await connection.execute(_GET_TURNS, {"of_conversation": conversation_id})).mappings().all()
        verdicts = await _load_feedback(connection, conversation_id)
    return {
        "id": row.id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "brief": row.brief,
        "feedback": verdicts,
        "turns": [cast("StoredTurn", dict(turn)) for turn in stored],
    }


@uninterrupted
async def get_turn(db: Database, listener: str, conversation_id: str, turn_id: str) -> StoredTurn:
    """One turn.

    Raises:
        NotFound: there is no such turn in this conversation, or it is another listener's.
    """
    values = {**own_conversation(listener, conversation_id), "turn_id": turn_id}
    async with read(db) as connection:
        row = (await connection.execute(_GET_TURN, values)).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such turn in this conversation.")
    return cast("StoredTurn", dict(row))


@uninterrupted
async def delete_conversation(
    db: Database, listener: str, conversation_id: str, *, beside: Beside | None = None
) -> None:
    """Delete the conversation with its turns, their spans and the feedback.

    Args:
        beside: what is deleted with it, or not at all.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with write(db) as connection:
        deleted = await connection.execute(_DELETE, own_conversation(listener, conversation_id))
        if deleted.rowcount == 0:
            raise _no_conversation()
        if beside is not None:
            await beside(connection)


@uninterrupted
async def restore_conversation(db: Database, listener: str, conversation: Conversation, at: datetime) -> None:
    """Store a conversation as a turn loaded it, for a replay to begin with.

    Only its `recent` turns are stored, and of each only what the next turn reads.
    """
    id_ = conversation["id"]
    first = conversation["turns"] - len(conversation["recent"]) + 1
    async with write(db) as connection:
        await connection.execute(
            _INSERT_CONVERSATION,
            {
                "id": id_,
                "listener": listener,
                "created_at": at,
                "updated_at": at,
                "version": conversation["version"],
                "turns": conversation["turns"],
                "brief": conversation["brief"],
                "pool": json.dumps(conversation["pool"]),
            },
        )
        for number, turn in enumerate(conversation["recent"], start=first):
            row = {"id": f"{id_}-{number}", "conversation_id": id_, "listener": listener, "number": number}
            row |= {"created_at": at, "message": turn["message"], "answer": turn["answer"], "trace_id": ""}
            await connection.execute(_INSERT_TURN, row)
        for track_id, verdict in conversation["feedback"].items():
            row = {"conversation_id": id_, "track_id": track_id, "verdict": verdict, "created_at": at}
            await connection.execute(_INSERT_FEEDBACK, row)


@uninterrupted
async def set_feedback(
    db: Database, listener: str, conversation_id: str, track_id: str, verdict: FeedbackVerdict, at: datetime
) -> None:
    """Store what the listener thinks of a track, in place of an earlier verdict on it.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with write(db) as connection:
        await _lock_brief(connection, listener, conversation_id)
        changed = await connection.execute(
            _UPDATE_FEEDBACK,
            {"of_conversation": conversation_id, "of_track": track_id, "new_verdict": verdict, "at": at},
        )
        if changed.rowcount == 0:
            row = {"conversation_id": conversation_id, "track_id": track_id, "verdict": verdict}
            await connection.execute(_INSERT_FEEDBACK, {**row, "created_at": at})


@uninterrupted
async def update_brief(
    db: Database, listener: str, conversation_id: str, change: Callable[[str], str], at: datetime
) -> str:
    """Change the stored brief and return it; no other change comes between reading and writing.

    A turn that loaded the conversation before this change is refused when it is stored.

    Args:
        change: from the stored brief to the new one, both JSON text. It runs while the row is locked.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with write(db) as connection:
        brief = change(await _lock_brief(connection, listener, conversation_id))
        values = {**own_conversation(listener, conversation_id), "new_brief": brief, "at": at}
        await connection.execute(_UPDATE_BRIEF, values)
    return brief


async def _lock_brief(connection: AsyncConnection, listener: str, conversation_id: str) -> str:
    brief = await connection.scalar(_LOCK_BRIEF, own_conversation(listener, conversation_id))
    if brief is None:
        raise _no_conversation()
    return str(brief)


async def _load_feedback(connection: AsyncConnection, conversation_id: str) -> dict[str, FeedbackVerdict]:
    rows = (await connection.execute(_LOAD_FEEDBACK, {"of_conversation": conversation_id})).all()
    return {row.track_id: row.verdict for row in rows}


def _shorten(message: str) -> str:
    if len(message) <= FIRST_MESSAGE_CHARACTERS:
        return message
    return message[: FIRST_MESSAGE_CHARACTERS - 1].rstrip() + "…"


def own_conversation(listener: str, conversation_id: str) -> dict[str, object]:
    """Values of `OWN_CONVERSATION`; names of columns are SQLAlchemy's own in an update."""
    return {"of_conversation": conversation_id, "of_listener": listener}


def _no_conversation() -> NotFound:
    return NotFound("There is no such conversation.")
