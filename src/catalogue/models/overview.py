"""What a catalogue holds, and what its files say of it."""

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@documented
class Count(TypedDict):
    """A value with the number of tracks that have it."""

    value: str
    """The genre, mood, language code or decade (`1990s`)."""
    tracks: int
    """Number of tracks that have it."""


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


@documented
class GenerationInfo(TypedDict):
    """`info.json` of a generation of the embedded catalogue."""

    embedding_model: str
    """Name of the model that filled it; `none` when BM25 alone serves."""
    dimensions: int
    """Size of its vectors; 0 without a model."""
    tracks: int
    """Number of tracks in it."""
    origin: str
    """`starter` and its digest, or `import` once the listener's own files are in it."""


@documented
class OwnerInfo(TypedDict):
    """`owner.json`: the process that has the embedded catalogue open."""

    pid: int
    """Process id; 0 when it is not known yet."""
    address: str
    """Where it serves HTTP; empty for a command."""


GENERATION_INFO = TypeAdapter(GenerationInfo)
OWNER_INFO = TypeAdapter(OwnerInfo)
