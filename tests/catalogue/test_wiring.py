"""Opening what the settings name: the starter on first use, the same afterwards, never another model's."""

from pathlib import Path

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient
from qdrant_client.http.exceptions import ResponseHandlingException

from src.catalogue import starter
from src.catalogue import wiring as opening
from src.catalogue.catalogue import NO_MODEL, matching_embedder
from src.catalogue.documents import KEYS_VERSION, passage_text
from src.catalogue.embedding.embedder import Embedder, Vectors
from src.catalogue.generations import catalogue_folder, current_generation, read_info, write_info
from src.catalogue.lookup import find_tracks
from src.catalogue.search import hybrid_search
from src.catalogue.wiring import open_catalogue, open_client, starter_points
from src.errors import CatalogueInUse, EmbeddingMismatch
from src.settings import Settings
from tests.catalogue.engines import ignores_memory_warnings
from tests.fakes import DIMENSIONS, hashed_embedder, hashed_vector

ROWS = 12


@pytest.fixture(autouse=True)
def _short_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows of the starter catalogue."""
    rows = starter.TRACKS.read_text(encoding="utf-8").splitlines()[:ROWS]
    monkeypatch.setattr(starter, "TRACKS", tmp_path / "tracks.jsonl")
    starter.TRACKS.write_text("\n".join(rows), encoding="utf-8")


@pytest.fixture
def shared_client(monkeypatch: pytest.MonkeyPatch) -> AsyncQdrantClient:
    """A server in memory that outlives the connections to it."""
    client = AsyncQdrantClient(":memory:")

    async def stay_open() -> None:
        return None

    monkeypatch.setattr(client, "close", stay_open)
    monkeypatch.setattr(opening, "open_client", lambda settings: client)
    return client


async def test_open_catalogue_builds_the_starter_without_a_model(settings: Settings) -> None:
    async with open_catalogue(settings, None) as source, source.use() as catalogue:
        assert await catalogue.engine.count([]) == ROWS
        assert catalogue.embedder is None
        (track,) = starter.starter_tracks()[:1]
        assert await find_tracks(catalogue, track["title"], track["artists"][0]) == [track]
        found = await hybrid_search(catalogue, track["title"], None, [], 1)
        assert found[0].track == track
    generation = current_generation(catalogue_folder(settings.data_dir))
    assert generation is not None
    assert read_info(generation) == {
        "embedding_model": NO_MODEL,
        "dimensions": 0,
        "tracks": ROWS,
        "origin": f"starter {starter.DIGEST} keys {KEYS_VERSION}",
    }


async def test_open_catalogue_builds_the_starter_with_the_configured_model(settings: Settings) -> None:
    async with open_catalogue(settings, hashed_embedder()) as source, source.use() as catalogue:
        track = starter.starter_tracks()[3]
        (vector,) = (await catalogue.engine.vectors([track["id"]])).values()
        np.testing.assert_allclose(vector, hashed_vector(passage_text(track)), atol=1e-6)
        assert await catalogue.engine.count([]) == ROWS


async def test_open_catalogue_again_opens_what_is_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_catalogue(settings, hashed_embedder()) as source, source.use() as first:
        version = first.version
    monkeypatch.setattr(starter, "TRACKS", Path("nowhere"))
    async with open_catalogue(settings, hashed_embedder()) as source, source.use() as again:
        assert again.version == version
        assert await again.engine.count([]) == ROWS


async def test_open_catalogue_survives_a_first_opening_that_was_cut_short(settings: Settings) -> None:
    left_over = catalogue_folder(settings.data_dir).root / "starter.new"
    (left_over / "shard").mkdir(parents=True)
    (left_over / "shard" / "half").touch()
    async with open_catalogue(settings, None) as source, source.use() as catalogue:
        assert await catalogue.engine.count([]) == ROWS
    assert not left_over.exists()


async def test_open_catalogue_of_another_model_is_refused(settings: Settings) -> None:
    async with open_catalogue(settings, hashed_embedder("first")):
        pass
    async with open_catalogue(settings, hashed_embedder("second")) as source:
        with pytest.raises(EmbeddingMismatch, match=r"'first'.*'second'"):
            async with source.use():
                pytest.fail("another model")


async def test_open_catalogue_without_a_model_searches_vectors_by_words(settings: Settings) -> None:
    async with open_catalogue(settings, hashed_embedder()):
        pass
    async with open_catalogue(settings, None) as source, source.use() as catalogue:
        assert catalogue.embedder is None


async def test_open_catalogue_twice_at_once_is_refused(settings: Settings) -> None:
    async with open_catalogue(settings, None, address="http://127.0.0.1:8000"):
        with pytest.raises(CatalogueInUse) as caught:
            async with open_catalogue(settings, None):
                pytest.fail("two owners")
    assert caught.value.address == "http://127.0.0.1:8000"
    async with open_catalogue(settings, None):
        pass


async def test_open_catalogue_deletes_what_a_killed_owner_left(settings: Settings) -> None:
    async with open_catalogue(settings, None):
        pass
    folder = catalogue_folder(settings.data_dir)
    current = current_generation(folder)
    assert current is not None
    (folder.root / "g000000").mkdir()
    async with open_catalogue(settings, None):
        assert not (folder.root / "g000000").exists()
        assert current.exists()


@ignores_memory_warnings
async def test_open_catalogue_fills_an_empty_server_and_only_once(
    settings: Settings, shared_client: AsyncQdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = settings.model_copy(update={"qdrant_url": "http://127.0.0.1:6333"})
    async with open_catalogue(served, hashed_embedder()) as source, source.use() as catalogue:
        assert catalogue.engine.name == "qdrant"
        assert await catalogue.engine.count([]) == ROWS
        assert catalogue.embedder is not None
    monkeypatch.setattr(starter, "TRACKS", Path("nowhere"))
    async with open_catalogue(served, hashed_embedder()) as source, source.use() as catalogue:
        assert await catalogue.engine.count([]) == ROWS
    assert not (settings.data_dir / "catalogue").exists()


@ignores_memory_warnings
async def test_open_catalogue_on_a_server_another_model_is_refused(
    settings: Settings, shared_client: AsyncQdrantClient
) -> None:
    served = settings.model_copy(update={"qdrant_url": "http://127.0.0.1:6333"})
    async with open_catalogue(served, hashed_embedder("first")):
        pass
    with pytest.raises(EmbeddingMismatch):
        async with open_catalogue(served, hashed_embedder("second")):
            pytest.fail("another model")
    async with open_catalogue(served, None) as source, source.use() as catalogue:
        assert catalogue.embedder is None


@ignores_memory_warnings
async def test_open_catalogue_on_a_server_filled_without_a_model_goes_by_words(
    settings: Settings, shared_client: AsyncQdrantClient
) -> None:
    served = settings.model_copy(update={"qdrant_url": "http://127.0.0.1:6333"})
    async with open_catalogue(served, None) as source, source.use() as catalogue:
        assert catalogue.embedder is None
    async with open_catalogue(served, hashed_embedder()) as source, source.use() as catalogue:
        assert catalogue.embedder is None
        assert len(await hybrid_search(catalogue, "rock", None, [], 3)) == 3


async def test_open_client_speaks_to_the_server_of_the_settings(settings: Settings) -> None:
    client = open_client(settings.model_copy(update={"qdrant_url": "http://127.0.0.1:9"}))
    with pytest.raises(ResponseHandlingException):
        await client.get_collections()
    await client.close()


async def test_starter_points_of_the_packaged_model_have_the_shipped_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = np.eye(ROWS, dtype=np.float16)
    np.save(tmp_path / "vectors.npy", shipped)
    monkeypatch.setattr(starter, "VECTORS", tmp_path / "vectors.npy")

    async def never(_: object) -> Vectors:
        pytest.fail("the vectors are shipped")

    points = await starter_points(Embedder(starter.MODEL, ROWS, never, never))
    assert [point.track for point in points] == starter.starter_tracks()
    np.testing.assert_array_equal([point.vector for point in points], shipped)


async def test_starter_points_without_a_model_have_no_vectors() -> None:
    assert {point.vector is None for point in await starter_points(None)} == {True}


def test_matching_embedder_is_the_one_that_filled_the_catalogue() -> None:
    embedder = hashed_embedder("same")
    assert matching_embedder("same", embedder) is embedder
    assert matching_embedder("same", None) is None
    assert matching_embedder(NO_MODEL, embedder) is None
    with pytest.raises(EmbeddingMismatch, match="reembed"):
        matching_embedder("other", embedder)
    assert embedder.dimensions == DIMENSIONS


async def test_open_catalogue_builds_the_starter_of_an_earlier_release_anew(settings: Settings) -> None:
    folder = catalogue_folder(settings.data_dir)
    async with open_catalogue(settings, None):
        pass
    first = current_generation(folder)
    assert first is not None
    async with open_catalogue(settings, None):
        assert current_generation(folder) == first
    write_info(first, {**read_info(first), "origin": "starter"})
    async with open_catalogue(settings, None) as source, source.use() as catalogue:
        second = current_generation(folder)
        assert second not in (None, first)
        assert await catalogue.engine.count([]) == ROWS
