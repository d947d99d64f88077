"""When stored playlists are refreshed: their mode, their schedule, and the refreshes that are due."""

from datetime import datetime

from loguru import logger
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import InvalidInput
from src.playlists.models.playlist import DuePlaylist, PlaylistMode
from src.playlists.schedule import DEFAULT_ZONE, check_schedule, next_time
from src.playlists.store import OWN_PLAYLIST, no_playlist, own_playlist
from src.storage.database import Database, uninterrupted, write
from src.storage.tables import playlists

_LOCK = (
    select(playlists.c.mode, playlists.c.schedule, playlists.c.schedule_zone)
    .where(OWN_PLAYLIST)
    .with_for_update()
)
_SET = (
    update(playlists)
    .where(OWN_PLAYLIST)
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
async def set_mode(db: Database, listener: str, playlist_id: str, mode: PlaylistMode, now: datetime) -> None:
    """Let refreshes change a playlist, or freeze it. Its schedule waits while it is frozen; the next time is
    reckoned from `now`.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
    """
    async with write(db) as connection:
        _, schedule, zone = await _lock(connection, listener, playlist_id)
        await _set(connection, own_playlist(listener, playlist_id), mode, schedule, zone, now)


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
    """Refresh a playlist by a schedule, or with None by request alone.

    Raises:
        InvalidInput: the schedule makes no sense or comes too often, or there is no such zone.
        NotFound: there is no such playlist, or it is another listener's.
    """
    if schedule is not None:
        check_schedule(schedule, zone)
    async with write(db) as connection:
        mode, _, _ = await _lock(connection, listener, playlist_id)
        await _set(connection, own_playlist(listener, playlist_id), mode, schedule, zone, now)


async def claim_due_playlists(connection: AsyncConnection, now: datetime, limit: int) -> list[DuePlaylist]:
    """Claim the scheduled refreshes that are due, the longest due first: no other worker gets them.

    Each is set to its next time after `now`, so that one refresh makes up for every time that passed while no
    worker ran. Store their jobs in the same transaction: a crash before its end leaves them due.
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
    """The next time of a stored schedule; None when this machine no longer knows its zone."""
    try:
        return next_time(schedule, zone, now)
    except InvalidInput as error:
        logger.warning("The schedule of playlist {} stops: {}", playlist_id, error.message)
        return None


async def _lock(
    connection: AsyncConnection, listener: str, playlist_id: str
) -> tuple[PlaylistMode, str | None, str]:
    row = (await connection.execute(_LOCK, own_playlist(listener, playlist_id))).one_or_none()
    if row is None:
        raise no_playlist()
    return row.mode, row.schedule, row.schedule_zone


async def _set(
    connection: AsyncConnection,
    own: dict[str, object],
    mode: PlaylistMode,
    schedule: str | None,
    zone: str,
    now: datetime,
) -> None:
    next_at = next_time(schedule, zone, now) if schedule is not None and mode == "fresh" else None
    new = {"new_mode": mode, "new_schedule": schedule, "new_zone": zone, "next_at": next_at, "at": now}
    await connection.execute(_SET, {**own, **new})
