"""Memory less file-backed pages: the peak of importing 182,513 rows, and an idle server.

uv run python -m benchmarks.memory import              with vectors made of hashed words, no model
uv run python -m benchmarks.memory serve --data-dir DIR
"""

import argparse
import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.data import TRACKS_182K
from benchmarks.serving import private_megabytes, served
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["import", "serve"])
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args(argv)
    if options.what == "import":
        asyncio.run(_import())
    else:
        with served({"DATA_DIR": str(options.data_dir)}) as (_, pid):
            time.sleep(2)
            print(f"idle server: {private_megabytes(pid):.0f} MB")


async def _import() -> None:
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, private_megabytes(os.getpid()))

    threading.Thread(target=watch, daemon=True).start()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        data = catalogue_folder(Path(folder))
        summary = await import_files(data, [TRACKS_182K], ImportOptions({}), _stub(), lambda *_: None)
    done.set()
    seconds = time.perf_counter() - began
    print(f"imported {summary.rows} rows, {summary.tracks} tracks in {seconds:.0f} s; peak {peak:.0f} MB")
    print(f"rejected: {dict(summary.rejected)}")


def _stub() -> Embedder:
    """384 dimensions at no cost: the model's place is taken, not its work."""
    import numpy as np

    rng = np.random.default_rng(7)

    async def embed_texts(texts):
        vectors = rng.standard_normal((len(texts), 384)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    async def embed_query(_text):
        return (await embed_texts([_text]))[0]

    return Embedder("random", 384, embed_texts, embed_query)


if __name__ == "__main__":
    main()
