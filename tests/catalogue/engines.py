"""Every engine that can be had here, empty: embedded, the server's client in memory, and a real server."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from qdrant_client import AsyncQdrantClient

from src.catalogue.edge import create_edge
from src.catalogue.engine import Engine, TrackPoint
from src.catalogue.server import ServerEngine, ensure_collection
from tests.fakes import DIMENSIONS, songs, stub_vector

# Read before the fixtures take the developer's variables away.
_SERVER_URL = os.environ.get("QDRANT_URL")

_KINDS = ["edge", "memory", *(["server"] if _SERVER_URL else [])]
SERVERS = [
    "memory",
    pytest.param(
        "server", marks=pytest.mark.skipif(not _SERVER_URL, reason="QDRANT_URL names no Qdrant server")
    ),
]
ENGINES = ["edge", *SERVERS]

# The client in memory says once each that it needs neither payload indexes nor search parameters.
ignores_memory_warnings = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect:UserWarning", "ignore:Local mode performs exact:UserWarning"
)


def song_points() -> list[TrackPoint]:
    """`songs()` with vectors made of their words."""
    return [TrackPoint(track, stub_vector(track)) for track in songs()]


@asynccontextmanager
async def open_engine(kind: str, folder: Path, dimensions: int = DIMENSIONS) -> AsyncIterator[Engine]:
    """An empty engine of this kind; what it holds is gone after the block."""
    if kind == "edge":
        engine = create_edge(folder / "edge", dimensions)
        yield engine
        await engine.close()
        return
    client = AsyncQdrantClient(":memory:") if kind == "memory" else AsyncQdrantClient(_SERVER_URL)
    collection = f"test_{uuid4().hex}"
    await ensure_collection(client, collection, dimensions=dimensions, embedding_model="hashed-words")
    try:
        yield ServerEngine(client, collection)
    finally:
        if kind == "server":
            await client.delete_collection(collection)
        await client.close()


@asynccontextmanager
async def open_stocked_engines(folder: Path) -> AsyncIterator[dict[str, Engine]]:
    """By kind, every engine that can be had with `songs()` in it: for tests that only read."""
    async with AsyncExitStack() as stack:
        engines: dict[str, Engine] = {}
        for kind in _KINDS:
            engines[kind] = await stack.enter_async_context(open_engine(kind, folder))
            await engines[kind].upsert(song_points())
        yield engines
