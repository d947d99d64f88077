"""Saves of a listener: stored before the first write and after each step, as long as they can be undone.

A version is checked at each step: of two processes with one save, the second is refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from src.catalogue.names import name_key
from src.errors import Conflict, NotFound
from src.schema import to_json
from src.spotify.sync.goals import has_written
from src.spotify.sync.models.save import SAVE_DOCUMENT, SaveDocument, SaveReport
from src.spotify.sync.report import report_of
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import spotify_saves

_OWN = spotify_saves.c.listener == bindparam("of_listener")
_ROW = select(spotify_saves)
_VALID = spotify_saves.c.expires_at > bindparam("now", type_=spotify_saves.c.expires_at.type)
_FIND = _ROW.where(_OWN, spotify_saves.c.idempotency_key == bindparam("of_key"), _VALID)
_GET = _ROW.where(_OWN, spotify_saves.c.id == bindparam("of_id"))
_LATEST = _ROW.where(_OWN, _VALID).order_by(spotify_saves.c.created_at.desc(), spotify_saves.c.id.desc())
_INSERT = insert(spotify_saves)
_UPDATE = (
    update(spotify_saves)
    .where(
        spotify_saves.c.id == bindparam("of_id"), _OWN, spotify_saves.c.version == bindparam("loaded_version")
    )
    .values(
        version=spotify_saves.c.version + 1, document=bindparam("new_document"), updated_at=bindparam("at")
    )
)
_PURGE = delete(spotify_saves).where(spotify_saves.c.expires_at <= bindparam("now"))


@dataclass(slots=True)
class StoredSave:
    """A save with its row; `version` is the stored one."""

    id: str
    listener: str
    key: str
    request_hash: str
    version: int
    document: SaveDocument
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


@uninterrupted
async def find_save(db: Database, listener: str, key: str, now: datetime) -> StoredSave | None:
    """The save of this key, if there is one that has not expired."""
    async with read(db) as connection:
        row = (
            await connection.execute(_FIND, {"of_listener": listener, "of_key": key, "now": now})
        ).one_or_none()
    return _save(row) if row is not None else None


@uninterrupted
async def get_save(db: Database, listener: str, save_id: str, now: datetime) -> StoredSave:
    """One save.

    Raises:
        NotFound: there is none, it has expired, or it is another listener's.
    """
    async with read(db) as connection:
        row = (await connection.execute(_GET, {"of_listener": listener, "of_id": save_id})).one_or_none()
    if row is None or row.expires_at <= now:
        raise NotFound("There is no such save, or it is too old to be undone.")
    return _save(row)


@uninterrupted
async def insert_save(db: Database, save: StoredSave, now: datetime) -> None:
    """Store a new save; all that have expired are deleted.

    Raises:
        Conflict: `save_under_way` when one with this key was stored meanwhile.
    """
    try:
        async with write(db) as connection:
            await connection.execute(_PURGE, {"now": now})
            await connection.execute(
                _INSERT,
                {
                    "id": save.id,
                    "listener": save.listener,
                    "idempotency_key": save.key,
                    "request_hash": save.request_hash,
                    "version": save.version,
                    "document": to_json(SAVE_DOCUMENT, save.document),
                    "created_at": save.created_at,
                    "updated_at": save.updated_at,
                    "expires_at": save.expires_at,
                },
            )
    except IntegrityError:
        raise under_way() from None


@uninterrupted
async def update_save(db: Database, save: StoredSave, now: datetime) -> None:
    """Store the document, and note the new version.

    Raises:
        Conflict: `save_under_way` when another process took the save over, or it was deleted.
    """
    async with write(db) as connection:
        changed = await connection.execute(
            _UPDATE,
            {
                "of_id": save.id,
                "of_listener": save.listener,
                "loaded_version": save.version,
                "new_document": to_json(SAVE_DOCUMENT, save.document),
                "at": now,
            },
        )
    if changed.rowcount == 0:
        raise under_way()
    save.version += 1
    save.updated_at = now


@uninterrupted
async def purge_saves(db: Database, now: datetime) -> None:
    """Delete every save that has expired."""
    async with write(db) as connection:
        await connection.execute(_PURGE, {"now": now})


@uninterrupted
async def latest_save(
    db: Database, listener: str, conversation_id: str, now: datetime, *, name: str = ""
) -> StoredSave | None:
    """The last save of a conversation that wrote something and is not undone; None when there is none.

    Args:
        name: of the list that was saved, compared without case, accents and signs: then the last save of that
            name, of this conversation or, where it has none, of any other of the listener's.
    """
    elsewhere = None
    async with (
        read(db) as connection,
        connection.stream(_LATEST, {"of_listener": listener, "now": now}) as rows,
    ):
        async for row in rows:
            save = _save(row)
            document = save.document
            if document["state"] == "undone" or not has_written(document):
                continue
            if name and name_key(document["name"]) != name_key(name):
                continue
            if document.get("conversation_id") == conversation_id:
                return save
            elsewhere = elsewhere or save
    return elsewhere if name else None


@uninterrupted
async def load_report(db: Database, listener: str, save_id: str) -> SaveReport | None:
    """What became of a save; None when there is no such save of this listener."""
    async with read(db) as connection:
        row = (await connection.execute(_GET, {"of_listener": listener, "of_id": save_id})).one_or_none()
    return stored_report(_save(row)) if row is not None else None


def stored_report(save: StoredSave) -> SaveReport:
    """The report of a save as it is stored."""
    return report_of(save.document, save_id=save.id, undo_until=save.expires_at)


def claim(save: StoredSave, now: datetime, lease: timedelta) -> None:
    """Take a save over, in memory: `update_save` then decides between two that do.

    Raises:
        Conflict: `save_under_way` while another process has it.
    """
    if save.document["under_way"] and now - save.updated_at < lease:
        raise under_way()
    save.document["under_way"] = True


def under_way() -> Conflict:
    """The refusal of a second process."""
    return Conflict(
        "This save is under way: send the same request again in some seconds for its report.",
        code="save_under_way",
    )


def _save(row: Row[*tuple[object, ...]]) -> StoredSave:
    return StoredSave(
        id=row.id,
        listener=row.listener,
        key=row.idempotency_key,
        request_hash=row.request_hash,
        version=row.version,
        document=SAVE_DOCUMENT.validate_json(row.document),
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
    )
