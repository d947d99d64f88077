"""Importing into a collection on a Qdrant server; the client's own engine stands in for it."""

import pytest
from qdrant_client import AsyncQdrantClient

from src.catalogue import wiring as opening
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import current_generation
from src.catalogue.importing import build, steps
from src.catalogue.importing.build import import_files
from src.catalogue.importing.server import import_to_server
from src.catalogue.importing.steps import ImportOptions
from src.catalogue.server import ServerEngine, collection_embedding_model
from src.errors import EmbeddingMismatch, InvalidInput
from src.settings import Settings
from tests.catalogue.importing.conftest import silent, track_rows
from tests.fakes import hashed_embedder

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

OPTIONS = ImportOptions({})


@pytest.fixture
async def client(monkeypatch):
    """One server for all clients that are opened."""
    client = AsyncQdrantClient(":memory:")
    close = client.close

    async def stay_open():
        pass

    monkeypatch.setattr(client, "close", stay_open)
    monkeypatch.setattr(opening, "open_client", lambda settings: client)
    yield client
    await close()


@pytest.fixture
def served(settings: Settings) -> Settings:
    return settings.model_copy(update={"qdrant_url": "http://127.0.0.1:1"})


async def stored(client, settings):
    return await ServerEngine(client, settings.qdrant_collection).count([])


async def test_import_to_server_fills_the_collection(client, served, csv_file):
    summary = await import_to_server(served, [csv_file(track_rows(5))], OPTIONS, hashed_embedder(), silent)
    assert (summary.rows, summary.tracks, summary.embedded, summary.total) == (5, 5, 5, 5)
    assert await collection_embedding_model(client, served.qdrant_collection) == "hashed-words"
    assert await stored(client, served) == 5


async def test_import_to_server_when_run_again_embeds_nothing(client, served, csv_file, folder):
    path = csv_file(track_rows(5))
    await import_to_server(served, [path], OPTIONS, hashed_embedder(), silent)
    summary = await import_to_server(served, [path], OPTIONS, hashed_embedder(), silent)
    assert (summary.embedded, summary.total) == (0, 5)
    assert list(folder.building.iterdir()) == []


async def test_import_to_server_lists_rejects(client, served, csv_file, folder):
    rows = [{"title": "a", "artist": "b"}, {"title": "", "artist": "b"}]
    summary = await import_to_server(served, [csv_file(rows)], OPTIONS, None, silent)
    assert summary.rejected == {"no title": 1}
    assert summary.rejects_file == folder.root / "rejects.jsonl"
    assert (folder.root / "rejects.jsonl").is_file()


async def test_import_to_server_when_interrupted_goes_on(client, served, csv_file, monkeypatch):
    monkeypatch.setattr(steps, "WRITE_BATCH", 2)
    inner = hashed_embedder()
    asked: list[str] = []

    async def break_down(texts):
        if len(asked) == 4:
            raise RuntimeError("killed")
        asked.extend(texts)
        return await inner.embed_texts(texts)

    path = csv_file(track_rows(9))
    broken = Embedder(inner.model, inner.dimensions, break_down, inner.embed_query)
    with pytest.raises(RuntimeError):
        await import_to_server(served, [path], OPTIONS, broken, silent)
    assert await stored(client, served) == 4
    summary = await import_to_server(served, [path], OPTIONS, inner, silent)
    assert (summary.tracks, summary.embedded, summary.total) == (9, 5, 9)


async def test_import_to_server_does_not_go_on_with_an_embedded_import(
    client, served, csv_file, folder, monkeypatch
):
    path = csv_file(track_rows(5))

    def stop(*_):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(build, "swap_in", stop)
        with pytest.raises(RuntimeError):
            await import_files(folder, [path], OPTIONS, hashed_embedder(), silent)
    assert current_generation(folder) is None
    assert (await import_to_server(served, [path], OPTIONS, hashed_embedder(), silent)).total == 5
    assert await stored(client, served) == 5


@pytest.mark.parametrize("embedder", [hashed_embedder("other"), None])
async def test_import_to_server_when_another_model_filled_the_collection(client, served, csv_file, embedder):
    path = csv_file(track_rows(5))
    await import_to_server(served, [path], OPTIONS, hashed_embedder(), silent)
    with pytest.raises(EmbeddingMismatch):
        await import_to_server(served, [path], OPTIONS, embedder, silent)


async def test_import_to_server_when_no_row_is_a_track(client, served, csv_file):
    path = csv_file([{"title": "", "artist": "b"}])
    with pytest.raises(InvalidInput, match="No row of these files"):
        await import_to_server(served, [path], OPTIONS, None, silent)
