"""Retrieval: rankings from the engine, fused and thinned here, the same on both engines.

Reciprocal rank fusion with ties by track id, one recording a song and the mean of examples are our own: the
engine's fusion breaks ties at random, and it has neither groups nor an average.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import BestScore, Condition, EngineQuery, Hit, Nearest, TextMatch, Vector
from src.catalogue.models.track import Track
from src.catalogue.names import fold_text

# The usual constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
RRF_K = 60
# How deep each ranking is read before fusion, at the least.
DEPTH = 100
# Weight of the negative examples' mean against that of the positive ones.
NEGATIVE_WEIGHT = 0.5
# Decimal places to which scores are compared: the engines reckon in 32 and in 64 bits.
_PLACES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A track in the result of a search, with the rank it had in each ranking that held it."""

    track: Track
    score: float
    ranks: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FusedHit:
    """A point of a fused ranking."""

    id: str
    score: float
    ranks: dict[str, int]


def fuse(
    rankings: Iterable[tuple[str, Sequence[Hit]]], weights: Mapping[str, float] | None = None
) -> list[FusedHit]:
    """Reciprocal rank fusion: best first, ties by id, in the rankings too (the engines order those anyhow).

    Args:
        rankings: (name, hits); a name may come more than once, its best rank is kept.
        weights: what a ranking of this name counts; 1 where it is left out.
    """
    counts = weights or {}
    scores: dict[str, float] = {}
    ranks: dict[str, dict[str, int]] = {}
    for name, hits in rankings:
        weight = counts.get(name, 1.0)
        ordered_hits = sorted(hits, key=lambda hit: (-round(hit.score, _PLACES), hit.id))
        for rank, hit in enumerate(ordered_hits, start=1):
            scores[hit.id] = scores.get(hit.id, 0.0) + weight / (RRF_K + rank)
            held = ranks.setdefault(hit.id, {})
            held[name] = min(rank, held.get(name, rank))
    ordered = sorted(scores, key=lambda id_: (-scores[id_], id_))
    return [FusedHit(id_, scores[id_], ranks[id_]) for id_ in ordered]


async def hybrid_search(
    catalogue: Catalogue, text: str, vector: Vector | None, where: Sequence[Condition], limit: int
) -> list[Found]:
    """Tracks by meaning and by words, one recording a song, best first.

    Args:
        text: the request; BM25 looks for its words.
        vector: its query vector; None leaves the words alone.
    """
    depth = max(DEPTH, 2 * limit)
    queries: list[tuple[str, EngineQuery]] = []
    if vector is not None:
        queries.append(("meaning", Nearest(vector, depth)))
    if folded := fold_text(text):
        queries.append(("text", TextMatch("text", folded, depth)))
    return await search_fused(catalogue, queries, where, limit)


async def tracks_like(
    catalogue: Catalogue,
    positive_ids: Sequence[str],
    negative_ids: Sequence[str],
    where: Sequence[Condition],
    limit: int,
) -> list[Found]:
    """Tracks like the positive examples and unlike the negative ones, one recording a song.

    Two rankings are fused: nearness to the mean of the examples, and the best match with any one of them.
    """
    vectors = await catalogue.engine.vectors([*positive_ids, *negative_ids])
    positives = tuple(vectors[id_] for id_ in positive_ids if id_ in vectors)
    negatives = tuple(vectors[id_] for id_ in negative_ids if id_ in vectors)
    if not positives:
        return []
    depth = max(DEPTH, 2 * limit)
    queries: list[tuple[str, EngineQuery]] = [
        ("similar", Nearest(mean_of_examples(positives, negatives), depth)),
        ("similar", BestScore(positives, negatives, depth)),
    ]
    return await search_fused(catalogue, queries, where, limit)


async def search_fused(
    catalogue: Catalogue, queries: Sequence[tuple[str, EngineQuery]], where: Sequence[Condition], limit: int
) -> list[Found]:
    """Run the named queries under one filter, fuse them, keep the best recording of each song."""
    if not queries:
        return []
    rankings = await catalogue.engine.rank([query for _, query in queries], where)
    fused = fuse(
        (name, without_cut_tie(hits, query.limit))
        for (name, query), hits in zip(queries, rankings, strict=True)
    )
    found: list[Found] = []
    songs: set[str] = set()
    # Payloads are fetched for as many points as the answer needs: a few more than `limit` for repeats.
    step = limit + 8
    for start in range(0, len(fused), step):
        part = fused[start : start + step]
        tracks = await catalogue.engine.fetch([hit.id for hit in part])
        for hit in part:
            track = tracks.get(hit.id)
            if track is not None and track["song_key"] not in songs:
                songs.add(track["song_key"])
                found.append(Found(track, hit.score, hit.ranks))
        if len(found) >= limit:
            break
    return found[:limit]


def without_cut_tie(hits: Sequence[Hit], limit: int) -> Sequence[Hit]:
    """The hits without those that tie where the ranking was cut: which of these came is chance."""
    if len(hits) < limit:
        return hits
    last = round(hits[-1].score, _PLACES)
    return [hit for hit in hits if round(hit.score, _PLACES) != last] or hits


def mean_of_examples(positives: Sequence[Vector], negatives: Sequence[Vector]) -> Vector:
    """The unit vector towards the positive examples' mean, and away from the negative ones'."""
    target = np.mean(positives, axis=0)
    if negatives:
        target = target - NEGATIVE_WEIGHT * np.mean(negatives, axis=0)
    length = float(np.linalg.norm(target))
    return np.asarray(target / length if length else positives[0], dtype=np.float32)
