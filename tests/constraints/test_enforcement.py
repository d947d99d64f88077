"""Each wish changes what may stand in the answer, and the constraint report says what became of it."""

import pytest

from src.catalogue.engine import Match
from src.constraints.checks import Known, meets
from src.constraints.conflicts import bind
from src.constraints.describe import constraint_subject, describe
from src.constraints.enforcement import judge, make_rules
from src.constraints.filters import hard_conditions, soft_conditions
from src.constraints.models.brief import BRIEF
from src.constraints.report import Drop, write_report
from src.understanding.merge import add_constraints
from tests.fakes import make_track, songs

BY_TITLE = {track["title"]: track for track in songs()}


def constraint(kind, **fields):
    return {"kind": kind, "hard": True, "words": "w", "turn": 1, **fields}


def brief(*constraints):
    value = {"text": "", "turn": 1, "wishes": list(constraints)}
    return BRIEF.validate_python(value)


def bound(*constraints):
    return bind(brief(*constraints))


CONSTRAINTS = [
    (constraint("artist", name="coldplay", relation="wanted"), "by coldplay", "Yellow", "Jolene", None),
    (constraint("artist", name="Coldplay", relation="rejected"), "no Coldplay", "Jolene", "Yellow", None),
    (
        constraint("artist", name="Bill Evans", relation="satisfied"),
        "no more Bill Evans",
        "So What",
        "Blue in Green",
        None,
    ),
    (constraint("artist", name="Coldplay", relation="contrast"), "unlike Coldplay", "Jolene", "Yellow", None),
    (constraint("track", title="Jolene", relation="rejected"), "no Jolene", "Yellow", "Jolene", None),
    (constraint("genre", genre="jazz", relation="wanted"), "jazz", "So What", "Jolene", None),
    (constraint("genre", genre="rock", relation="rejected"), "no rock", "Jolene", "Svefn-g-englar", None),
    (constraint("mood", mood="sad", relation="wanted"), "sad", "Jolene", "Clocks", "Everyday Is Like Sunday"),
    (
        constraint("mood", mood="sad", relation="rejected"),
        "no sad",
        "Clocks",
        "Jolene",
        "Everyday Is Like Sunday",
    ),
    (
        constraint("years", relation="wanted", year_to=1995),
        "1995 or earlier",
        "Alison",
        "Yellow",
        "An Untold Year",
    ),
    (
        constraint("years", relation="wanted", year_from=2010),
        "2010 or later",
        "Space Song",
        "Yellow",
        "An Untold Year",
    ),
    (
        constraint("years", relation="wanted", year_from=1959, year_to=1959),
        "1959",
        "So What",
        "Yellow",
        "An Untold Year",
    ),
    (
        constraint("years", relation="wanted", year_from=1990, year_to=1999),
        "1990 to 1999",
        "Alison",
        "Yellow",
        "An Untold Year",
    ),
    (
        constraint("years", relation="rejected", year_from=1990, year_to=1999),
        "no 1990 to 1999",
        "Yellow",
        "Alison",
        "An Untold Year",
    ),
    (
        constraint("range", feature="tempo", low=120, high=140),
        "tempo 120 to 140 bpm",
        "Clocks",
        "Take Five",
        "Jolene",
    ),
    (
        constraint("range", feature="tempo", low=160),
        "tempo at least 160 bpm",
        "Take Five",
        "Clocks",
        "Jolene",
    ),
    (
        constraint("range", feature="energy", high=0.3),
        "energy at most 0.3",
        "La vie en rose",
        "Master of Puppets",
        "Everyday Is Like Sunday",
    ),
    (
        constraint("range", feature="duration_s", high=180),
        "length at most 180 s",
        "Jolene",
        "Clocks",
        "Alison",
    ),
    (
        constraint("range", feature="popularity", low=84),
        "popularity at least 84",
        "Yellow",
        "Clocks",
        "Jolene",
    ),
    (
        constraint("language", language="fr", relation="wanted"),
        "French words",
        "La vie en rose",
        "Jolene",
        "An Untold Year",
    ),
    (
        constraint("language", language="fr", relation="rejected"),
        "no French words",
        "Jolene",
        "La vie en rose",
        "An Untold Year",
    ),
    (
        constraint("country", country="BR", relation="wanted"),
        "from Brazil",
        "Garota de Ipanema",
        "La vie en rose",
        "An Untold Year",
    ),
    (
        constraint("country", country="BR", relation="rejected"),
        "not from Brazil",
        "La vie en rose",
        "Garota de Ipanema",
        "An Untold Year",
    ),
    (
        constraint("tag", tag="female vocals", relation="wanted"),
        "female vocals",
        "Alison",
        "So What",
        "Everyday Is Like Sunday",
    ),
    (
        constraint("tag", tag="saxophone", relation="rejected"),
        "no saxophone",
        "So What",
        "Take Five",
        "Everyday Is Like Sunday",
    ),
    (constraint("explicit", allowed=False), "no explicit words", "Clocks", "HUMBLE.", "Alison"),
    (constraint("vocals", vocals="instrumental"), "instrumental", "So What", "Jolene", "An Untold Year"),
    (constraint("vocals", vocals="vocal"), "with voices", "Jolene", "So What", "An Untold Year"),
    (
        constraint("version", version="live", relation="wanted"),
        "live versions",
        "Clocks - Live in Sydney",
        "Clocks",
        None,
    ),
    (
        constraint("version", version="live", relation="rejected"),
        "no live versions",
        "Clocks",
        "Clocks - Live in Sydney",
        None,
    ),
    (constraint("new_artists"), "only artists that are new here", "Jolene", "Yellow", None),
]
KNOWN = Known(earlier_artists=frozenset({"coldplay"}))


@pytest.mark.parametrize(("one", "value", "met", "broken", "unknown"), CONSTRAINTS)
def test_meets_and_judge_by_each_constraint(one, value, met, broken, unknown):
    rules = make_rules(bound(one), KNOWN, None)
    assert meets(one, BY_TITLE[met], KNOWN) is True
    assert judge(BY_TITLE[met], [], rules).broken is None
    assert meets(one, BY_TITLE[broken], KNOWN) is False
    assert judge(BY_TITLE[broken], [], rules).broken == one["kind"]
    if unknown is not None:
        assert meets(one, BY_TITLE[unknown], KNOWN) is None
        assert judge(BY_TITLE[unknown], [], rules).unchecked == [value]
    assert describe(one) == value


@pytest.mark.parametrize(("one", "value", "met", "broken", "unknown"), CONSTRAINTS)
async def test_conditions_filter_as_enforcement_judges(catalogue, one, value, met, broken, unknown):
    where = hard_conditions([one], KNOWN)
    found = {track["title"] for track in await catalogue.engine.browse(where, 100)}
    assert met in found
    # The filter is a head start: a rejected track or mood, and voices, are left to enforcement.
    judged_later = one["kind"] in ("track", "mood") and one["relation"] == "rejected"
    if not judged_later and one.get("vocals") != "vocal":
        assert broken not in found
    loosened = {
        track["title"]
        for track in await catalogue.engine.browse(hard_conditions([one], KNOWN, allow_missing=True), 100)
    }
    assert met in loosened
    if unknown is not None and one["kind"] in ("years", "language", "explicit", "genre"):
        assert unknown in loosened


@pytest.mark.parametrize(("one", "value", "met", "broken", "unknown"), CONSTRAINTS)
def test_report_gives_each_constraint_its_verdict(one, value, met, broken, unknown):
    def verdict(hard, *titles):
        changed = {**one, "hard": hard}
        rules = make_rules(bound(changed), KNOWN, len(titles))
        tracks = [BY_TITLE[title] for title in titles]
        return write_report(rules, tracks, [])[0]["verdict"]

    assert verdict(True, met) == "met"
    assert verdict(False, met, broken) == "relaxed"
    assert verdict(True, met, broken) == "unmet"
    if unknown is not None:
        assert verdict(True, met, unknown) == "uncheckable"
        assert verdict(False, unknown) == "uncheckable"


def test_soft_conditions_loosely_broaden_a_genre():
    soft = constraint("genre", genre="thrash metal", relation="wanted") | {"hard": False}
    (strict,), (loose,) = soft_conditions([soft]), soft_conditions([soft], 2)
    assert strict == Match("genre_terms", ("thrash metal",))
    assert loose == Match("genre_terms", ("metal",))


def test_judge_wanted_constraints_are_alternatives():
    rules = make_rules(
        bound(
            constraint("genre", genre="jazz", relation="wanted"),
            constraint("genre", genre="country", relation="wanted"),
        ),
        Known(),
        None,
    )
    assert judge(BY_TITLE["So What"], [], rules).broken is None
    assert judge(BY_TITLE["Jolene"], [], rules).broken is None
    assert judge(BY_TITLE["Yellow"], [], rules).broken == "genre"


def test_judge_default_rules():
    rules = make_rules(bound(), Known(feedback={BY_TITLE["Jolene"]["id"]: "never"}), None)
    assert judge(BY_TITLE["Jolene"], [], rules).broken == "feedback"
    assert judge(BY_TITLE["Clocks (Karaoke Version)"], [], rules).broken == "versions"
    assert judge(BY_TITLE["Clocks - Live in Sydney"], [BY_TITLE["Clocks"]], rules).broken == "one_per_song"
    earlier = Known(earlier_songs=frozenset({BY_TITLE["Yellow"]["song_key"]}))
    assert judge(BY_TITLE["Yellow"], [], make_rules(bound(), earlier, None)).broken == "not_repeated"
    named = constraint("track", title="Yellow", relation="wanted", track_id=BY_TITLE["Yellow"]["id"])
    assert judge(BY_TITLE["Yellow"], [], make_rules(bound(named), earlier, None)).broken is None


@pytest.mark.parametrize("verdict", ["dislike", "never"])
def test_judge_keeps_out_what_feedback_refused(verdict):
    """By the verdict alone: the brief says nothing of the track, or even asks for it by name."""
    jolene = BY_TITLE["Jolene"]
    known = Known(feedback={jolene["id"]: verdict, BY_TITLE["Yellow"]["id"]: "like"})
    wanted = constraint("track", title="Jolene", relation="wanted", track_id=jolene["id"])
    for rules in (make_rules(bound(), known, None), make_rules(bound(wanted), known, None)):
        assert judge(jolene, [], rules).broken == "feedback"
        assert verdict in judge(jolene, [], rules).detail
        assert judge(BY_TITLE["Yellow"], [], rules).broken is None


@pytest.mark.parametrize("verdict", ["dislike", "never"])
async def test_conditions_leave_out_what_feedback_refused(catalogue, verdict):
    """The search never returns it, so that no candidate is wasted on it."""
    known = Known(feedback={BY_TITLE["Jolene"]["id"]: verdict, BY_TITLE["Yellow"]["id"]: "like"})
    found = {track["title"] for track in await catalogue.engine.browse(hard_conditions([], known), 100)}
    assert "Jolene" not in found
    assert "Yellow" in found


@pytest.mark.parametrize("hard", [True, False])
def test_judge_keeps_out_the_rejected_track_alone_and_under_other_titles(hard):
    """What feedback writes into the brief binds by the track's id, and no other track of the artist."""
    jolene = BY_TITLE["Jolene"]
    rejected = constraint("track", title="Another title", relation="rejected", track_id=jolene["id"])
    rules = make_rules(bound(rejected | {"hard": hard}), Known(), None)
    assert judge(jolene, [], rules).broken == ("track" if hard else None)
    others = [track for track in songs() if track["artists"] == jolene["artists"] and track != jolene]
    assert all(judge(track, [], rules).broken is None for track in others)


def test_judge_artist_cap():
    by_one = [make_track(f"Song {number}", "One Artist") for number in range(4)]
    assert judge(by_one[2], by_one[:2], make_rules(bound(), Known(), None)).broken == "artist_cap"
    wanted = constraint("artist", name="One Artist", relation="wanted")
    assert judge(by_one[2], by_one[:2], make_rules(bound(wanted), Known(), None)).broken is None
    capped = make_rules(bound(wanted, constraint("per_artist", at_most=1)), Known(), None)
    assert judge(by_one[1], by_one[:1], capped).broken == "artist_cap"


@pytest.mark.parametrize(
    ("said", "limit", "count"), [(None, None, 10), (7, None, 7), (None, 3, 3), (7, 3, 3), (3, 7, 3)]
)
def test_make_rules_count(said, limit, count):
    constraints = [constraint("count", count=said)] if said else []
    assert make_rules(bound(*constraints), Known(), limit).count == count


def test_report_names_what_is_absent_and_what_was_left_out():
    absent = constraint("artist", name="Nobody", relation="wanted") | {"hard": False}
    known = Known(absent=frozenset({"nobody"}))
    drops = [Drop(BY_TITLE["Yellow"], "artist_cap", "at most 2 by one artist")]
    lines = write_report(make_rules(bound(absent), known, 2), [BY_TITLE["Jolene"]], drops)
    assert [(line["kind"], line["verdict"]) for line in lines] == [
        ("artist", "unmet"),
        ("count", "unmet"),
        ("artist_cap", "met"),
    ]
    assert [line.get("absence") for line in lines] == ["not_in_catalogue", None, None]
    assert "Yellow" in lines[2]["detail"]


@pytest.mark.parametrize(
    ("one", "picks", "verdict"),
    [
        (constraint("count", count=2), ["Jolene"], "unmet"),
        (constraint("count", count=1), ["Jolene"], "met"),
        (constraint("per_artist", at_most=1), ["Jolene"], "met"),
        (constraint("uncheckable", what="a key change") | {"hard": False}, ["Jolene"], "uncheckable"),
        (constraint("artist", name="Coldplay", relation="seed") | {"hard": False}, ["Jolene"], "met"),
        (constraint("artist", name="Coldplay", relation="seed") | {"hard": False}, [], "relaxed"),
        (constraint("track", title="X", relation="wanted") | {"hard": False}, ["Jolene"], "unmet"),
        (
            constraint("track", title="Jolene", relation="wanted", track_id=BY_TITLE["Jolene"]["id"]),
            ["Jolene"],
            "met",
        ),
        (
            constraint("track", title="Jolene", relation="wanted", track_id=BY_TITLE["Jolene"]["id"]),
            ["Yellow"],
            "unmet",
        ),
        (
            constraint("track", title="Jolene", relation="seed", track_id="x") | {"hard": False},
            ["Yellow"],
            "met",
        ),
        (constraint("genre", genre="jazz", relation="wanted"), [], "unmet"),
    ],
)
def test_report_constraints_about_the_list(one, picks, verdict):
    rules = make_rules(bound(one), Known(), None)
    line = write_report(rules, [BY_TITLE[title] for title in picks], [])[0]
    assert line["verdict"] == verdict
    assert describe(one) == line["value"]


def test_add_constraints_replaces_what_is_about_the_same():
    old = [
        constraint("artist", name="Coldplay", relation="seed"),
        constraint("years", relation="wanted", year_to=1990),
    ]
    new = [
        constraint("artist", name="COLDPLAY", relation="rejected"),
        constraint("years", relation="wanted", year_from=2000),
    ]
    assert add_constraints(old, new) == new
    assert constraint_subject(constraint("version", version="live", relation="rejected")) == "live"
    assert constraint_subject(constraint("language", language="fr", relation="wanted")) == "fr"
    assert constraint_subject(constraint("uncheckable", what="x")) == "x"
