"""Files to import, and what a catalogue holds after it."""

import asyncio
import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from src.catalogue.edge import load_edge
from src.catalogue.generations import (
    CatalogueFolder,
    catalogue_folder,
    copy_shard,
    current_generation,
    shard_folder,
)
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions
from src.catalogue.models.track import Track
from tests.fakes import hashed_embedder

type Rows = Sequence[Mapping[str, object]]


class WriteFile(Protocol):
    """Writes rows into a file of the test's own."""

    def __call__(self, rows: Rows, name: str = "tracks.csv") -> Path: ...


def silent(step: str, done: float, total: float) -> None:
    """Progress that nobody watches."""


def track_rows(count: int, first: int = 0) -> Rows:
    """Rows that differ in title and id."""
    return [
        {"id": number, "title": f"Song {number}", "artist": f"Band {number % 7}", "genre": "rock"}
        for number in range(first, first + count)
    ]


def write_csv(path: Path, rows: Rows) -> Path:
    """The rows under a header."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def serving(folder: CatalogueFolder) -> Path:
    """The current generation, which must be there."""
    generation = current_generation(folder)
    assert generation is not None
    return generation


async def content_of(folder: CatalogueFolder) -> dict[str, tuple[Track, tuple[float, ...] | None]]:
    """Track and vector by id, as the current generation holds them."""
    engine = load_edge(shard_folder(serving(folder)))
    try:
        tracks = [track async for batch in engine.all_tracks(100) for track in batch]
        vectors = await engine.vectors([track["id"] for track in tracks])
    finally:
        await engine.close()
    assert len({track["id"] for track in tracks}) == len(tracks)
    return {
        track["id"]: (track, tuple(vectors[track["id"]].tolist()) if track["id"] in vectors else None)
        for track in tracks
    }


@pytest.fixture
def folder(tmp_path) -> CatalogueFolder:
    return catalogue_folder(tmp_path / "data")


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with `tracks.csv` imported, to be copied: making a shard costs most of a test."""
    root = tmp_path_factory.mktemp("imported")
    path = write_csv(root / "tracks.csv", track_rows(5))
    asyncio.run(import_files(catalogue_folder(root), [path], ImportOptions({}), hashed_embedder(), silent))
    return root


@pytest.fixture
def filled(folder: CatalogueFolder, imported: Path, tmp_path: Path) -> Path:
    """The file whose five tracks are in the catalogue."""
    generation = catalogue_folder(imported).root / "g000001"
    (folder.root / generation.name).mkdir()
    copy_shard(generation / "shard", folder.root / generation.name / "shard")
    shutil.copy(generation / "info.json", folder.root / generation.name)
    shutil.copy(imported / "tracks.csv", tmp_path)
    return tmp_path / "tracks.csv"


@pytest.fixture
def csv_file(tmp_path: Path) -> WriteFile:
    def write(rows: Rows, name: str = "tracks.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        return write_csv(path, rows)

    return write
