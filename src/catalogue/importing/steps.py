"""The steps of an import that every catalogue shares: stage the rows of files, then embed and write them."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from src.catalogue.documents import passage_text
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.engine import Engine, TrackPoint, Vector
from src.catalogue.generations import CatalogueFolder
from src.catalogue.importing.files import BadRow, ReadRow, fingerprint, read_rows
from src.catalogue.importing.layouts import Layout, choose_layout
from src.catalogue.importing.rows import RowRejected, merge_tracks, to_track
from src.catalogue.importing.staging import Staging
from src.catalogue.models.track import Track
from src.errors import InvalidInput

_STAGE_BATCH = 1_000
# Tracks embedded and written between two marks of progress: a few seconds of work.
WRITE_BATCH = 256
# In the folder being built: which import builds it.
JOB = "job"

type Progress = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller says of the files: the columns of fields, where they are from, and their licence."""

    mapped: Mapping[str, str]
    source: str = "import"
    licence: str = "as the source states"
    with_starter: bool = False


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: rows read, tracks in them and those embedded anew, rejected rows by cause with the
    file that lists them, and all tracks of the catalogue.
    """

    rows: int
    tracks: int
    embedded: int
    rejected: Mapping[str, int]
    rejects_file: Path | None
    total: int


def open_staging(built: Path, paths: Sequence[Path], options: ImportOptions, model: str) -> Staging:
    """The staging that this import left when it was interrupted, else an empty one.

    The staging of other files, options or models is discarded: resuming it would publish what nobody asked
    for now.

    Args:
        model: the embedding model, and for a server the collection that is written to.

    Raises:
        InvalidInput: a file is missing, or may not be read.
    """
    asked = [sorted(options.mapped.items()), options.source, options.licence, options.with_starter, model]
    job = hashlib.sha256(json.dumps([asked, [fingerprint(path) for path in paths]]).encode()).hexdigest()
    mark = built / JOB
    if not mark.exists() or mark.read_text() != job:
        clear(built)
        mark.write_text(job)
    return Staging(built / "staging.sqlite")


def drop_staging(built: Path) -> None:
    """Delete the staging of a complete import."""
    for left in (built / JOB, *built.glob("staging.sqlite*")):
        left.unlink(missing_ok=True)


def clear(built: Path) -> None:
    """Empty the folder being built."""
    # The mark first: without it, no import resumes from what a kill in the middle of this leaves.
    (built / JOB).unlink(missing_ok=True)
    for left in built.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def stage_files(staging: Staging, paths: Sequence[Path], options: ImportOptions, progress: Progress) -> int:
    """Read every file into the staging; a file that was read before is skipped. Returns the rows read.

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
    size = path.stat().st_size
    number = 0
    for batch in batched(read_rows(path), _STAGE_BATCH, strict=False):
        number = batch[-1].number
        # From the first rows even where those are staged: a resumed import must read as it began.
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
    """Embed and write every staged track that is not written yet; returns the number embedded.

    A track that the engine holds with the same text keeps its vector.
    """
    total = staging.staged()
    embedded = 0
    while pending := staging.pending(WRITE_BATCH):
        there = await engine.fetch([track["id"] for track in pending])
        merged = [merge_tracks(there.get(track["id"], track), track) for track in pending]
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


async def finish(
    staging: Staging, engine: Engine, folder: CatalogueFolder, rows: int, embedded: int
) -> ImportSummary:
    """Write the rejected rows beside the catalogue, and sum up the import."""
    rejected = staging.reject_counts()
    rejects_file = folder.root / "rejects.jsonl" if rejected else None
    if rejects_file is not None:
        staging.write_rejects(rejects_file)
    return ImportSummary(rows, staging.staged(), embedded, rejected, rejects_file, await engine.count([]))
