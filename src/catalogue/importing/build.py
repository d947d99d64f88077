"""Importing: files are staged, embedded, and written beside the current generation or to a server."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from src.catalogue.catalogue import NO_MODEL, matching_embedder
from src.catalogue.documents import passage_text
from src.catalogue.edge import EdgeEngine, create_edge, load_edge
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.engine import TrackPoint
from src.catalogue.generations import (
    CatalogueFolder,
    catalogue_folder,
    copy_shard,
    current_generation,
    read_info,
    shard_folder,
    swap_in,
    write_info,
)
from src.catalogue.importing.steps import (
    JOB,
    WRITE_BATCH,
    ImportOptions,
    ImportSummary,
    Progress,
    clear,
    drop_staging,
    finish,
    open_staging,
    stage_files,
    write_staged,
)
from src.catalogue.models.overview import GenerationInfo
from src.catalogue.wiring import starter_points
from src.errors import CatalogueInUse, EmbeddingMismatch, InvalidInput
from src.settings import Settings


@asynccontextmanager
async def building(folder: CatalogueFolder) -> AsyncIterator[Path]:
    """The folder of the generation being built, held by one import at a time.

    Raises:
        CatalogueInUse: another import is under way.
    """
    lock = FileLock(folder.import_lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CatalogueInUse(
            "Another import into this catalogue is under way; wait for it.", pid=0, address=None
        ) from None
    try:
        folder.building.mkdir(exist_ok=True)
        yield folder.building
    finally:
        lock.release()


def writing_embedder(stored_model: str, embedder: Embedder | None) -> Embedder | None:
    """The embedder to fill this catalogue with.

    Raises:
        EmbeddingMismatch: it was filled by another model, or by one and none is configured.
    """
    if embedder is None and stored_model != NO_MODEL:
        raise EmbeddingMismatch(
            f"The catalogue was filled by the embedding model {stored_model!r} and none is configured: new "
            "tracks would never be found by meaning. Configure that model, or run `segue catalogue reembed` "
            "first."
        )
    return matching_embedder(stored_model, embedder)


async def import_files(
    folder: CatalogueFolder,
    paths: Sequence[Path],
    options: ImportOptions,
    embedder: Embedder | None,
    progress: Progress,
) -> ImportSummary:
    """Import files into the embedded catalogue.

    The first import replaces the starter, unless `with_starter` keeps it; later ones add to the catalogue.

    Raises:
        InvalidInput: a file cannot be read, or there is nothing in it.
        CatalogueInUse: another import is under way.
        EmbeddingMismatch: the catalogue was filled by another embedding model.
    """
    async with building(folder) as built:
        staging = open_staging(built, paths, options, embedder.model if embedder else NO_MODEL)
        try:
            rows = stage_files(staging, paths, options, progress)
            if not staging.staged():
                causes = ", ".join(f"{cause} ({count})" for cause, count in staging.reject_counts().items())
                raise InvalidInput(f"No row of these files is a track; see the causes: {causes or 'none'}")
            engine, info = await _open_build(folder, built, embedder, with_starter=options.with_starter)
            try:
                usable = writing_embedder(info["embedding_model"], embedder)
                embedded = await write_staged(staging, engine, usable, progress)
                progress("optimising", 0, 1)
                engine.optimize()
                summary = await finish(staging, engine, folder, rows, embedded)
            finally:
                await engine.close()
        finally:
            staging.close()
        write_info(built, {**info, "tracks": summary.total, "origin": "import"})
        drop_staging(swap_in(folder, built))
        return summary


def _existing(folder: CatalogueFolder) -> Path:
    current = current_generation(folder)
    if current is None:
        raise InvalidInput("There is no catalogue yet.")
    return current


async def rebuild(folder: CatalogueFolder, change: Callable[[EdgeEngine], Awaitable[None]]) -> int:
    """Make a copy of the current generation, change it, swap it in; returns its number of tracks.

    Raises:
        CatalogueInUse: an import is under way, or one was left unfinished.
        InvalidInput: there is no catalogue yet.
    """
    current = _existing(folder)
    async with building(folder) as built:
        _clear_unfinished(built)
        copy_shard(shard_folder(current), shard_folder(built))
        info = read_info(current)
        engine = load_edge(shard_folder(built))
        try:
            await change(engine)
            engine.optimize()
            total = await engine.count([])
        finally:
            await engine.close()
        write_info(built, {**info, "tracks": total})
        swap_in(folder, built)
    return total


def _clear_unfinished(built: Path) -> None:
    # Before info.json is written nothing is embedded, as after a file that cannot be read: nothing is lost.
    if (built / JOB).exists() and (built / "info.json").exists():
        raise CatalogueInUse(
            "An import was left unfinished: run it again, or remove DATA_DIR/catalogue/building.",
            pid=0,
            address=None,
        )
    clear(built)


async def reembed(folder: CatalogueFolder, embedder: Embedder | None, progress: Progress) -> int:
    """Fill a new generation with the current tracks, embedded by another model; returns their number.

    Raises:
        CatalogueInUse: an import is under way, or one was left unfinished.
        InvalidInput: there is no catalogue yet.
    """
    current = _existing(folder)
    async with building(folder) as built:
        _clear_unfinished(built)
        source_shard = built / "source"
        copy_shard(shard_folder(current), source_shard)
        dimensions = embedder.dimensions if embedder else 0
        old, new = load_edge(source_shard), create_edge(shard_folder(built), dimensions)
        try:
            total, done = await old.count([]), 0
            async for tracks in old.all_tracks(WRITE_BATCH):
                texts = [passage_text(track) for track in tracks]
                vectors = await embedder.embed_texts(texts) if embedder else [None] * len(tracks)
                await new.upsert(
                    [TrackPoint(track, vector) for track, vector in zip(tracks, vectors, strict=True)]
                )
                done += len(tracks)
                progress("embedding", done, total)
            new.optimize()
        finally:
            await old.close()
            await new.close()
        shutil.rmtree(source_shard)
        info = read_info(current)
        model = embedder.model if embedder else NO_MODEL
        write_info(built, {**info, "embedding_model": model, "dimensions": dimensions, "tracks": total})
        swap_in(folder, built)
    return total


async def _open_build(
    folder: CatalogueFolder, built: Path, embedder: Embedder | None, *, with_starter: bool
) -> tuple[EdgeEngine, GenerationInfo]:
    """The shard being built: the one that a killed import left, a copy of the current one, or a new one."""
    shard = shard_folder(built)
    if (built / "info.json").exists():
        return load_edge(shard), read_info(built)
    shutil.rmtree(shard, ignore_errors=True)
    current = current_generation(folder)
    if current is not None and read_info(current)["origin"] == "import":
        info = read_info(current)
        writing_embedder(info["embedding_model"], embedder)
        copy_shard(shard_folder(current), shard)
        engine = load_edge(shard)
    else:
        info = {
            "embedding_model": embedder.model if embedder else NO_MODEL,
            "dimensions": embedder.dimensions if embedder else 0,
            "tracks": 0,
            "origin": "import",
        }
        engine = create_edge(shard, info["dimensions"])
        if with_starter:
            await engine.upsert(await starter_points(embedder))
    # Written last: without it, the next import copies again.
    write_info(built, info)
    return engine, info


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
