"""The server engine: a collection on a Qdrant server or cluster, over `qdrant-client`.

The service mesh retries between services, so a failed call is not repeated here.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import cast

import numpy as np
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

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
from src.errors import DomainError

VECTOR = "passage"
_QDRANT_FAILURES = (ApiException, ResponseHandlingException, OSError)


class CatalogueUnavailable(DomainError):
    """The Qdrant server does not answer, or refuses."""

    status = 503
    code = "catalogue_unavailable"


class ServerEngine:
    """One collection of a Qdrant server."""

    name = "qdrant"

    def __init__(self, client: AsyncQdrantClient, collection: str) -> None:
        self._client = client
        self._collection = collection

    async def rank(self, queries: Sequence[EngineQuery], where: Sequence[Condition]) -> list[list[Hit]]:
        filter_ = _to_filter(where)
        with _translated():
            answers = await self._client.query_batch_points(
                self._collection, [_to_request(query, filter_) for query in queries]
            )
        return [[Hit(str(point.id), point.score) for point in answer.points] for answer in answers]

    async def fetch(self, ids: Sequence[str]) -> dict[str, Track]:
        with _translated():
            records = await self._client.retrieve(self._collection, point_ids(ids), with_payload=["track"])
        return {str(record.id): _track(record) for record in records}

    async def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        with _translated():
            records = await self._client.retrieve(
                self._collection, point_ids(ids), with_payload=False, with_vectors=[VECTOR]
            )
        return {str(record.id): vector for record in records if (vector := _vector(record)) is not None}

    async def browse(self, where: Sequence[Condition], limit: int) -> list[Track]:
        with _translated():
            records, _ = await self._client.scroll(
                self._collection, scroll_filter=_to_filter(where), limit=limit, with_payload=["track"]
            )
        return [_track(record) for record in records]

    async def facet(self, key: str, where: Sequence[Condition], limit: int) -> dict[str, int]:
        with _translated():
            answer = await self._client.facet(
                self._collection, key, facet_filter=_to_filter(where), limit=limit, exact=True
            )
        return {str(hit.value): hit.count for hit in answer.hits}

    async def count(self, where: Sequence[Condition]) -> int:
        with _translated():
            answer = await self._client.count(self._collection, count_filter=_to_filter(where), exact=True)
        return answer.count

    async def upsert(self, points: Sequence[TrackPoint]) -> None:
        if points:
            with _translated():
                await self._client.upsert(self._collection, [_to_point(point) for point in points], wait=True)

    async def delete(self, ids: Sequence[str]) -> None:
        if ids:
            with _translated():
                await self._client.delete(self._collection, models.PointIdsList(points=list(ids)), wait=True)

    async def close(self) -> None:
        await self._client.close()


async def ensure_collection(
    client: AsyncQdrantClient, collection: str, *, dimensions: int, embedding_model: str
) -> None:
    """Make the collection with its indexes if it is missing; its metadata names the embedding model.

    Args:
        dimensions: size of the vectors; 0 for a catalogue that BM25 alone serves.
    """
    with _translated():
        if await client.collection_exists(collection):
            return
        await client.create_collection(
            collection,
            vectors_config={VECTOR: models.VectorParams(size=dimensions or 1, distance=models.Distance.DOT)},
            metadata={"embedding_model": embedding_model},
        )
        for key, kind in INDEXES.items():
            await client.create_payload_index(collection, key, _INDEX_PARAMETERS[kind], wait=True)


async def collection_embedding_model(client: AsyncQdrantClient, collection: str) -> str | None:
    """The embedding model that filled the collection; None when there is no such collection."""
    with _translated():
        if not await client.collection_exists(collection):
            return None
        metadata = (await client.get_collection(collection)).config.metadata or {}
    return str(metadata.get("embedding_model", ""))


@contextmanager
def _translated() -> Generator[None]:
    """Turn the client's own failures into one that is safe to show."""
    try:
        yield
    except _QDRANT_FAILURES as error:
        raise CatalogueUnavailable("The Qdrant server does not answer; check QDRANT_URL.") from error


_INDEX_PARAMETERS: dict[IndexKind, models.PayloadSchemaType | models.TextIndexParams] = {
    "keyword": models.PayloadSchemaType.KEYWORD,
    "integer": models.PayloadSchemaType.INTEGER,
    "float": models.PayloadSchemaType.FLOAT,
    "text": models.TextIndexParams(type=models.TextIndexType.TEXT, scoring=True),
}


def _to_request(query: EngineQuery, filter_: models.Filter | None) -> models.QueryRequest:
    match query:
        case Nearest(vector, limit):
            return models.QueryRequest(
                query=models.NearestQuery(nearest=vector.tolist()),
                using=VECTOR,
                filter=filter_,
                limit=limit,
                params=models.SearchParams(exact=True),
            )
        case BestScore(positives, negatives, limit):
            examples = models.RecommendInput(
                positive=[vector.tolist() for vector in positives],
                negative=[vector.tolist() for vector in negatives],
                strategy=models.RecommendStrategy.BEST_SCORE,
            )
            return models.QueryRequest(
                query=models.RecommendQuery(recommend=examples),
                using=VECTOR,
                filter=filter_,
                limit=limit,
                params=models.SearchParams(exact=True),
            )
        case TextMatch(field, text, limit):
            return models.QueryRequest(
                query=models.TextQuery(text=text), using=field, filter=filter_, limit=limit
            )


def _to_filter(where: Sequence[Condition]) -> models.Filter | None:
    if not where:
        return None
    must: list[models.Condition] = []
    must_not: list[models.Condition] = []
    for condition in where:
        match condition:
            case NotIds(ids):
                must_not.append(models.HasIdCondition(has_id=[*point_ids(ids)]))
            case Match(negated=True):
                must_not.append(_to_plain_condition(condition))
            case AnyOf(conditions):
                must.append(models.Filter(should=[_to_plain_condition(part) for part in conditions]))
            case _:
                must.append(_to_plain_condition(condition))
    return models.Filter(must=must or None, must_not=must_not or None)


def _to_plain_condition(condition: Match | Between | Missing) -> models.Condition:
    match condition:
        case Missing(key):
            return models.IsEmptyCondition(is_empty=models.PayloadField(key=key))
        case Match(key, values):
            return models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))
        case Between(key, low, high):
            return models.FieldCondition(key=key, range=models.Range(gte=low, lte=high))


def _to_point(point: TrackPoint) -> models.PointStruct:
    named: dict[str, models.Vector] = {}
    if point.vector is not None:
        named[VECTOR] = point.vector.tolist()
    return models.PointStruct(id=point.track["id"], vector=named, payload=dict(to_document(point.track)))


def _track(record: models.Record) -> Track:
    payload = record.payload or {}
    if "track" not in payload:
        raise CatalogueUnavailable("The Qdrant collection holds points that Segue did not write.")
    return cast("Track", payload["track"])


def _vector(record: models.Record) -> Vector | None:
    match record.vector:
        case {"passage": [*numbers]}:
            return np.asarray(numbers, dtype=np.float32)
        case _:
            return None
