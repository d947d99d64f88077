"""Named playlists found again: from the title alone, and from the title and five of their tracks.

    uv run python -m benchmarks.held_out_playlists --data-dir DIR [--limit N]

DIR holds the imported `spotify_songs.csv` with the packaged model's vectors. The import keeps neither titles
nor members of the playlists; but the genres of its records are those of the playlists that a track stands
in, for all three searches alike. Measured is how much of the rest of a list stands among the first 100, and
among as many as are left, by the pool's order, by BM25 alone and by dense search alone.

The playlists are split by a hash: two thirds for development, on which the weights were tuned, one third held
out. The rivals get the better of the texts or vectors given below, chosen on the development lists.
"""

import argparse
import asyncio
import csv
import hashlib
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.data import SONGS
from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import load_edge
from src.catalogue.embedding.local import local_embedder
from src.catalogue.engine import EngineQuery, Nearest, TextMatch, Vector
from src.catalogue.generations import catalogue_folder, current_generation, shard_folder
from src.catalogue.names import fold_text
from src.catalogue.starter import track_id
from src.constraints.checks import Known, absent_names
from src.constraints.models.spec import PlaylistSpec, empty_spec
from src.evaluation.metrics.ranking import r_precision, recall_at_k
from src.lexicon.vocabulary import Vocabulary, keywords, load_vocabulary
from src.retrieval.pool import gather_pool
from src.understanding.message import read_message

SEEDS = 5
# A list of which less is in the catalogue is left out: a part of the file may be imported.
COVERED = 0.9
RECALL_AT = 100
# Of the year in which the playlists were read.
THIS_YEAR = 2020
# The longest list has 100 tracks, and the seeds are taken out.
DEPTH = RECALL_AT + SEEDS


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist of the file: its tracks are ids of the catalogue."""

    id: str
    title: str
    tracks: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """Whether nothing was tuned on it."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 3 == 0

    def seeds(self) -> list[str]:
        """The five tracks that are given."""
        return random.Random(self.id).sample(self.tracks, SEEDS) if len(self.tracks) > SEEDS else []


def playlists(source: str, known: set[str]) -> list[Playlist]:
    """Every playlist that the catalogue covers, with its tracks that are there."""
    titles: dict[str, str] = {}
    tracks: dict[str, set[str]] = {}
    with SONGS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            titles[row["playlist_id"]] = row["playlist_name"]
            tracks.setdefault(row["playlist_id"], set()).add(track_id(source, row["track_id"]))
    return [
        Playlist(id_, titles[id_], tuple(sorted(tracks[id_] & known)))
        for id_ in sorted(tracks)
        if len(tracks[id_] & known) >= COVERED * len(tracks[id_])
    ]


async def pool_ranking(
    catalogue: Catalogue, vocabulary: Vocabulary, playlist: Playlist, seeds: Sequence[str]
) -> list[str]:
    """The pool's order for a title read as a message, and the given tracks as liked."""
    reading = await read_message(catalogue, vocabulary, playlist.title, 1, THIS_YEAR)
    spec: PlaylistSpec = empty_spec({"text": reading.text, "turn": 1, "wishes": reading.constraints})
    known = Known(absent=await absent_names(catalogue, spec["brief"], vocabulary))
    pool = await gather_pool(catalogue, spec, known=known, liked_ids=seeds)
    return [candidate.track["id"] for candidate in pool]


async def rival_queries(
    catalogue: Catalogue, playlist: Playlist, seeds: Sequence[str]
) -> dict[str, EngineQuery]:
    """What the rivals search for, in several forms each."""
    tracks = await catalogue.engine.fetch(seeds)
    stored = await catalogue.engine.vectors(seeds)
    names = " ".join(f"{tracks[id_]['title']} {' '.join(tracks[id_]['artists'])}" for id_ in seeds)
    artists = " ".join(" ".join(tracks[id_]["artists"]) for id_ in seeds)
    texts = {
        "BM25": f"{playlist.title} {names}",
        "BM25 without talk": f"{keywords(playlist.title)} {names}",
    }
    if seeds:
        texts["BM25, artists alone"] = f"{playlist.title} {artists}"
    queries: dict[str, EngineQuery] = {
        name: TextMatch("text", folded, DEPTH) for name, text in texts.items() if (folded := fold_text(text))
    }
    title = await catalogue.embed(playlist.title)
    if title is not None:
        vectors = [stored[id_] for id_ in seeds]
        queries["dense"] = Nearest(_middle([title, *vectors]), DEPTH)
        if seeds:
            queries["dense, tracks alone"] = Nearest(_middle(vectors), DEPTH)
    return queries


def _middle(vectors: Sequence[Vector]) -> Vector:
    mean = np.mean(vectors, axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


type Scores = dict[str, list[tuple[Playlist, float, float]]]


def score(scores: Scores, name: str, ranked: Sequence[str], playlist: Playlist, seeds: Sequence[str]) -> None:
    """Note both figures of one ranking, without the given tracks."""
    rest = set(playlist.tracks) - set(seeds)
    ids = [id_ for id_ in ranked if id_ not in seeds]
    figures = (recall_at_k(ids, rest, RECALL_AT), r_precision(ids, rest))
    scores.setdefault(name, []).append((playlist, *figures))


def report(scores: Scores, *, held_out: bool) -> None:
    """Print the means of one side of the split."""
    for name, rows in scores.items():
        part = [row for row in rows if row[0].held_out == held_out]
        if part:
            recall, precision = (statistics.mean(row[place] for row in part) for place in (1, 2))
            figures = f"recall@{RECALL_AT} {recall:.4f}  R-precision {precision:.4f}"
            print(f"  {name:22} {figures}  ({len(part)} lists)")


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="so many playlists, by a hash of their ids")
    options = parser.parse_args(argv)
    generation = current_generation(catalogue_folder(options.data_dir))
    assert generation is not None, "there is no catalogue in this folder"
    engine = load_edge(shard_folder(generation))
    catalogue = Catalogue(engine, local_embedder(), "held out")
    vocabulary = await load_vocabulary(catalogue)
    ids: set[str] = set()
    async for tracks in engine.all_tracks(5_000):
        ids.update(track["id"] for track in tracks)
        source = tracks[0]["source"]
    print(f"{len(ids)} tracks in the catalogue")
    every = sorted(playlists(source, ids), key=lambda item: hashlib.sha256(item.id.encode()).digest()[::-1])
    chosen = every[: options.limit]
    times: list[float] = []
    for given in ("title alone", f"title and {SEEDS} tracks"):
        scores: Scores = {}
        for playlist in chosen:
            seeds = playlist.seeds() if given != "title alone" else []
            if given != "title alone" and not seeds:
                continue
            began = time.perf_counter()
            score(scores, "pool", await pool_ranking(catalogue, vocabulary, playlist, seeds), playlist, seeds)
            times.append(time.perf_counter() - began)
            queries = await rival_queries(catalogue, playlist, seeds)
            rankings = dict(zip(queries, await engine.rank(list(queries.values()), []), strict=True))
            for name in ("BM25", "BM25 without talk", "BM25, artists alone", "dense", "dense, tracks alone"):
                if name in queries or not (seeds == [] and "alone" in name):
                    hits = rankings.get(name, [])
                    score(scores, name, [hit.id for hit in hits], playlist, seeds)
        print(f"{given}:")
        for held_out in (False, True):
            print(" held out:" if held_out else " development:")
            report(scores, held_out=held_out)
    tail = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"pool of {len(times)} requests: median {statistics.median(times):.2f} s, p95 {tail:.2f} s")
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
