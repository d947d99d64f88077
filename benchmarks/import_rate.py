"""Import rate over the embedding library's own batch rate on the same texts.

uv run python -m benchmarks.import_rate [--rows 1500]
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.data import SONGS
from src.catalogue.documents import passage_text
from src.catalogue.edge import load_edge
from src.catalogue.embedding.local import BATCH, local_embedder
from src.catalogue.generations import catalogue_folder, current_generation, shard_folder
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions

ROUNDS = 3


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1500)
    rows = parser.parse_args(argv).rows
    embedder = local_embedder()
    await embedder.embed_texts(["warm up"])
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part.csv"
        with SONGS.open(encoding="utf-8") as file:
            part.write_text("".join(islice(file, rows + 1)), encoding="utf-8")
        rates, own = [], []
        for attempt in range(ROUNDS):
            data = catalogue_folder(Path(folder) / str(attempt))
            began = time.perf_counter()
            summary = await import_files(data, [part], ImportOptions({}), embedder, lambda *_: None)
            rates.append(summary.tracks / (time.perf_counter() - began))
            generation = current_generation(data)
            engine = load_edge(shard_folder(generation))
            texts = [passage_text(track) async for tracks in engine.all_tracks(500) for track in tracks]
            await engine.close()
            began = time.perf_counter()
            for start in range(0, len(texts), BATCH):
                await embedder.embed_texts(texts[start : start + BATCH])
            own.append(len(texts) / (time.perf_counter() - began))
    print(f"import {max(rates):.1f} tracks/s, library alone {max(own):.1f} texts/s")
    print(
        f"ratio, best of {ROUNDS} rounds {max(rates) / max(own):.3f}; by round",
        [round(a / b, 3) for a, b in zip(rates, own)],
    )


if __name__ == "__main__":
    asyncio.run(main())
