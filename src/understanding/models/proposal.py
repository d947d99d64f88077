"""What a model may propose for a list: these docstrings are the text it reads."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.constraints.models.entry import BriefEntry
from src.constraints.models.spec import MAX_TRACKS, ContourFeature, OrderName, Share
from src.schema import documented

type Words = Annotated[str, Field(min_length=1, max_length=200)]


@documented
class ContourProposal(TypedDict, closed=True):
    """How a property runs over the list."""

    feature: ContourFeature
    """Of what."""
    shape: Literal["steady", "build", "cool_down", "wave", "peak", "valley"]
    """`build` rises, `cool_down` falls, `peak` is highest in the middle, `valley` lowest."""
    words: Words
    """The listener's own words for it, copied from the prompt."""


@documented
class QuotaProposal(TypedDict, closed=True):
    """A part of the list for genres or years."""

    genres: NotRequired[Annotated[list[Words], Field(min_length=1, max_length=12)]]
    """Any of these counts."""
    year_from: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Not before this year."""
    year_to: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Not after this year."""
    at_least: NotRequired[Share]
    """Share of the tracks that must be of it: 0.5 for half."""
    at_most: NotRequired[Share]
    """Share of the tracks that may be of it."""
    half: NotRequired[Literal["first", "second"]]
    """Counted within this half of the list alone."""
    words: Words
    """The listener's own words for it, copied from the prompt."""


@documented
class PlacementProposal(TypedDict, closed=True):
    """A track that must be in the list."""

    title: Words
    """Its title, as the listener wrote it."""
    artist: NotRequired[Words]
    """Its artist, if said."""
    position: NotRequired[Annotated[int, Field(ge=-MAX_TRACKS, le=MAX_TRACKS)]]
    """1 is the first position, -1 the last; left out, anywhere."""
    words: Words
    """The listener's own words for it, copied from the prompt."""


@documented
class SetPlaylistSpec(TypedDict, closed=True):
    """Note what the prompt asks of the list and what was not read yet. Leave out what was read already, and
    what the listener does not say. What was read as binding cannot be loosened."""

    title: NotRequired[Annotated[str, Field(min_length=1, max_length=60)]]
    """A short name for the list, in the listener's language."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS)]]
    """How many tracks, when the listener says a number."""
    minutes: NotRequired[Annotated[float, Field(ge=1, le=720)]]
    """How long the list is as a whole, when the listener says so."""
    courses: NotRequired[Annotated[list[ContourProposal], Field(max_length=2)]]
    """How energy or tempo runs over the list."""
    tempo_step: NotRequired[Annotated[float, Field(gt=0, le=200)]]
    """Beats a minute between neighbours, at most."""
    harmonic: NotRequired[bool]
    """Whether neighbours must fit by key."""
    artist_spacing: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """At least so many tracks of others between two of one artist."""
    shares: NotRequired[Annotated[list[QuotaProposal], Field(max_length=8)]]
    """Parts of the list for genres or eras."""
    places: NotRequired[Annotated[list[PlacementProposal], Field(max_length=20)]]
    """Tracks that must be in the list."""
    openers: NotRequired[Annotated[list[BriefEntry], Field(max_length=5)]]
    """What the first track should be like."""
    unfamiliar_share: NotRequired[Share]
    """Share of little-known tracks."""
    order: NotRequired[OrderName]
    """Sorted by year, when asked."""
    wishes: NotRequired[Annotated[list[BriefEntry], Field(max_length=12)]]
    """What the tracks must be: artists, genres, moods, years, wording, how many by one artist."""


SET_PLAYLIST_SPEC = TypeAdapter(SetPlaylistSpec)
