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
    """Title."""
    artists: list[str]
    """Artists, the main one first."""
    album: NotRequired[str]
    """Album."""
    release_date: NotRequired[str]
    """ISO date."""
    genres: NotRequired[list[str]]
    """Genres."""
    moods: NotRequired[list[str]]
    """Moods."""
    tags: NotRequired[list[str]]
    """All tags."""
    popularity: NotRequired[float]
    """0 to 100."""
    duration_ms: NotRequired[float]
    """Length."""
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
    """The dialogue."""
    turns: list[TurnRanking]
    """In order."""


@documented
class PartHeader(TypedDict, closed=True):
    """First line of a `.part` file."""

    format: str
    """`segue-rankings`."""
    version: int
    """Version of the file."""
    run: str
    """Digest of what was asked, of whom: another run's rankings are not taken for this one's."""


CATALOGUE_ROW = TypeAdapter(CatalogueRow)
DIALOGUE_RANKING = TypeAdapter(DialogueRanking)
PART_HEADER = TypeAdapter(PartHeader)
