"""The records of the catalogue, made from rows."""

import hashlib
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from src.fake_spotify.models.answers import TrackRow

_DIGITS: Final = string.digits + string.ascii_letters
_LENGTH: Final = 22
_ID: Final = re.compile(r"[0-9A-Za-z]{22}")


def fake_id(seed: int, kind: str, *names: str) -> str:
    """The id of what has these names, the same at every start with the same seed."""
    digest = hashlib.sha256("\x1f".join((str(seed), kind, *names)).encode()).digest()
    number = int.from_bytes(digest[:16])
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(digits)


def is_id(text: str) -> bool:
    """Whether the text could be an id."""
    return _ID.fullmatch(text) is not None


def split_uri(uri: str) -> tuple[str, str] | None:
    """(kind, id) of `spotify:kind:id`; None for anything else."""
    parts = uri.split(":")
    if len(parts) != 3 or parts[0] != "spotify" or not parts[1] or not parts[2]:
        return None
    return parts[1], parts[2]


_DEFAULT_YEAR: Final = 2004
_SHORTEST_MS: Final = 120_000
_SPREAD_MS: Final = 240_000
_SIGNS: Final = string.digits + string.ascii_uppercase
# These bear the names of the artist, or of the song, that they pretend to be.
_SAME_ARTIST: Final = frozenset({"live", "remaster", "remix"})
_SAME_TITLE: Final = frozenset({"cover", "same_title"})


@dataclass(frozen=True, slots=True)
class FakeArtist:
    """An artist; one name is one artist."""

    id: str
    name: str

    @property
    def uri(self) -> str:
        return f"spotify:artist:{self.id}"


@dataclass(frozen=True, slots=True)
class FakeAlbum:
    """An album; `release_date` is a year, a month or a day."""

    id: str
    title: str
    artists: tuple[FakeArtist, ...]
    release_date: str
    upc: str
    kind: str

    @property
    def uri(self) -> str:
        return f"spotify:album:{self.id}"


@dataclass(frozen=True, slots=True)
class FakeTrack:
    """A track. `playable_in` None: in every market. `kind` says which trap it is; `original` is none."""

    id: str
    title: str
    artists: tuple[FakeArtist, ...]
    album: FakeAlbum
    duration_ms: int
    track_number: int
    isrc: str | None = None
    explicit: bool = False
    genres: tuple[str, ...] = ()
    playable_in: frozenset[str] | None = None
    kind: str = "original"

    @property
    def uri(self) -> str:
        return f"spotify:track:{self.id}"


def tracks_from_rows(rows: Sequence[TrackRow], *, seed: int = 1, marker: str = "") -> list[FakeTrack]:
    """The tracks of rows, in their order.

    Rows that say the same of a recording become one track. With a marker, every album's title bears it, and
    every track that is a trap or not `in_catalogue` bears it in its title, in its artists, or in both.
    """
    tracks: dict[str, FakeTrack] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        track = _track(row, seed, marker, numbers)
        if track.id not in tracks:
            tracks[track.id] = track
            numbers[track.album.id] = track.track_number
    return list(tracks.values())


def _track(row: TrackRow, seed: int, marker: str, numbers: dict[str, int]) -> FakeTrack:
    kind = row.get("kind", "original")
    known = row.get("in_catalogue", True)
    plain = not marker or (known and kind == "original")
    suffix = "" if plain or (known and kind in _SAME_ARTIST) else f" {marker}"
    artists = tuple(_artist(f"{name}{suffix}", seed) for name in row["artists"])
    title = row["title"] if plain or (known and kind in _SAME_TITLE) else f"{row['title']} {marker}"
    album = _album(row, artists, seed, marker)
    names = (title, *(artist.name for artist in artists), album.id, row.get("isrc", ""))
    digest = hashlib.sha256("\x1f".join((str(seed), "track", *names)).encode()).digest()
    isrc = row.get("isrc", _isrc(digest, row.get("year", _DEFAULT_YEAR)))
    if row.get("is_playable", True):
        markets = frozenset(row["markets"]) if "markets" in row else None
    else:
        markets = frozenset()
    return FakeTrack(
        id=row.get("id", fake_id(seed, "track", *names)),
        title=title,
        artists=artists,
        album=album,
        duration_ms=row.get("duration_ms", _SHORTEST_MS + int.from_bytes(digest[:4]) % _SPREAD_MS),
        track_number=numbers.get(album.id, 0) + 1,
        isrc=isrc or None,
        explicit=row.get("explicit", False),
        genres=tuple(row.get("genres", ())),
        playable_in=markets,
        kind=kind,
    )


def _artist(name: str, seed: int) -> FakeArtist:
    return FakeArtist(fake_id(seed, "artist", name), name)


def _album(row: TrackRow, artists: tuple[FakeArtist, ...], seed: int, marker: str) -> FakeAlbum:
    title = row.get("album", row["title"])
    if marker:
        title = f"{title} {marker}"
    named = tuple(_artist(name, seed) for name in row.get("album_artists", ()))
    by = named or artists[:1]
    release_date = row.get("release_date", str(row.get("year", _DEFAULT_YEAR)))
    names = (title, *(artist.name for artist in by), release_date)
    digest = hashlib.sha256("\x1f".join((str(seed), "album", *names)).encode()).digest()
    return FakeAlbum(
        id=fake_id(seed, "album", *names),
        title=title,
        artists=by,
        release_date=release_date,
        upc=f"{int.from_bytes(digest[:6]) % 10**12:012d}",
        kind="album" if "album" in row else "single",
    )


def _isrc(digest: bytes, year: int) -> str:
    """An invented code: `QZ`, three signs of a registrant, the year, and five digits."""
    number = int.from_bytes(digest[4:8])
    registrant = "".join(_SIGNS[number // len(_SIGNS) ** place % len(_SIGNS)] for place in range(3))
    return f"QZ{registrant}{year % 100:02d}{int.from_bytes(digest[8:12]) % 10**5:05d}"
