"""Recordings of a listener's turns; they share parts within a conversation, and go with it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import NotFound
from src.recordings.models.recording import RECORDING, Recording, RecordingSummary
from src.recordings.parts import Parts, pack, part_names, unpack
from src.schema import to_json
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import recording_parts, recordings

PRUNED_AT_ONCE = 100

_OWN = recordings.c.listener == bindparam("of_listener")
_INSERT = insert(recordings)
_INSERT_PARTS = {
    "sqlite": sqlite.insert(recording_parts).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(recording_parts).on_conflict_do_nothing(),
}
_PARTS_THERE = select(recording_parts.c.name).where(
    recording_parts.c.conversation_id == bindparam("of_conversation")
)
_GET = select(recordings.c.document).where(_OWN, recordings.c.turn_id == bindparam("of_turn"))
_OF_CONVERSATION = (
    select(recordings.c.document)
    .where(_OWN, recordings.c.conversation_id == bindparam("of_conversation"))
    .order_by(recordings.c.created_at, recordings.c.turn_id)
)
_LIST = (
    select(recordings.c.created_at, recordings.c.document)
    .where(_OWN)
    .order_by(recordings.c.created_at.desc(), recordings.c.turn_id.desc())
    .limit(bindparam("limit"))
)
_PARTS = select(recording_parts.c.name, recording_parts.c.content).where(
    recording_parts.c.conversation_id == bindparam("of_conversation")
)
_DELETE = delete(recordings).where(_OWN, recordings.c.turn_id == bindparam("of_turn"))
_DELETE_OF_CONVERSATION = delete(recordings).where(
    _OWN, recordings.c.conversation_id == bindparam("of_conversation")
)
_HAS_RECORDING = (
    select(recordings.c.turn_id)
    .where(recordings.c.conversation_id == recording_parts.c.conversation_id)
    .exists()
)
_DROP_PARTS = delete(recording_parts).where(
    recording_parts.c.conversation_id == bindparam("of_conversation"), not_(_HAS_RECORDING)
)
_COUNT = select(func.count()).select_from(recordings)
_OLDEST = (
    select(recordings.c.turn_id, recordings.c.conversation_id)
    .order_by(recordings.c.created_at, recordings.c.turn_id)
    .limit(bindparam("surplus"))
)
_PRUNE = delete(recordings).where(recordings.c.turn_id.in_(bindparam("turn_ids", expanding=True)))


async def put_recording(
    connection: AsyncConnection,
    *,
    listener: str,
    created_at: datetime,
    recording: Recording,
    parts: Parts,
    kept: int,
    is_first: bool = False,
) -> None:
    """Store a recording in a transaction that writes; deletes the oldest beyond `kept`, of all listeners.

    Args:
        parts: the recording's own; those that the conversation has already are not written again.
        is_first: of its conversation, which then has none.
    """
    conversation_id = recording["conversation_id"]
    known: set[str] = set()
    if not is_first:
        known.update(await connection.scalars(_PARTS_THERE, {"of_conversation": conversation_id}))
    rows = [
        {"conversation_id": conversation_id, "name": name, "content": pack(content)}
        for name, content in parts.contents.items()
        if name not in known
    ]
    if rows:
        # A failed turn of the same conversation may be recorded at the same time.
        await connection.execute(_INSERT_PARTS[connection.dialect.name], rows)
    await connection.execute(
        _INSERT,
        {
            "turn_id": recording["turn_id"],
            "listener": listener,
            "conversation_id": conversation_id,
            "created_at": created_at,
            "outcome": recording["outcome"],
            "document": to_json(RECORDING, recording),
        },
    )
    await _prune(connection, kept)


@uninterrupted
async def keep_recording(
    db: Database, *, listener: str, created_at: datetime, recording: Recording, parts: Parts, kept: int
) -> None:
    """Store a recording by itself, for a turn of which nothing else is stored."""
    async with write(db) as connection:
        await put_recording(
            connection, listener=listener, created_at=created_at, recording=recording, parts=parts, kept=kept
        )


@uninterrupted
async def get_recording(db: Database, listener: str, turn_id: str) -> tuple[Recording, Parts]:
    """A recording with its parts.

    Raises:
        NotFound: the turn was not recorded, the recording is no longer kept, or it is another listener's.
    """
    async with read(db) as connection:
        document = await connection.scalar(_GET, {"of_listener": listener, "of_turn": turn_id})
        if document is None:
            raise NotFound("There is no recording of such a turn.")
        recording = RECORDING.validate_json(document)
        stored = await _load_parts(connection, recording["conversation_id"])
    names = part_names(recording, stored)
    return recording, Parts({name: stored.get(name) for name in names})


@uninterrupted
async def get_conversation_recordings(
    db: Database, listener: str, conversation_id: str
) -> tuple[list[Recording], Parts]:
    """Every recorded turn of a conversation, oldest first, with all their parts.

    Raises:
        NotFound: no turn of such a conversation of this listener was recorded.
    """
    values = {"of_listener": listener, "of_conversation": conversation_id}
    async with read(db) as connection:
        documents = (await connection.scalars(_OF_CONVERSATION, values)).all()
        if not documents:
            raise NotFound("No turn of such a conversation was recorded.")
        parts = await _load_parts(connection, conversation_id)
    return [RECORDING.validate_json(document) for document in documents], parts


@uninterrupted
async def list_recordings(db: Database, listener: str, limit: int) -> list[RecordingSummary]:
    """The listener's recordings, the latest first."""
    async with read(db) as connection:
        rows = (await connection.execute(_LIST, {"of_listener": listener, "limit": limit})).all()
    found: list[RecordingSummary] = []
    for row in rows:
        recording = RECORDING.validate_json(row.document)
        found.append(
            {
                "turn_id": recording["turn_id"],
                "conversation_id": recording["conversation_id"],
                "created_at": row.created_at.isoformat(),
                "outcome": recording["outcome"],
                "how": recording["made_with"]["how"],
            }
        )
    return found


@uninterrupted
async def delete_recording(db: Database, listener: str, turn_id: str) -> None:
    """Delete a recording; the parts of its conversation go with the last one of it.

    Raises:
        NotFound: there is no such recording of this listener.
    """
    own = {"of_listener": listener, "of_turn": turn_id}
    async with write(db) as connection:
        document = await connection.scalar(_GET, own)
        if document is None:
            raise NotFound("There is no recording of such a turn.")
        await connection.execute(_DELETE, own)
        conversation_id = RECORDING.validate_json(document)["conversation_id"]
        await connection.execute(_DROP_PARTS, {"of_conversation": conversation_id})


async def delete_recordings_of(connection: AsyncConnection, listener: str, conversation_id: str) -> int:
    """Delete every recording of a conversation in a transaction that writes; returns how many there were."""
    own = {"of_listener": listener, "of_conversation": conversation_id}
    deleted = await connection.execute(_DELETE_OF_CONVERSATION, own)
    await connection.execute(_DROP_PARTS, {"of_conversation": conversation_id})
    return deleted.rowcount


async def _prune(connection: AsyncConnection, kept: int) -> None:
    surplus = (await connection.scalar(_COUNT) or 0) - kept
    if surplus <= 0:
        return
    rows: Sequence[tuple[str, str]] = [
        (row.turn_id, row.conversation_id)
        for row in await connection.execute(_OLDEST, {"surplus": min(surplus, PRUNED_AT_ONCE)})
    ]
    await connection.execute(_PRUNE, {"turn_ids": [turn_id for turn_id, _ in rows]})
    for conversation_id in dict.fromkeys(conversation_id for _, conversation_id in rows):
        await connection.execute(_DROP_PARTS, {"of_conversation": conversation_id})


async def _load_parts(connection: AsyncConnection, conversation_id: str) -> Parts:
    rows = await connection.execute(_PARTS, {"of_conversation": conversation_id})
    return Parts({row.name: unpack(row.content) for row in rows})
