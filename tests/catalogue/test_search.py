"""Retrieval gives the same answer every time, on both engines, with one recording a song."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge
from src.catalogue.embedding.embedder import Vectors, unit_vectors
from src.catalogue.engine import Condition, Hit, Match, Nearest, NotIds, TrackPoint
from src.catalogue.search import (
    RRF_K,
    Found,
    fuse,
    hybrid_search,
    mean_of_examples,
    search_fused,
    tracks_like,
)
from tests.catalogue.engines import SERVERS, ignores_memory_warnings, open_engine, song_points
from tests.fakes import hashed_vector, make_track, songs, stub_vector

SONGS = songs()
IDS = {track["title"]: track["id"] for track in SONGS}


def hits(*ids: str) -> list[Hit]:
    """A ranking in this order."""
    return [Hit(id_, 1 - place / 100) for place, id_ in enumerate(ids)]


def titles(found: list[Found]) -> list[str]:
    return [item.track["title"] for item in found]


def test_fuse_adds_reciprocal_ranks() -> None:
    fused = fuse([("meaning", hits("a", "b")), ("text", hits("b", "c"))])
    assert [hit.id for hit in fused] == ["b", "a", "c"]
    assert fused[0].score == pytest.approx(1 / (RRF_K + 2) + 1 / (RRF_K + 1))
    assert fused[0].ranks == {"meaning": 2, "text": 1}
    assert fused[1].ranks == {"meaning": 1}


def test_fuse_orders_ties_by_id() -> None:
    assert [hit.id for hit in fuse([("one", hits("b")), ("two", hits("a"))])] == ["a", "b"]


def test_fuse_does_not_depend_on_how_an_engine_orders_equal_scores() -> None:
    tied = [Hit("a", 0.5), Hit("b", 0.5000001), Hit("c", 0.5)]
    fused = fuse([("text", [*tied, Hit("d", 0.4)])])
    assert [hit.id for hit in fused] == ["a", "b", "c", "d"]
    assert fuse([("text", [*reversed(tied), Hit("d", 0.4)])]) == fused


def test_fuse_keeps_the_best_rank_of_a_repeated_name() -> None:
    fused = fuse([("similar", hits("a", "b")), ("similar", hits("b", "a"))])
    assert {hit.id: hit.ranks for hit in fused} == {"a": {"similar": 1}, "b": {"similar": 1}}


def test_fuse_counts_a_ranking_by_its_weight() -> None:
    rankings = [("text", hits("a", "b")), ("meaning", hits("b", "a"))]
    assert [hit.id for hit in fuse(rankings)] == ["a", "b"]
    assert [hit.id for hit in fuse(rankings, {"meaning": 2.0})] == ["b", "a"]


def test_fuse_of_nothing_is_nothing() -> None:
    assert fuse([]) == []
    assert fuse([("text", [])]) == []


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4))
def test_fuse_is_deterministic_and_complete(rankings: list[list[str]]) -> None:
    named = [(f"ranking {number}", hits(*ids)) for number, ids in enumerate(rankings)]
    fused = fuse(named)
    assert fuse(named) == fused
    assert {hit.id for hit in fused} == {id_ for ids in rankings for id_ in ids}
    assert [(-hit.score, hit.id) for hit in fused] == sorted((-hit.score, hit.id) for hit in fused)


async def test_hybrid_search_finds_by_meaning_and_by_words(shared_catalogue: Catalogue) -> None:
    text = "shoegaze dreamy"
    found = await hybrid_search(shared_catalogue, text, await shared_catalogue.embed(text), [], 5)
    assert titles(found)[0] == "Alison"
    assert found[0].ranks == {"meaning": 1, "text": 1}
    assert len(found) == 5


async def test_hybrid_search_without_a_vector_goes_by_words(shared_catalogue: Catalogue) -> None:
    found = await hybrid_search(shared_catalogue, "shoegaze", None, [], 5)
    assert titles(found) == ["Alison"]
    assert found[0].ranks == {"text": 1}


@pytest.mark.parametrize("text", ["", "   "])
async def test_hybrid_search_of_nothing_finds_nothing(shared_catalogue: Catalogue, text: str) -> None:
    assert await shared_catalogue.embed(text) is None
    assert await hybrid_search(shared_catalogue, text, None, [], 5) == []


async def test_hybrid_search_keeps_one_recording_a_song(shared_catalogue: Catalogue) -> None:
    found = await hybrid_search(shared_catalogue, "coldplay clocks", hashed_vector("clocks"), [], 100)
    keys = [item.track["song_key"] for item in found]
    assert len(keys) == len(set(keys))
    assert len({track["song_key"] for track in SONGS}) == len(keys)


async def test_hybrid_search_obeys_every_condition(shared_catalogue: Catalogue) -> None:
    where: list[Condition] = [Match("genre_terms", ("jazz",)), NotIds((IDS["So What"],))]
    found = await hybrid_search(shared_catalogue, "dreamy rock", hashed_vector("dreamy rock"), where, 50)
    assert set(titles(found)) == {"Blue in Green", "Take Five", "My Favorite Things"}


async def test_search_fused_fills_the_limit_past_many_recordings_of_one_song(catalogue: Catalogue) -> None:
    covers = [make_track(f"Nocturne - Live {year}", "Trio", year=year) for year in range(1950, 2000)]
    await catalogue.engine.upsert([TrackPoint(track, hashed_vector("nocturne")) for track in covers])
    found = await hybrid_search(catalogue, "nocturne", hashed_vector("nocturne"), [], 3)
    assert [item.track["song_key"] for item in found].count("nocturne|trio") == 1
    assert len(found) == 3


async def test_search_fused_leaves_out_ties_where_a_ranking_was_cut(catalogue: Catalogue) -> None:
    tied = [make_track(f"Hum {number}", "Hummer") for number in range(6)]
    best = make_track("Buzz", "Hummer")
    points = [TrackPoint(track, hashed_vector("hum quiet")) for track in tied]
    await catalogue.engine.upsert([*points, TrackPoint(best, hashed_vector("hum"))])
    by = [Match("artist_keys", ("hummer",))]
    assert titles(await search_fused(catalogue, [("meaning", Nearest(hashed_vector("hum"), 3))], by, 9)) == [
        "Buzz"
    ]
    everything = await search_fused(catalogue, [("meaning", Nearest(hashed_vector("hum"), 9))], by, 9)
    assert len(everything) == 7
    only_ties: list[Condition] = [*by, NotIds((best["id"],))]
    assert (
        len(await search_fused(catalogue, [("meaning", Nearest(hashed_vector("hum"), 3))], only_ties, 9)) == 3
    )


async def test_search_fused_without_a_query_is_empty(shared_catalogue: Catalogue) -> None:
    assert await search_fused(shared_catalogue, [], [], 5) == []


async def test_dense_ranking_has_full_recall(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    vectors: Vectors = unit_vectors(random.standard_normal((500, 384), dtype=np.float32))
    queries: Vectors = unit_vectors(random.standard_normal((25, 384), dtype=np.float32))
    tracks = [make_track(f"Number {number}", "Noise") for number in range(500)]
    engine = create_edge(tmp_path / "shard", 384)
    await engine.upsert([TrackPoint(track, row) for track, row in zip(tracks, vectors, strict=True)])
    engine.optimize()
    rankings = await engine.rank([Nearest(query, 10) for query in queries], [])
    await engine.close()
    for query, ranking in zip(queries, rankings, strict=True):
        exact = np.argsort(-(vectors @ query))[:10]
        assert {hit.id for hit in ranking} == {tracks[row]["id"] for row in exact}


def test_mean_of_examples_points_to_the_positives_and_away_from_the_negatives() -> None:
    east, north = np.eye(2, dtype=np.float32)
    between = mean_of_examples([east, north], [])
    np.testing.assert_allclose(between, [0.5**0.5, 0.5**0.5], rtol=1e-6)
    away = mean_of_examples([east], [north])
    assert away[0] > 0 > away[1]
    assert np.linalg.norm(away) == pytest.approx(1)
    assert away.dtype == np.float32


def test_mean_of_examples_that_cancel_out_is_the_first() -> None:
    east = np.asarray([1, 0], dtype=np.float32)
    np.testing.assert_array_equal(mean_of_examples([east, -east], []), east)


async def test_similar_tracks_are_near_the_example(shared_catalogue: Catalogue) -> None:
    found = await tracks_like(shared_catalogue, [IDS["Alison"]], [], [NotIds((IDS["Alison"],))], 3)
    nearest = sorted(
        (track for track in SONGS if track["title"] != "Alison"),
        key=lambda track: -float(stub_vector(track) @ stub_vector(SONGS[1])),
    )
    assert titles(found) == [track["title"] for track in nearest[:3]]
    assert found[0].ranks == {"similar": 1}


async def test_similar_tracks_negative_examples_push_away(shared_catalogue: Catalogue) -> None:
    likes, dislikes = [IDS["Yellow"]], [IDS["Clocks"]]
    found = titles(await tracks_like(shared_catalogue, likes, [], [], 30))
    pushed = titles(await tracks_like(shared_catalogue, likes, dislikes, [], 30))
    assert pushed.index("Clocks - Live in Sydney" if "Clocks" not in pushed else "Clocks") > found.index(
        "Clocks - Live in Sydney" if "Clocks" not in found else "Clocks"
    )


async def test_similar_tracks_unknown_ids_are_left_out(shared_catalogue: Catalogue) -> None:
    known = await tracks_like(shared_catalogue, [IDS["Alison"]], [], [], 5)
    unknown = "00000000-0000-0000-0000-000000000000"
    mixed = await tracks_like(shared_catalogue, [unknown, IDS["Alison"], "made up"], [unknown], [], 5)
    assert mixed == known
    assert await tracks_like(shared_catalogue, [unknown], [IDS["Alison"]], [], 5) == []
    assert await tracks_like(shared_catalogue, [], [], [], 5) == []


@ignores_memory_warnings
@pytest.mark.parametrize("kind", SERVERS)
async def test_search_is_the_same_on_both_engines(
    tmp_path: Path, shared_catalogue: Catalogue, kind: str
) -> None:
    # The words of these are equally frequent, so their texts tie.
    tied = [make_track(f"Lull {letter}", f"Sleeper {letter}", genres=["lullaby"]) for letter in "abcdefgh"]
    points = [*song_points(), *(TrackPoint(track, hashed_vector("lullaby")) for track in tied)]
    where = [Match("track.language", ("fr",), negated=True)]
    async with open_engine("edge", tmp_path) as embedded, open_engine(kind, tmp_path) as served:
        answers: list[list[list[Found]]] = []
        for engine in (embedded, served):
            await engine.upsert(points)
            catalogue = replace(shared_catalogue, engine=engine)
            answers.append(
                [
                    await hybrid_search(catalogue, text, await catalogue.embed(text), where, 20)
                    for text in ("dreamy rock", "a lullaby", "jazz with a trumpet", "夜に")
                ]
                + [await hybrid_search(catalogue, "lullaby", None, where, 20)]
                + [await tracks_like(catalogue, [IDS["Clocks"]], [IDS["Alison"]], where, 20)]
                + [await tracks_like(catalogue, [tied[0]["id"]], [], where, 20)]
            )
    for ours, theirs in zip(*answers, strict=True):
        assert ours
        assert ours == theirs
