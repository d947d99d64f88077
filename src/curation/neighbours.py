"""A list grown from tracks that are there: the pool around them, and how alike to them each candidate is."""

import asyncio
from collections.abc import Sequence
from math import tanh

import numpy as np
from numpy.typing import NDArray

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Vector
from src.catalogue.models.track import Track
from src.catalogue.search import mean_of_examples
from src.curation.candidates import Candidate
from src.curation.pool import POOL_SIZE, gather_pool
from src.curation.traits import shared_traits
from src.playlists.growing import alike_enough, grown_spec
from src.playlists.models.grow import GrowRequest
from src.playlists.models.spec import PlaylistSpec
from src.wishes.checks import Known
from src.wishes.models.brief import Wish

# Tracks that tell how alike any two are: an id is a hash, so the first ids are a fair sample.
_SAMPLE = 200
# Vectors read at once: each call holds the interpreter for their whole length.
_READ_AT_ONCE = 500
# Log odds of what the records share that are as good as certain; without vectors they alone tell.
_CERTAIN = 8.0


async def grow_pool(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    request: GrowRequest,
    seed_ids: Sequence[str],
    *,
    known: Known,
    standing: Sequence[Wish] = (),
    size: int = POOL_SIZE,
) -> tuple[PlaylistSpec, list[Candidate]]:
    """The spec of a grown list, and its candidates: those alike enough, and what must be there.

    Args:
        catalogue: what is searched.
        spec: what else the list is to be.
        request: what is included and excluded, and the threshold.
        seed_ids: the examples, from `grow_seeds`.
        known: what is known of the listener.
        standing: wishes of the listener's taste rules.
        size: how many candidates at most, beside the tracks that must be there.

    Raises:
        EmbeddingUnavailable: the embedding endpoint fails.
        CatalogueUnavailable: the engine cannot serve.
    """
    include, exclude = request.get("include", []), request.get("exclude", [])
    records = await catalogue.engine.fetch([*include, *exclude])
    excluded = [records[id_] for id_ in exclude if id_ in records]
    grown = grown_spec(spec, [records[id_] for id_ in include if id_ in records], excluded)
    pool = await gather_pool(
        catalogue,
        grown,
        known=known,
        liked_ids=seed_ids,
        excluded_ids=exclude,
        standing=standing,
        size=size,
    )
    musts = {place["track_id"] for place in grown["places"] if "track_id" in place}
    others = [candidate.track for candidate in pool if candidate.track["id"] not in musts]
    alike = alike_enough(await likeness(catalogue, seed_ids, others), request, excluded)
    kept = musts.union(track["id"] for track, _ in alike)
    return grown, [candidate for candidate in pool if candidate.track["id"] in kept]


async def likeness(
    catalogue: Catalogue, seed_ids: Sequence[str], tracks: Sequence[Track]
) -> list[tuple[Track, float]]:
    """How alike the seeds each track is: 0 as any track of the catalogue, 1 the same.

    Half of it is the likeness to the seeds' mean, half that to the nearest of them. Where there are no
    vectors, what the records have in common tells.

    Args:
        catalogue: where the vectors are.
        seed_ids: the examples; unknown ids are passed over.
        tracks: what is compared.
    """
    seeds = await catalogue.engine.vectors(seed_ids) if catalogue.embedder is not None else {}
    if seeds:
        scores = await _by_vectors(catalogue, [seeds[id_] for id_ in seed_ids if id_ in seeds], tracks)
    else:
        scores = await _by_records(catalogue, seed_ids, tracks)
    same = frozenset(seed_ids)
    return [
        (track, 1.0 if track["id"] in same else score) for track, score in zip(tracks, scores, strict=True)
    ]


async def _by_vectors(catalogue: Catalogue, seeds: Sequence[Vector], tracks: Sequence[Track]) -> list[float]:
    sample = await _vectors(catalogue, [track["id"] for track in await catalogue.engine.browse([], _SAMPLE)])
    vectors = await _vectors(catalogue, [track["id"] for track in tracks])
    # A model puts all music into one corner of its space: any two tracks are somewhat near.
    usual = _nearness(np.stack(list(sample.values())), seeds).mean(axis=0)
    known = [track["id"] for track in tracks if track["id"] in vectors]
    if not known:
        return [0.0] * len(tracks)
    near = _nearness(np.stack([vectors[id_] for id_ in known]), seeds)
    over = np.clip((near - usual) / np.maximum(1 - usual, 1e-6), 0, 1).mean(axis=1)
    scores = dict(zip(known, over.tolist(), strict=True))
    return [scores.get(track["id"], 0.0) for track in tracks]


def _nearness(vectors: NDArray[np.float32], seeds: Sequence[Vector]) -> NDArray[np.float32]:
    """Cosines to the seeds' mean, and to the nearest of them: two columns."""
    to_mean = vectors @ mean_of_examples(seeds, [])
    to_nearest = (vectors @ np.stack(seeds).T).max(axis=1)
    return np.stack([to_mean, to_nearest], axis=1)


async def _vectors(catalogue: Catalogue, ids: Sequence[str]) -> dict[str, Vector]:
    found: dict[str, Vector] = {}
    for start in range(0, len(ids), _READ_AT_ONCE):
        await asyncio.sleep(0)
        found |= await catalogue.engine.vectors(ids[start : start + _READ_AT_ONCE])
    return found


async def _by_records(catalogue: Catalogue, seed_ids: Sequence[str], tracks: Sequence[Track]) -> list[float]:
    records = await catalogue.engine.fetch(seed_ids)
    odds = shared_traits([records[id_] for id_ in seed_ids if id_ in records], tracks)
    return [max(0.0, tanh(score / _CERTAIN)) for score in odds]
