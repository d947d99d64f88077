"""What else a search finds: other recordings of a song, and other songs of its name."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from src.fake_spotify.models.track_row import TrackKind, TrackRow

_KINDS: Final[tuple[TrackKind, ...]] = (
    "karaoke",
    "live",
    "remaster",
    "cover",
    "tribute",
    "remix",
    "same_title",
)
_KARAOKE: Final = "Sing It Yourself Players"
_COVERS: Final = "The Borrowed Suits"
_NAMESAKE: Final = "Ottoline Brack"
_REMIXER: Final = "Nordkai"
# How much longer than the original each is; more than anybody's tolerance, but for the remaster.
_LONGER_MS: Final[dict[TrackKind, int]] = {
    "karaoke": 1_000,
    "live": 41_000,
    "remaster": 400,
    "cover": -17_000,
    "tribute": 6_000,
    "remix": 95_000,
    "same_title": 28_000,
}


def trap_rows(rows: Sequence[TrackRow], *, each: int = 1) -> list[TrackRow]:
    """`each` traps for every row, one kind after the other."""
    kinds = itertools.cycle(_KINDS)
    return [trap_of(row, kind) for row in rows for kind in _take(kinds, each)]


def trap_of(row: TrackRow, kind: TrackKind) -> TrackRow:
    """Another recording, or another song, that is easily taken for this one."""
    title, artists = row["title"], row["artists"]
    trap: TrackRow = {"title": title, "artists": artists, "kind": kind, "album": f"{title} Again"}
    match kind:
        case "karaoke":
            trap["title"] = f"{title} (Karaoke Version) [Originally Performed by {artists[0]}]"
            trap["artists"] = [_KARAOKE]
        case "live":
            trap["title"] = f"{title} - Live at Harbour Hall"
        case "remaster":
            trap["title"] = f"{title} - 2011 Remaster"
            trap["year"] = 2011
        case "remix":
            trap["title"] = f"{title} - {_REMIXER} Remix"
            trap["artists"] = [*artists, _REMIXER]
        case "cover":
            trap["artists"] = [_COVERS]
        case "tribute":
            trap["title"] = f"{title} (Tribute to {artists[0]})"
            trap["artists"] = [f"{artists[0]} Tribute Band"]
        case _:
            trap["artists"] = [_NAMESAKE]
    if "duration_ms" in row:
        trap["duration_ms"] = max(30_000, row["duration_ms"] + _LONGER_MS.get(kind, 0))
    if "year" in row:
        trap.setdefault("year", row["year"])
    return trap


def _take(kinds: Iterator[TrackKind], count: int) -> list[TrackKind]:
    return list(itertools.islice(kinds, count))
