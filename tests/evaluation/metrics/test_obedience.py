"""Obedience of answers made by hand."""

import pytest

from src.constraints.models.brief import ReportLine
from src.evaluation.metrics.obedience import (
    all_constraints_met,
    constraints_met,
    exclusion_leaks,
    honest_miss,
    named_ranks,
    named_track_rank,
    named_tracks_found,
    new_artists,
    relaxations_declared,
    relaxations_said,
    unknown_tracks,
    wanted_artists,
)
from tests.evaluation.answers import answer_of, make_answer, make_constraint, make_line
from tests.fakes import make_track

CLOCKS = make_track("Clocks", "Coldplay")
ALISON = make_track("Alison", "Slowdive")
REPORT = [
    make_line("genre", "no rock"),
    make_line("years", "1995 or earlier", "unmet"),
    make_line("language", "in French", "uncheckable"),
    make_line("mood", "sad", "relaxed", hard=False),
    make_line("tag", "piano", hard=False),
]


def with_constraints(tracks, *constraints, **fields):
    return make_answer(
        tracks, constraints=[make_constraint(**constraint) for constraint in constraints], **fields
    )


def named(title, artist, *, turn=1, **fields):
    return {"kind": "track", "title": title, "artist": artist, "relation": "wanted", "turn": turn, **fields}


def test_constraints_met_is_of_checkable_hard_constraints():
    assert constraints_met(make_answer([CLOCKS], report_lines=REPORT)) == 0.5


def test_all_constraints_met_is_of_soft_ones_too():
    assert all_constraints_met(make_answer([CLOCKS], report_lines=REPORT)) == 0.5
    assert (
        all_constraints_met(make_answer([CLOCKS], report_lines=[*REPORT, make_line("tag", "choir")])) == 0.6
    )


def test_constraints_met_leaves_default_rules_out():
    standing: ReportLine = {**make_line("artist_cap", "at most 2 by one artist"), "words": ""}
    assert constraints_met(make_answer([CLOCKS], report_lines=[*REPORT, standing])) == 0.5


def test_constraints_met_when_no_hard_constraint_can_be_checked_is_none():
    assert constraints_met(make_answer([CLOCKS], report_lines=REPORT[2:])) is None


JAZZ = {"kind": "genre", "genre": "jazz", "relation": "wanted", "hard": False, "words": "jazzy"}
BLUES = {"kind": "genre", "genre": "blues", "relation": "wanted", "hard": False, "words": "bluesy"}
OLD = {"kind": "years", "year_to": 1995, "relation": "wanted", "hard": False, "words": "older ones"}
MODERN_JAZZ = make_track("Blue", "A", genres=["jazz"], year=2001)
OLD_BLUES = make_track("Rain", "B", genres=["blues"], year=1950)


def test_relaxations_declared_is_the_share_that_report_or_reply_admits():
    tracks = [MODERN_JAZZ, make_track("Loud", "C", genres=["rock"], year=1990)]
    line = {**make_line("years", "1995 or earlier", "relaxed", hard=False), "words": "older ones"}
    assert relaxations_declared(with_constraints(tracks, JAZZ, OLD)) == 0
    assert relaxations_declared(with_constraints(tracks, JAZZ, OLD, report_lines=[line])) == 0.5
    assert (
        relaxations_declared(with_constraints(tracks, JAZZ, OLD, report_lines=[{**line, "verdict": "met"}]))
        == 0
    )
    both = with_constraints(tracks, JAZZ, OLD, report_lines=[line], reply="Not all of them are jazzy.")
    assert relaxations_declared(both) == 1


def test_relaxations_declared_when_records_break_no_soft_constraint_is_none():
    assert relaxations_declared(with_constraints([MODERN_JAZZ, OLD_BLUES], JAZZ, BLUES)) is None
    assert relaxations_declared(with_constraints([], JAZZ)) is None
    assert relaxations_declared(with_constraints([OLD_BLUES], {**JAZZ, "hard": True})) is None


def test_relaxations_said_is_the_share_that_the_reply_names():
    lines: list[ReportLine] = [
        {**make_line("years", "1990 to 1999", "relaxed", hard=False), "words": "90s vibe"},
        make_line("mood", "sad", "unmet", hard=False),
        make_line("tag", "piano", hard=False),
    ]
    assert relaxations_said(make_answer([CLOCKS], report_lines=lines, reply="Some lack: 90s vibe.")) == 0.5
    assert relaxations_said(make_answer([CLOCKS], report_lines=lines, reply="Not from 1990 to 1999.")) == 0.5
    assert relaxations_said(make_answer([CLOCKS], report_lines=lines, reply="A saddle.")) == 0
    assert relaxations_said(make_answer([CLOCKS], report_lines=lines[2:])) is None


NO_ROCK = {"kind": "genre", "genre": "rock", "relation": "rejected"}
CLEAN = {"kind": "explicit", "allowed": False}


def test_exclusion_leaks_counts_tracks_and_not_constraints():
    tracks = [
        make_track("A", "A", genres=["rock"], explicit=True),
        make_track("B", "B", genres=["jazz"], explicit=True),
        make_track("C", "C", genres=["jazz"], explicit=False),
        make_track("D", "D"),
    ]
    assert exclusion_leaks(with_constraints(tracks, NO_ROCK, CLEAN)) == 2


def test_exclusion_leaks_does_not_trust_the_report():
    rock = [make_track("A", "A", genres=["rock"])]
    assert exclusion_leaks(with_constraints(rock, NO_ROCK, report_lines=[make_line("genre", "no rock")])) == 1


def test_exclusion_leaks_when_nothing_is_ruled_out_is_none():
    rock = [make_track("A", "A", genres=["rock"])]
    assert exclusion_leaks(with_constraints(rock, {**NO_ROCK, "hard": False})) is None
    assert exclusion_leaks(with_constraints(rock, {**NO_ROCK, "relation": "wanted"})) is None
    assert exclusion_leaks(with_constraints([], NO_ROCK)) == 0


def test_new_artists_is_asked_only_where_the_brief_does():
    answer = with_constraints([CLOCKS, ALISON], {"kind": "new_artists"})
    assert new_artists(answer, [make_track("Yellow", "coldplay")]) == 0.5
    assert new_artists(make_answer([CLOCKS]), [CLOCKS]) is None


def test_named_ranks_go_by_id_or_by_title_and_artist():
    other = make_track("Clocks", "Somebody Else")
    live = make_track("Clocks - Live", "Coldplay")
    constraint = named("Clocks", "Coldplay", track_id=CLOCKS["id"])
    assert named_ranks(with_constraints([other, ALISON, CLOCKS], constraint)) == [3]
    assert named_ranks(with_constraints([other, live], constraint)) == [2]
    assert named_ranks(with_constraints([other], constraint)) == [None]


def test_named_track_rank_is_reciprocal_of_the_first_found():
    constraints = [
        named("Clocks", "Coldplay", track_id=CLOCKS["id"]),
        named("Alison", "Slowdive", track_id=ALISON["id"]),
        named("Gone", "Nobody", track_id="gone"),
    ]
    answer = with_constraints([make_track("X", "X"), ALISON, CLOCKS], *constraints)
    assert named_track_rank(answer) == 0.5
    assert named_tracks_found(answer) == pytest.approx(2 / 3)
    missing = with_constraints([make_track("X", "X")], *constraints)
    assert (named_track_rank(missing), named_tracks_found(missing)) == (0, 0)


def test_named_track_rank_leaves_out_absent_tracks_and_earlier_turns():
    absent = named("Clocks", "Coldplay")
    then = named("Clocks", "Coldplay", turn=1, track_id=CLOCKS["id"])
    seed = {**then, "relation": "seed"}
    assert named_track_rank(with_constraints([CLOCKS], absent)) is None
    assert named_tracks_found(with_constraints([CLOCKS], seed)) is None
    answer = with_constraints([ALISON], then)
    answer["brief"]["turn"] = 2
    assert named_track_rank(answer) is None


def test_honest_miss_wants_the_name_in_the_reply_and_a_line_in_the_report():
    lines = [make_line("artist", "Nobody at All", "unmet")]
    reply = "Nobody at All is not in this catalogue."
    assert honest_miss(make_answer([], report_lines=lines, reply=reply), ["nobody at all"]) == 1
    assert honest_miss(make_answer([], report_lines=lines, reply=reply), ["Nobody at All", "Another"]) == 0.5
    assert honest_miss(make_answer([], report_lines=lines), ["Nobody at All"]) == 0
    assert honest_miss(make_answer([], reply=reply), ["Nobody at All"]) == 0


def test_honest_miss_when_nothing_is_missing_or_spotify_has_it_is_none():
    assert honest_miss(make_answer([]), []) is None
    answer = make_answer([])
    answer["from_spotify"] = [
        {"rank": 1, "handle": "s1", "reason": "", "match": 99, "unchecked": [], "attribution": "Spotify"}
    ]
    assert honest_miss(answer, ["Nobody"]) is None


def test_wanted_artists_and_unknown_tracks_are_those_asked_for():
    constraints = [
        make_constraint(kind="artist", name="A", relation="wanted"),
        make_constraint(kind="artist", name="B", relation="seed"),
        make_constraint(kind="artist", name="C", relation="rejected"),
        make_constraint(**named("Gone", "D")),
        make_constraint(**named("Here", "D", track_id="id")),
        make_constraint(kind="track", title="Out", relation="rejected"),
    ]
    assert wanted_artists(constraints) == ["A", "B"]
    assert [constraint["title"] for constraint in unknown_tracks(constraints)] == ["Gone"]


def test_metrics_of_an_answer_without_constraints_do_not_apply():
    answer = answer_of("A", "B")
    for metric in (constraints_met, all_constraints_met, relaxations_declared, relaxations_said):
        assert metric(answer) is None
    assert exclusion_leaks(answer) is None
    assert named_track_rank(answer) is None
