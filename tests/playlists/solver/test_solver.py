import itertools

import pytest

from src.constraints.checks import Known
from src.constraints.models.brief import ReportLine
from src.constraints.models.spec import PlaylistSpec
from src.playlists.models.result import RESULT, PlaylistResult
from src.playlists.solver.contours import spearman
from src.playlists.solver.solver import solve
from src.retrieval.pool import PoolTrack
from tests.playlists.solver.checker import broken
from tests.playlists.solver.pools import (
    candidate,
    clean,
    count_of,
    genre_constraint,
    numbered,
    per_artist,
    rules_of,
    spec_of,
)


def solved(spec: PlaylistSpec, pool: list[PoolTrack], **options: object) -> PlaylistResult:
    settings: dict[str, object] = {"seed": 1, "time_limit_s": 60, **options}
    result = solve(spec, pool, rules_of(spec), **settings)  # type: ignore[arg-type]
    RESULT.validate_python(result)
    if result["status"] == "complete":
        assert broken(spec, [entry["track"] for entry in result["entries"]], rules_of(spec)) == []
    return result


def titles(result: PlaylistResult) -> list[str]:
    return [entry["track"]["title"] for entry in result["entries"]]


def line(result: PlaylistResult, kind: str) -> ReportLine:
    (found,) = [one for one in result["constraints"] if one["kind"] == kind]
    return found


def offers_of_spacing(result: PlaylistResult) -> str:
    (found,) = [offer["to"] for offer in result["offers"] if "between two" in offer["relax"]]
    return found


def score(result: PlaylistResult, name: str) -> float:
    (found,) = [aim["score"] for aim in result["aims"] if aim["aim"] == name]
    return found


def energies(result: PlaylistResult) -> list[float]:
    return [entry["energy"] for entry in result["entries"]]


BUILD = {"feature": "energy", "shape": "build", "words": "slowly up"}


def test_solve_without_number_or_length_gives_25():
    result = solved(spec_of(), numbered(60))
    assert len(result["entries"]) == 25
    assert [entry["position"] for entry in result["entries"]] == list(range(1, 26))
    assert result["status"] == "complete"
    assert line(result, "count")["hard"] is False


def test_solve_of_a_small_pool_takes_what_there_is_and_says_so():
    result = solved(spec_of(), numbered(7))
    assert len(result["entries"]) == 7
    assert result["status"] == "complete"
    assert any("7 tracks rather than 25" in note for note in result["notes"])


def test_solve_takes_the_number_of_the_brief():
    result = solved(spec_of(count_of(4)), numbered(20))
    assert len(result["entries"]) == 4
    assert line(result, "count")["verdict"] == "met"


def test_solve_prefers_what_is_relevant():
    pool = [candidate(f"Song {number}", "", number / 20) for number in range(20)]
    result = solved(spec_of(tracks=5), pool)
    assert sorted(titles(result)) == [f"Song {number}" for number in (15, 16, 17, 18, 19)]
    assert score(result, "relevance") == pytest.approx(0.85)


@pytest.mark.parametrize("shape", ["build", "cool_down", "wave", "peak", "valley"])
def test_solve_follows_a_contour(shape: str):
    spec = spec_of(tracks=20, courses=[{"feature": "energy", "shape": shape, "words": ""}])
    result = solved(spec, numbered(100))
    assert score(result, "energy course") >= 0.95
    assert line(result, "course")["verdict"] == "met"


def test_solve_holds_a_steady_contour_in_the_middle_of_the_pool():
    spec = spec_of(tracks=10, courses=[{"feature": "energy", "shape": "steady", "words": ""}])
    result = solved(spec, numbered(100))
    assert all(0.35 <= energy <= 0.65 for energy in energies(result))
    assert line(result, "course")["verdict"] == "met"


def test_solve_follows_a_contour_of_tempo():
    pool = [candidate(f"Song {number}", features={"tempo": 60.0 + number}) for number in range(100)]
    result = solved(spec_of(tracks=10, courses=[{**BUILD, "feature": "tempo"}]), pool)
    tempos = [entry["track"]["features"]["tempo"] for entry in result["entries"]]
    assert (spearman(tempos, list(range(10))) or 0) >= 0.95
    assert "energy" not in result["entries"][0]


def test_solve_by_moods_says_that_nothing_is_measured():
    moods = ["calm", "mellow", "energetic", "intense"]
    pool = [candidate(f"Song {number}", moods=[moods[number % 4]]) for number in range(40)]
    result = solved(spec_of(tracks=8, courses=[BUILD]), pool)
    assert energies(result) == sorted(energies(result))
    assert {entry["energy_source"] for entry in result["entries"]} == {"moods"}
    assert any("not measured; it goes by the moods" in note for note in result["notes"])


def test_solve_when_nothing_tells_leaves_the_contour_uncheckable():
    result = solved(spec_of(tracks=3, courses=[BUILD]), [candidate(f"Song {number}") for number in range(9)])
    assert line(result, "course")["verdict"] == "uncheckable"
    assert all("energy" not in entry for entry in result["entries"])
    assert any("No record here tells the energy" in note for note in result["notes"])
    assert not any(aim["aim"] == "energy course" for aim in result["aims"])


def test_solve_meets_a_length_without_a_number():
    pool = [candidate(f"Song {number}", duration_ms=150_000 + number * 1313) for number in range(120)]
    result = solved(spec_of(duration_s=3600.0), pool)
    assert result["status"] == "complete"
    assert abs(result["duration_s"] - 3600) <= 20
    assert line(result, "duration")["verdict"] == "met"


def test_solve_with_a_length_leaves_out_what_has_none_and_says_so():
    pool = [*numbered(10), *(candidate(f"Unknown {number}", "", 1.0) for number in range(10))]
    result = solved(spec_of(duration_s=1200.0), pool)
    assert result["unknown_durations"] == 0
    assert len(result["entries"]) == 5
    assert any("10 tracks left out for want of a length" in note for note in result["notes"])


def test_solve_without_a_length_counts_unknown_lengths():
    result = solved(spec_of(tracks=2), [candidate("A"), candidate("B", duration_ms=60_000)])
    assert result["unknown_durations"] == 1
    assert result["duration_s"] == 60


def test_solve_takes_one_recording_a_song_and_two_an_artist():
    pool = [
        candidate(f"Song {number // 2}", f"Artist {number // 8}", album=str(number)) for number in range(80)
    ]
    for number, one in enumerate(pool):
        one.track["id"] = f"{number:036}"
    result = solved(spec_of(tracks=20), pool)
    artists = [entry["track"]["artists"][0] for entry in result["entries"]]
    assert max(artists.count(artist) for artist in artists) == 2


def test_solve_loosens_the_default_cap_in_a_pool_of_few_artists_and_says_so():
    pool = [candidate(f"Song {number}", f"Artist {number % 2}") for number in range(20)]
    result = solved(spec_of(tracks=6), pool)
    assert result["status"] == "complete"
    assert any("Up to 3 tracks by one artist" in note for note in result["notes"])


def test_solve_never_loosens_a_cap_that_was_said():
    pool = [candidate(f"Song {number}", f"Artist {number % 2}") for number in range(20)]
    result = solved(spec_of(per_artist(2), tracks=6), pool)
    assert result["status"] == "nearest"
    assert result["proven"]
    assert len(result["entries"]) == 4
    assert result["offers"] == [
        {"relax": "6 tracks", "to": "4 tracks"},
        {"relax": "at most 2 by one artist", "to": "at most 3 by one artist"},
    ]


def test_solve_offers_to_leave_out_the_constraint_that_is_in_the_way():
    pool = [candidate(f"Song {number}", explicit=number >= 3) for number in range(9)]
    result = solved(spec_of(clean(), tracks=5), pool)
    assert result["status"] == "nearest"
    assert sorted(titles(result)) == ["Song 0", "Song 1", "Song 2"]
    assert {"relax": "no explicit words", "to": "leave it out: 6 tracks more fit the rest"} in result[
        "offers"
    ]
    assert "Any one of these changes makes the list possible." in result["notes"]


def test_solve_takes_what_cannot_be_checked_only_when_it_must():
    known = [candidate(f"Known {number}", "", 0.1, genres=["soul"]) for number in range(4)]
    untold = [candidate(f"Untold {number}", "", 0.9) for number in range(4)]
    few = solved(spec_of(genre_constraint("soul"), tracks=4), [*known, *untold])
    more = solved(spec_of(genre_constraint("soul"), tracks=6), [*known, *untold])
    assert all(title.startswith("Known") for title in titles(few))
    assert sum(title.startswith("Untold") for title in titles(more)) == 2
    assert any("2 tracks are here whose record does not say" in note for note in more["notes"])


def test_solve_leaves_out_what_feedback_turned_down():
    pool = numbered(6)
    spec = spec_of(tracks=5)
    known = Known(feedback={pool[0].track["id"]: "never"})
    result = solve(spec, pool, rules_of(spec, known), seed=1, time_limit_s=60)
    assert pool[0].track["id"] not in [entry["track"]["id"] for entry in result["entries"]]


def test_solve_counts_guests_against_a_cap_where_there_are_others():
    best = [candidate(f"Hit {number} (feat. Drake)", "", 0.9) for number in range(6)]
    others = [candidate(f"Song {number}", "", 0.1) for number in range(12)]
    result = solved(spec_of(per_artist(1), tracks=10), [*best, *others])
    assert sum("Drake" in title for title in titles(result)) == 1
    assert line(result, "per_artist")["verdict"] == "met"


def test_solve_when_guests_exceed_the_cap_says_so():
    pool = [candidate(f"Hit {number} (feat. Drake)") for number in range(4)]
    result = solved(spec_of(per_artist(1), tracks=4), pool)
    assert line(result, "per_artist")["verdict"] == "unmet"


def test_solve_keeps_tracks_of_one_artist_apart():
    pool = [candidate(f"Song {number}", f"Artist {number % 5}") for number in range(40)]
    result = solved(spec_of(per_artist(4), tracks=20, artist_spacing=4), pool)
    assert result["status"] == "complete"
    assert line(result, "spacing")["detail"] == "4 at the nearest"


def test_solve_when_the_spacing_is_too_wide_offers_a_narrower_one():
    pool = [candidate(f"Song {number}", f"Artist {number % 3}") for number in range(12)]
    result = solved(spec_of(per_artist(4), tracks=9, artist_spacing=4), pool)
    assert result["status"] == "nearest"
    assert result["proven"]
    assert offers_of_spacing(result) == "2 tracks between two by one artist"


def test_solve_sorts_by_year_in_place_of_a_contour():
    pool = [candidate(f"Song {n}", year=1960 + n * 7 % 50, features={"energy": 0.5}) for n in range(40)]
    result = solved(
        spec_of(tracks=12, order="year_descending", courses=[BUILD]), [*pool, candidate("No year")]
    )
    years = [entry["track"]["year"] for entry in result["entries"]]
    assert years == sorted(years, reverse=True)
    assert line(result, "course")["verdict"] == "relaxed"
    assert line(result, "order")["verdict"] == "met"
    assert any("1 track left out for want of a year" in note for note in result["notes"])


def test_solve_meets_hard_shares_of_the_whole_and_of_a_half():
    pool = [candidate(f"Song {n}", "", n / 60, genres=["soul" if n < 20 else "pop"]) for n in range(60)]
    quotas = [
        {"genre": "soul", "at_least": 0.5, "hard": True, "words": ""},
        {"genre": "soul", "at_most": 0.2, "half": "second", "hard": True, "words": ""},
    ]
    result = solved(spec_of(tracks=10, shares=quotas), pool)
    assert result["status"] == "complete"
    details = [one["detail"] for one in result["constraints"] if one["kind"] == "share"]
    assert details == ["5 of 10", "1 of 5"]


def test_solve_when_shares_exceed_the_whole_names_both_ways_out():
    pool = [candidate(f"Song {n}", genres=["soul" if n % 2 else "pop"]) for n in range(60)]
    quotas = [{"genre": genre, "at_least": 0.6, "hard": True, "words": ""} for genre in ("soul", "pop")]
    result = solved(spec_of(tracks=10, shares=quotas), pool)
    assert result["status"] == "nearest"
    assert result["proven"]
    assert [offer["to"] for offer in result["offers"]] == ["4 of 10", "4 of 10"]


def test_solve_scores_a_soft_share_that_cannot_be_met():
    pool = [candidate(f"Song {n}", genres=["soul" if n < 2 else "pop"]) for n in range(20)]
    quotas = [{"genre": "soul", "at_least": 0.5, "hard": False, "words": "mostly soul"}]
    result = solved(spec_of(tracks=10, shares=quotas), pool)
    assert result["status"] == "complete"
    assert line(result, "share")["verdict"] == "relaxed"
    assert line(result, "share")["detail"] == "2 of 10"
    assert score(result, "shares") == pytest.approx(0.7)


def test_solve_keeps_tempo_steps_and_keys_where_the_pool_can():
    pool = [
        candidate(f"Song {n}", features={"tempo": 80.0 + n, "key": n * 7 % 12, "mode": 1}) for n in range(60)
    ]
    wished = {"tempo_step": 6, "harmonic": True, "words": "smoothly"}
    result = solved(spec_of(tracks=10, transitions=wished), pool)
    tempos = [entry["track"]["features"]["tempo"] for entry in result["entries"]]
    assert all(abs(one - other) <= 6 for one, other in itertools.pairwise(tempos))
    assert score(result, "tempo steps") == score(result, "keys") == 1
    assert [one["verdict"] for one in result["constraints"] if one["kind"] == "transitions"] == ["met", "met"]


def test_solve_cannot_tell_transitions_without_tempos():
    result = solved(
        spec_of(tracks=4, transitions={"tempo_step": 6, "words": ""}), [candidate(f"S {n}") for n in range(9)]
    )
    assert line(result, "transitions")["verdict"] == "uncheckable"


def test_solve_opens_as_asked():
    pool = [candidate(f"Song {n}", "", n / 20, genres=["bossa nova" if n == 0 else "pop"]) for n in range(20)]
    result = solved(spec_of(tracks=5, openers=[genre_constraint("bossa nova", hard=False)]), pool)
    assert titles(result)[0] == "Song 0"
    assert line(result, "opener")["verdict"] == "met"


def test_solve_aims_at_a_share_of_unfamiliar_tracks():
    pool = [candidate(f"Song {n}", "", n / 40, familiar=n >= 20) for n in range(40)]
    result = solved(spec_of(tracks=10, unfamiliar_share=0.3), pool)
    assert line(result, "unfamiliar")["detail"] == "3 of 10"
    assert score(result, "unfamiliar") == 1


def test_solve_when_the_time_is_over_gives_the_best_so_far_and_says_so():
    ticks = itertools.count(step=100.0)
    result = solve(
        spec_of(tracks=10),
        numbered(50),
        rules_of(spec_of()),
        seed=1,
        time_limit_s=1,
        clock=lambda: next(ticks),
    )
    assert len(result["entries"]) == 10
    assert any("time limit" in note for note in result["notes"])


def test_solve_of_an_empty_pool_names_what_to_relax():
    result = solved(spec_of(genre_constraint("soul"), tracks=5), [candidate("A", genres=["rock"])])
    assert result["entries"] == []
    assert result["status"] == "nearest"
    assert result["proven"]
    assert result["offers"]
    assert any("Nothing in the pool" in note for note in result["notes"])


def test_solve_gives_reasons_from_the_caller():
    result = solved(spec_of(tracks=2), numbered(2), reason_of=lambda one, at: f"{at}: {one.track['title']}")
    assert result["entries"][0]["reason"] == f"1: {titles(result)[0]}"


@pytest.mark.parametrize("minutes", [45, 12 * 60])
def test_solve_of_a_length_that_the_pool_has_not_offers_what_it_has(minutes: int):
    result = solved(spec_of(duration_s=60.0 * minutes), numbered(5))
    assert result["status"] == "nearest"
    assert result["proven"]
    assert result["duration_s"] == 1200
    assert [offer["to"] for offer in result["offers"]] == ["20:00"]


def test_solve_of_a_length_without_lengths_on_record_gives_a_list_and_says_so():
    pool = [*numbered(2), *(candidate(f"Unknown {n}") for n in range(20))]
    result = solved(spec_of(tracks=8, duration_s=1800.0), pool)
    assert len(result["entries"]) == 8
    assert result["status"] == "nearest"
    assert result["proven"]
    assert line(result, "duration")["verdict"] == "unmet"
    assert result["offers"] == [{"relax": "a length of 30:00", "to": "any length"}]
    assert any("20 tracks that fit have no length on record" in note for note in result["notes"])
