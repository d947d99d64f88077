"""Playlists and changes to store, and what the tables hold."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from src.playlists.diff import diff_lists
from src.playlists.models.playlist import NewPlaylist, NewVersion
from src.playlists.models.result import PlaylistResult
from src.playlists.store import (
    update_playlist,
)
from src.storage.database import Database, read
from src.storage.tables import playlist_versions, playlists
from tests.playlists.lists import insert_playlist, solved, spec

START = datetime(2026, 11, 24, 9, 30, 0, 123_457, tzinfo=UTC)
DAILY = "0 8 * * *"


def new(id_: str = "p1", listener: str = "ana", tracks: str = "ABC", **fields: object) -> NewPlaylist:
    playlist: NewPlaylist = {
        "id": id_,
        "listener": listener,
        "created_at": START,
        "mode": "fresh",
        "spec": spec(tracks=len(tracks)),
        "result": solved(tracks, [1]),
        "from_conversation": None,
        "created_by_job": None,
    }
    return {**playlist, **fields}  # type: ignore[typeddict-item]


def change(version: int, after: PlaylistResult, before: PlaylistResult, **fields: object) -> NewVersion:
    made: NewVersion = {
        "listener": "ana",
        "playlist_id": "p1",
        "version": version,
        "made_at": START + timedelta(minutes=version),
        "cause": "edited",
        "words": "swap one",
        "spec": spec(title=f"Dinner {version + 1}"),
        "result": after,
        "diff": diff_lists(before, after),
    }
    return {**made, **fields}  # type: ignore[typeddict-item]


async def grow_to(db: Database, version: int) -> None:
    """A playlist `p1` of Ana's with so many versions: lists of `A`, and one of the letters."""
    await insert_playlist(db, new())
    for number in range(1, version):
        await update_playlist(db, change(number, solved("A" + "BCDEFGH"[number % 7]), solved("A")))


async def count_rows(db: Database) -> tuple[int, int]:
    async with read(db) as connection:
        held = [
            int(await connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in (playlists, playlist_versions)
        ]
    return held[0], held[1]
