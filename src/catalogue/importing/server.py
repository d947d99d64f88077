"""Importing into a collection on a Qdrant server: written as it goes, idempotent, resumed by its staging."""

from collections.abc import Sequence
from pathlib import Path

from src.catalogue.catalogue import NO_MODEL
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import building, writing_embedder
from src.catalogue.importing.steps import (
    ImportOptions,
    ImportSummary,
    Progress,
    drop_staging,
    finish,
    open_staging,
    stage_files,
    write_staged,
)
from src.errors import InvalidInput
from src.settings import Settings


async def import_to_server(
    settings: Settings,
    paths: Sequence[Path],
    options: ImportOptions,
    embedder: Embedder | None,
    progress: Progress,
) -> ImportSummary:
    """Import files into the collection that `QDRANT_URL` and `QDRANT_COLLECTION` name.

    Raises:
        InvalidInput: a file cannot be read, or there is nothing in it.
        CatalogueUnavailable: the server does not answer.
        EmbeddingMismatch: the collection was filled by another embedding model.
    """
    from src.catalogue.server import ServerEngine, collection_embedding_model, ensure_collection
    from src.catalogue.wiring import open_client

    folder = catalogue_folder(settings.data_dir)
    name = settings.qdrant_collection
    async with building(folder) as built:
        model = embedder.model if embedder else NO_MODEL
        staging = open_staging(built, paths, options, f"{model} {settings.qdrant_url} {name}")
        client = open_client(settings)
        engine = ServerEngine(client, name)
        try:
            stored = await collection_embedding_model(client, name)
            usable = embedder if stored is None else writing_embedder(stored, embedder)
            dimensions = embedder.dimensions if embedder else 0
            await ensure_collection(client, name, dimensions=dimensions, embedding_model=model)
            rows = stage_files(staging, paths, options, progress)
            if not staging.staged():
                raise InvalidInput("No row of these files is a track.")
            embedded = await write_staged(staging, engine, usable, progress)
            summary = await finish(staging, engine, folder, rows, embedded)
        finally:
            staging.close()
            await engine.close()
        drop_staging(built)
    return summary
