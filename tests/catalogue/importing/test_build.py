"""An import from file to current generation, and the changes that build beside and swap in."""

import json

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient

from src.catalogue import starter
from src.catalogue import wiring as opening
from src.catalogue.edge import EdgeEngine
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import current_generation, read_info
from src.catalogue.importing import build, steps
from src.catalogue.importing.build import (
    building,
    import_files,
    import_to_server,
    rebuild,
    reembed,
    writing_embedder,
)
from src.catalogue.importing.steps import ImportOptions
from src.catalogue.models.track import Track
from src.catalogue.server import ServerEngine, collection_embedding_model
from src.catalogue.wiring import open_catalogue
from src.errors import CatalogueInUse, EmbeddingMismatch, InvalidInput
from src.settings import Settings
from tests.catalogue.importing.conftest import content_of, serving, silent, track_rows
from tests.fakes import hashed_embedder, stub_vector

OPTIONS = ImportOptions({})


def counting(model: str = "hashed-words") -> tuple[Embedder, list[str]]:
    """An embedder, and the passages it was asked for."""
    inner = hashed_embedder(model)
    asked: list[str] = []

    async def embed_texts(texts):
        asked.extend(texts)
        return await inner.embed_texts(texts)

    return Embedder(model, inner.dimensions, embed_texts, inner.embed_query), asked


async def bring(folder, *paths, embedder=None, options=OPTIONS):
    return await import_files(folder, paths, options, embedder or hashed_embedder(), silent)


async def refuse(engine: EdgeEngine) -> None:
    """A change that must not be begun."""
    raise AssertionError


async def titles(folder) -> set[str]:
    return {track["title"] for track, _ in (await content_of(folder)).values()}


@pytest.fixture
def small_starter(monkeypatch, tmp_path) -> list[Track]:
    """Three of the starter's tracks in its place."""
    lines = starter.TRACKS.read_text(encoding="utf-8").splitlines()[:3]
    rows, vectors = tmp_path / "starter.jsonl", tmp_path / "starter.npy"
    rows.write_text("\n".join(lines), encoding="utf-8")
    np.save(vectors, starter.starter_vectors()[:3].astype(np.float16))
    monkeypatch.setattr(starter, "TRACKS", rows)
    monkeypatch.setattr(starter, "VECTORS", vectors)
    return starter.starter_tracks()


async def test_import_files_writes_every_track_with_its_vector(folder, csv_file):
    summary = await bring(folder, csv_file(track_rows(5)))
    assert (summary.rows, summary.tracks, summary.embedded, summary.total) == (5, 5, 5, 5)
    assert (summary.rejected, summary.rejects_file) == ({}, None)
    for track, vector in (await content_of(folder)).values():
        assert vector is not None
        assert np.allclose(vector, stub_vector(track), atol=1e-6)


async def test_import_files_says_of_the_generation_what_it_is(folder, filled):
    generation = serving(folder)
    assert read_info(generation) == {
        "embedding_model": "hashed-words",
        "dimensions": 64,
        "tracks": 5,
        "origin": "import",
    }
    assert sorted(path.name for path in generation.iterdir()) == ["info.json", "shard"]
    assert not folder.building.exists()


async def test_import_files_counts_rejects_by_cause_and_lists_them(folder, csv_file):
    rows = [{"title": "a", "artist": "b"}, {"title": "", "artist": "b"}, {"title": "NA", "artist": "b"}]
    path = csv_file([*rows, {"title": "c", "artist": "nan"}])
    with path.open("ab") as file:
        file.write(b"too,many,columns\n\xff,d\n")
    summary = await bring(folder, path)
    assert (summary.rows, summary.tracks) == (6, 1)
    assert summary.rejected == {
        "no title": 2,
        "no artist": 1,
        "not UTF-8": 1,
        "wrong number of columns": 1,
    }
    assert summary.rejects_file == folder.root / "rejects.jsonl"
    lines = [json.loads(line) for line in summary.rejects_file.read_text("utf-8").splitlines()]
    assert [(line["file"], line["row"], line["cause"]) for line in lines] == [
        ("tracks.csv", 2, "no title"),
        ("tracks.csv", 3, "no title"),
        ("tracks.csv", 4, "no artist"),
        ("tracks.csv", 5, "wrong number of columns"),
        ("tracks.csv", 6, "not UTF-8"),
    ]


async def test_import_files_when_two_files_have_one_name_counts_the_rejects_of_both(folder, csv_file):
    bad = [{"title": "a", "artist": "b"}, {"title": "", "artist": "b"}]
    first = csv_file(bad, "one/t.csv")
    second = csv_file([*bad, {"title": "c", "artist": "d"}], "two/t.csv")
    assert (await bring(folder, first, second)).rejected == {"no title": 2}


async def test_import_files_when_run_again_embeds_nothing_and_changes_nothing(folder, filled):
    before = await content_of(folder)
    embedder, asked = counting()
    summary = await bring(folder, filled, embedder=embedder)
    assert (summary.tracks, summary.embedded, summary.total, asked) == (5, 0, 5, [])
    assert await content_of(folder) == before


async def test_import_files_when_there_are_tracks_already_adds_to_them(folder, filled, csv_file):
    embedder, asked = counting()
    summary = await bring(folder, csv_file(track_rows(5, first=3), "more.csv"), embedder=embedder)
    assert (summary.tracks, summary.embedded, summary.total) == (5, 3, 8)
    assert len(asked) == 3
    assert len(await content_of(folder)) == 8


async def test_import_files_when_a_known_track_gains_words_embeds_it_anew(folder, csv_file):
    row = {"id": 1, "title": "a", "artist": "b", "genre": "rock"}
    await bring(folder, csv_file([row]))
    summary = await bring(folder, csv_file([{**row, "genre": "jazz"}], "more.csv"))
    assert (summary.embedded, summary.total) == (1, 1)
    [(track, vector)] = (await content_of(folder)).values()
    assert track["genres"] == ["rock", "jazz"]
    assert vector is not None
    assert np.allclose(vector, stub_vector(track), atol=1e-6)


async def test_import_files_merges_rows_of_one_id_across_files(folder, csv_file):
    row = {"id": 1, "title": "a", "artist": "b", "year": ""}
    first = csv_file([{**row, "genre": "rock"}, {**row, "genre": "pop"}], "one.csv")
    second = csv_file([{**row, "genre": "pop,jazz", "year": 1990}], "two.csv")
    summary = await bring(folder, first, second)
    assert (summary.rows, summary.tracks) == (3, 1)
    [(track, _)] = (await content_of(folder)).values()
    assert (track["genres"], track["year"]) == (["rock", "pop", "jazz"], 1990)


async def test_import_files_without_embedder_writes_tracks_without_vectors(folder, csv_file):
    summary = await import_files(folder, [csv_file(track_rows(5))], OPTIONS, None, silent)
    assert (summary.embedded, summary.total) == (0, 5)
    assert {vector for _, vector in (await content_of(folder)).values()} == {None}
    assert read_info(serving(folder))["embedding_model"] == "none"


async def test_import_files_first_of_all_replaces_the_starter(folder, csv_file, small_starter, settings):
    async with open_catalogue(settings, hashed_embedder()) as source, source.use() as catalogue:
        assert await catalogue.engine.count([]) == 3
    assert (await bring(folder, csv_file(track_rows(5)))).total == 5
    assert await titles(folder) == {f"Song {number}" for number in range(5)}


async def test_import_files_with_starter_keeps_it_beside(folder, csv_file, small_starter):
    summary = await bring(folder, csv_file(track_rows(5)), options=ImportOptions({}, with_starter=True))
    assert (summary.tracks, summary.total) == (5, 8)
    assert {track["title"] for track in small_starter} < await titles(folder)


async def test_import_files_keeps_source_licence_and_mapping(folder, csv_file):
    options = ImportOptions({"title": "song", "artists": "performer"}, source="mine", licence="CC0")
    await bring(folder, csv_file([{"song": "a", "performer": "b"}]), options=options)
    [(track, _)] = (await content_of(folder)).values()
    assert (track["title"], track["source"], track["licence"]) == ("a", "mine", "CC0")


async def test_import_files_tells_its_progress(folder, csv_file):
    seen: list[tuple[str, float, float]] = []
    path = csv_file(track_rows(5))
    await import_files(
        folder, [path], OPTIONS, hashed_embedder(), lambda step, done, total: seen.append((step, done, total))
    )
    size = path.stat().st_size
    assert seen == [("reading tracks.csv", size, size), ("embedding", 5, 5), ("optimising", 0, 1)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title,artist\n", "no rows"),
        ("title,artist\n,b\n,c\n", r"causes: no title \(2\)"),
        ("a,b\n1,2\n", "fits"),
    ],
)
async def test_import_files_when_a_file_has_no_tracks_leaves_the_catalogue(folder, filled, content, message):
    bad = folder.root.parent / "bad.csv"
    bad.write_text(content)
    with pytest.raises(InvalidInput, match=message):
        await bring(folder, bad)
    assert len(await content_of(folder)) == 5


async def test_import_files_when_one_file_is_missing_writes_nothing(folder, csv_file, tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        await bring(folder, csv_file(track_rows(5)), tmp_path / "missing.csv")
    assert current_generation(folder) is None


async def test_import_files_when_it_was_mapped_wrongly_can_be_run_again_with_the_right_mapping(
    folder, csv_file
):
    path = csv_file([{"song": "a", "note": "", "artist": "b"}])
    with pytest.raises(InvalidInput, match="No row of these files"):
        await bring(folder, path, options=ImportOptions({"title": "note"}))
    assert (await bring(folder, path, options=ImportOptions({"title": "song"}))).total == 1
    assert await titles(folder) == {"a"}


async def test_import_files_when_another_file_was_interrupted_leaves_that_one_out(folder, csv_file):
    unfinished, other = csv_file(track_rows(5)), csv_file(track_rows(2, first=100), "other.csv")

    async def break_down(texts):
        raise RuntimeError("killed")

    broken = Embedder("hashed-words", 64, break_down, hashed_embedder().embed_query)
    with pytest.raises(RuntimeError):
        await bring(folder, unfinished, embedder=broken)
    summary = await bring(folder, other)
    assert (summary.tracks, summary.total) == (2, 2)


async def test_import_files_when_another_model_filled_the_catalogue(folder, filled, csv_file):
    before = await content_of(folder)
    with pytest.raises(EmbeddingMismatch, match="segue catalogue reembed"):
        await bring(folder, csv_file(track_rows(9), "more.csv"), embedder=hashed_embedder("other"))
    assert await content_of(folder) == before


async def test_import_files_without_embedder_into_vectors_is_refused(folder, filled):
    before = await content_of(folder)
    with pytest.raises(EmbeddingMismatch, match="none is configured"):
        await import_files(folder, [filled], OPTIONS, None, silent)
    assert await content_of(folder) == before


def test_writing_embedder_when_the_catalogue_has_no_vectors_embeds_nothing():
    assert writing_embedder("none", hashed_embedder()) is None
    assert writing_embedder("none", None) is None


async def test_import_files_when_the_model_changed_since_an_interruption_begins_anew(folder, csv_file):
    path = csv_file(track_rows(5))
    inner, calls = hashed_embedder(), 0

    async def break_down(texts):
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("killed")
        return await inner.embed_texts(texts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "WRITE_BATCH", 2)
        with pytest.raises(RuntimeError):
            await bring(folder, path, embedder=Embedder("old", 64, break_down, inner.embed_query))
    summary = await bring(folder, path, embedder=hashed_embedder("new"))
    assert (summary.embedded, summary.total) == (5, 5)
    assert read_info(serving(folder))["embedding_model"] == "new"


async def test_import_files_when_another_is_under_way_is_refused(folder, filled):
    async with building(folder):
        with pytest.raises(CatalogueInUse, match="Another import"):
            await bring(folder, filled)
        with pytest.raises(CatalogueInUse, match="Another import"):
            await reembed(folder, None, silent)
        with pytest.raises(CatalogueInUse, match="Another import"):
            await rebuild(folder, refuse)
    assert (await bring(folder, filled)).total == 5


async def test_import_files_is_seen_by_an_open_catalogue_between_two_uses(
    folder, filled, csv_file, settings: Settings
):
    async with open_catalogue(settings, hashed_embedder()) as source:
        async with source.use() as before:
            await bring(folder, csv_file(track_rows(2, first=50), "more.csv"))
            async with source.use() as after:
                assert await after.engine.count([]) == 7
            assert await before.engine.count([]) == 5
        assert [path.name for path in sorted(folder.root.glob("g*"))] == ["g000002"]


async def test_rebuild_changes_a_copy_and_swaps_it_in(folder, filled):
    gone = next(iter(await content_of(folder)))

    async def change(engine):
        await engine.delete([gone])
        assert len(await content_of(folder)) == 5

    assert await rebuild(folder, change) == 4
    assert gone not in await content_of(folder)
    assert read_info(serving(folder))["tracks"] == 4


async def test_rebuild_when_the_change_fails_leaves_the_catalogue_and_can_be_run_again(folder, filled):

    async def fail(engine):
        await engine.delete(list(await content_of(folder)))
        raise RuntimeError("no")

    async def nothing(engine):
        pass

    with pytest.raises(RuntimeError):
        await rebuild(folder, fail)
    assert len(await content_of(folder)) == 5
    assert await rebuild(folder, nothing) == 5


async def test_reembed_fills_a_new_generation_by_the_other_model(folder, filled, monkeypatch):
    monkeypatch.setattr(build, "WRITE_BATCH", 2)
    before = await content_of(folder)
    embedder, asked = counting("other")
    assert await reembed(folder, embedder, silent) == 5
    assert len(asked) == 5
    after = await content_of(folder)
    assert {id_: track for id_, (track, _) in after.items()} == {
        id_: track for id_, (track, _) in before.items()
    }
    assert None not in {vector for _, vector in after.values()}
    generation = serving(folder)
    assert read_info(generation)["embedding_model"] == "other"
    assert sorted(path.name for path in generation.iterdir()) == ["info.json", "shard"]


async def test_reembed_without_a_model_and_back_again(folder, filled):
    before = await content_of(folder)
    assert await reembed(folder, None, silent) == 5
    assert {vector for _, vector in (await content_of(folder)).values()} == {None}
    await reembed(folder, hashed_embedder(), silent)
    assert await content_of(folder) == before


async def test_reembed_after_a_mismatch_is_what_its_message_says(folder, csv_file):
    path, other = csv_file(track_rows(5)), hashed_embedder("other")
    await bring(folder, path)
    more = csv_file(track_rows(9), "more.csv")
    with pytest.raises(EmbeddingMismatch):
        await bring(folder, more, embedder=other)
    await reembed(folder, other, silent)
    assert (await bring(folder, more, embedder=other)).total == 9


@pytest.mark.parametrize("act", ["rebuild", "reembed"])
async def test_changes_when_there_is_no_catalogue(folder, act):
    with pytest.raises(InvalidInput, match="no catalogue yet"):
        await (rebuild(folder, refuse) if act == "rebuild" else reembed(folder, None, silent))


@pytest.mark.parametrize("act", ["rebuild", "reembed"])
async def test_changes_when_an_import_was_left_unfinished_are_refused(folder, filled, csv_file, act):

    async def break_down(texts):
        raise RuntimeError("killed")

    broken = Embedder("hashed-words", 64, break_down, hashed_embedder().embed_query)
    more = csv_file(track_rows(9), "more.csv")
    with pytest.raises(RuntimeError):
        await bring(folder, more, embedder=broken)
    with pytest.raises(CatalogueInUse, match="left unfinished"):
        await (rebuild(folder, refuse) if act == "rebuild" else reembed(folder, None, silent))
    assert (await bring(folder, more)).total == 9


pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")


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
