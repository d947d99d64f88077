"""CPU of one embedding and one search of a message, in a process that imports no more than these."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from src.catalogue.catalogue import Catalogue, matching_embedder
from src.catalogue.edge import load_edge
from src.catalogue.embedding.local import local_embedder
from src.catalogue.generations import catalogue_folder, current_generation, read_info, shard_folder
from src.catalogue.search import hybrid_search

WARM_UP = "mellow dream pop for a rainy Sunday"
# What a turn searches for at least.
FOUND = 30


async def queries(data_dir: Path, messages: Sequence[str], environment: Mapping[str, str]) -> list[float]:
    """Milliseconds of CPU of one query a message, in a new process with these variables."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return await asyncio.get_running_loop().run_in_executor(pool, _queries, data_dir, messages)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _queries(data_dir: Path, messages: Sequence[str]) -> list[float]:
    return asyncio.run(_query_each(data_dir, messages))


async def _query_each(data_dir: Path, messages: Sequence[str]) -> list[float]:
    generation = current_generation(catalogue_folder(data_dir))
    assert generation is not None, "there is no catalogue in this folder"
    embedder = matching_embedder(read_info(generation)["embedding_model"], local_embedder())
    catalogue = Catalogue(load_edge(shard_folder(generation)), embedder, "bench")
    times: list[float] = []
    for message in (WARM_UP, *messages):
        began = time.process_time()
        await hybrid_search(catalogue, message, await catalogue.embed(message), [], FOUND)
        times.append((time.process_time() - began) * 1000)
    await catalogue.engine.close()
    return times[1:]
