"""Small lists: a track for each letter, an entry for each track."""

from collections.abc import Iterable

from src.catalogue.models.track import Track
from src.constraints.models.brief import empty_brief
from src.constraints.models.spec import PlaylistSpec
from src.playlists.models.playlist import NewPlaylist
from src.playlists.models.result import PlaylistResult
from src.playlists.store import insert_playlist_in
from src.storage.database import Database, write
from tests.fakes import make_track


def track(name: str, **fields: object) -> Track:
    """A track whose id is its name."""
    return {**make_track(f"Song {name}", f"Artist {name}", **{"duration_ms": 200_000, **fields}), "id": name}


def solved(names: Iterable[str], pins: Iterable[int] = ()) -> PlaylistResult:
    """A solved list of these tracks, pinned at these positions."""
    tracks = [track(name) for name in names]
    pinned = set(pins)
    return {
        "status": "complete",
        "entries": [
            {"position": at, "track": one, "reason": "It fits.", "pinned": at in pinned}
            for at, one in enumerate(tracks, 1)
        ],
        "duration_s": 200.0 * len(tracks),
        "unknown_durations": 0,
        "constraints": [],
        "aims": [],
        "offers": [],
        "notes": [],
        "solver": "test",
        "proven": False,
        "solve_ms": 1.0,
        "seed": 1,
    }


def spec(**fields: object) -> PlaylistSpec:
    """A spec that asks for nothing but these fields."""
    empty: PlaylistSpec = {
        "title": "Dinner",
        "prompt": "a dinner list",
        "brief": empty_brief(),
        "courses": [],
        "shares": [],
        "places": [],
        "openers": [],
    }
    return {**empty, **fields}  # type: ignore[typeddict-item]


def names(result: PlaylistResult) -> str:
    """The ids of a list's tracks, in order."""
    return "".join(entry["track"]["id"] for entry in result["entries"])


async def insert_playlist(db: Database, new: NewPlaylist) -> None:
    """Store a new playlist by itself; in `src` it is always stored with the job that made it."""
    async with write(db) as connection:
        await insert_playlist_in(connection, new)
