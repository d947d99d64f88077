"""What a vector engine does for the catalogue: the small face behind which both engines stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from src.catalogue.models.track import Track

type Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Match:
    """The payload's `key` holds one of `values` (or, negated, none of them)."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """The payload's number at `key` lies within the bounds, both included."""

    key: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class NotIds:
    """The point is none of these."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The payload has no value at `key`."""

    key: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    conditions: tuple[Match | Between | Missing, ...]


type Condition = Match | Between | NotIds | Missing | AnyOf


@dataclass(frozen=True, slots=True)
class Nearest:
    """Points in order of cosine similarity to one vector (exact search)."""

    vector: Vector
    limit: int


@dataclass(frozen=True, slots=True)
class BestScore:
    """Points in order of their best match with any of `positives`, less with `negatives`."""

    positives: tuple[Vector, ...]
    negatives: tuple[Vector, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Points in order of BM25 over the text index of `field`; the text is folded already."""

    field: str
    text: str
    limit: int


type EngineQuery = Nearest | BestScore | TextMatch


@dataclass(frozen=True, slots=True)
class Hit:
    """One point of a ranking."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A track with its vector; `vector` is None in a catalogue that BM25 alone serves."""

    track: Track
    vector: Vector | None


def point_ids(ids: Sequence[str]) -> list[UUID]:
    """Those of the ids that can be a point's: the engines refuse others, to us they are unknown ids."""
    known: list[UUID] = []
    for id_ in ids:
        try:
            known.append(UUID(id_))
        except ValueError:
            continue
    return known


type IndexKind = Literal["keyword", "integer", "float", "text"]


class Engine(Protocol):
    """One open collection of track points. Calls raise `DomainError` when the engine cannot serve."""

    name: str

    async def rank(self, queries: Sequence[EngineQuery], where: Sequence[Condition]) -> list[list[Hit]]:
        """One ranking a query, in the order of `queries`, over the points that meet every condition."""
        ...

    async def fetch(self, ids: Sequence[str]) -> dict[str, Track]:
        """The tracks of these ids; an unknown id is left out."""
        ...

    async def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        """The vectors of these ids; an unknown id is left out."""
        ...

    async def browse(self, where: Sequence[Condition], limit: int) -> list[Track]:
        """At most `limit` tracks that meet the conditions, in order of id."""
        ...

    async def facet(self, key: str, where: Sequence[Condition], limit: int) -> dict[str, int]:
        """Values at `key` with their counts, the most frequent first."""
        ...

    async def count(self, where: Sequence[Condition]) -> int:
        """How many points meet every condition."""
        ...

    async def upsert(self, points: Sequence[TrackPoint]) -> None:
        """Write the points; when this returns, they outlive a kill."""
        ...

    async def delete(self, ids: Sequence[str]) -> None:
        """Remove the points of these ids."""
        ...

    async def close(self) -> None:
        """Give everything back; harmless when called twice."""
        ...
