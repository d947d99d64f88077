"""Playlists of a listener: what is another's is not found.

Each change stores a new version, which is never changed afterwards; the newest version is the present list. A
change names the version from which it was made: of two changes of one version, the second is refused.
"""

from typing import Final, cast

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.constraints.models.spec import SPEC, PlaylistSpec
from src.errors import Conflict, NotFound
from src.playlists.models.playlist import (
    DIFF,
    NewPlaylist,
    NewVersion,
    PlaylistPage,
    PlaylistSummary,
    StoredPlaylist,
)
from src.playlists.models.result import RESULT, PlaylistResult
from src.playlists.refresh import frozen
from src.playlists.schedule import DEFAULT_ZONE
from src.schema import to_json
from src.storage.database import Database, read, uninterrupted, write
from src.storage.paging import paged, read_page
from src.storage.tables import playlist_versions, playlists

# The first version and the newest ones.
PLAYLIST_VERSIONS_KEPT: Final = 100

OWN_PLAYLIST = (playlists.c.id == bindparam("of_playlist")) & (
    playlists.c.listener == bindparam("of_listener")
)
_PRESENT = (playlist_versions.c.playlist_id == playlists.c.id) & (
    playlist_versions.c.number == playlists.c.version
)
_INSERT = insert(playlists)
_INSERT_VERSION = insert(playlist_versions)
_GET = (
    select(playlists, playlist_versions.c.spec, playlist_versions.c.result)
    .join(playlist_versions, _PRESENT)
    .where(OWN_PLAYLIST)
)
_GET_NUMBER = select(playlists.c.version).where(OWN_PLAYLIST)
_LIST = paged(
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
    .where(playlists.c.listener == bindparam("of_listener")),
    playlists.c.updated_at,
    playlists.c.id,
)
_UPDATE = (
    update(playlists)
    .where(OWN_PLAYLIST, playlists.c.version == bindparam("loaded_version"))
    .values(version=playlists.c.version + 1, title=bindparam("new_title"), updated_at=bindparam("at"))
)
# A refresh that was under way when the listener froze the list must not change it.
_UPDATE_REFRESHED = _UPDATE.where(playlists.c.mode == "fresh")
_PRUNE = delete(playlist_versions).where(
    playlist_versions.c.playlist_id == bindparam("of_playlist"),
    playlist_versions.c.number > 1,
    playlist_versions.c.number <= bindparam("newest_dropped"),
)
_DELETE = delete(playlists).where(OWN_PLAYLIST)


async def insert_playlist_in(connection: AsyncConnection, new: NewPlaylist) -> None:
    """Store a new playlist in a transaction that writes; its list is version 1.

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
            **_list_columns(new["spec"], new["result"]),
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
        return await load_playlist_in(connection, listener, playlist_id)


@uninterrupted
async def list_playlists(db: Database, listener: str, limit: int, before: str | None = None) -> PlaylistPage:
    """The listener's playlists, the last changed first.

    Args:
        before: `next_cursor` of the page before; None for the first page.

    Raises:
        InvalidInput: `before` is no cursor of this list.
    """
    async with read(db) as connection:
        rows, next_cursor = await read_page(
            connection, _LIST, {"of_listener": listener}, limit=limit, before=before
        )
    summaries = [cast("PlaylistSummary", row._asdict()) for row in rows]
    return {"playlists": summaries, "next_cursor": next_cursor}


@uninterrupted
async def update_playlist(db: Database, change: NewVersion) -> int:
    """Store a change as a new version and return its number; the oldest beyond the bound are deleted.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
        Conflict: `playlist_changed` when the change was made from a version that is not the present one;
            `playlist_frozen` when it is a refresh, and the playlist was frozen meanwhile.
    """
    async with write(db) as connection:
        return await update_playlist_in(connection, change)


async def update_playlist_in(connection: AsyncConnection, change: NewVersion) -> int:
    """`update_playlist` in a transaction that writes.

    Raises:
        NotFound: as there.
        Conflict: as there.
    """
    own = own_playlist(change["listener"], change["playlist_id"])
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
            **_list_columns(change["spec"], change["result"]),
            "diff": to_json(DIFF, change["diff"]),
        },
    )
    await connection.execute(
        _PRUNE, {"of_playlist": change["playlist_id"], "newest_dropped": number - PLAYLIST_VERSIONS_KEPT + 1}
    )
    return number


@uninterrupted
async def delete_playlist(db: Database, listener: str, playlist_id: str) -> None:
    """Delete a playlist with all its versions.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
    """
    async with write(db) as connection:
        deleted = await connection.execute(_DELETE, own_playlist(listener, playlist_id))
        if deleted.rowcount == 0:
            raise no_playlist()


async def load_playlist_in(connection: AsyncConnection, listener: str, playlist_id: str) -> StoredPlaylist:
    """`get_playlist` in a transaction.

    Raises:
        NotFound: as there.
    """
    row = (await connection.execute(_GET, own_playlist(listener, playlist_id))).one_or_none()
    if row is None:
        raise no_playlist()
    loaded = {"spec": SPEC.validate_json(row.spec), "result": RESULT.validate_json(row.result)}
    return cast("StoredPlaylist", row._asdict() | loaded)


async def _refusal(connection: AsyncConnection, own: dict[str, object], version: int) -> NotFound | Conflict:
    """Why a change of this version was not stored."""
    present = await present_version_in(connection, own)
    if present is None:
        return no_playlist()
    return frozen() if present == version else playlist_changed(present)


def playlist_changed(present: int) -> Conflict:
    """The refusal of a change that was not made from the present version."""
    return Conflict(
        f"The playlist has changed: it is at version {present} now. Load it, and make the change again.",
        code="playlist_changed",
    )


def _list_columns(spec: PlaylistSpec, result: PlaylistResult) -> dict[str, object]:
    return {"tracks": len(result["entries"]), "spec": to_json(SPEC, spec), "result": to_json(RESULT, result)}


async def present_version_in(connection: AsyncConnection, own: dict[str, object]) -> int | None:
    """Number of the present version; None when the listener has no such playlist."""
    return await connection.scalar(_GET_NUMBER, own)


def own_playlist(listener: str, playlist_id: str) -> dict[str, object]:
    """Values of `OWN_PLAYLIST`; names of columns are SQLAlchemy's own in an update."""
    return {"of_playlist": playlist_id, "of_listener": listener}


def no_playlist() -> NotFound:
    """There is none, or it is another listener's."""
    return NotFound("There is no such playlist.")
