"""What a playlist is to be: read from a prompt, shown, edited, kept with the list."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.constraints.models.brief import Brief, Constraint
from src.schema import documented

MAX_TRACKS = 500
MAX_DURATION_S = 12 * 3600
MIN_DURATION_S = 60
DEFAULT_TOLERANCE_S = 20.0
# Levels 0 and 1 of a tempo contour, in beats a minute.
TEMPO_CONTOUR_BPM = (60.0, 200.0)

type Share = Annotated[float, Field(ge=0, le=1)]
type ContourFeature = Literal["energy", "tempo"]
type ShapeName = Literal["steady", "build", "cool_down", "wave", "peak", "valley", "points"]
type OrderName = Literal["year", "year_descending"]


@documented
class ContourPoint(TypedDict, closed=True):
    """One point of a contour."""

    at: Share
    """How far into the list, 0 to 1 of its length."""
    level: Share
    """How high, 0 (the least) to 1 (the most) of what the feature can be; a tempo runs from
    60 to 200 beats a minute."""


@documented
class Contour(TypedDict, closed=True):
    """How a property runs over the list."""

    feature: ContourFeature
    """Of what. `energy` without a measurement goes by the editorial energy, then by the moods."""
    shape: ShapeName
    """A named shape, or `points`."""
    points: NotRequired[Annotated[list[ContourPoint], Field(min_length=2, max_length=24)]]
    """The contour itself, by `at`; required for `points`; with a named shape it sets the levels."""
    words: str
    """The listener's words; empty when set by hand."""


@documented
class Transitions(TypedDict, closed=True):
    """What neighbours in the list have to do with each other."""

    tempo_step: NotRequired[Annotated[float, Field(gt=0, le=200)]]
    """Beats a minute between neighbours, at most; halves and doubles of a tempo count as that tempo."""
    harmonic: NotRequired[bool]
    """Neighbours lie side by side on the Camelot wheel, where their keys are known."""
    words: str
    """The listener's words; empty when set by hand."""


@documented
class Quota(TypedDict, closed=True):
    """A part of the list for a genre or an era."""

    genre: NotRequired[str]
    """Lower case; `rock` covers `folk rock`."""
    genres: NotRequired[Annotated[list[str], Field(min_length=2, max_length=12)]]
    """Any of these counts, in place of `genre`: `mostly soul and bossa`."""
    year_from: NotRequired[int]
    """Not before this year."""
    year_to: NotRequired[int]
    """Not after this year."""
    at_least: NotRequired[Share]
    """Share of the tracks that must be of it."""
    at_most: NotRequired[Share]
    """Share of the tracks that may be of it."""
    half: NotRequired[Literal["first", "second"]]
    """Counted within this half of the list alone."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words; empty when set by hand."""


@documented
class Placement(TypedDict, closed=True):
    """A track that must be in the list."""

    track_id: NotRequired[str]
    """The catalogue's track; absent when the catalogue has no such track."""
    title: str
    """Its title, as the catalogue writes it where it is there."""
    artist: NotRequired[str]
    """The main artist, as the listener or the record names them."""
    position: NotRequired[Annotated[int, Field(ge=-MAX_TRACKS, le=MAX_TRACKS)]]
    """1 is the first position, -1 the last; anywhere when left out."""
    words: str
    """The listener's words; empty when set by hand."""


@documented
class PlaylistSpec(TypedDict, closed=True):
    """What a list is to be. Without a number and a duration it is 25 tracks long."""

    title: str
    """Name of the list."""
    prompt: str
    """The listener's words as a whole; empty when made by hand."""
    brief: Brief
    """What the tracks are to be; `count` and `per_artist` wishes hold for the list as a whole."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS)]]
    """The exact number of tracks."""
    duration_s: NotRequired[Annotated[float, Field(ge=MIN_DURATION_S, le=MAX_DURATION_S)]]
    """Total length in seconds."""
    tolerance_s: NotRequired[Annotated[float, Field(ge=0, le=3600)]]
    """How far from `duration_s` is still right; 20 when left out."""
    courses: Annotated[list[Contour], Field(max_length=2)]
    """Contours of energy and tempo, at most one each."""
    transitions: NotRequired[Transitions]
    """What neighbours must have to do with each other."""
    artist_spacing: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """At least so many tracks of others between two of one artist."""
    shares: Annotated[list[Quota], Field(max_length=8)]
    """Quotas: parts of the list for a genre or an era."""
    places: Annotated[list[Placement], Field(max_length=100)]
    """Tracks that must be there."""
    openers: Annotated[list[Constraint], Field(max_length=5)]
    """What the first track should be, softly."""
    unfamiliar_share: NotRequired[Share]
    """Share of tracks with a popularity below 40, or that the listener has not met here, softly."""
    order: NotRequired[OrderName]
    """Sorted by this instead of following a contour."""


SPEC = TypeAdapter(PlaylistSpec)


def empty_spec(brief: Brief) -> PlaylistSpec:
    """A spec that asks for nothing but the brief."""
    return {
        "title": "",
        "prompt": "",
        "brief": brief,
        "courses": [],
        "shares": [],
        "places": [],
        "openers": [],
    }


def quota_genres(quota: Quota) -> list[str]:
    """The genres of a quota; any of them counts. None where it is about years alone."""
    return [quota["genre"]] if "genre" in quota else quota.get("genres", [])


def tempo_level(bpm: float) -> float:
    """The level of a tempo on a contour, 0 to 1."""
    low, high = TEMPO_CONTOUR_BPM
    return min(1.0, max(0.0, (bpm - low) / (high - low)))


def level_tempo(level: float) -> float:
    """The tempo of a level on a contour, in beats a minute."""
    low, high = TEMPO_CONTOUR_BPM
    return low + level * (high - low)


type TrackIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=MAX_TRACKS)
]


@documented
class GrowRequest(TypedDict, closed=True):
    """What a list grows from, and how far."""

    from_playlist: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """An own playlist: its tracks are the examples."""
    from_conversation: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """A conversation: the tracks liked in it are the examples."""
    from_tracks: NotRequired[TrackIds]
    """Tracks of the catalogue as examples: those of an imported list that were found."""
    include: NotRequired[TrackIds]
    """Tracks that must be in the list; they are examples too."""
    exclude: NotRequired[TrackIds]
    """Tracks that must not be in it; nor may other recordings of their songs."""
    threshold: Annotated[float, Field(ge=0, le=1, default=0.0)]
    """How alike the examples a track must be to come in, 0 (anything) to 1 (as good as the same)."""
