"""A track that may stand in the list, as retrieval hands it to the solver."""

from dataclasses import dataclass

from src.catalogue.models.track import Track


@dataclass(frozen=True, slots=True)
class Candidate:
    """One track of the pool.

    `relevance` is 0 to 1 among the pool, `sources` the searches that found it, and `familiar` whether the
    listener has met it, here or by its popularity.
    """

    track: Track
    relevance: float
    sources: tuple[str, ...]
    familiar: bool
