"""Search: a plausible ranking, with other versions of a song among its hits and sometimes first."""

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from src.fake_spotify.models.answers import TrackKind, TrackRow
from src.fake_spotify.music import FakeAlbum, FakeArtist, FakeTrack
from src.fake_spotify.world import World

_FILTER: Final = re.compile(
    r'\b(artist|track|album|year|genre|isrc|upc|tag):(?:"([^"]*)"|(\S+))', re.IGNORECASE
)
_YEARS: Final = re.compile(r"(\d{4})(?:-(\d{4}))?")
_WORD: Final = re.compile(r"\w+")
_APOSTROPHES: Final = re.compile(r"['’`´]")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query, read. `impossible`: nothing can match it, such as one that joins two codes."""

    words: tuple[str, ...]
    artist: tuple[str, ...] = ()
    track: tuple[str, ...] = ()
    album: tuple[str, ...] = ()
    genre: tuple[str, ...] = ()
    isrc: str | None = None
    years: tuple[int, int] | None = None
    impossible: bool = False
    filters: frozenset[str] = field(default=frozenset())


def read_query(text: str) -> SearchQuery:
    """The words and the filters of a query; a filter that is given twice counts once, by its last value."""
    found = [(name.lower(), quoted or bare) for name, quoted, bare in _FILTER.findall(text)]
    filters = dict(found)
    codes = [value for name, value in found if name in ("isrc", "upc")]
    years = _YEARS.fullmatch(filters.get("year", ""))
    rest = words_of(_FILTER.sub(" ", text).replace('"', " "))
    return SearchQuery(
        words=rest,
        artist=words_of(filters.get("artist", "")),
        track=words_of(filters.get("track", "")),
        album=words_of(filters.get("album", "")),
        genre=words_of(filters.get("genre", "")),
        isrc=filters.get("isrc"),
        years=(int(years[1]), int(years[2] or years[1])) if years else None,
        impossible=len(codes) > 1 or ("year" in filters and years is None) or not (rest or filters),
        filters=frozenset(filters),
    )


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case, accents and apostrophes; signs, where there is nothing else."""
    bare = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    words = _WORD.findall("".join(mark for mark in bare if not unicodedata.combining(mark)))
    return tuple(words or text.split())


# Of the words that are no filter, this share must be found.
_ENOUGH: Final = 0.6
# What chance adds: more than a longer title costs, so that a wrong version is first now and then.
_CHANCE: Final = 0.6
_EXACT_TITLE: Final = 0.1
_CLOSENESS: Final = 0.4


def find_tracks(world: World, query: SearchQuery) -> list[FakeTrack]:
    """All tracks that match, the best first."""
    if query.impossible or query.filters & {"upc", "tag"}:
        return []
    scores = {id_: _track_score(track, query, world.seed) for id_, track in world.tracks.items()}
    found = [(score, world.tracks[id_]) for id_, score in scores.items() if score is not None]
    return [track for _, track in sorted(found, key=lambda pair: -pair[0])]


def _track_score(track: FakeTrack, query: SearchQuery, seed: int) -> float | None:
    title = words_of(track.title)
    artists = _names(track.artists)
    album = words_of(track.album.title)
    if query.isrc is not None and (track.isrc or "").upper() != query.isrc.upper():
        return None
    if not (
        _has_all(query.track, title)
        and _has_all(query.artist, artists)
        and _has_all(query.album, album)
        and _has_genre(query, track)
        and _in_years(query, track.album)
    ):
        return None
    share = _share(query.words, {*title, *artists, *album})
    if share is None:
        return None
    wanted = query.track or query.words
    exact = _EXACT_TITLE if title == wanted[: len(title)] else 0.0
    return share + exact + _closeness(wanted, title) + _chance(seed, query, track.id)


def _names(artists: Iterable[FakeArtist]) -> tuple[str, ...]:
    return tuple(word for artist in artists for word in words_of(artist.name))


def _has_all(wanted: Collection[str], there: Collection[str]) -> bool:
    return set(wanted) <= set(there)


def _has_genre(query: SearchQuery, track: FakeTrack) -> bool:
    return not query.genre or any(_has_all(query.genre, words_of(genre)) for genre in track.genres)


def _in_years(query: SearchQuery, album: FakeAlbum) -> bool:
    if query.years is None:
        return True
    first, last = query.years
    return first <= int(album.release_date[:4]) <= last


def _share(wanted: Sequence[str], there: Collection[str]) -> float | None:
    """The share of the words that was found; None when it is too small."""
    if not wanted:
        return 1.0
    share = sum(word in there for word in wanted) / len(wanted)
    return share if share >= _ENOUGH else None


def _closeness(wanted: Collection[str], name: Collection[str]) -> float:
    """How much of a name was asked for, 0 to `_CLOSENESS`."""
    return _CLOSENESS * len(set(wanted) & set(name)) / max(1, len(set(name)))


def _chance(seed: int, query: SearchQuery, thing_id: str) -> float:
    """The same for the same search, 0 to `_CHANCE`."""
    asked = "\x1f".join((str(seed), *query.words, *query.track, *query.artist, thing_id))
    return _CHANCE * int.from_bytes(hashlib.sha256(asked.encode()).digest()[:4]) / 2**32


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
    return [trap_of(row, kind) for row in rows for kind in itertools.islice(kinds, each)]


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
