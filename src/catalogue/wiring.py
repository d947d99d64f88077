"""Opens the catalogue that the settings name: embedded, with the starter on first use, or on a server."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

from src.catalogue.catalogue import NO_MODEL, Catalogue, matching_embedder
from src.catalogue.edge import create_edge
from src.catalogue.embedding.embedder import Embedder, Vectors
from src.catalogue.engine import TrackPoint
from src.catalogue.generations import (
    CatalogueFolder,
    CatalogueSource,
    EmbeddedCatalogue,
    ServedCatalogue,
    catalogue_folder,
    current_generation,
    own_catalogue,
    read_info,
    remove_old_generations,
    shard_folder,
    swap_in,
    write_info,
)
from src.settings import Settings

if TYPE_CHECKING:
    from qdrant_client import AsyncQdrantClient

    from src.catalogue.server import ServerEngine

_WRITE_BATCH = 500


@asynccontextmanager
async def open_catalogue(
    settings: Settings, embedder: Embedder | None, *, address: str = ""
) -> AsyncIterator[CatalogueSource]:
    """The catalogue, open until the block ends.

    Args:
        address: where this process serves HTTP; empty for a command.

    Raises:
        CatalogueInUse: another process owns the embedded catalogue.
        CatalogueUnavailable: the Qdrant server does not answer.
        EmbeddingMismatch: another embedding model filled the catalogue.
    """
    source: CatalogueSource
    if settings.qdrant_url:
        source = ServedCatalogue(await _open_server(settings, embedder))
        try:
            yield source
        finally:
            await source.close()
        return
    folder = catalogue_folder(settings.data_dir)
    with own_catalogue(folder, address=address, wait_s=settings.catalogue_wait_s):
        if _needs_starter(folder, embedder):
            await _build_starter(folder, embedder)
        remove_old_generations(folder)
        source = EmbeddedCatalogue(folder, embedder)
        try:
            yield source
        finally:
            await source.close()


def open_client(settings: Settings) -> "AsyncQdrantClient":
    """A client of the Qdrant server that `QDRANT_URL` names."""
    from qdrant_client import AsyncQdrantClient

    key = settings.qdrant_api_key
    return AsyncQdrantClient(
        settings.qdrant_url,
        api_key=key.get_secret_value() if key else None,
        timeout=max(1, round(settings.qdrant_timeout_s)),
        check_compatibility=False,
    )


async def _open_server(settings: Settings, embedder: Embedder | None) -> Catalogue:
    from src.catalogue.server import ServerEngine

    client = open_client(settings)
    name = settings.qdrant_collection
    engine = ServerEngine(client, name)
    try:
        stored_model = await _fill_if_new(engine, client, name, embedder)
        usable = None if stored_model == NO_MODEL else embedder
        if usable is not None:
            matching_embedder(stored_model, usable)
    except BaseException:
        await engine.close()
        raise
    return Catalogue(engine, usable, f"{name}@{settings.qdrant_url}")


async def _fill_if_new(
    engine: "ServerEngine", client: "AsyncQdrantClient", name: str, embedder: Embedder | None
) -> str:
    """Make the collection with the starter catalogue if there is none; returns the model that filled it."""
    from src.catalogue.server import collection_embedding_model, ensure_collection

    stored_model = await collection_embedding_model(client, name)
    if stored_model is not None:
        return stored_model
    model = embedder.model if embedder else NO_MODEL
    dimensions = embedder.dimensions if embedder else 0
    points = await starter_points(embedder)
    await ensure_collection(client, name, dimensions=dimensions, embedding_model=model)
    for batch in batched(points, _WRITE_BATCH, strict=False):
        await engine.upsert(batch)
    return model


def _needs_starter(folder: CatalogueFolder, embedder: Embedder | None) -> bool:
    """Whether there is no catalogue yet, or the starter of an earlier release that this model filled."""
    current = current_generation(folder)
    if current is None:
        return True
    info = read_info(current)
    same_model = info["embedding_model"] == (embedder.model if embedder else NO_MODEL)
    return same_model and info["origin"].startswith("starter") and info["origin"] != starter_origin()


def starter_origin() -> str:
    """Tells one release's starter catalogue from another's."""
    from src.catalogue.documents import KEYS_VERSION
    from src.catalogue.starter import DIGEST

    return f"starter {DIGEST} keys {KEYS_VERSION}"


async def _build_starter(folder: CatalogueFolder, embedder: Embedder | None) -> None:
    built: Path = folder.root / "starter.new"
    shutil.rmtree(built, ignore_errors=True)
    points = await starter_points(embedder)
    dimensions = embedder.dimensions if embedder else 0
    engine = create_edge(shard_folder(built), dimensions)
    for batch in batched(points, _WRITE_BATCH, strict=False):
        await engine.upsert(batch)
    engine.optimize()
    await engine.close()
    model = embedder.model if embedder else NO_MODEL
    write_info(
        built,
        {
            "embedding_model": model,
            "dimensions": dimensions,
            "tracks": len(points),
            "origin": starter_origin(),
        },
    )
    swap_in(folder, built)


async def starter_points(embedder: Embedder | None) -> list[TrackPoint]:
    """The starter catalogue as points: with its shipped vectors, or embedded anew by another model."""
    from src.catalogue.documents import passage_text
    from src.catalogue.starter import MODEL, starter_tracks, starter_vectors

    tracks = starter_tracks()
    if embedder is None:
        return [TrackPoint(track, None) for track in tracks]
    vectors: Vectors
    if embedder.model == MODEL:
        vectors = starter_vectors()
    else:
        vectors = await embedder.embed_texts([passage_text(track) for track in tracks])
    return [TrackPoint(track, vector) for track, vector in zip(tracks, vectors, strict=True)]
