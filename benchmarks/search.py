"""Hybrid filtered search on the embedded engine, over a one-thread NumPy scan of the same vectors.

    uv run python -m benchmarks.search --data-dir DIR      the imported catalogue, real query vectors
    uv run python -m benchmarks.search --random 182513     random vectors over that many made-up tracks

Ten fixed filters and 60 requests of `../shared/data/reddit_requests.txt`; the vector is given. The rival
scans all vectors (the filter is a mask made beforehand) and takes the best ten.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.data import REQUESTS
from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import EdgeEngine, create_edge, load_edge
from src.catalogue.embedding.local import local_embedder
from src.catalogue.engine import Nearest, TrackPoint
from src.catalogue.filters import to_conditions
from src.catalogue.generations import catalogue_folder, current_generation, shard_folder
from src.catalogue.models.filter import TrackFilter
from src.catalogue.search import hybrid_search
from tests.fakes import make_track

FILTERS: list[TrackFilter] = [
    {},
    {"genres_any": ["rock"]},
    {"genres_none": ["rap", "edm"]},
    {"year_from": 1990, "year_to": 1999},
    {"year_to": 1985},
    {"genres_any": ["latin", "r&b"], "year_from": 2010},
    {"features": [{"feature": "tempo", "low": 110, "high": 130}]},
    {"features": [{"feature": "energy", "high": 0.5}], "popularity_from": 30},
    {"not_artists": ["Drake", "Ed Sheeran"], "duration_to_s": 240},
    {"genres_any": ["pop"], "features": [{"feature": "danceability", "low": 0.6}], "year_from": 2000},
]


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--random", type=int)
    options = parser.parse_args(argv)
    lines = [line.strip() for line in REQUESTS.read_text().splitlines() if line.strip()]
    texts = random.Random(7).sample(lines, 60)
    if options.random:
        rng = np.random.default_rng(7)
        queries = list(_unit(rng.standard_normal((60, 384))))
        with tempfile.TemporaryDirectory() as folder:
            engine = await _fill(Path(folder) / "shard", options.random, rng)
            await _measure(engine, texts, queries)
    else:
        embedder = local_embedder()
        queries = [await embedder.embed_query(text) for text in texts]
        generation = current_generation(catalogue_folder(options.data_dir))
        await _measure(load_edge(shard_folder(generation)), texts, queries)


async def _fill(folder: Path, count: int, rng: np.random.Generator) -> EdgeEngine:
    engine = create_edge(folder, 384)
    genres = ["rock", "pop", "rap", "edm", "latin", "r&b", "jazz", "folk", "metal", "country"]
    words = [line.split() for line in REQUESTS.read_text().splitlines() if line.split()]
    chance = random.Random(7)
    for start in range(0, count, 1000):
        size = min(1000, count - start)
        vectors = _unit(rng.standard_normal((size, 384)))
        points = []
        for number, vector in enumerate(vectors, start):
            title = " ".join(chance.choice(words)[:4])
            track = make_track(
                f"{title} {number}",
                f"Artist {number % 9000}",
                genres=[genres[number % 10]],
                year=1960 + number % 65,
                popularity=number % 100,
                duration_ms=120_000 + number % 200_000,
                features={"tempo": 60.0 + number % 120, "energy": (number % 100) / 100, "danceability": 0.5},
            )
            points.append(TrackPoint(track, vector))
        await engine.upsert(points)
    engine.optimize()
    return engine


async def _measure(engine: EdgeEngine, texts: list[str], queries: list[np.ndarray]) -> None:
    ids: list[str] = []
    async for tracks in engine.all_tracks(5000):
        ids += [track["id"] for track in tracks]
    stored: dict[str, np.ndarray] = {}
    for start in range(0, len(ids), 5000):
        stored |= await engine.vectors(ids[start : start + 5000])
    matrix = np.stack([stored[id_] for id_ in ids])
    catalogue = Catalogue(engine, None, "bench")
    ours, scans, recalls = [], [], []
    for filter_ in FILTERS:
        where = to_conditions(filter_)
        mask = np.zeros(len(ids), dtype=bool)
        passing = {track["id"] for track in await engine.browse(where, len(ids))}
        mask[[number for number, id_ in enumerate(ids) if id_ in passing]] = True
        for text, query in zip(texts, queries, strict=True):
            began = time.perf_counter()
            await hybrid_search(catalogue, text, query, where, 10)
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            scores = np.where(mask, matrix @ query, -2.0)
            best = np.argpartition(-scores, 10)[:10]
            best = best[np.argsort(-scores[best])]
            scans.append(time.perf_counter() - began)
            exact = {ids[number] for number in best if mask[number]}
            (dense,) = await engine.rank([Nearest(query, 10)], where)
            if exact:
                recalls.append(len(exact & {hit.id for hit in dense}) / len(exact))
    median, scan = statistics.median(ours) * 1000, statistics.median(scans) * 1000
    p95 = statistics.quantiles(ours, n=20)[-1] * 1000
    print(f"{len(ids)} tracks, {len(FILTERS)} filters x {len(texts)} requests")
    print(f"hybrid search median {median:.2f} ms, p95 {p95:.2f} ms; NumPy scan median {scan:.2f} ms")
    print(
        f"ratio of medians {median / scan:.2f}; recall@10 of the dense ranking {statistics.mean(recalls):.4f}"
    )
    await engine.close()


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    asyncio.run(main())
