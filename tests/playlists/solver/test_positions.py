"""Must-have tracks and pins, through the solver: where they stand, and what is said when they cannot."""

import pytest

from src.constraints.models.brief import Constraint, ReportLine
from src.constraints.models.spec import PlaylistSpec
from src.playlists.models.result import PlaylistResult
from src.playlists.solver.solver import solve
from src.retrieval.pool import PoolTrack
from tests.playlists.solver.pools import candidate, clean, numbered, per_artist, rules_of, spec_of


def place(one: PoolTrack | None, position: int | None = None, title: str = "Lost") -> dict[str, object]:
    wanted: dict[str, object] = {"title": one.track["title"] if one else title, "words": "must"}
    if one is not None:
        wanted["track_id"] = one.track["id"]
    if position is not None:
        wanted["position"] = position
    return wanted


def solved(spec: PlaylistSpec, pool: list[PoolTrack], pinned: dict[int, str] | None = None) -> PlaylistResult:
    return solve(spec, pool, rules_of(spec), seed=1, time_limit_s=60, pinned=pinned)


def titles(result: PlaylistResult) -> list[str]:
    return [entry["track"]["title"] for entry in result["entries"]]


def lines(result: PlaylistResult, kind: str = "place") -> list[ReportLine]:
    return [one for one in result["constraints"] if one["kind"] == kind]


@pytest.mark.parametrize(("position", "at"), [(1, 0), (3, 2), (-1, 4), (-2, 3)])
def test_solve_puts_a_track_where_it_must_stand(position: int, at: int):
    pool = numbered(20)
    result = solved(spec_of(tracks=5, places=[place(pool[7], position)]), pool)
    assert titles(result)[at] == "Song 007"
    assert result["status"] == "complete"
    assert lines(result)[0]["verdict"] == "met"


def test_solve_puts_a_track_without_a_position_where_it_fits():
    pool = numbered(40)
    build = {"feature": "energy", "shape": "build", "words": ""}
    result = solved(spec_of(tracks=9, places=[place(pool[39])], courses=[build]), pool)
    assert titles(result)[-1] == "Song 039"


def test_solve_names_a_track_that_the_catalogue_has_not():
    result = solved(spec_of(tracks=5, places=[place(None, 1)]), numbered(20))
    assert len(result["entries"]) == 5
    assert result["status"] == "nearest"
    assert result["proven"]
    assert lines(result)[0]["verdict"] == "unmet"
    assert lines(result)[0]["detail"] == "not in this catalogue"
    assert result["offers"] == [{"relax": "Lost", "to": "leave it out"}]


def test_solve_names_two_tracks_for_one_position():
    pool = numbered(20)
    result = solved(spec_of(tracks=5, places=[place(pool[1], 5), place(pool[2], -1)]), pool)
    assert titles(result)[4] == "Song 001"
    assert "Song 002" in titles(result)
    assert [one["verdict"] for one in lines(result)] == ["met", "unmet"]
    assert "Song 001 is to be there too" in lines(result)[1]["detail"]
    assert result["offers"] == [{"relax": "Song 002 at the last position", "to": "another position"}]


def test_solve_puts_a_track_beyond_the_end_at_the_end_and_says_so():
    pool = numbered(20)
    result = solved(spec_of(tracks=5, places=[place(pool[1], 60)]), pool)
    assert titles(result)[-1] == "Song 001"
    assert result["status"] == "nearest"
    assert result["offers"] == [{"relax": "Song 001 at position 60", "to": "position 5"}]


def test_solve_names_more_must_haves_than_tracks():
    pool = numbered(20)
    result = solved(spec_of(tracks=2, places=[place(one) for one in pool[:3]]), pool)
    assert len(result["entries"]) == 2
    assert {"relax": "2 tracks", "to": "at least 3 tracks"} in result["offers"]


def test_solve_names_the_constraint_that_a_must_have_contradicts():
    pool = [candidate("Rude", explicit=True), *(candidate(f"Song {n}", explicit=False) for n in range(9))]
    result = solved(spec_of(clean(), tracks=5, places=[place(pool[0], 1)]), pool)
    assert "Rude" not in titles(result)
    assert lines(result)[0]["detail"] == "contradicts: no explicit words"
    assert result["offers"] == [{"relax": "no explicit words", "to": "all but Rude"}]
    assert result["proven"]


def test_solve_names_a_must_have_beyond_the_cap():
    pool = [candidate(f"Song {n}", "One" if n < 3 else f"Artist {n}") for n in range(20)]
    result = solved(spec_of(per_artist(2), tracks=5, places=[place(one) for one in pool[:3]]), pool)
    assert result["status"] == "nearest"
    assert {"relax": "at most 2 by one artist", "to": "at most 3 by one artist"} in result["offers"]


def test_solve_makes_room_for_must_haves_under_the_default_cap():
    pool = [candidate(f"Song {n}", "One" if n < 4 else f"Artist {n}") for n in range(20)]
    result = solved(spec_of(tracks=6, places=[place(one) for one in pool[:3]]), pool)
    assert result["status"] == "complete"
    assert sum(entry["track"]["artists"] == ["One"] for entry in result["entries"]) == 3


def test_solve_names_two_recordings_of_one_song():
    pool = [candidate("Song", "One", album="a"), candidate("Song - Live", "One", album="b"), *numbered(9)]
    result = solved(spec_of(tracks=5, places=[place(pool[0]), place(pool[1])]), pool)
    assert "the same song as Song" in lines(result)[1]["detail"]


def test_solve_names_one_track_for_two_positions():
    pool = numbered(9)
    result = solved(spec_of(tracks=5, places=[place(pool[0], 1), place(pool[0], 3)]), pool)
    assert titles(result)[0] == "Song 000"
    assert result["offers"] == [{"relax": "Song 000 at position 3", "to": "position 1"}]


def test_solve_takes_the_position_of_whichever_mention_has_one():
    pool = numbered(9)
    result = solved(spec_of(tracks=5, places=[place(pool[0]), place(pool[0], 3)]), pool)
    assert titles(result)[2] == "Song 000"
    assert result["status"] == "complete"


def test_solve_names_a_must_have_without_a_length():
    pool = [candidate("Unknown"), *numbered(9)]
    result = solved(spec_of(duration_s=1200.0, places=[place(pool[0])]), pool)
    assert "its length is not on record" in lines(result)[0]["detail"]
    assert len(result["entries"]) == 5


def test_solve_takes_in_a_track_that_a_hard_constraint_asks_for():
    pool = [candidate("Wanted", "", 0.0), *numbered(20)]
    constraint: Constraint = {
        "kind": "track",
        "title": "Wanted",
        "track_id": pool[0].track["id"],
        "relation": "wanted",
        "hard": True,
        "words": "with Wanted in it",
        "turn": 1,
    }
    result = solved(spec_of(constraint, tracks=5), pool)
    assert "Wanted" in titles(result)
    assert lines(result, "track")[0]["verdict"] == "met"
    assert lines(result) == []


def test_solve_keeps_pins_at_their_positions_before_anything_else():
    pool = numbered(30)
    build = {"feature": "energy", "shape": "build", "words": ""}
    pins = {1: pool[29].track["id"], 4: pool[0].track["id"]}
    result = solved(spec_of(tracks=8, courses=[build], places=[place(pool[5], 1)]), pool, pins)
    assert titles(result)[0] == "Song 029"
    assert titles(result)[3] == "Song 000"
    assert [entry["position"] for entry in result["entries"] if entry["pinned"]] == [1, 4]
    assert lines(result)[0]["verdict"] == "unmet"
    assert all(one["verdict"] == "met" for one in lines(result, "pin"))


def test_solve_names_a_pin_that_is_no_candidate():
    result = solved(spec_of(tracks=4), numbered(9), {2: "gone"})
    assert lines(result, "pin")[0]["detail"] == "not among the candidates"
    assert len(result["entries"]) == 4


def test_solve_with_a_length_alone_reaches_the_furthest_position():
    pool = numbered(40)
    result = solved(spec_of(duration_s=2400.0, tolerance_s=300.0, places=[place(pool[3], 11)]), pool)
    assert titles(result)[10] == "Song 003"
    assert result["status"] == "complete"


def test_solve_by_year_proves_that_a_late_track_cannot_come_first():
    pool = [candidate(f"Song {n}", year=1960 + n) for n in range(20)]
    result = solved(spec_of(tracks=5, order="year", places=[place(pool[19], 1)]), pool)
    assert result["status"] == "nearest"
    assert result["proven"]
    assert {"relax": "Song 19 at position 1", "to": "another position"} in result["offers"]
