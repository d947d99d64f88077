"""Each wish changes what may stand in the answer, and the ledger says what became of it."""

import pytest

from src.catalogue.engine import Match
from src.constraints.checks import Known, meets
from src.constraints.conflicts import bind
from src.constraints.describe import describe, wish_subject
from src.constraints.enforcement import judge, make_rules
from src.constraints.filters import hard_conditions, soft_conditions
from src.constraints.models.brief import BRIEF
from src.constraints.report import Drop, write_ledger
from src.understanding.merge import add_wishes
from tests.fakes import make_track, songs

BY_TITLE = {track["title"]: track for track in songs()}


def wish(kind, **fields):
    return {"kind": kind, "hard": True, "words": "w", "turn": 1, **fields}


def brief(*wishes):
    value = {"text": "", "turn": 1, "wishes": list(wishes)}
    return BRIEF.validate_python(value)


def bound(*wishes):
    return bind(brief(*wishes))


WISHES = [
    (wish("artist", name="coldplay", relation="wanted"), "by coldplay", "Yellow", "Jolene", None),
    (wish("artist", name="Coldplay", relation="rejected"), "no Coldplay", "Jolene", "Yellow", None),
    (
        wish("artist", name="Bill Evans", relation="satisfied"),
        "no more Bill Evans",
        "So What",
        "Blue in Green",
        None,
    ),
    (wish("artist", name="Coldplay", relation="contrast"), "unlike Coldplay", "Jolene", "Yellow", None),
    (wish("track", title="Jolene", relation="rejected"), "no Jolene", "Yellow", "Jolene", None),
    (wish("genre", genre="jazz", relation="wanted"), "jazz", "So What", "Jolene", None),
    (wish("genre", genre="rock", relation="rejected"), "no rock", "Jolene", "Svefn-g-englar", None),
    (wish("mood", mood="sad", relation="wanted"), "sad", "Jolene", "Clocks", "Everyday Is Like Sunday"),
    (wish("mood", mood="sad", relation="rejected"), "no sad", "Clocks", "Jolene", "Everyday Is Like Sunday"),
    (wish("years", relation="wanted", year_to=1995), "1995 or earlier", "Alison", "Yellow", "An Untold Year"),
    (
        wish("years", relation="wanted", year_from=2010),
        "2010 or later",
        "Space Song",
        "Yellow",
        "An Untold Year",
    ),
    (
        wish("years", relation="wanted", year_from=1959, year_to=1959),
        "1959",
        "So What",
        "Yellow",
        "An Untold Year",
    ),
    (
        wish("years", relation="wanted", year_from=1990, year_to=1999),
        "1990 to 1999",
        "Alison",
        "Yellow",
        "An Untold Year",
    ),
    (
        wish("years", relation="rejected", year_from=1990, year_to=1999),
        "no 1990 to 1999",
        "Yellow",
        "Alison",
        "An Untold Year",
    ),
    (
        wish("range", feature="tempo", low=120, high=140),
        "tempo 120 to 140 bpm",
        "Clocks",
        "Take Five",
        "Jolene",
    ),
    (wish("range", feature="tempo", low=160), "tempo at least 160 bpm", "Take Five", "Clocks", "Jolene"),
    (
        wish("range", feature="energy", high=0.3),
        "energy at most 0.3",
        "La vie en rose",
        "Master of Puppets",
        "Everyday Is Like Sunday",
    ),
    (wish("range", feature="duration_s", high=180), "length at most 180 s", "Jolene", "Clocks", "Alison"),
    (wish("range", feature="popularity", low=84), "popularity at least 84", "Yellow", "Clocks", "Jolene"),
    (
        wish("language", language="fr", relation="wanted"),
        "French words",
        "La vie en rose",
        "Jolene",
        "An Untold Year",
    ),
    (
        wish("language", language="fr", relation="rejected"),
        "no French words",
        "Jolene",
        "La vie en rose",
        "An Untold Year",
    ),
    (
        wish("country", country="BR", relation="wanted"),
        "from Brazil",
        "Garota de Ipanema",
        "La vie en rose",
        "An Untold Year",
    ),
    (
        wish("country", country="BR", relation="rejected"),
        "not from Brazil",
        "La vie en rose",
        "Garota de Ipanema",
        "An Untold Year",
    ),
    (
        wish("tag", tag="female vocals", relation="wanted"),
        "female vocals",
        "Alison",
        "So What",
        "Everyday Is Like Sunday",
    ),
    (
        wish("tag", tag="saxophone", relation="rejected"),
        "no saxophone",
        "So What",
        "Take Five",
        "Everyday Is Like Sunday",
    ),
    (wish("explicit", allowed=False), "no explicit words", "Clocks", "HUMBLE.", "Alison"),
    (wish("vocals", vocals="instrumental"), "instrumental", "So What", "Jolene", "An Untold Year"),
    (wish("vocals", vocals="vocal"), "with voices", "Jolene", "So What", "An Untold Year"),
    (
        wish("version", version="live", relation="wanted"),
        "live versions",
        "Clocks - Live in Sydney",
        "Clocks",
        None,
    ),
    (
        wish("version", version="live", relation="rejected"),
        "no live versions",
        "Clocks",
        "Clocks - Live in Sydney",
        None,
    ),
    (wish("new_artists"), "only artists that are new here", "Jolene", "Yellow", None),
]
KNOWN = Known(earlier_artists=frozenset({"coldplay"}))


@pytest.mark.parametrize(("one", "value", "met", "broken", "unknown"), WISHES)
def test_meets_and_judge_by_each_wish(one, value, met, broken, unknown):
    rules = make_rules(bound(one), KNOWN, None)
    assert meets(one, BY_TITLE[met], KNOWN) is True
    assert judge(BY_TITLE[met], [], rules).broken is None
    assert meets(one, BY_TITLE[broken], KNOWN) is False
    assert judge(BY_TITLE[broken], [], rules).broken == one["kind"]
    if unknown is not None:
        assert meets(one, BY_TITLE[unknown], KNOWN) is None
        assert judge(BY_TITLE[unknown], [], rules).unchecked == [value]
    assert describe(one) == value


@pytest.mark.parametrize(("one", "value", "met", "broken", "unknown"), WISHES)
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


@pytest.mark.parametrize(("one", "value", "met", "broken", "unknown"), WISHES)
def test_ledger_gives_each_wish_its_verdict(one, value, met, broken, unknown):
    def verdict(hard, *titles):
        changed = {**one, "hard": hard}
        rules = make_rules(bound(changed), KNOWN, len(titles))
        tracks = [BY_TITLE[title] for title in titles]
        return write_ledger(rules, tracks, [])[0]["verdict"]

    assert verdict(True, met) == "met"
    assert verdict(False, met, broken) == "relaxed"
    assert verdict(True, met, broken) == "unmet"
    if unknown is not None:
        assert verdict(True, met, unknown) == "uncheckable"
        assert verdict(False, unknown) == "uncheckable"


def test_soft_conditions_loosely_broaden_a_genre():
    soft = wish("genre", genre="thrash metal", relation="wanted") | {"hard": False}
    (strict,), (loose,) = soft_conditions([soft]), soft_conditions([soft], 2)
    assert strict == Match("genre_terms", ("thrash metal",))
    assert loose == Match("genre_terms", ("metal",))


def test_judge_wanted_wishes_are_alternatives():
    rules = make_rules(
        bound(
            wish("genre", genre="jazz", relation="wanted"), wish("genre", genre="country", relation="wanted")
        ),
        Known(),
        None,
    )
    assert judge(BY_TITLE["So What"], [], rules).broken is None
    assert judge(BY_TITLE["Jolene"], [], rules).broken is None
    assert judge(BY_TITLE["Yellow"], [], rules).broken == "genre"


def test_judge_standing_rules():
    rules = make_rules(bound(), Known(feedback={BY_TITLE["Jolene"]["id"]: "never"}), None)
    assert judge(BY_TITLE["Jolene"], [], rules).broken == "feedback"
    assert judge(BY_TITLE["Clocks (Karaoke Version)"], [], rules).broken == "versions"
    assert judge(BY_TITLE["Clocks - Live in Sydney"], [BY_TITLE["Clocks"]], rules).broken == "one_per_song"
    earlier = Known(earlier_songs=frozenset({BY_TITLE["Yellow"]["song_key"]}))
    assert judge(BY_TITLE["Yellow"], [], make_rules(bound(), earlier, None)).broken == "not_repeated"
    named = wish("track", title="Yellow", relation="wanted", track_id=BY_TITLE["Yellow"]["id"])
    assert judge(BY_TITLE["Yellow"], [], make_rules(bound(named), earlier, None)).broken is None


def test_judge_artist_cap():
    by_one = [make_track(f"Song {number}", "One Artist") for number in range(4)]
    assert judge(by_one[2], by_one[:2], make_rules(bound(), Known(), None)).broken == "artist_cap"
    wanted = wish("artist", name="One Artist", relation="wanted")
    assert judge(by_one[2], by_one[:2], make_rules(bound(wanted), Known(), None)).broken is None
    capped = make_rules(bound(wanted, wish("per_artist", at_most=1)), Known(), None)
    assert judge(by_one[1], by_one[:1], capped).broken == "artist_cap"


@pytest.mark.parametrize(
    ("said", "limit", "count"), [(None, None, 10), (7, None, 7), (None, 3, 3), (7, 3, 3), (3, 7, 3)]
)
def test_make_rules_count(said, limit, count):
    wishes = [wish("count", count=said)] if said else []
    assert make_rules(bound(*wishes), Known(), limit).count == count


def test_ledger_names_what_is_absent_and_what_was_left_out():
    absent = wish("artist", name="Nobody", relation="wanted") | {"hard": False}
    known = Known(absent=frozenset({"nobody"}))
    drops = [Drop(BY_TITLE["Yellow"], "artist_cap", "at most 2 by one artist")]
    lines = write_ledger(make_rules(bound(absent), known, 2), [BY_TITLE["Jolene"]], drops)
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
        (wish("count", count=2), ["Jolene"], "unmet"),
        (wish("count", count=1), ["Jolene"], "met"),
        (wish("per_artist", at_most=1), ["Jolene"], "met"),
        (wish("uncheckable", what="a key change") | {"hard": False}, ["Jolene"], "uncheckable"),
        (wish("artist", name="Coldplay", relation="seed") | {"hard": False}, ["Jolene"], "met"),
        (wish("artist", name="Coldplay", relation="seed") | {"hard": False}, [], "relaxed"),
        (wish("track", title="X", relation="wanted") | {"hard": False}, ["Jolene"], "unmet"),
        (
            wish("track", title="Jolene", relation="wanted", track_id=BY_TITLE["Jolene"]["id"]),
            ["Jolene"],
            "met",
        ),
        (
            wish("track", title="Jolene", relation="wanted", track_id=BY_TITLE["Jolene"]["id"]),
            ["Yellow"],
            "unmet",
        ),
        (wish("track", title="Jolene", relation="seed", track_id="x") | {"hard": False}, ["Yellow"], "met"),
        (wish("genre", genre="jazz", relation="wanted"), [], "unmet"),
    ],
)
def test_ledger_wishes_about_the_list(one, picks, verdict):
    rules = make_rules(bound(one), Known(), None)
    line = write_ledger(rules, [BY_TITLE[title] for title in picks], [])[0]
    assert line["verdict"] == verdict
    assert describe(one) == line["value"]


def test_add_wishes_replaces_what_is_about_the_same():
    old = [wish("artist", name="Coldplay", relation="seed"), wish("years", relation="wanted", year_to=1990)]
    new = [
        wish("artist", name="COLDPLAY", relation="rejected"),
        wish("years", relation="wanted", year_from=2000),
    ]
    assert add_wishes(old, new) == new
    assert wish_subject(wish("version", version="live", relation="rejected")) == "live"
    assert wish_subject(wish("language", language="fr", relation="wanted")) == "fr"
    assert wish_subject(wish("uncheckable", what="x")) == "x"
