"""What Segue answers to a dialogue of a public data set, and the rows of a data set's catalogue."""

from typing import NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@documented
class CatalogueRow(TypedDict, closed=True):
    """A track as `segue catalogue import` reads it from JSON Lines."""

    track_id: str
    """The data set's id."""
    title: str
    """Title as the data set has it."""
    artists: list[str]
    """Artists, the main one first."""
    album: NotRequired[str]
    """Album or single; absent when the data set has none."""
    release_date: NotRequired[str]
    """Day of release, as ISO date."""
    genres: NotRequired[list[str]]
    """Tags that name a genre."""
    moods: NotRequired[list[str]]
    """Tags that name a mood, in the catalogue's spelling."""
    tags: NotRequired[list[str]]
    """All tags, genres and moods among them."""
    popularity: NotRequired[float]
    """Popularity, 0 to 100."""
    duration_ms: NotRequired[float]
    """Length in milliseconds."""
    isrc: NotRequired[str]
    """International Standard Recording Code."""


@documented
class TurnRanking(TypedDict, closed=True):
    """What Segue answered to one turn."""

    number: int
    """The turn, counted as the data set counts."""
    tracks: list[str]
    """The data set's ids, best first."""
    response: str
    """What was said; empty when there was no answer."""
    failure: NotRequired[str]
    """Why there was no answer."""


@documented
class DialogueRanking(TypedDict, closed=True):
    """What Segue answered to one dialogue: a line of a `.part` file."""

    id: str
    """The data set's id of the dialogue."""
    turns: list[TurnRanking]
    """One entry a turn, in order."""


@documented
class PartHeader(TypedDict, closed=True):
    """First line of a `.part` file."""

    format: str
    """`segue-rankings`."""
    version: int
    """Version of the form of this file; another one is refused."""
    run: str
    """Digest of what was asked, of whom: another run's rankings are not taken for this one's."""


CATALOGUE_ROW = TypeAdapter(CatalogueRow)
DIALOGUE_RANKING = TypeAdapter(DialogueRanking)
PART_HEADER = TypeAdapter(PartHeader)
