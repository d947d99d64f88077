"""Playlists of a listener with their versions: what is another's is not found.

The present list is the version of the present number; versions are written once and never changed. A change
names the version that it was made from: of two made from one, the second is refused.
"""

from datetime import datetime
from typing import Final

from loguru import logger
from sqlalchemy import bindparam, delete, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.constraints.models.spec import SPEC
from src.errors import Conflict, InvalidInput, NotFound
from src.playlists.diff import Grounds, diff_lists
from src.playlists.models.playlist import (
    DIFF,
    DuePlaylist,
    NewPlaylist,
    NewVersion,
    PlaylistDiff,
    PlaylistMode,
    PlaylistPage,
    PlaylistSummary,
    PlaylistVersion,
    StoredPlaylist,
    VersionPage,
    VersionSummary,
)
from src.playlists.models.result import RESULT
from src.playlists.refresh import frozen
from src.playlists.schedule import DEFAULT_ZONE, check_schedule, next_time
from src.schema import to_json
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import from_microseconds, playlist_versions, playlists, to_microseconds

# The first version and the newest ones.
PLAYLIST_VERSIONS_KEPT: Final = 100

_OWN = (playlists.c.id == bindparam("of_playlist")) & (playlists.c.listener == bindparam("of_listener"))
_PRESENT = (playlist_versions.c.playlist_id == playlists.c.id) & (
    playlist_versions.c.number == playlists.c.version
)
_INSERT = insert(playlists)
_INSERT_VERSION = insert(playlist_versions)
_GET = (
    select(playlists, playlist_versions.c.spec, playlist_versions.c.result)
    .join(playlist_versions, _PRESENT)
    .where(_OWN)
)
_GET_NUMBER = select(playlists.c.version).where(_OWN)
_LIST = (
    select(
        playlists.c.id,
        playlists.c.title,
        playlists.c.created_at,
        playlists.c.updated_at,
        playlists.c.version,
        playlists.c.mode,
        playlists.c.schedule,
        playlists.c.next_refresh_at,
        playlist_versions.c.tracks,
    )
    .join(playlist_versions, _PRESENT)
    .where(playlists.c.listener == bindparam("of_listener"))
    .order_by(playlists.c.updated_at.desc(), playlists.c.id.desc())
    .limit(bindparam("limit"))
)
_LIST_BEFORE = _LIST.where(
    tuple_(playlists.c.updated_at, playlists.c.id)
    < tuple_(bindparam("updated_at", type_=playlists.c.updated_at.type), bindparam("last_id"))
)
_UPDATE = (
    update(playlists)
    .where(_OWN, playlists.c.version == bindparam("loaded_version"))
    .values(version=playlists.c.version + 1, title=bindparam("new_title"), updated_at=bindparam("at"))
)
# A refresh that was under way when the listener froze the list must not change it.
_UPDATE_REFRESHED = _UPDATE.where(playlists.c.mode == "fresh")
_PRUNE = delete(playlist_versions).where(
    playlist_versions.c.playlist_id == bindparam("of_playlist"),
    playlist_versions.c.number > 1,
    playlist_versions.c.number <= bindparam("newest_dropped"),
)
_OF_OWN = (playlist_versions.c.playlist_id == playlists.c.id) & _OWN
_LIST_VERSIONS = (
    select(
        playlist_versions.c.number,
        playlist_versions.c.made_at,
        playlist_versions.c.cause,
        playlist_versions.c.words,
        playlist_versions.c.tracks,
        playlist_versions.c.diff,
    )
    .join(playlists, _OF_OWN)
    .order_by(playlist_versions.c.number.desc())
    .limit(bindparam("limit"))
)
_LIST_VERSIONS_BEFORE = _LIST_VERSIONS.where(playlist_versions.c.number < bindparam("before"))
_GET_VERSION = (
    select(playlist_versions)
    .join(playlists, _OF_OWN)
    .where(playlist_versions.c.number == bindparam("of_number"))
)
_DELETE = delete(playlists).where(_OWN)
_LOCK_REFRESHING = (
    select(playlists.c.mode, playlists.c.schedule, playlists.c.schedule_zone).where(_OWN).with_for_update()
)
_SET_REFRESHING = (
    update(playlists)
    .where(_OWN)
    .values(
        mode=bindparam("new_mode"),
        schedule=bindparam("new_schedule"),
        schedule_zone=bindparam("new_zone"),
        next_refresh_at=bindparam("next_at"),
        updated_at=bindparam("at"),
    )
)
_DUE = (
    select(
        playlists.c.id,
        playlists.c.listener,
        playlists.c.schedule,
        playlists.c.schedule_zone,
        playlists.c.next_refresh_at,
    )
    .where(playlists.c.next_refresh_at <= bindparam("now", type_=playlists.c.next_refresh_at.type))
    .order_by(playlists.c.next_refresh_at, playlists.c.id)
    .limit(bindparam("limit"))
)
_CLAIM = (
    update(playlists)
    .where(
        playlists.c.id == bindparam("of_playlist"),
        playlists.c.next_refresh_at == bindparam("due_at", type_=playlists.c.next_refresh_at.type),
    )
    .values(next_refresh_at=bindparam("next_at"))
)


@uninterrupted
async def insert_playlist(db: Database, new: NewPlaylist) -> None:
    """Store a new playlist; its list is version 1.

    Raises:
        Conflict: `playlist_exists` when there is one of this id or of this job.
    """
    async with write(db) as connection:
        await insert_playlist_in(connection, new)


async def insert_playlist_in(connection: AsyncConnection, new: NewPlaylist) -> None:
    """Store a new playlist within a transaction that writes; its list is version 1.

    Raises:
        Conflict: `playlist_exists` when there is one of this id or of this job. The transaction cannot go on.
    """
    try:
        await connection.execute(
            _INSERT,
            {
                "id": new["id"],
                "listener": new["listener"],
                "title": new["spec"]["title"],
                "created_at": new["created_at"],
                "updated_at": new["created_at"],
                "version": 1,
                "mode": new["mode"],
                "schedule": None,
                "schedule_zone": DEFAULT_ZONE,
                "next_refresh_at": None,
                "from_conversation": new["from_conversation"],
                "created_by_job": new["created_by_job"],
            },
        )
    except IntegrityError:
        raise Conflict("This playlist is stored already.", code="playlist_exists") from None
    await connection.execute(
        _INSERT_VERSION,
        {
            "playlist_id": new["id"],
            "number": 1,
            "made_at": new["created_at"],
            "cause": "created",
            "words": "",
            "tracks": len(new["result"]["entries"]),
            "spec": to_json(SPEC, new["spec"]),
            "result": to_json(RESULT, new["result"]),
            "diff": None,
        },
    )


@uninterrupted
async def get_playlist(db: Database, listener: str, playlist_id: str) -> StoredPlaylist:
    """A playlist in its present state.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
    """
    async with read(db) as connection:
        return await _load(connection, listener, playlist_id)


@uninterrupted
async def list_playlists(db: Database, listener: str, limit: int, before: str | None = None) -> PlaylistPage:
    """The listener's playlists, the last changed first.

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
    summaries: list[PlaylistSummary] = [
        {
            "id": row.id,
            "title": row.title,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "version": row.version,
            "mode": row.mode,
            "schedule": row.schedule,
            "next_refresh_at": row.next_refresh_at,
            "tracks": row.tracks,
        }
        for row in rows[:limit]
    ]
    return {
        "playlists": summaries,
        "next_cursor": _write_cursor(summaries[-1]) if len(rows) > limit else None,
    }


@uninterrupted
async def update_playlist(db: Database, change: NewVersion) -> int:
    """Store a change as a new version, and give its number; versions beyond the bound are dropped.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
        Conflict: `playlist_changed` when the change was made from a version that is not the present one;
            `playlist_frozen` when it is a refresh, and the playlist was frozen meanwhile.
    """
    async with write(db) as connection:
        return await update_playlist_in(connection, change)


async def update_playlist_in(connection: AsyncConnection, change: NewVersion) -> int:
    """Store a change as a new version within a transaction that writes, as `update_playlist` does.

    Raises:
        NotFound: as there.
        Conflict: as there.
    """
    own = _own(change["listener"], change["playlist_id"])
    changed = await connection.execute(
        _UPDATE_REFRESHED if change["cause"] == "refreshed" else _UPDATE,
        {
            **own,
            "loaded_version": change["version"],
            "new_title": change["spec"]["title"],
            "at": change["made_at"],
        },
    )
    if changed.rowcount == 0:
        raise await _refusal(connection, own, change["version"])
    number = change["version"] + 1
    await connection.execute(
        _INSERT_VERSION,
        {
            "playlist_id": change["playlist_id"],
            "number": number,
            "made_at": change["made_at"],
            "cause": change["cause"],
            "words": change["words"],
            "tracks": len(change["result"]["entries"]),
            "spec": to_json(SPEC, change["spec"]),
            "result": to_json(RESULT, change["result"]),
            "diff": to_json(DIFF, change["diff"]),
        },
    )
    await connection.execute(
        _PRUNE,
        {"of_playlist": change["playlist_id"], "newest_dropped": number - PLAYLIST_VERSIONS_KEPT + 1},
    )
    return number


@uninterrupted
async def restore_version(
    db: Database, listener: str, playlist_id: str, number: int, *, version: int, at: datetime, words: str = ""
) -> int:
    """Make an earlier version the present list again, as a new version, and give its number.

    Args:
        db: the database.
        listener: whose playlist it is.
        playlist_id: the playlist.
        number: the version to restore, with its spec and its pins.
        version: the version that the listener sees.
        at: the time of the change.
        words: the listener's.

    Raises:
        NotFound: there is no such playlist, it is another listener's, or the version is not kept.
        Conflict: `playlist_changed` when `version` is not the present one.
        InvalidInput: `number` is the present version.
    """
    async with write(db) as connection:
        present = await _load(connection, listener, playlist_id)
        if present["version"] != version:
            raise _changed(present["version"])
        if number == version:
            raise InvalidInput("This is the present version already: name an earlier one.")
        wanted = await _load_version(connection, listener, playlist_id, number)
        return await update_playlist_in(
            connection,
            {
                "listener": listener,
                "playlist_id": playlist_id,
                "version": version,
                "made_at": at,
                "cause": "restored",
                "words": words,
                "spec": wanted["spec"],
                "result": wanted["result"],
                "diff": diff_lists(present["result"], wanted["result"], Grounds(restored=number)),
            },
        )


@uninterrupted
async def list_versions(
    db: Database, listener: str, playlist_id: str, limit: int, before: str | None = None
) -> VersionPage:
    """The versions of a playlist that are kept, the newest first.

    Args:
        db: the database.
        listener: whose playlist it is.
        playlist_id: the playlist.
        limit: how many at most, 1 or more.
        before: `next_cursor` of the page before; None for the first page.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
        InvalidInput: `before` is no cursor of this list.
    """
    own = _own(listener, playlist_id)
    values: dict[str, object] = {**own, "limit": limit + 1}
    if before is not None:
        values["before"] = _read_number(before)
    async with read(db) as connection:
        if await connection.scalar(_GET_NUMBER, own) is None:
            raise _no_playlist()
        rows = (
            await connection.execute(_LIST_VERSIONS if before is None else _LIST_VERSIONS_BEFORE, values)
        ).all()
    summaries: list[VersionSummary] = [
        {
            "number": row.number,
            "made_at": row.made_at,
            "cause": row.cause,
            "words": row.words,
            "tracks": row.tracks,
            "diff": _read_diff(row.diff),
        }
        for row in rows[:limit]
    ]
    return {
        "versions": summaries,
        "next_cursor": str(summaries[-1]["number"]) if len(rows) > limit else None,
    }


@uninterrupted
async def get_version(db: Database, listener: str, playlist_id: str, number: int) -> PlaylistVersion:
    """One version as it was.

    Raises:
        NotFound: there is no such playlist, it is another listener's, or the version is not kept.
    """
    async with read(db) as connection:
        return await _load_version(connection, listener, playlist_id, number)


@uninterrupted
async def delete_playlist(db: Database, listener: str, playlist_id: str) -> None:
    """Delete a playlist with all its versions.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
    """
    async with write(db) as connection:
        deleted = await connection.execute(_DELETE, _own(listener, playlist_id))
        if deleted.rowcount == 0:
            raise _no_playlist()


@uninterrupted
async def set_mode(db: Database, listener: str, playlist_id: str, mode: PlaylistMode, now: datetime) -> None:
    """Let refreshes renew a playlist, or freeze it: its schedule then waits, and goes on from `now` later.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
    """
    async with write(db) as connection:
        _, schedule, zone = await _lock_refreshing(connection, listener, playlist_id)
        await _set_refreshing(connection, _own(listener, playlist_id), mode, schedule, zone, now)


@uninterrupted
async def set_schedule(
    db: Database,
    listener: str,
    playlist_id: str,
    schedule: str | None,
    now: datetime,
    *,
    zone: str = DEFAULT_ZONE,
) -> None:
    """Have a playlist refreshed by a schedule; by request alone when it is None.

    Raises:
        InvalidInput: the schedule makes no sense or comes too often, or there is no such zone.
        NotFound: there is no such playlist, or it is another listener's.
    """
    if schedule is not None:
        check_schedule(schedule, zone)
    async with write(db) as connection:
        mode, _, _ = await _lock_refreshing(connection, listener, playlist_id)
        await _set_refreshing(connection, _own(listener, playlist_id), mode, schedule, zone, now)


async def claim_due_playlists(connection: AsyncConnection, now: datetime, limit: int) -> list[DuePlaylist]:
    """Take over the scheduled refreshes that are due, the longest due first: no other worker gets them.

    Each is set to its next time after `now`: one refresh makes up for all times that went by while no worker
    ran. The refreshes must be noted in the same transaction, so that a crash before its end leaves them due.

    Args:
        connection: a transaction that writes.
        now: the time.
        limit: how many at most.
    """
    claimed: list[DuePlaylist] = []
    for row in (await connection.execute(_DUE, {"now": now, "limit": limit})).all():
        following = _following(row.id, row.schedule, row.schedule_zone, now)
        changed = await connection.execute(
            _CLAIM, {"of_playlist": row.id, "due_at": row.next_refresh_at, "next_at": following}
        )
        if changed.rowcount and following is not None:
            claimed.append({"id": row.id, "listener": row.listener, "due_at": row.next_refresh_at})
    return claimed


def _following(playlist_id: str, schedule: str, zone: str, now: datetime) -> datetime | None:
    """The next time of a stored schedule; None when this machine does not know its zone any more."""
    try:
        return next_time(schedule, zone, now)
    except InvalidInput as error:
        logger.warning("The schedule of playlist {} stops: {}", playlist_id, error.message)
        return None


async def _load(connection: AsyncConnection, listener: str, playlist_id: str) -> StoredPlaylist:
    row = (await connection.execute(_GET, _own(listener, playlist_id))).one_or_none()
    if row is None:
        raise _no_playlist()
    return {
        "id": row.id,
        "listener": row.listener,
        "title": row.title,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "version": row.version,
        "mode": row.mode,
        "schedule": row.schedule,
        "schedule_zone": row.schedule_zone,
        "next_refresh_at": row.next_refresh_at,
        "spec": SPEC.validate_json(row.spec),
        "result": RESULT.validate_json(row.result),
        "from_conversation": row.from_conversation,
        "created_by_job": row.created_by_job,
    }


async def _load_version(
    connection: AsyncConnection, listener: str, playlist_id: str, number: int
) -> PlaylistVersion:
    values = {**_own(listener, playlist_id), "of_number": number}
    row = (await connection.execute(_GET_VERSION, values)).one_or_none()
    if row is None:
        raise NotFound(
            "There is no such version of this playlist: the first and the newest "
            f"{PLAYLIST_VERSIONS_KEPT - 1} are kept."
        )
    return {
        "number": row.number,
        "made_at": row.made_at,
        "cause": row.cause,
        "words": row.words,
        "spec": SPEC.validate_json(row.spec),
        "result": RESULT.validate_json(row.result),
        "diff": _read_diff(row.diff),
    }


async def _lock_refreshing(
    connection: AsyncConnection, listener: str, playlist_id: str
) -> tuple[PlaylistMode, str | None, str]:
    row = (await connection.execute(_LOCK_REFRESHING, _own(listener, playlist_id))).one_or_none()
    if row is None:
        raise _no_playlist()
    return row.mode, row.schedule, row.schedule_zone


async def _set_refreshing(
    connection: AsyncConnection,
    own: dict[str, object],
    mode: PlaylistMode,
    schedule: str | None,
    zone: str,
    now: datetime,
) -> None:
    next_at = next_time(schedule, zone, now) if schedule is not None and mode == "fresh" else None
    await connection.execute(
        _SET_REFRESHING,
        {
            **own,
            "new_mode": mode,
            "new_schedule": schedule,
            "new_zone": zone,
            "next_at": next_at,
            "at": now,
        },
    )


async def _refusal(connection: AsyncConnection, own: dict[str, object], version: int) -> NotFound | Conflict:
    """Why a change of this version was not stored."""
    present = await connection.scalar(_GET_NUMBER, own)
    if present is None:
        return _no_playlist()
    return frozen() if present == version else _changed(present)


def _changed(present: int) -> Conflict:
    return Conflict(
        f"The playlist has changed: it is at version {present} now. Load it, and make the change again.",
        code="playlist_changed",
    )


def _read_diff(text: str | None) -> PlaylistDiff | None:
    return None if text is None else DIFF.validate_json(text)


def _write_cursor(last: PlaylistSummary) -> str:
    return f"{to_microseconds(last['updated_at'])}-{last['id']}"


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    microseconds, _, last_id = cursor.partition("-")
    try:
        return from_microseconds(int(microseconds)), last_id
    except (ValueError, OverflowError):
        raise _wrong_cursor() from None


def _read_number(cursor: str) -> int:
    # A number of more digits than the column holds would be an error of the driver.
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 9):
        raise _wrong_cursor()
    return int(cursor)


def _wrong_cursor() -> InvalidInput:
    return InvalidInput("`before` must be the `next_cursor` of a page of this list.")


def _own(listener: str, playlist_id: str) -> dict[str, object]:
    """Values of `_OWN`; names of columns are SQLAlchemy's own in an update."""
    return {"of_playlist": playlist_id, "of_listener": listener}


def _no_playlist() -> NotFound:
    return NotFound("There is no such playlist.")
