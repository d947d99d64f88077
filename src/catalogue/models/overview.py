"""What a catalogue holds."""

from typing import TypedDict

from src.schema import documented


@documented
class Count(TypedDict):
    """A value with the number of tracks that have it."""

    value: str
    """The value."""
    tracks: int
    """How many tracks."""


@documented
class Overview(TypedDict):
    """Size and vocabulary of the catalogue."""

    tracks: int
    """Number of tracks."""
    version: str
    """Changes whenever the content does."""
    engine: str
    """`qdrant-edge` (embedded) or `qdrant` (server)."""
    embedding_model: str
    """The model that search by meaning uses; `none` when search goes by words alone."""
    genres: list[Count]
    """The most frequent genres."""
    moods: list[Count]
    """The most frequent moods."""
    languages: list[Count]
    """Languages by ISO 639 code; `zxx` is music without words."""
    decades: list[Count]
    """Decades of release, the earliest first."""
