"""What a track of the fake catalogue is made from."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from src.schema import documented

type TrackKind = Literal[
    "original", "karaoke", "live", "remaster", "remix", "cover", "tribute", "same_title", "other"
]


@documented
class TrackRow(TypedDict):
    """One recording. What is left out is invented, the same at every start."""

    title: str
    """Title as released."""
    artists: list[str]
    """Artists as credited, the main one first."""
    id: NotRequired[str]
    """22 characters of base 62; made from the names without it."""
    album: NotRequired[str]
    """Title of the album; a single named like the track without it."""
    album_artists: NotRequired[list[str]]
    """Artists of the album; the track's first without it."""
    isrc: NotRequired[str]
    """Twelve characters; invented without it, and none at all when empty."""
    duration_ms: NotRequired[int]
    """Length in milliseconds."""
    explicit: NotRequired[bool]
    """Whether the words are explicit; false without it."""
    year: NotRequired[int]
    """Year of release."""
    release_date: NotRequired[str]
    """A year, a month or a day of release; the year without it."""
    genres: NotRequired[list[str]]
    """What the search filter `genre:` finds it by; never answered."""
    markets: NotRequired[list[str]]
    """Countries where it can be played; everywhere without it."""
    is_playable: NotRequired[bool]
    """False: it can be played nowhere."""
    kind: NotRequired[TrackKind]
    """Which trap it is; an original, and none, without it. A test may read it, no answer holds it."""
    in_catalogue: NotRequired[bool]
    """False: what Segue does not know, so that its texts may bear the marker; true without it."""
