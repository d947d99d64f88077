"""A list grown from tracks: its examples, its candidates, and the likeness of each to the examples."""

import asyncio
from collections.abc import Iterable, Sequence
from math import isfinite, tanh

import numpy as np
from numpy.typing import NDArray

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Vector
from src.catalogue.models.track import Track
from src.catalogue.search import mean_of_examples
from src.constraints.checks import Known
from src.constraints.models.brief import Constraint
from src.constraints.models.spec import GrowRequest, Placement, PlaylistSpec
from src.errors import InvalidInput
from src.playlists.spec_changes import with_rejected
from src.retrieval.examples import shared_traits
from src.retrieval.pool import POOL_SIZE, PoolTrack, gather_pool


def check_grow(request: GrowRequest) -> None:
    """Check what needs no look-up.

    Raises:
        InvalidInput: there is nothing to grow from, or a track is both included and excluded.
    """
    sources = ("from_playlist", "from_conversation", "from_tracks", "include")
    if not any(request.get(source) for source in sources):
        raise InvalidInput("Say what the list grows from: a playlist, a conversation, or tracks.")
    if set(request.get("include", [])) & set(request.get("exclude", [])):
        raise InvalidInput("A track is both included and excluded: leave it out of one of them.")


def grow_seeds(request: GrowRequest, *, playlist: Sequence[str] = (), liked: Sequence[str] = ()) -> list[str]:
    """Ids of the examples, each once: included tracks first, no excluded ones.

    Args:
        playlist: track ids of `from_playlist`.
        liked: track ids liked in `from_conversation`.

    Raises:
        InvalidInput: no example is left.
    """
    excluded = set(request.get("exclude", []))
    every = [*request.get("include", []), *request.get("from_tracks", []), *playlist, *liked]
    seeds = [track_id for track_id in dict.fromkeys(every) if track_id not in excluded]
    if not seeds:
        raise InvalidInput("There is no track to grow from: the list is empty, or nothing was liked.")
    return seeds


def alike_enough(
    candidates: Iterable[tuple[Track, float]], request: GrowRequest, excluded: Sequence[Track] = ()
) -> list[tuple[Track, float]]:
    """The candidates at the threshold or above, the most alike first, ties by id, one recording a song.

    Args:
        candidates: tracks with their likeness to the examples, 0 to 1.
        request: its threshold and exclusions apply.
        excluded: the records of its exclusions, so that other recordings of these songs are excluded too.
    """
    ids = set(request.get("exclude", []))
    songs = {track["song_key"] for track in excluded}
    allowed = [
        (track, likeness)
        for track, likeness in candidates
        if isfinite(likeness) and likeness >= request["threshold"]
        if track["id"] not in ids and track["song_key"] not in songs
    ]
    first: dict[str, tuple[Track, float]] = {}
    for track, likeness in sorted(allowed, key=lambda pair: (-pair[1], pair[0]["id"])):
        first.setdefault(track["song_key"], (track, likeness))
    return list(first.values())


def grown_spec(spec: PlaylistSpec, included: Sequence[Track], excluded: Sequence[Track]) -> PlaylistSpec:
    """The spec with the included tracks placed and the excluded ones rejected."""
    named = {placement.get("track_id") for placement in spec["places"]}
    added: list[Placement] = [
        {"track_id": track["id"], "title": track["title"], "artist": track["artists"][0], "words": ""}
        for track in included
        if track["id"] not in named
    ]
    return {**spec, "places": [*spec["places"], *added], "brief": with_rejected(spec["brief"], excluded)}


# Tracks that show how alike any two are: an id is a hash, so the first ids are a fair sample.
_SAMPLE = 200
# Vectors read at once: each call holds the interpreter for their whole length.
_READ_AT_ONCE = 500
# Log odds of shared traits that are as good as certain; without vectors likeness rests on them alone.
_CERTAIN = 8.0


async def grow_pool(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    request: GrowRequest,
    seed_ids: Sequence[str],
    *,
    known: Known,
    rule_constraints: Sequence[Constraint] = (),
    size: int = POOL_SIZE,
) -> tuple[PlaylistSpec, list[PoolTrack]]:
    """The spec of a grown list, and its candidates: those alike enough, and the placed tracks.

    Args:
        seed_ids: the examples, from `grow_seeds`.
        size: the most candidates, not counting placed tracks.

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
        rule_constraints=rule_constraints,
        size=size,
    )
    placed = {placement["track_id"] for placement in grown["places"] if "track_id" in placement}
    others = [candidate.track for candidate in pool if candidate.track["id"] not in placed]
    alike = alike_enough(await likeness(catalogue, seed_ids, others), request, excluded)
    kept = placed.union(track["id"] for track, _ in alike)
    return grown, [candidate for candidate in pool if candidate.track["id"] in kept]


async def likeness(
    catalogue: Catalogue, seed_ids: Sequence[str], tracks: Sequence[Track]
) -> list[tuple[Track, float]]:
    """The likeness of each track to the seeds: 0 as any track of the catalogue, 1 the same.

    It is the mean of the likeness to the seeds' mean and that to the nearest of them. Without vectors it
    rests on what the records have in common. Unknown seeds are ignored.
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
    # A model puts all music into one corner of its space: any two tracks are rather near.
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
