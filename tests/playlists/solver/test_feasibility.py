"""The solver against brute force: whether there is a list at all, for small pools and specs of every kind."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.constraints.enforcement import Rules
from src.constraints.models.spec import PlaylistSpec
from src.playlists.solver.solver import solve
from src.retrieval.pool import PoolTrack
from tests.playlists.solver.checker import broken
from tests.playlists.solver.pools import (
    candidate,
    clean,
    genre_constraint,
    per_artist,
    rules_of,
    spec_of,
    tracks_of,
)

GENRES = ("rock", "jazz", "soul")


@st.composite
def pools(draw: st.DrawFn) -> list[PoolTrack]:
    pool: list[PoolTrack] = []
    for number in range(draw(st.integers(0, 6))):
        fields: dict[str, object] = {
            "duration_ms": 1000 * draw(st.integers(60, 300)),
            "year": draw(st.integers(1990, 1994)),
            "genres": draw(st.lists(st.sampled_from(GENRES), max_size=2, unique=True)),
        }
        if draw(st.booleans()):
            fields["features"] = {"energy": draw(st.floats(0, 1)), "tempo": draw(st.floats(60, 180))}
        if draw(st.integers(0, 5)) == 0:
            fields["explicit"] = True
        title = draw(st.sampled_from((f"Song {number}", "Twin")))
        relevance = draw(st.floats(0, 1))
        one = candidate(title, draw(st.sampled_from(("A", "B", "C"))), relevance, album=str(number), **fields)
        one.track["id"] = f"00000000-0000-0000-0000-00000000000{number}"
        pool.append(one)
    return pool


@st.composite
def cases(draw: st.DrawFn) -> tuple[PlaylistSpec, list[PoolTrack]]:
    pool = draw(pools())
    constraints = []
    if draw(st.booleans()):
        constraints.append(per_artist(draw(st.integers(1, 2))))
    if draw(st.integers(0, 3)) == 0:
        constraints.append(
            genre_constraint(draw(st.sampled_from(GENRES)), draw(st.sampled_from(("wanted", "rejected"))))
        )
    if draw(st.integers(0, 3)) == 0:
        constraints.append(clean())
    spec = spec_of(*constraints)
    spec["tracks"] = draw(st.integers(1, 5))
    if draw(st.booleans()):
        del spec["tracks"]
        spec["duration_s"] = float(draw(st.integers(60, 1200)))
        spec["tolerance_s"] = float(draw(st.sampled_from((0, 20, 60))))
        if draw(st.booleans()):
            spec["tracks"] = draw(st.integers(1, 5))
    if draw(st.integers(0, 2)) == 0:
        spec["artist_spacing"] = draw(st.integers(1, 3))
    if draw(st.integers(0, 3)) == 0:
        spec["order"] = draw(st.sampled_from(("year", "year_descending")))
    elif draw(st.booleans()):
        spec["courses"] = [{"feature": "energy", "shape": "build", "words": ""}]
    for _ in range(draw(st.integers(0, 2))):
        share: dict[str, object] = {"genre": draw(st.sampled_from(GENRES)), "hard": True, "words": ""}
        share[draw(st.sampled_from(("at_least", "at_most")))] = draw(st.sampled_from((0.25, 0.5, 1 / 3)))
        if draw(st.booleans()):
            share["half"] = draw(st.sampled_from(("first", "second")))
        spec["shares"].append(share)  # type: ignore[arg-type]
    for _ in range(draw(st.integers(0, 2)) if pool else 0):
        track = draw(st.sampled_from(pool)).track
        place: dict[str, object] = {"track_id": track["id"], "title": track["title"], "words": ""}
        if draw(st.booleans()):
            place["position"] = draw(st.sampled_from((1, 2, 3, 6, -1, -2)))
        spec["places"].append(place)  # type: ignore[arg-type]
    return spec, pool


def feasible(spec: PlaylistSpec, pool: list[PoolTrack], rules: Rules) -> bool:
    lengths = [spec["tracks"]] if "tracks" in spec else range(1, len(pool) + 1)
    tracks = tracks_of(pool)
    return any(
        not broken(spec, order, rules)
        for length in lengths
        if length <= len(pool)
        for order in permutations(tracks, length)
    )


@settings(max_examples=150, deadline=None)
@given(cases())
def test_solve_agrees_with_brute_force_on_whether_there_is_a_list(case: tuple[PlaylistSpec, list[PoolTrack]]):
    spec, pool = case
    rules = rules_of(spec)

    result = solve(spec, pool, rules, seed=1, time_limit_s=60)

    faults = broken(spec, [entry["track"] for entry in result["entries"]], rules)
    if result["status"] == "complete":
        assert faults == []
        assert result["offers"] == []
        assert all(line["verdict"] != "unmet" for line in result["constraints"] if line["hard"])
    else:
        assert not feasible(spec, pool, rules)
        assert result["proven"]
        assert result["offers"]


@pytest.mark.parametrize("seed", [1, 2])
def test_solve_returns_one_list_for_one_seed(seed: int):
    pool = [
        candidate(
            f"Song {number}",
            f"Artist {number % 40}",
            (number * 37 % 100) / 100,
            duration_ms=180_000 + number * 997 % 90_000,
            features={"energy": (number * 53 % 100) / 100, "tempo": 70.0 + number * 29 % 100},
        )
        for number in range(200)
    ]
    spec = spec_of(
        tracks=20,
        duration_s=20 * 220.0,
        courses=[{"feature": "energy", "shape": "wave", "words": ""}],
        transitions={"tempo_step": 10, "words": ""},
    )
    rules = rules_of(spec)

    first = solve(spec, pool, rules, seed=seed, time_limit_s=60)
    again = solve(spec, list(reversed(pool)), rules, seed=seed, time_limit_s=30)

    assert [entry["track"]["id"] for entry in first["entries"]] == [
        entry["track"]["id"] for entry in again["entries"]
    ]
    assert first["status"] == "complete"
