"""What every engine does alike: the embedded one, the server's client in memory, and a real server."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import pytest_asyncio
from qdrant_client import AsyncQdrantClient, models

from src.catalogue.documents import to_document
from src.catalogue.edge import EdgeEngine, create_edge, load_edge
from src.catalogue.engine import (
    AnyOf,
    BestScore,
    Between,
    Condition,
    Engine,
    EngineQuery,
    Match,
    Missing,
    Nearest,
    NotIds,
    TextMatch,
    TrackPoint,
)
from src.catalogue.models.track import Track
from src.catalogue.names import fold_text, trigrams
from src.catalogue.server import (
    CatalogueUnavailable,
    ServerEngine,
    collection_embedding_model,
    ensure_collection,
)
from tests.catalogue.engines import (
    ENGINES,
    SERVERS,
    ignores_memory_warnings,
    open_engine,
    open_stocked_engines,
    song_points,
)
from tests.fakes import DIMENSIONS, hashed_vector, make_track, songs, stub_vector

pytestmark = [ignores_memory_warnings, pytest.mark.asyncio(loop_scope="module")]

SONGS = songs()
POINTS = song_points()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stocked_engines(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Engine]]:
    async with open_stocked_engines(tmp_path_factory.mktemp("engines")) as engines:
        yield engines


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, stocked_engines: dict[str, Engine]) -> Engine:
    """Each engine with the small catalogue in it, to read."""
    return stocked_engines[request.param]


@pytest_asyncio.fixture(params=ENGINES, loop_scope="module")
async def own_engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """Each engine with the small catalogue in it, to change."""
    async with open_engine(request.param, tmp_path) as opened:
        await opened.upsert(POINTS)
        yield opened


def id_of(title: str) -> str:
    return next(track["id"] for track in SONGS if track["title"] == title)


def titles(tracks: Sequence[Track]) -> set[str]:
    return {track["title"] for track in tracks}


async def test_rank_nearest_is_exact_cosine_order(engine: Engine) -> None:
    query = hashed_vector("dreamy dream pop with female vocals")
    (hits,) = await engine.rank([Nearest(query, 5)], [])
    cosines = {track["id"]: float(stub_vector(track) @ query) for track in SONGS}
    assert [hit.score for hit in hits] == pytest.approx(sorted(cosines.values(), reverse=True)[:5], abs=1e-5)
    assert all(hit.score == pytest.approx(cosines[hit.id], abs=1e-5) for hit in hits)


async def test_rank_best_score_follows_the_nearest_example(engine: Engine) -> None:
    likes = (hashed_vector("jazz trumpet"), hashed_vector("thrash metal aggressive"))
    (hits,) = await engine.rank([BestScore(likes, (), len(SONGS))], [])
    best = {track["id"]: max(float(stub_vector(track) @ like) for like in likes) for track in SONGS}
    order = [best[hit.id] for hit in hits]
    assert order == pytest.approx(sorted(best.values(), reverse=True), abs=1e-5)


async def test_rank_best_score_puts_what_is_nearer_to_a_negative_last(engine: Engine) -> None:
    vectors = {track["title"]: stub_vector(track) for track in SONGS}
    query = BestScore((vectors["Alison"],), (vectors["Master of Puppets"],), len(SONGS))
    (hits,) = await engine.rank([query], [])
    assert hits[0].id == id_of("Alison")
    assert hits[-1].id == id_of("Master of Puppets")
    assert hits[-1].score < 0


async def test_rank_text_finds_exactly_what_holds_a_word_best_first(engine: Engine) -> None:
    (hits,) = await engine.rank([TextMatch("text", "shoegaze dreamy", 50)], [])
    assert {hit.id for hit in hits} == {
        track["id"] for track in SONGS if {"shoegaze", "dreamy"} & set(to_document(track)["text"].split())
    }
    assert hits[0].id == id_of("Alison")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("夜に駆ける", "夜に駆ける"),
        ("SVEFN", "Svefn-g-englar"),
        ("édith", "La vie en rose"),
        ("yoru", "夜に駆ける"),
    ],
)
async def test_rank_text_finds_words_of_any_script(engine: Engine, words: str, title: str) -> None:
    (hits,) = await engine.rank([TextMatch("text", fold_text(words), 1)], [])
    assert [hit.id for hit in hits] == [id_of(title)]


@pytest.mark.parametrize("text", ["", "!!!", "nosuchword"])
async def test_rank_text_without_a_known_word_finds_nothing(engine: Engine, text: str) -> None:
    assert await engine.rank([TextMatch("text", text, 5)], []) == [[]]


async def test_rank_trigrams_find_a_misspelt_name(engine: Engine) -> None:
    (hits,) = await engine.rank([TextMatch("artist_grams", trigrams("metalica"), 1)], [])
    assert [hit.id for hit in hits] == [id_of("Master of Puppets")]


async def test_rank_answers_in_the_order_of_the_queries_under_one_filter(engine: Engine) -> None:
    queries: list[EngineQuery] = [
        TextMatch("text", "jazz", 50),
        Nearest(hashed_vector("jazz"), 50),
        BestScore((hashed_vector("jazz"),), (), 50),
    ]
    where = [Match("artist_keys", ("miles davis",))]
    rankings = await engine.rank(queries, where)
    assert [{hit.id for hit in hits} for hits in rankings] == [{id_of("So What"), id_of("Blue in Green")}] * 3
    assert rankings[1] != rankings[2]
    assert await engine.rank([], []) == []


async def test_fetch_gives_the_whole_record_and_leaves_unknown_ids_out(engine: Engine) -> None:
    wanted = SONGS[4]
    found = await engine.fetch([wanted["id"], str(uuid4()), "no id at all", ""])
    assert found == {wanted["id"]: wanted}
    assert await engine.fetch([]) == {}


async def test_vectors_gives_what_was_stored_and_leaves_unknown_ids_out(engine: Engine) -> None:
    found = await engine.vectors([SONGS[0]["id"], str(uuid4()), "no id at all"])
    assert list(found) == [SONGS[0]["id"]]
    np.testing.assert_allclose(found[SONGS[0]["id"]], stub_vector(SONGS[0]), atol=1e-6)
    assert found[SONGS[0]["id"]].dtype == np.float32


async def test_browse_goes_in_order_of_id_and_stops_at_the_limit(engine: Engine) -> None:
    ids = sorted(track["id"] for track in SONGS)
    assert [track["id"] for track in await engine.browse([], 1000)] == ids
    assert [track["id"] for track in await engine.browse([], 3)] == ids[:3]
    assert await engine.browse([Match("track.language", ("xx",))], 3) == []


async def test_facet_counts_values_most_frequent_first(engine: Engine) -> None:
    counts = await engine.facet("track.genres", [], 3)
    assert list(counts.items())[:1] == [("rock", 9)]
    assert len(counts) == 3
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert await engine.facet("track.year", [Match("genre_terms", ("jazz",))], 9) == {"1959": 3, "1961": 1}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Match("track.language", ("fr", "pt")), lambda track: track.get("language") in ("fr", "pt")),
        (
            Match("track.language", ("en",), negated=True),
            lambda track: track.get("language") != "en",
        ),
        (Match("genre_terms", ("rock",)), lambda track: any("rock" in g.split() for g in track["genres"])),
        (Match("mood_keys", ("sad", "calm")), lambda track: bool({"sad", "calm"} & set(track["moods"]))),
        (Match("track.versions", ("live",)), lambda track: "live" in track["versions"]),
        (Match("wording", ("explicit",)), lambda track: track.get("explicit") is True),
        (Match("wording", ("clean",)), lambda track: track.get("explicit") is False),
        (Between("track.year", 1959, 1964), lambda track: 1959 <= track.get("year", 0) <= 1964),
        (Between("track.year", None, 1959), lambda track: track.get("year", 9999) <= 1959),
        (Between("track.year", 2015, None), lambda track: track.get("year", 0) >= 2015),
        (
            Between("track.features.tempo", 130.5, 150.0),
            lambda track: 130.5 <= track.get("features", {}).get("tempo", 0) <= 150,
        ),
        (Missing("track.year"), lambda track: "year" not in track),
        (Missing("track.features.tempo"), lambda track: "tempo" not in track.get("features", {})),
        (Missing("track.versions"), lambda track: not track["versions"]),
        (NotIds((SONGS[0]["id"], "no id at all")), lambda track: track["id"] != SONGS[0]["id"]),
        (NotIds(()), lambda track: True),
        (
            AnyOf((Missing("track.popularity"), Between("track.popularity", 85, None))),
            lambda track: track.get("popularity", 85) >= 85,
        ),
        (
            AnyOf((Match("artist_keys", ("drake",)), Match("title_keys", ("yellow",)))),
            lambda track: track["title"] in ("Hotline Bling", "Yellow"),
        ),
    ],
)
async def test_conditions_hold_for_exactly_the_right_tracks(
    engine: Engine, condition: Condition, holds: Callable[[Track], bool]
) -> None:
    wanted = {track["id"] for track in SONGS if holds(track)}
    assert 0 < len(wanted) <= len(SONGS)
    assert {track["id"] for track in await engine.browse([condition], 100)} == wanted
    assert await engine.count([condition]) == len(wanted)
    (hits,) = await engine.rank([Nearest(hashed_vector("music"), 100)], [condition])
    assert {hit.id for hit in hits} == wanted


async def test_conditions_given_together_must_all_hold(engine: Engine) -> None:
    where: list[Condition] = [
        Match("genre_terms", ("rock",)),
        Match("artist_keys", ("coldplay",), negated=True),
        Between("track.year", 1990, 1999),
        NotIds((id_of("Alison"),)),
        AnyOf((Missing("track.popularity"), Between("track.popularity", 0, 10))),
    ]
    assert titles(await engine.browse(where, 100)) == {
        "Fade Into You",
        "Cherry-coloured Funk",
        "Svefn-g-englar",
    }


async def test_count_of_everything(engine: Engine) -> None:
    assert await engine.count([]) == len(SONGS)


async def test_upsert_twice_changes_nothing(own_engine: Engine) -> None:
    before = await own_engine.browse([], 100), await own_engine.facet("track.genres", [], 100)
    await own_engine.upsert(POINTS)
    assert await own_engine.count([]) == len(SONGS)
    assert (await own_engine.browse([], 100), await own_engine.facet("track.genres", [], 100)) == before


async def test_upsert_replaces_the_record_and_its_indexes(own_engine: Engine) -> None:
    changed: Track = {**SONGS[0], "moods": ["furious"]}
    await own_engine.upsert([TrackPoint(changed, hashed_vector("furious"))])
    assert await own_engine.fetch([changed["id"]]) == {changed["id"]: changed}
    assert await own_engine.browse([Match("mood_keys", ("furious",))], 9) == [changed]
    (hits,) = await own_engine.rank([TextMatch("text", "melancholic", 50)], [])
    assert changed["id"] not in {hit.id for hit in hits}


async def test_upsert_and_delete_of_nothing_change_nothing(own_engine: Engine) -> None:
    await own_engine.upsert([])
    await own_engine.delete([])
    assert await own_engine.count([]) == len(SONGS)


async def test_delete_removes_the_points_and_no_others(own_engine: Engine) -> None:
    await own_engine.delete([SONGS[0]["id"], str(uuid4())])
    assert await own_engine.count([]) == len(SONGS) - 1
    assert await own_engine.fetch([SONGS[0]["id"]]) == {}
    (hits,) = await own_engine.rank([Nearest(stub_vector(SONGS[0]), 100)], [])
    assert SONGS[0]["id"] not in {hit.id for hit in hits}


async def test_point_without_a_vector_is_found_by_words_alone(own_engine: Engine) -> None:
    bare = make_track("Unheard", "Silent Choir", genres=["drone"])
    await own_engine.upsert([TrackPoint(bare, None)])
    by_words, by_meaning = await own_engine.rank(
        [TextMatch("text", "drone", 5), Nearest(hashed_vector("drone"), 100)], []
    )
    assert [hit.id for hit in by_words] == [bare["id"]]
    assert bare["id"] not in {hit.id for hit in by_meaning}
    assert await own_engine.vectors([bare["id"]]) == {}
    assert await own_engine.fetch([bare["id"]]) == {bare["id"]: bare}


@pytest.mark.parametrize("kind", ENGINES)
async def test_engine_without_dimensions_serves_words(tmp_path, kind: str) -> None:
    async with open_engine(kind, tmp_path, dimensions=0) as engine:
        await engine.upsert([TrackPoint(track, None) for track in SONGS])
        (hits,) = await engine.rank([TextMatch("text", "shoegaze", 5)], [])
        assert [hit.id for hit in hits] == [id_of("Alison")]


async def test_close_twice_is_harmless(own_engine: Engine) -> None:
    await own_engine.close()
    await own_engine.close()


@pytest.mark.parametrize("kind", SERVERS)
async def test_rank_gives_equal_scores_on_both_engines(stocked_engines: dict[str, Engine], kind: str) -> None:
    queries: list[EngineQuery] = [
        Nearest(hashed_vector("slow dreamy rock"), 100),
        BestScore((stub_vector(SONGS[0]), stub_vector(SONGS[4])), (stub_vector(SONGS[9]),), 100),
        TextMatch("text", "rock dreamy 1990s love", 100),
        TextMatch("artist_grams", trigrams("the beech house"), 100),
    ]
    where = [Match("track.language", ("fr",), negated=True)]
    embedded = await stocked_engines["edge"].rank(queries, where)
    served = await stocked_engines[kind].rank(queries, where)
    for ours, theirs in zip(embedded, served, strict=True):
        assert ours
        scores = {hit.id: hit.score for hit in theirs}
        assert {hit.id: hit.score for hit in ours} == pytest.approx(scores, abs=1e-5)


async def test_edge_keeps_what_was_written_across_openings(tmp_path) -> None:
    engine = create_edge(tmp_path / "shard", DIMENSIONS)
    await engine.upsert(POINTS)
    engine.optimize()
    await engine.close()
    again = load_edge(tmp_path / "shard")
    assert await again.count([]) == len(SONGS)
    (hits,) = await again.rank([TextMatch("text", "shoegaze", 5)], [Match("track.language", ("en",))])
    assert [hit.id for hit in hits] == [id_of("Alison")]
    await again.close()


async def test_edge_all_tracks_gives_each_once(tmp_path) -> None:
    engine = create_edge(tmp_path / "shard", DIMENSIONS)
    assert [part async for part in engine.all_tracks(5)] == []
    await engine.upsert(POINTS)
    parts = [part async for part in engine.all_tracks(5)]
    await engine.close()
    assert max(len(part) for part in parts) == 5
    assert sorted(track["id"] for part in parts for track in part) == sorted(t["id"] for t in SONGS)


async def test_edge_after_close_says_that_it_is_closed(tmp_path) -> None:
    engine: EdgeEngine = create_edge(tmp_path / "shard", DIMENSIONS)
    await engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        await engine.count([])


async def test_server_that_does_not_answer_is_named_without_details() -> None:
    client = AsyncQdrantClient("http://127.0.0.1:9", check_compatibility=False)
    engine = ServerEngine(client, "tracks")
    with pytest.raises(CatalogueUnavailable, match="QDRANT_URL") as caught:
        await engine.count([])
    assert "127.0.0.1" not in caught.value.message
    await engine.close()


async def test_server_collection_names_its_model_and_is_made_once() -> None:
    client = AsyncQdrantClient(":memory:")
    assert await collection_embedding_model(client, "tracks") is None
    await ensure_collection(client, "tracks", dimensions=3, embedding_model="first")
    await ensure_collection(client, "tracks", dimensions=9, embedding_model="second")
    assert await collection_embedding_model(client, "tracks") == "first"
    await client.close()


async def test_server_points_of_others_are_refused() -> None:
    client = AsyncQdrantClient(":memory:")
    await ensure_collection(client, "tracks", dimensions=2, embedding_model="m")
    await client.upsert(
        "tracks", [models.PointStruct(id=1, vector={"passage": [0.0, 1.0]}, payload={"a": 1})]
    )
    with pytest.raises(CatalogueUnavailable, match="did not write"):
        await ServerEngine(client, "tracks").browse([], 5)
    await client.close()
