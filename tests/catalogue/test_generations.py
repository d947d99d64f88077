"""One owner at a time, and generations that are swapped without a use noticing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from src.catalogue import generations
from src.catalogue.edge import create_edge
from src.catalogue.engine import TrackPoint
from src.catalogue.generations import (
    CatalogueFolder,
    DamagedCatalogue,
    EmbeddedCatalogue,
    catalogue_folder,
    current_generation,
    own_catalogue,
    read_info,
    remove_old_generations,
    shard_folder,
    swap_in,
    write_info,
)
from src.catalogue.models.overview import GenerationInfo
from src.errors import CatalogueInUse, EmbeddingMismatch
from tests.fakes import DIMENSIONS, hashed_embedder, make_track, stub_vector

_ROOT = Path(__file__).resolve().parents[2]
_OWN = """
import sys
from pathlib import Path
from src.catalogue.generations import CatalogueFolder, own_catalogue

with own_catalogue(CatalogueFolder(Path(sys.argv[1])), address=sys.argv[2], wait_s=0):
    print("owned", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> CatalogueFolder:
    return catalogue_folder(tmp_path)


@contextmanager
def other_owner(folder: CatalogueFolder, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the catalogue open until its standard input is closed."""
    command = [sys.executable, "-c", _OWN, str(folder.root), address]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"owned\n"
            yield process
        finally:
            process.kill()


def clock(monkeypatch: pytest.MonkeyPatch, sleep: Callable[[float], None]) -> None:
    monkeypatch.setattr(generations, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))


async def build(folder: CatalogueFolder, titles: Sequence[str], model: str = "hashed-words") -> Path:
    """A finished generation that is not swapped in yet."""
    engine = create_edge(shard_folder(folder.building), DIMENSIONS)
    tracks = [make_track(title, "Band") for title in titles]
    await engine.upsert([TrackPoint(track, stub_vector(track)) for track in tracks])
    await engine.close()
    info: GenerationInfo = {
        "embedding_model": model,
        "dimensions": DIMENSIONS,
        "tracks": len(tracks),
        "origin": "import",
    }
    write_info(folder.building, info)
    return folder.building


def test_own_catalogue_another_service_is_named_at_once(
    folder: CatalogueFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(monkeypatch, lambda _: pytest.fail("a service is not waited for"))
    address = "http://127.0.0.1:8123"
    with (
        other_owner(folder, address) as owner,
        pytest.raises(CatalogueInUse) as caught,
        own_catalogue(folder, address="", wait_s=60),
    ):
        pytest.fail("two owners")
    assert caught.value.pid == owner.pid
    assert caught.value.address == address
    assert str(owner.pid) in caught.value.message
    assert address in caught.value.message


def test_own_catalogue_waits_for_a_command_that_ends(
    folder: CatalogueFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    with other_owner(folder, "") as owner:

        def end_the_owner(seconds: float) -> None:
            naps.append(seconds)
            owner.communicate()

        clock(monkeypatch, end_the_owner)
        with own_catalogue(folder, address="", wait_s=60):
            assert owner.returncode == 0
    assert len(naps) == 1


def test_own_catalogue_a_command_that_goes_on_is_named_after_the_wait(folder: CatalogueFolder) -> None:
    with (
        other_owner(folder, "") as owner,
        pytest.raises(CatalogueInUse) as caught,
        own_catalogue(folder, address="http://127.0.0.1:1", wait_s=0),
    ):
        pytest.fail("two owners")
    assert (caught.value.pid, caught.value.address) == (owner.pid, None)


def test_own_catalogue_is_free_when_the_owner_was_killed(folder: CatalogueFolder) -> None:
    with other_owner(folder, "http://127.0.0.1:8123") as owner:
        owner.kill()
        owner.wait()
        assert folder.owner.exists()
        with own_catalogue(folder, address="", wait_s=0):
            assert str(os.getpid()) in folder.owner.read_text()


def test_own_catalogue_is_exclusive_within_a_process(folder: CatalogueFolder) -> None:
    with (
        own_catalogue(folder, address="", wait_s=0),
        pytest.raises(CatalogueInUse) as caught,
        own_catalogue(folder, address="", wait_s=0),
    ):
        pytest.fail("two owners")
    assert caught.value.pid == os.getpid()


def test_own_catalogue_is_given_back_when_the_block_fails(folder: CatalogueFolder) -> None:
    with pytest.raises(ZeroDivisionError), own_catalogue(folder, address="http://x", wait_s=0):
        raise ZeroDivisionError
    assert not folder.owner.exists()
    with own_catalogue(folder, address="", wait_s=0):
        pass


@pytest.mark.parametrize("content", [None, "", "{}", "not json"])
def test_own_catalogue_owner_that_is_not_written_down_yet_is_unknown(
    folder: CatalogueFolder, content: str | None
) -> None:
    with own_catalogue(folder, address="http://x", wait_s=0):
        folder.owner.unlink()
        if content is not None:
            folder.owner.write_text(content)
        with pytest.raises(CatalogueInUse) as caught, own_catalogue(folder, address="", wait_s=0):
            pytest.fail("two owners")
    assert (caught.value.pid, caught.value.address) == (0, None)


def test_current_generation_is_the_highest_number(folder: CatalogueFolder) -> None:
    assert current_generation(folder) is None
    for name in ("g000002", "g000010", "building", "gabcdef", "g0000011"):
        (folder.root / name).mkdir()
    assert current_generation(folder) == folder.root / "g000010"


def test_swap_in_makes_the_built_one_current(folder: CatalogueFolder) -> None:
    for number in (1, 2):
        folder.building.mkdir()
        (folder.building / "mark").write_text(str(number))
        swapped = swap_in(folder, folder.building)
        assert swapped == current_generation(folder) == folder.root / f"g{number:06d}"
        assert (swapped / "mark").read_text() == str(number)
        assert not folder.building.exists()


def test_remove_old_generations_keeps_the_current_one_and_everything_else(folder: CatalogueFolder) -> None:
    for name in ("g000001", "g000002", "g000003", "building"):
        (folder.root / name).mkdir()
        (folder.root / name / "file").touch()
    remove_old_generations(folder)
    assert sorted(path.name for path in folder.root.iterdir()) == ["building", "g000003"]
    remove_old_generations(folder)
    assert (folder.root / "g000003" / "file").exists()


@pytest.mark.parametrize("content", [None, "", '{"embedding_model": "m"}'])
def test_read_info_damaged(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "info.json").write_text(content)
    with pytest.raises(DamagedCatalogue, match="import it again"):
        read_info(tmp_path)


def test_write_info_is_read_back(tmp_path: Path) -> None:
    info: GenerationInfo = {
        "embedding_model": "m",
        "dimensions": 3,
        "tracks": 7,
        "origin": "starter",
    }
    write_info(tmp_path, info)
    write_info(tmp_path, info)
    assert read_info(tmp_path) == info
    assert [path.name for path in tmp_path.iterdir()] == ["info.json"]


async def test_use_that_began_on_the_old_generation_ends_on_it(folder: CatalogueFolder) -> None:
    old = swap_in(folder, await build(folder, ["Old"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use() as before:
        assert (before.version, await before.engine.count([])) == ("g000001", 1)
        new = swap_in(folder, await build(folder, ["New", "Newer"]))
        async with source.use() as after:
            assert (after.version, await after.engine.count([])) == ("g000002", 2)
            assert await before.engine.count([]) == 1
        assert old.exists()
        (track,) = await before.engine.browse([], 10)
        assert track["title"] == "Old"
    assert not old.exists()
    assert new.exists()
    async with source.use() as again:
        assert again.version == "g000002"
    await source.close()


async def test_use_without_open_uses_closes_and_deletes_the_old_generation(folder: CatalogueFolder) -> None:
    old = swap_in(folder, await build(folder, ["Old"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use() as before:
        pass
    swap_in(folder, await build(folder, ["New"]))
    async with source.use():
        assert not old.exists()
    with pytest.raises(RuntimeError, match="closed"):
        await before.engine.count([])
    await source.close()


async def test_use_sees_a_swap_that_left_the_time_stamp_alone(folder: CatalogueFolder) -> None:
    swap_in(folder, await build(folder, ["Old"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use():
        stamp = folder.root.stat().st_mtime_ns
    swap_in(folder, await build(folder, ["New"]))
    # Time stamps stand still for some milliseconds.
    os.utime(folder.root, ns=(stamp, stamp))
    async with source.use() as after:
        assert after.version == "g000002"
    await source.close()


async def test_use_shares_one_open_engine(folder: CatalogueFolder) -> None:
    swap_in(folder, await build(folder, ["Song"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use() as one, source.use() as two:
        assert one is two
    await source.close()


async def test_use_of_two_old_generations_deletes_only_the_one_that_ended(folder: CatalogueFolder) -> None:
    first = swap_in(folder, await build(folder, ["First"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use():
        second = swap_in(folder, await build(folder, ["Second"]))
        async with source.use():
            swap_in(folder, await build(folder, ["Third"]))
            async with source.use() as third:
                assert third.version == "g000003"
            assert second.exists()
        assert (first.exists(), second.exists()) == (True, False)
    assert not first.exists()
    await source.close()


async def test_use_that_fails_is_over(folder: CatalogueFolder) -> None:
    old = swap_in(folder, await build(folder, ["Old"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())

    async def fail() -> None:
        async with source.use():
            swap_in(folder, await build(folder, ["New"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with source.use() as after:
        assert after.version == "g000002"
    assert not old.exists()
    await source.close()


async def test_use_of_no_catalogue_says_what_to_do(folder: CatalogueFolder) -> None:
    with pytest.raises(DamagedCatalogue, match="segue catalogue import"):
        async with EmbeddedCatalogue(folder, None).use():
            pytest.fail("there is none")


async def test_use_of_another_models_catalogue_is_refused_and_the_old_one_goes_on(
    folder: CatalogueFolder,
) -> None:
    swap_in(folder, await build(folder, ["Old"]))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use() as before:
        swap_in(folder, await build(folder, ["New"], model="another"))
        with pytest.raises(EmbeddingMismatch):
            async with source.use():
                pytest.fail("another model")
        assert await before.engine.count([]) == 1
    await source.close()


async def test_use_of_a_catalogue_without_vectors_goes_by_words(folder: CatalogueFolder) -> None:
    swap_in(folder, await build(folder, ["Song"], model="none"))
    source = EmbeddedCatalogue(folder, hashed_embedder())
    async with source.use() as catalogue:
        assert catalogue.embedder is None
        assert await catalogue.embed("a song") is None
    await source.close()
