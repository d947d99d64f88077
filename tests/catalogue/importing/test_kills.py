"""A killed import loses nothing, doubles nothing and harms nothing: real processes, real SIGKILL."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import catalogue_folder, copy_shard
from src.catalogue.importing.build import import_files
from src.catalogue.importing.staging import Staging
from src.catalogue.importing.steps import ImportOptions
from tests.catalogue.importing.conftest import content_of, serving, silent, track_rows, write_csv
from tests.fakes import hashed_embedder

ROOT = Path(__file__).parents[3]
ROWS = 30

# Imports a file in small batches; at the n-th arrival at a moment it says so and waits.
CHILD = """
import asyncio, signal, sys
from pathlib import Path
from src.catalogue.generations import catalogue_folder
from src.catalogue.importing import build, steps
from src.catalogue.importing.staging import Staging
from src.catalogue.embedding.embedder import Embedder
from tests.fakes import hashed_embedder

data_dir, file, moment, arrivals = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
steps._STAGE_BATCH, steps.WRITE_BATCH = 10, 5

def reach(here):
    global arrivals
    if here == moment:
        arrivals -= 1
        if arrivals == 0:
            print("halted", flush=True)
            while True:
                signal.pause()

def before(owner, name, here):
    real = getattr(owner, name)
    def wrapped(*args):
        reach(here)
        return real(*args)
    setattr(owner, name, wrapped)

def on_progress(step, done, total):
    reach(step.split()[0])

inner = hashed_embedder()
async def embed_texts(texts):
    reach("before embedding")
    return await inner.embed_texts(texts)

before(build, "write_info", "copied")
before(Staging, "mark_done", "written")
before(build, "swap_in", "before swap")
before(build, "drop_staging", "swapped")
embedder = Embedder(inner.model, inner.dimensions, embed_texts, inner.embed_query)
asyncio.run(build.import_files(
    catalogue_folder(Path(data_dir)), [Path(file)], steps.ImportOptions({}), embedder, on_progress
))
"""


def rows() -> list[dict[str, object]]:
    """Tracks that are new (26), two that are there already, one told twice, and a row that is none."""
    new = [dict(row) for row in track_rows(ROWS, first=3)]
    new[20] |= {"id": 7, "genre": "jazz"}
    new[25] |= {"title": ""}
    return new


@pytest.fixture(scope="module")
def expected(imported, tmp_path_factory):
    """Content and counts after the import that nobody interrupts."""
    root = tmp_path_factory.mktemp("expected")
    folder = catalogue_folder(root)
    base = catalogue_folder(imported).root / "g000001"
    copy_shard(base / "shard", folder.root / "g000001" / "shard")
    shutil.copy(base / "info.json", folder.root / "g000001")
    path = write_csv(root / "more.csv", rows())

    async def run():
        summary = await import_files(folder, [path], ImportOptions({}), hashed_embedder(), silent)
        return await content_of(folder), summary

    return asyncio.run(run())


def marked_done(folder) -> int:
    if not (folder.building / "staging.sqlite").exists():
        return 0
    staging = Staging(folder.building / "staging.sqlite")
    try:
        return staging.done()
    finally:
        staging.close()


@pytest.mark.parametrize(
    ("moment", "arrivals", "done", "left"),
    [
        ("reading", 1, 0, 26),
        ("reading", 3, 0, 26),
        ("copied", 1, 0, 26),
        ("before embedding", 1, 0, 26),
        ("before embedding", 3, 10, 18),
        ("written", 2, 5, 18),
        ("embedding", 4, 20, 8),
        ("before swap", 1, 28, 0),
        ("swapped", 1, 0, 0),
    ],
)
async def test_import_files_when_killed_goes_on_where_it_was(
    folder, filled, csv_file, expected, moment, arrivals, done, left
):
    path = csv_file(rows(), "more.csv")
    before = await content_of(folder)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder.root.parent), str(path), moment, str(arrivals)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"halted\n"
        current = expected[0] if moment == "swapped" else before
        assert await content_of(folder) == current
        child.kill()
    assert await content_of(folder) == current
    assert marked_done(folder) == done

    inner, asked = hashed_embedder(), []

    async def embed_texts(texts):
        asked.extend(texts)
        return await inner.embed_texts(texts)

    embedder = Embedder(inner.model, inner.dimensions, embed_texts, inner.embed_query)
    summary = await import_files(folder, [path], ImportOptions({}), embedder, silent)
    content, whole = expected
    assert await content_of(folder) == content
    assert (summary.rows, summary.tracks, summary.total) == (whole.rows, whole.tracks, whole.total)
    assert (summary.rejected, summary.embedded) == ({"no title": 1}, len(asked))
    assert len(asked) == len(set(asked))
    assert len(asked) == left
    assert sorted(entry.name for entry in serving(folder).iterdir()) == ["info.json", "shard"]
