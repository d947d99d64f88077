"""The versions of stored playlists: to list, to look at, and to restore."""

from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from src.constraints.models.spec import SPEC
from src.errors import InvalidInput, NotFound
from src.playlists.diff import Grounds, diff_lists
from src.playlists.models.playlist import DIFF, PlaylistDiff, PlaylistVersion, VersionPage, VersionSummary
from src.playlists.models.result import RESULT
from src.playlists.store import (
    OWN_PLAYLIST,
    PLAYLIST_VERSIONS_KEPT,
    load_playlist_in,
    no_playlist,
    own_playlist,
    playlist_changed,
    present_version_in,
    update_playlist_in,
)
from src.storage.database import Database, read, uninterrupted, write
from src.storage.paging import paged, read_page
from src.storage.tables import playlist_versions, playlists

_OF_OWN = (playlist_versions.c.playlist_id == playlists.c.id) & OWN_PLAYLIST
_LIST = paged(
    select(
        playlist_versions.c.number,
        playlist_versions.c.made_at,
        playlist_versions.c.cause,
        playlist_versions.c.words,
        playlist_versions.c.tracks,
        playlist_versions.c.diff,
    ).join(playlists, _OF_OWN),
    playlist_versions.c.number,
)
_GET = (
    select(playlist_versions)
    .join(playlists, _OF_OWN)
    .where(playlist_versions.c.number == bindparam("of_number"))
)


@uninterrupted
async def restore_version(
    db: Database, listener: str, playlist_id: str, number: int, *, version: int, at: datetime, words: str = ""
) -> int:
    """Make an earlier version the present list again, as a new version, and return its number.

    Args:
        number: the version to restore, with its spec and its pins.
        version: the version that the listener sees.
        words: the listener's words; empty when there were none.

    Raises:
        NotFound: there is no such playlist, it is another listener's, or the version is not kept.
        Conflict: `playlist_changed` when `version` is not the present one.
        InvalidInput: `number` is the present version.
    """
    async with write(db) as connection:
        present = await load_playlist_in(connection, listener, playlist_id)
        if present["version"] != version:
            raise playlist_changed(present["version"])
        if number == version:
            raise InvalidInput("This is the present version already: name an earlier one.")
        earlier = await _load_version(connection, listener, playlist_id, number)
        return await update_playlist_in(
            connection,
            {
                "listener": listener,
                "playlist_id": playlist_id,
                "version": version,
                "made_at": at,
                "cause": "restored",
                "words": words,
                "spec": earlier["spec"],
                "result": earlier["result"],
                "diff": diff_lists(present["result"], earlier["result"], Grounds(restored=number)),
            },
        )


@uninterrupted
async def list_versions(
    db: Database, listener: str, playlist_id: str, limit: int, before: str | None = None
) -> VersionPage:
    """The versions of a playlist that are kept, the newest first.

    Args:
        before: `next_cursor` of the page before; None for the first page.

    Raises:
        NotFound: there is no such playlist, or it is another listener's.
        InvalidInput: `before` is no cursor of this list.
    """
    own = own_playlist(listener, playlist_id)
    async with read(db) as connection:
        rows, next_cursor = await read_page(connection, _LIST, own, limit=limit, before=before)
        if not rows and await present_version_in(connection, own) is None:
            raise no_playlist()
    versions = [cast("VersionSummary", {**row._asdict(), "diff": _read_diff(row.diff)}) for row in rows]
    return {"versions": versions, "next_cursor": next_cursor}


@uninterrupted
async def get_version(db: Database, listener: str, playlist_id: str, number: int) -> PlaylistVersion:
    """One version as it was.

    Raises:
        NotFound: there is no such playlist, it is another listener's, or the version is not kept.
    """
    async with read(db) as connection:
        return await _load_version(connection, listener, playlist_id, number)


async def _load_version(
    connection: AsyncConnection, listener: str, playlist_id: str, number: int
) -> PlaylistVersion:
    values = {**own_playlist(listener, playlist_id), "of_number": number}
    row = (await connection.execute(_GET, values)).one_or_none()
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


def _read_diff(text: str | None) -> PlaylistDiff | None:
    return None if text is None else DIFF.validate_json(text)
