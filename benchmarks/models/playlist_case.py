"""Prompts for playlists, with what must be true of the spec that is read and of the list."""

from typing import Annotated, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.constraints.models.spec import MAX_TRACKS, ContourFeature, OrderName, ShapeName, Share
from src.schema import documented

type Names = Annotated[list[str], Field(min_length=1)]


@documented
class ExpectedYears(TypedDict, closed=True):
    """Years of release that every track must lie in, both included."""

    first: NotRequired[int]
    """Not before."""
    last: NotRequired[int]
    """Not after."""


@documented
class ExpectedContour(TypedDict, closed=True):
    """How a property must run over the list."""

    feature: ContourFeature
    """Of what."""
    shape: ShapeName
    """Its name."""
    from_bpm: NotRequired[float]
    """Of a tempo: where it begins."""
    to_bpm: NotRequired[float]
    """Of a tempo: where it ends."""


@documented
class ExpectedQuota(TypedDict, closed=True):
    """A part of the list. Without `at_least` and `at_most`: some lower bound."""

    genres: NotRequired[Names]
    """Any of these counts."""
    first: NotRequired[int]
    """Not before this year."""
    last: NotRequired[int]
    """Not after this year."""
    at_least: NotRequired[Share]
    """Share of the tracks, rounded down to whole tracks where it is named plainly (`half rap`)."""
    at_most: NotRequired[Share]
    """Share of the tracks that may be of it."""
    half: NotRequired[str]
    """`first` or `second`: counted within this half alone."""


@documented
class ExpectedPlacement(TypedDict, closed=True):
    """A track that must be in the list. Compared without case, accents, punctuation and version notes."""

    title: str
    """Its title."""
    artist: NotRequired[str]
    """Its artist."""
    position: NotRequired[Annotated[int, Field(ge=-MAX_TRACKS, le=MAX_TRACKS)]]
    """1 is the first place, -1 the last; anywhere when left out."""
    absent: NotRequired[bool]
    """The catalogue has no such track."""


@documented
class PlaylistExpectation(TypedDict, closed=True):
    """What must be true of the list, and of the spec that is read. What is left out must not be read of the
    list as a whole either: a number, a length, a course, shares and the like that nobody asked for are wrong.
    """

    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS)]]
    """Exactly so many tracks."""
    duration_s: NotRequired[float]
    """Total length in seconds."""
    tolerance_s: NotRequired[float]
    """How far from it is still right."""
    no_artists: NotRequired[Names]
    """None of their tracks."""
    only_artists: NotRequired[Names]
    """Every track is by one of them."""
    no_genres: NotRequired[Names]
    """No track of these genres."""
    genres_any: NotRequired[Names]
    """Every track is of one of these genres."""
    wants: NotRequired[Names]
    """Genres that are asked for, softly or as a share: for the reading alone."""
    years: NotRequired[ExpectedYears]
    """Of every track."""
    explicit: NotRequired[bool]
    """False: no explicit tracks."""
    per_artist: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """At most so many tracks by one artist."""
    spacing: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """At least so many tracks of others between two of one artist."""
    places: NotRequired[Annotated[list[ExpectedPlacement], Field(min_length=1)]]
    """Tracks that must be there."""
    order: NotRequired[OrderName]
    """Sorted by year."""
    course: NotRequired[ExpectedContour]
    """How energy or tempo runs."""
    shares: NotRequired[Annotated[list[ExpectedQuota], Field(min_length=1)]]
    """Parts of the list."""
    unfamiliar: NotRequired[Share]
    """Share of unfamiliar tracks."""
    harmonic: NotRequired[bool]
    """Neighbours fit by key."""
    tempo_step: NotRequired[float]
    """Beats a minute between neighbours, at most."""
    tempo_max: NotRequired[float]
    """No track is faster."""
    track_max_s: NotRequired[float]
    """No track is longer."""
    openers: NotRequired[Annotated[int, Field(ge=1)]]
    """How many wishes there are for the first track."""
    title: NotRequired[str]
    """What the list is to be called."""
    infeasible: NotRequired[bool]
    """No list of the catalogue can meet all of it."""


@documented
class PlaylistCase(TypedDict, closed=True):
    """A prompt with what is expected."""

    id: Annotated[str, Field(pattern=r"^p\d{3}$")]
    """`p001` and so on; those from `p061` on are held out."""
    prompt: Annotated[str, Field(min_length=1, max_length=4_000)]
    """The listener's words."""
    expect: PlaylistExpectation
    """What must be true."""


PLAYLIST_CASE = TypeAdapter(PlaylistCase)
