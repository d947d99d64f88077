"""Conversations of a listener: what is another's is not found."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, delete, func, insert, null, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.conversations.models.conversation import (
    Conversation,
    ConversationPage,
    ConversationSummary,
    FeedbackVerdict,
    NewTurn,
    StoredConversation,
    StoredTurn,
)
from src.errors import Conflict, InvalidInput, NotFound
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import conversations, feedback, from_microseconds, to_microseconds, turns

# What else happens in the same transaction.
type Beside = Callable[[AsyncConnection], Awaitable[None]]

FIRST_MESSAGE_CHARACTERS = 80
SPANS_PRUNED_AT_ONCE = 100

# Built once: building a statement costs as much as running it.
_OWN_CONVERSATION = (conversations.c.id == bindparam("of_conversation")) & (
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
    .where(_OWN_CONVERSATION)
    .order_by(turns.c.number)
)
_LOAD_FEEDBACK = select(feedback.c.track_id, feedback.c.verdict).where(
    feedback.c.conversation_id == bindparam("of_conversation")
)
_FIND_FINISHED = select(turns.c.answer, turns.c.request_hash).where(
    turns.c.listener == bindparam("of_listener"), turns.c.idempotency_key == bindparam("idempotency_key")
)
_INSERT_CONVERSATION = insert(conversations)
_UPDATE_CONVERSATION = (
    update(conversations)
    .where(_OWN_CONVERSATION, conversations.c.version == bindparam("loaded_version"))
    .values(
        version=conversations.c.version + 1,
        turns=conversations.c.turns + 1,
        updated_at=bindparam("at"),
        brief=bindparam("new_brief"),
        pool=bindparam("new_pool"),
    )
    .returning(conversations.c.turns)
)
_INSERT_TURN = insert(turns)
_OLD_SPANS = (
    select(turns.c.id)
    .where(turns.c.spans.is_not(None))
    .order_by(turns.c.created_at.desc(), turns.c.id.desc())
    .limit(SPANS_PRUNED_AT_ONCE)
    .offset(bindparam("traces_kept"))
)
# Two turns that end together would prune the same rows: on PostgreSQL the second leaves them to the first.
_PRUNE_SPANS = (
    update(turns)
    .where(
        turns.c.id.in_(select(turns.c.id).where(turns.c.id.in_(_OLD_SPANS)).with_for_update(skip_locked=True))
    )
    .values(spans=null())
)
_LIST = (
    select(
        conversations.c.id,
        conversations.c.created_at,
        conversations.c.updated_at,
        conversations.c.turns,
        func.substr(turns.c.message, 1, FIRST_MESSAGE_CHARACTERS + 1).label("opening"),
    )
    .join(turns, (turns.c.conversation_id == conversations.c.id) & (turns.c.number == 1))
    .where(conversations.c.listener == bindparam("of_listener"))
    .order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
    .limit(bindparam("limit"))
)
_LIST_BEFORE = _LIST.where(
    tuple_(conversations.c.updated_at, conversations.c.id)
    < tuple_(bindparam("updated_at", type_=conversations.c.updated_at.type), bindparam("last_id"))
)
_GET = select(
    conversations.c.id, conversations.c.created_at, conversations.c.updated_at, conversations.c.brief
).where(_OWN_CONVERSATION)
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
_DELETE = delete(conversations).where(_OWN_CONVERSATION)
_LOCK_BRIEF = select(conversations.c.brief).where(_OWN_CONVERSATION).with_for_update()
_UPDATE_BRIEF = (
    update(conversations)
    .where(_OWN_CONVERSATION)
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
_LOAD_SPANS = (
    select(turns.c.spans)
    .where(turns.c.trace_id == bindparam("trace_id"), turns.c.listener == bindparam("of_listener"))
    .order_by(turns.c.created_at)
)


@uninterrupted
async def load_conversation(
    db: Database, listener: str, conversation_id: str, *, recent_turns: int
) -> Conversation:
    """What the next turn needs, with the last `recent_turns` turns.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with read(db) as connection:
        rows = (
            await connection.execute(
                _LOAD,
                {**_own(listener, conversation_id), "recent_turns": recent_turns},
            )
        ).all()
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
async def store_turn(db: Database, turn: NewTurn, *, traces_kept: int, beside: Beside | None = None) -> None:
    """Store a whole turn and the conversation after it; the spans of all but the newest turns are dropped.

    Args:
        db: the database.
        turn: the turn. Its `version` must be the stored one, or 0 for a conversation that is not stored.
        traces_kept: how many turns keep their spans, over all listeners.
        beside: what is stored with it, or not at all.

    Raises:
        Conflict: `conversation_changed` when another turn, a change of the brief or a deletion came between;
            `idempotency_key_in_use` when a turn with this key was stored meanwhile.
    """
    try:
        async with write(db) as connection:
            number = await _store_conversation(connection, turn)
            await connection.execute(
                _INSERT_TURN,
                {
                    "id": turn["turn_id"],
                    "conversation_id": turn["conversation_id"],
                    "listener": turn["listener"],
                    "number": number,
                    "created_at": turn["created_at"],
                    "message": turn["message"],
                    "answer": turn["answer"],
                    "record": turn["record"],
                    "trace_id": turn["trace_id"],
                    "spans": turn["spans"],
                    "idempotency_key": turn["idempotency_key"],
                    "request_hash": turn["request_hash"],
                },
            )
            await connection.execute(_PRUNE_SPANS, {"traces_kept": traces_kept})
            if beside is not None:
                await beside(connection)
    except IntegrityError:
        key = turn["idempotency_key"]
        if key is None or not await _has_turn_of_key(db, turn["listener"], key):
            raise
        raise Conflict(
            "A turn with this Idempotency-Key was stored meanwhile: send the request again for its answer.",
            code="idempotency_key_in_use",
        ) from None


@uninterrupted
async def find_finished_turn(
    db: Database, listener: str, idempotency_key: str, request_hash: str
) -> str | None:
    """The answer (JSON text) of the turn that this request has already made; None when it has made none.

    Raises:
        Conflict: `idempotency_key_reused` when the key came with another request.
    """
    async with read(db) as connection:
        row = (
            await connection.execute(
                _FIND_FINISHED, {"of_listener": listener, "idempotency_key": idempotency_key}
            )
        ).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise Conflict(
            "This Idempotency-Key came with another request: use a new key for each request.",
            code="idempotency_key_reused",
        )
    return str(row.answer)


@uninterrupted
async def list_conversations(
    db: Database, listener: str, limit: int, before: str | None = None
) -> ConversationPage:
    """The listener's conversations, the last changed first.

    Args:
        db: the database.
        listener: whose.
        limit: how many at most, 1 or more.
        before: `next_cursor` of the page before; None for the first page.

    Raises:
        InvalidInput: `before` is no cursor of this list.
    """
    values: dict[str, object] = {"of_listener": listener, "limit": limit + 1}
    if before is not None:
        updated_at, last_id = _read_cursor(before)
        values |= {"updated_at": updated_at, "last_id": last_id}
    async with read(db) as connection:
        rows = (await connection.execute(_LIST if before is None else _LIST_BEFORE, values)).all()
    summaries: list[ConversationSummary] = [
        {
            "id": row.id,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "turns": row.turns,
            "first_message": _shorten(row.opening),
        }
        for row in rows[:limit]
    ]
    return {
        "conversations": summaries,
        "next_cursor": _write_cursor(summaries[-1]) if len(rows) > limit else None,
    }


@uninterrupted
async def get_conversation(db: Database, listener: str, conversation_id: str) -> StoredConversation:
    """The conversation with all its turns.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    own = _own(listener, conversation_id)
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
    values = {**_own(listener, conversation_id), "turn_id": turn_id}
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
        db: the database.
        listener: whose conversation it is.
        conversation_id: the conversation.
        beside: what is deleted with it, or not at all.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with write(db) as connection:
        deleted = await connection.execute(_DELETE, _own(listener, conversation_id))
        if deleted.rowcount == 0:
            raise _no_conversation()
        if beside is not None:
            await beside(connection)


@uninterrupted
async def restore_conversation(db: Database, listener: str, conversation: Conversation, at: datetime) -> None:
    """Store a conversation as a turn once loaded it: what a replay begins with.

    Turns of before its `recent` ones are not there; of those that are, only what a turn reads is.
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
            await connection.execute(
                _INSERT_FEEDBACK,
                {
                    "conversation_id": conversation_id,
                    "track_id": track_id,
                    "verdict": verdict,
                    "created_at": at,
                },
            )


@uninterrupted
async def update_brief(
    db: Database, listener: str, conversation_id: str, change: Callable[[str], str], at: datetime
) -> str:
    """Change the stored brief, and give it back; no other change comes between reading and writing.

    A turn that loaded the conversation before cannot be stored after: it would undo the change.

    Args:
        db: the database.
        listener: whose conversation it is.
        conversation_id: the conversation.
        change: from the stored brief to the new one, both JSON text. It runs while the row is locked.
        at: the new time of the last change.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    async with write(db) as connection:
        brief = change(await _lock_brief(connection, listener, conversation_id))
        await connection.execute(
            _UPDATE_BRIEF,
            {**_own(listener, conversation_id), "new_brief": brief, "at": at},
        )
    return brief


@uninterrupted
async def load_spans(db: Database, listener: str, trace_id: str) -> list[str]:
    """The spans (JSON text) of every turn of the listener in a trace: a caller may put several into one.

    Raises:
        NotFound: there is no such trace, it is another listener's, or it is no longer kept.
    """
    async with read(db) as connection:
        rows = await connection.scalars(_LOAD_SPANS, {"trace_id": trace_id, "of_listener": listener})
        spans = [str(text) for text in rows if text is not None]
    if not spans:
        raise NotFound("There is no such trace, or it is no longer kept.")
    return spans


async def _store_conversation(connection: AsyncConnection, turn: NewTurn) -> int:
    """Insert or update the row; the number of the turn."""
    pool = json.dumps(turn["pool"])
    if turn["version"] == 0:
        new = {
            "id": turn["conversation_id"],
            "listener": turn["listener"],
            "created_at": turn["created_at"],
            "updated_at": turn["created_at"],
            "version": 1,
            "turns": 1,
            "brief": turn["brief"],
            "pool": pool,
        }
        try:
            await connection.execute(_INSERT_CONVERSATION, new)
        except IntegrityError:
            raise _changed() from None
        return 1
    number = await connection.scalar(
        _UPDATE_CONVERSATION,
        {
            **_own(turn["listener"], turn["conversation_id"]),
            "loaded_version": turn["version"],
            "at": turn["created_at"],
            "new_brief": turn["brief"],
            "new_pool": pool,
        },
    )
    if number is None:
        raise _changed()
    return int(number)


async def _has_turn_of_key(db: Database, listener: str, key: str) -> bool:
    async with read(db) as connection:
        found = await connection.execute(_FIND_FINISHED, {"of_listener": listener, "idempotency_key": key})
        return found.first() is not None


async def _lock_brief(connection: AsyncConnection, listener: str, conversation_id: str) -> str:
    brief = await connection.scalar(_LOCK_BRIEF, _own(listener, conversation_id))
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


def _write_cursor(last: ConversationSummary) -> str:
    return f"{to_microseconds(last['updated_at'])}-{last['id']}"


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    microseconds, _, last_id = cursor.partition("-")
    try:
        return from_microseconds(int(microseconds)), last_id
    except (ValueError, OverflowError):
        raise InvalidInput("`before` must be the `next_cursor` of a page of this list.") from None


def _own(listener: str, conversation_id: str) -> dict[str, object]:
    """Values of `_OWN_CONVERSATION`; names of columns are SQLAlchemy's own in an update."""
    return {"of_conversation": conversation_id, "of_listener": listener}


def _no_conversation() -> NotFound:
    return NotFound("There is no such conversation.")


def _changed() -> Conflict:
    return Conflict(
        "The conversation changed or was deleted while this turn was made: send the message again.",
        code="conversation_changed",
    )
