"""The embedded engine: one Qdrant Edge shard in a folder of this process's own.

Every call of the shard holds the GIL for a few milliseconds, so queries run inline, and the event loop goes
on between them. The write-ahead log stays on: what `upsert` acknowledged outlives a kill.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import qdrant_edge as edge

from src.catalogue.documents import INDEXES, to_document
from src.catalogue.engine import (
    AnyOf,
    BestScore,
    Between,
    Condition,
    EngineQuery,
    Hit,
    IndexKind,
    Match,
    Missing,
    Nearest,
    NotIds,
    TextMatch,
    TrackPoint,
    Vector,
    point_ids,
)
from src.catalogue.models.track import Track

VECTOR = "passage"

# Exact search is asked for in every query; the optimizer must not spend time on an HNSW graph.
_NEVER_INDEX = 1_000_000_000
# So long may work go on between two rounds of the event loop: about as long as one call of the shard takes.
_SLICE_S = 0.005


class _Turnstile:
    """Lets one task a round of the event loop go on with its work, first come, first served.

    A call of the shard never waits, so that a task of many calls would hold the loop until it is done, and
    several such tasks until all are.
    """

    def __init__(self) -> None:
        self._passed = time.monotonic()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()

    async def __call__(self) -> None:
        if time.monotonic() - self._passed < _SLICE_S:
            return
        # A lock belongs to the loop that it was first waited for in.
        if self._loop is not (loop := asyncio.get_running_loop()):
            self._loop, self._lock = loop, asyncio.Lock()
        async with self._lock:
            await asyncio.sleep(0)
            self._passed = time.monotonic()


class EdgeEngine:
    """An open shard. The caller owns the folder: nobody else may have it open."""

    name = "qdrant-edge"

    def __init__(self, shard: edge.EdgeShard) -> None:
        self._shard: edge.EdgeShard | None = shard
        self._next_slice = _Turnstile()

    @property
    def _open(self) -> edge.EdgeShard:
        if self._shard is None:
            raise RuntimeError("the catalogue is closed")
        return self._shard

    async def rank(self, queries: Sequence[EngineQuery], where: Sequence[Condition]) -> list[list[Hit]]:
        filter_ = _to_filter(where)
        requests = [
            edge.QueryRequest(
                limit=query.limit,
                query=_to_query(query),
                filter=filter_,
                params=edge.SearchParams(exact=True),
                with_payload=False,
            )
            for query in queries
        ]
        await self._next_slice()
        rankings = self._open.query_batch(edge.QueryBatchRequest(requests))
        return [[Hit(str(point.id), point.score) for point in ranking] for ranking in rankings]

    async def fetch(self, ids: Sequence[str]) -> dict[str, Track]:
        await self._next_slice()
        records = self._open.retrieve([*point_ids(ids)], with_payload=["track"], with_vector=False)
        return {str(record.id): _track(record) for record in records}

    async def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        await self._next_slice()
        records = self._open.retrieve([*point_ids(ids)], with_payload=False, with_vector=[VECTOR])
        return {str(record.id): vector for record in records if (vector := _vector(record)) is not None}

    async def browse(self, where: Sequence[Condition], limit: int) -> list[Track]:
        request = edge.ScrollRequest(limit=limit, filter=_to_filter(where), with_payload=["track"])
        await self._next_slice()
        return [_track(record) for record in self._open.scroll(request)[0]]

    async def all_tracks(self, batch: int) -> AsyncIterator[list[Track]]:
        """Every track, in lists of at most `batch`."""
        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(offset=offset, limit=batch, with_payload=["track"])
            await self._next_slice()
            records, offset = self._open.scroll(request)
            if records:
                yield [_track(record) for record in records]
            if offset is None:
                return

    async def facet(self, key: str, where: Sequence[Condition], limit: int) -> dict[str, int]:
        request = edge.FacetRequest(key, limit=limit, exact=True, filter=_to_filter(where))
        await self._next_slice()
        return {str(hit.value): hit.count for hit in self._open.facet(request).hits}

    async def count(self, where: Sequence[Condition]) -> int:
        await self._next_slice()
        return self._open.count(edge.CountRequest(exact=True, filter=_to_filter(where)))

    async def upsert(self, points: Sequence[TrackPoint]) -> None:
        if points:
            self._open.update(edge.UpdateOperation.upsert_points([_to_point(point) for point in points]))

    async def delete(self, ids: Sequence[str]) -> None:
        if ids:
            self._open.update(edge.UpdateOperation.delete_points(list(ids)))

    async def close(self) -> None:
        if self._shard is not None:
            self._shard.close()
            self._shard = None

    def optimize(self) -> None:
        """Merge segments and write everything out. Holds the GIL for seconds: for an importing process."""
        self._open.optimize()
        self._open.flush()


def create_edge(folder: Path, dimensions: int) -> EdgeEngine:
    """Make an empty shard in an empty folder.

    Args:
        folder: made if it is missing.
        dimensions: size of the vectors; 0 for a catalogue that BM25 alone serves.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # A shard needs some vector; points of a BM25-only catalogue leave this one out.
    parameters = edge.EdgeVectorParams(size=dimensions or 1, distance=edge.Distance.Dot)
    optimizers = edge.EdgeOptimizersConfig(indexing_threshold=_NEVER_INDEX)
    shard = edge.EdgeShard.create(
        str(folder), edge.EdgeConfig(vectors={VECTOR: parameters}, optimizers=optimizers)
    )
    for key, kind in INDEXES.items():
        shard.update(edge.UpdateOperation.create_field_index(key, _INDEX_PARAMETERS[kind]))
    return EdgeEngine(shard)


def load_edge(folder: Path) -> EdgeEngine:
    """Open the shard in a folder."""
    return EdgeEngine(edge.EdgeShard.load(str(folder)))


_INDEX_PARAMETERS: dict[IndexKind, edge.PayloadSchemaType | edge.TextIndexParams] = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
    "text": edge.TextIndexParams(scoring=True),
}


def _to_query(query: EngineQuery) -> edge.Query | edge.TextQuery:
    match query:
        case Nearest(vector):
            return edge.Query.Nearest(vector.tolist(), using=VECTOR)
        case BestScore(positives, negatives):
            examples = edge.RecommendQuery(
                [vector.tolist() for vector in positives], [vector.tolist() for vector in negatives]
            )
            return edge.Query.RecommendBestScore(examples, using=VECTOR)
        case TextMatch(field, text):
            return edge.TextQuery(field, text)


def _to_filter(where: Sequence[Condition]) -> edge.Filter | None:
    if not where:
        return None
    must: list[edge.FieldCondition | edge.Filter | edge.IsEmptyCondition] = []
    must_not: list[edge.FieldCondition | edge.IsEmptyCondition | edge.HasIdCondition] = []
    for condition in where:
        match condition:
            case NotIds(ids):
                must_not.append(edge.HasIdCondition(set(point_ids(ids))))
            case Match(negated=True):
                must_not.append(_to_plain_condition(condition))
            case AnyOf(conditions):
                must.append(edge.Filter(should=[_to_plain_condition(part) for part in conditions]))
            case _:
                must.append(_to_plain_condition(condition))
    return edge.Filter(must=list(must), must_not=list(must_not))


def _to_plain_condition(condition: Match | Between | Missing) -> edge.FieldCondition | edge.IsEmptyCondition:
    match condition:
        case Missing(key):
            return edge.IsEmptyCondition(key)
        case Match(key, values):
            return edge.FieldCondition(key, match=edge.MatchAny(list(values)))
        case Between(key, low, high):
            return edge.FieldCondition(key, range=edge.RangeFloat(gte=low, lte=high))


def _to_point(point: TrackPoint) -> edge.Point:
    named: dict[str, edge.NamedVector] = {}
    if point.vector is not None:
        named[VECTOR] = point.vector.tolist()
    return edge.Point(point.track["id"], named, dict(to_document(point.track)))


def _track(record: edge.Record) -> Track:
    payload = record.payload or {}
    # Nothing else writes into this shard, and what we wrote was a Track.
    return cast("Track", payload["track"])


def _vector(record: edge.Record) -> Vector | None:
    match record.vector:
        case {"passage": [*numbers]}:
            return np.asarray(numbers, dtype=np.float32)
        case _:
            return None
