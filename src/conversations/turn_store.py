"""Finished turns: each is stored as a whole, with the conversation after it; found again by its key."""

import json

from sqlalchemy import bindparam, insert, null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.conversations.models.conversation import NewTurn
from src.conversations.store import OWN_CONVERSATION, own_conversation
from src.errors import Conflict, NotFound
from src.storage.database import Beside, Database, read, uninterrupted, write
from src.storage.tables import conversations, turns

SPANS_PRUNED_AT_ONCE = 100

_FIND_FINISHED = select(turns.c.answer, turns.c.request_hash).where(
    turns.c.listener == bindparam("of_listener"), turns.c.idempotency_key == bindparam("idempotency_key")
)
_UPDATE_CONVERSATION = (
    update(conversations)
    .where(OWN_CONVERSATION, conversations.c.version == bindparam("loaded_version"))
    .values(
        version=conversations.c.version + 1,
        turns=conversations.c.turns + 1,
        updated_at=bindparam("at"),
        brief=bindparam("new_brief"),
        pool=bindparam("new_pool"),
    )
    .returning(conversations.c.turns)
)
_INSERT_CONVERSATION = insert(conversations)
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
_LOAD_SPANS = (
    select(turns.c.spans)
    .where(turns.c.trace_id == bindparam("trace_id"), turns.c.listener == bindparam("of_listener"))
    .order_by(turns.c.created_at)
)


@uninterrupted
async def store_turn(db: Database, turn: NewTurn, *, traces_kept: int, beside: Beside | None = None) -> None:
    """Store a whole turn and the conversation after it; the spans of all but the newest turns are dropped.

    Args:
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
            **own_conversation(turn["listener"], turn["conversation_id"]),
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


def _changed() -> Conflict:
    return Conflict(
        "The conversation changed or was deleted while this turn was made: send the message again.",
        code="conversation_changed",
    )
