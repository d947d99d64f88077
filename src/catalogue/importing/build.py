"""Importing: files are staged, embedded, written beside the current generation, and swapped in.

On a Qdrant server the same steps write into the collection itself: its readers see the import grow.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from src.catalogue.catalogue import NO_MODEL, matching_embedder
from src.catalogue.documents import passage_text
from src.catalogue.edge import EdgeEngine, create_edge, load_edge
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.engine import Engine, TrackPoint, Vector
from src.catalogue.generations import (
    CatalogueFolder,
    GenerationInfo,
    current_generation,
    read_info,
    shard_folder,
    swap_in,
    write_info,
)
from src.catalogue.importing.files import BadRow, ReadRow, fingerprint, read_rows, size_on_disk
from src.catalogue.importing.layouts import Layout, choose_layout
from src.catalogue.importing.rows import RowRejected, merge_tracks, to_track
from src.catalogue.importing.staging import Staging, batches
from src.catalogue.models.track import Track
from src.catalogue.wiring import starter_points
from src.errors import CatalogueInUse, EmbeddingMismatch, InvalidInput

_STAGE_BATCH = 1_000
# Tracks embedded and written between two marks of progress: a few seconds of work.
WRITE_BATCH = 256
# In the folder being built: which import builds it.
_JOB = "job"
_COPIED = 1 << 20

type Progress = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller says of the files."""

    mapped: Mapping[str, str]
    source: str = "import"
    licence: str = "as the source states"
    with_starter: bool = False


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did."""

    rows: int
    tracks: int
    embedded: int
    rejected: Mapping[str, int]
    rejects_file: Path | None
    total: int


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


def open_staging(built: Path, paths: Sequence[Path], options: ImportOptions, model: str) -> Staging:
    """The staging that this import left when it was interrupted, else an empty one.

    What an import of other files, with other options or another model left is discarded: going on with it
    would publish what nobody asked for now.

    Args:
        model: what embeds, and for a server where it writes to.

    Raises:
        InvalidInput: a file is missing, or may not be read.
    """
    told = [sorted(options.mapped.items()), options.source, options.licence, options.with_starter, model]
    job = hashlib.sha256(json.dumps([told, [fingerprint(path) for path in paths]]).encode()).hexdigest()
    mark = built / _JOB
    if not mark.exists() or mark.read_text() != job:
        _clear(built)
        mark.write_text(job)
    return Staging(built / "staging.sqlite")


def drop_staging(built: Path) -> None:
    """The import is complete: forget where it was."""
    for left in (built / _JOB, *built.glob("staging.sqlite*")):
        left.unlink(missing_ok=True)


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


def stage_files(staging: Staging, paths: Sequence[Path], options: ImportOptions, progress: Progress) -> int:
    """Read every file into the staging; a file that was read before is skipped. Gives the rows read.

    Raises:
        InvalidInput: a file cannot be read as a catalogue; what was staged of others stays.
    """
    rows = 0
    for path in paths:
        mark = fingerprint(path)
        if staging.is_finished(mark):
            rows += staging.rows_read(mark)
            continue
        rows += _stage_file(staging, path, mark, options, progress)
    return rows


def _stage_file(staging: Staging, path: Path, mark: str, options: ImportOptions, progress: Progress) -> int:
    layout: Layout | None = None
    skip = staging.rows_read(mark)
    size = size_on_disk(path)
    number = 0
    for batch in batches(read_rows(path), _STAGE_BATCH):
        number = batch[-1].number
        # Of the first rows even where those are staged: an import that goes on must read as it began.
        if layout is None:
            layout = _layout_of(batch, options)
        if number <= skip:
            continue
        tracks, rejects = _read_batch([row for row in batch if row.number > skip], layout, options)
        staging.stage(mark, path.name, tracks, rejects, number, finished=False)
        progress(f"reading {path.name}", batch[-1].bytes_read, size)
    if number == 0:
        raise InvalidInput(f"{path}: the file holds no rows.")
    staging.stage(mark, path.name, [], [], number, finished=True)
    return number


def _layout_of(batch: Sequence[ReadRow], options: ImportOptions) -> Layout:
    columns: dict[str, None] = {}
    for row in batch:
        if not isinstance(row.content, BadRow):
            columns.update(dict.fromkeys(row.content))
    return choose_layout(list(columns), options.mapped)


def _read_batch(
    rows: Sequence[ReadRow], layout: Layout, options: ImportOptions
) -> tuple[list[Track], list[tuple[int, str, str]]]:
    tracks: list[Track] = []
    rejects: list[tuple[int, str, str]] = []
    for row in rows:
        if isinstance(row.content, BadRow):
            rejects.append((row.number, row.content.cause, row.content.excerpt))
            continue
        try:
            tracks.append(to_track(row.content, layout, source=options.source, licence=options.licence))
        except RowRejected as rejected:
            rejects.append((row.number, rejected.cause, str(dict(row.content))[:200]))
    return tracks, rejects


async def write_staged(
    staging: Staging, engine: Engine, embedder: Embedder | None, progress: Progress
) -> int:
    """Embed and write every staged track that is not written yet; gives the number embedded.

    A track that the engine holds with the same text keeps its vector.
    """
    total = staging.staged()
    embedded = 0
    while pending := staging.pending(WRITE_BATCH):
        there = await engine.fetch([track["id"] for track in pending])
        merged = [
            merge_tracks(there[track["id"]], track) if track["id"] in there else track for track in pending
        ]
        vectors, new = await _vectors(engine, embedder, merged, there)
        embedded += new
        await engine.upsert(
            [TrackPoint(track, vector) for track, vector in zip(merged, vectors, strict=True)]
        )
        staging.mark_done([track["id"] for track in pending])
        progress("embedding", staging.done(), total)
    return embedded


async def _vectors(
    engine: Engine, embedder: Embedder | None, tracks: Sequence[Track], there: Mapping[str, Track]
) -> tuple[list[Vector | None], int]:
    """The vectors of the tracks, and how many of them are new."""
    if embedder is None:
        return [None] * len(tracks), 0
    same = [
        track["id"]
        for track in tracks
        if track["id"] in there and passage_text(there[track["id"]]) == passage_text(track)
    ]
    kept = await engine.vectors(same) if same else {}
    missing = [track for track in tracks if track["id"] not in kept]
    new: dict[str, Vector] = {}
    if missing:
        fresh = await embedder.embed_texts([passage_text(track) for track in missing])
        new = {track["id"]: vector for track, vector in zip(missing, fresh, strict=True)}
    return [kept.get(track["id"], new.get(track["id"])) for track in tracks], len(missing)


async def import_files(
    folder: CatalogueFolder,
    paths: Sequence[Path],
    options: ImportOptions,
    embedder: Embedder | None,
    progress: Progress,
) -> ImportSummary:
    """Import files into the embedded catalogue.

    The first import takes the starter's place, unless it is to stay; later ones add to what is there.

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
                raise InvalidInput("No row of these files is a track; see the causes: " + _causes(staging))
            engine, info = await _open_build(folder, built, embedder, with_starter=options.with_starter)
            try:
                usable = writing_embedder(info["embedding_model"], embedder)
                embedded = await write_staged(staging, engine, usable, progress)
                progress("optimising", 0, 1)
                engine.optimize()
                total = await engine.count([])
            finally:
                await engine.close()
            rejected = staging.reject_counts()
            rejects_file = folder.root / "rejects.jsonl" if rejected else None
            if rejects_file is not None:
                staging.write_rejects(rejects_file)
            summary = ImportSummary(rows, staging.staged(), embedded, rejected, rejects_file, total)
        finally:
            staging.close()
        write_info(built, {**info, "tracks": total, "origin": "import"})
        drop_staging(swap_in(folder, built))
        return summary


async def rebuild(folder: CatalogueFolder, change: Callable[[EdgeEngine], Awaitable[None]]) -> int:
    """Make a copy of the current generation, change it, swap it in; gives its number of tracks.

    Raises:
        CatalogueInUse: an import is under way, or one was left unfinished.
        InvalidInput: there is no catalogue yet.
    """
    current = current_generation(folder)
    if current is None:
        raise InvalidInput("There is no catalogue yet.")
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


def copy_shard(source: Path, target: Path) -> None:
    """Copy a shard that nobody writes to; `target` must not exist."""
    shutil.copytree(source, target, copy_function=_copy_sparse)


def _copy_sparse(source: str, target: str) -> None:
    """Copy a file with its holes: the shard of a few tracks is 0.4 MB on disk in files of 375 MB."""
    with Path(source).open("rb", buffering=0) as reader, Path(target).open("wb") as writer:
        size, end = os.fstat(reader.fileno()).st_size, 0
        while end < size:
            try:
                start = os.lseek(reader.fileno(), end, os.SEEK_DATA)
            except OSError as error:
                if error.errno == errno.ENXIO:  # nothing but a hole is left
                    break
                raise
            end = os.lseek(reader.fileno(), start, os.SEEK_HOLE)
            reader.seek(start)
            writer.seek(start)
            while start < end and (chunk := reader.read(min(_COPIED, end - start))):
                writer.write(chunk)
                start += len(chunk)
        writer.truncate(size)


def _clear_unfinished(built: Path) -> None:
    # Where nothing is embedded yet, as after a file that cannot be read, there is nothing worth keeping.
    if (built / _JOB).exists() and (built / "info.json").exists():
        raise CatalogueInUse(
            "An import was left unfinished: run it again, or remove DATA_DIR/catalogue/building.",
            pid=0,
            address=None,
        )
    _clear(built)


def _clear(built: Path) -> None:
    # The mark first: without it, nobody goes on with what is left by a kill in the middle of this.
    (built / _JOB).unlink(missing_ok=True)
    for left in built.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


async def reembed(folder: CatalogueFolder, embedder: Embedder | None, progress: Progress) -> int:
    """Fill a new generation with the current tracks, embedded by another model; gives their number.

    Raises:
        CatalogueInUse: an import is under way, or one was left unfinished.
        InvalidInput: there is no catalogue yet.
    """
    current = current_generation(folder)
    if current is None:
        raise InvalidInput("There is no catalogue yet.")
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


def _causes(staging: Staging) -> str:
    return ", ".join(f"{cause} ({count})" for cause, count in staging.reject_counts().items()) or "none"


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
    # Written last: without it, the next import begins the copy anew.
    write_info(built, info)
    return engine, info
