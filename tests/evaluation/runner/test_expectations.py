"""Each checker passes what is right, and fails what is wrong with a sentence that says so."""

from dataclasses import dataclass

import pytest

from src.catalogue.models.track import Track
from src.chat.models.answer import Answer
from src.evaluation.models.case import Expectation
from src.evaluation.runner.expectations import CHECKERS, failures
from src.evaluation.runner.list_checks import History
from tests.evaluation.answers import answer_of, make_answer, make_constraint, make_line
from tests.fakes import make_track


def judged(
    expect: Expectation, answer: Answer, *earlier: Answer, message: str = "something nice"
) -> list[str]:
    return failures(expect, answer, History(message, earlier))


def tracks_of(field: str, *values: object) -> list[Track]:
    """A track for each value of a field, without the field for None; by artists of their own."""
    return [
        make_track(f"Song {number}", f"Artist {number}", **({} if value is None else {field: value}))
        for number, value in enumerate(values, start=1)
    ]


def by(*artists: str) -> list[Track]:
    return [make_track(f"Song {number}", artist) for number, artist in enumerate(artists, start=1)]


CLOCKS = make_track("Clocks", "Coldplay")
LIVE = make_track("Clocks - Live in Sydney", "Coldplay")
YELLOW = make_track("Yellow", "Coldplay")
ALISON = make_track("Alison", "Slowdive")


@dataclass(frozen=True, slots=True)
class Rule:
    """An expectation with an answer that is right, one that is wrong, and what must be said of that."""

    expect: Expectation
    right: Answer
    wrong: Answer
    says: str


RULES = {
    "count": Rule({"count": 2}, answer_of("A", "B"), answer_of("A", "B", "C"), "tracks: 3, wanted 2"),
    "at_least": Rule({"at_least": 2}, answer_of("A", "B"), answer_of("A"), "tracks: 1, wanted at least 2"),
    "first": Rule(
        {"first": {"title": "Clocks", "artist": "Coldplay"}},
        make_answer([CLOCKS, ALISON]),
        make_answer([ALISON, CLOCKS]),
        "the first is Alison by Slowdive, not Clocks by Coldplay",
    ),
    "contains": Rule(
        {"contains": [{"artist": "Slowdive"}, {"title": "Yellow"}]},
        make_answer([YELLOW, ALISON]),
        make_answer([ALISON]),
        "Yellow is not in the list",
    ),
    "lacks": Rule(
        {"lacks": [{"title": "Clocks", "artist": "Coldplay"}]},
        make_answer([YELLOW]),
        make_answer([YELLOW, LIVE]),
        "Clocks - Live in Sydney by Coldplay is in the list",
    ),
    "all_by": Rule(
        {"all_by": ["coldplay", "SLOWDIVE"]},
        make_answer([YELLOW, ALISON]),
        make_answer([YELLOW, *by("Sigur Rós")]),
        "1 of 2 are not by coldplay or SLOWDIVE: Song 1 by Sigur Rós",
    ),
    "none_by": Rule(
        {"none_by": ["Sigur Ros"]},
        make_answer([YELLOW, ALISON]),
        make_answer([YELLOW, make_track("Duet", "Other", featuring=["Sigur Rós"])]),
        "1 of 2 are by Sigur Ros: Duet by Other, Sigur Rós",
    ),
    "genres": Rule(
        {"genres": {"any_of": ["rock"]}},
        make_answer(tracks_of("genres", ["folk rock"], ["Rock"])),
        make_answer(tracks_of("genres", ["folk rock"], ["folk"])),
        "1 of 2 are not rock: Song 2 by Artist 2 (folk)",
    ),
    "no_genres": Rule(
        {"no_genres": ["r&b", "hip-hop"]},
        make_answer(tracks_of("genres", ["soul"], [])),
        make_answer(tracks_of("genres", ["soul"], ["contemporary r&b"], ["Rap"])),
        "2 of 3 are r&b or hip-hop",
    ),
    "moods": Rule(
        {"moods": {"any_of": ["calm", "sad"], "share": 0.5}},
        make_answer(tracks_of("moods", ["calm"], ["angry"])),
        make_answer(tracks_of("moods", ["calm"], ["angry"], [])),
        "1 of 3 are calm or sad, 50% wanted; not so: Song 2 by Artist 2 (angry)",
    ),
    "tags": Rule(
        {"tags": {"any_of": ["piano"], "share": 1}},
        make_answer(tracks_of("tags", ["piano", "late night"])),
        make_answer(tracks_of("tags", ["pianos"])),
        "0 of 1 are tagged piano, 100% wanted",
    ),
    "no_tags": Rule(
        {"no_tags": ["saxophone"]},
        make_answer(tracks_of("tags", ["tenor saxophone"], [])),
        make_answer(tracks_of("tags", ["saxophone"])),
        "1 of 1 are tagged saxophone",
    ),
    "years": Rule(
        {"years": {"last": 1995}},
        make_answer(tracks_of("year", 1995, 1960)),
        make_answer(tracks_of("year", 1995, 1996)),
        "1 of 2 are not of 1995 or earlier: Song 2 by Artist 2 (1996)",
    ),
    "languages": Rule(
        {"languages": ["fr", "zxx"]},
        make_answer(tracks_of("language", "fr", "zxx")),
        make_answer(tracks_of("language", "fr", "en")),
        "1 of 2 are not in fr or zxx: Song 2 by Artist 2 (en)",
    ),
    "no_languages": Rule(
        {"no_languages": ["en"]},
        make_answer(tracks_of("language", "fr", None)),
        make_answer(tracks_of("language", "fr", "en")),
        "1 of 2 are in en",
    ),
    "countries": Rule(
        {"countries": ["FR"]},
        make_answer(tracks_of("country", "FR")),
        make_answer(tracks_of("country", "FR", "BR")),
        "1 of 2 are not from FR: Song 2 by Artist 2 (BR)",
    ),
    "clean": Rule(
        {"clean": True},
        make_answer(tracks_of("explicit", False, None)),
        make_answer(tracks_of("explicit", False, True)),
        "1 of 2 are marked explicit",
    ),
    "vocals": Rule(
        {"vocals": "instrumental"},
        make_answer(tracks_of("language", "zxx", "zxx")),
        make_answer(tracks_of("language", "zxx", "en")),
        "1 of 2 are not instrumental",
    ),
    "versions": Rule(
        {"versions": ["live"]},
        make_answer([LIVE]),
        make_answer([LIVE, YELLOW]),
        "1 of 2 are not of version live: Yellow by Coldplay",
    ),
    "no_versions": Rule(
        {"no_versions": ["live", "karaoke"]},
        make_answer([make_track("Live and Let Die", "Wings")]),
        make_answer([LIVE]),
        "1 of 1 are of version live or karaoke",
    ),
    "values": Rule(
        {"values": [{"feature": "tempo", "low": 100, "high": 130}]},
        make_answer(tracks_of("features", {"tempo": 100.0}, {"tempo": 130.0})),
        make_answer(tracks_of("features", {"tempo": 100.0}, {"tempo": 131.0})),
        "1 of 2 are not from 100 to 130 in tempo: Song 2 by Artist 2 (131.0)",
    ),
    "per_artist": Rule(
        {"per_artist": 1},
        make_answer(by("Coldplay", "Slowdive")),
        make_answer(by("Coldplay", "Slowdive", "COLDPLAY")),
        "2 tracks are by coldplay, at most 1 wanted",
    ),
    "absent": Rule(
        {"absent": ["Motörhead"]},
        make_answer(
            [], reply="Motorhead: not here.", report_lines=[make_line("artist", "Motörhead", "unmet")]
        ),
        make_answer([], reply="Motorhead: not here.", report_lines=[make_line("artist", "Motörhead", "met")]),
        "the report has no unmet artist, track or genre for Motörhead",
    ),
    "ledger": Rule(
        {"ledger": [{"kind": "years", "value": "1995", "verdict": "met", "hard": True}]},
        make_answer([], report_lines=[make_line("years", "1995 or earlier")]),
        make_answer(
            [],
            report_lines=[
                make_line("years", "1995 or earlier", "unmet"),
                make_line("years", "1995 or earlier", hard=False),
                make_line("years", "1994 or earlier"),
                make_line("count", "1995"),
            ],
        ),
        "the report has no line kind years, value 1995, verdict met, hard True; of that kind: 1995",
    ),
    "wishes": Rule(
        {"wishes": [{"kind": "genre", "name": "R&B", "relation": "rejected", "hard": True}]},
        make_answer([], constraints=[make_constraint(kind="genre", genre="r and b", relation="rejected")]),
        make_answer(
            [],
            constraints=[
                make_constraint(kind="genre", genre="r and b", relation="wanted"),
                make_constraint(kind="genre", genre="soul", relation="rejected"),
                make_constraint(kind="genre", genre="r and b", relation="rejected", hard=False),
                make_constraint(kind="tag", tag="r and b", relation="rejected"),
            ],
        ),
        "the brief has no wish kind genre, name R&B, relation rejected, hard True",
    ),
    "no_wishes": Rule(
        {"no_wishes": [{"kind": "artist", "name": "Love"}]},
        make_answer([], constraints=[make_constraint(kind="artist", name="Low", relation="seed")]),
        make_answer([], constraints=[make_constraint(kind="artist", name="LOVE", relation="seed")]),
        "the brief has a wish kind artist, name Love, of: name LOVE, relation seed",
    ),
    "says": Rule(
        {"says": ["années 80"]},
        make_answer([], reply="Voici les annees 80."),
        make_answer([], reply="Voici les annees 800."),
        "the reply does not say 'années 80'",
    ),
    "never_says": Rule(
        {"never_says": ["live"]},
        make_answer([ALISON], reply="A lively list.", reason="delivered well"),
        make_answer([ALISON], reply="A lively list.", reason="a Live take"),
        "the reason of Alison by Slowdive says 'live': a Live take",
    ),
}


@pytest.mark.parametrize("field", RULES)
def test_failures_of_a_right_answer_are_none(field):
    rule = RULES[field]
    assert judged(rule.expect, rule.right) == []


@pytest.mark.parametrize("field", RULES)
def test_failures_of_a_wrong_answer_say_what_is_wrong(field):
    rule = RULES[field]
    found = judged(rule.expect, rule.wrong)
    assert len(found) == 1
    assert found[0].startswith(rule.says)


def test_checkers_cover_every_field_of_an_expectation():
    # `repeats` loosens the standing rule; `new_artists` needs an earlier answer: both are tested below.
    assert {*CHECKERS, "repeats"} == set(Expectation.__annotations__)
    assert {*RULES, "repeats", "new_artists"} == set(Expectation.__annotations__)


def test_failures_when_a_track_stands_twice():
    found = judged({}, make_answer([ALISON, YELLOW, ALISON]))
    assert found[0] == "one track stands 2 times: Alison by Slowdive"


def test_failures_when_two_recordings_of_one_song_stand():
    assert judged({}, make_answer([CLOCKS, LIVE])) == ["one song stands 2 times: clocks by coldplay"]


def test_failures_when_ranks_do_not_count_from_one():
    answer = make_answer([ALISON, YELLOW])
    answer["recommendations"][1]["rank"] = 3
    assert judged({}, answer) == ["the ranks are 1, 3"]


def test_failures_when_a_track_comes_again():
    earlier = make_answer([CLOCKS, ALISON])
    found = judged({}, make_answer([LIVE, YELLOW]), make_answer([]), earlier)
    assert found == ["1 of 2 were in an earlier answer: Clocks - Live in Sydney by Coldplay"]


@pytest.mark.parametrize(
    "expect",
    [
        {"repeats": [{"title": "Clocks"}]},
        {"contains": [{"title": "Clocks"}]},
        {"first": {"title": "Clocks"}},
        {"repeats": [{"artist": "Coldplay"}]},
    ],
)
def test_failures_when_a_named_track_comes_again(expect):
    earlier = make_answer([CLOCKS])
    assert judged(expect, make_answer([CLOCKS]), earlier) == []


def test_failures_when_another_track_than_the_named_comes_again():
    earlier = make_answer([CLOCKS, ALISON])
    expect: Expectation = {"repeats": [{"title": "Clocks"}]}
    assert judged(expect, make_answer([CLOCKS, ALISON]), earlier) == [
        "1 of 2 were in an earlier answer: Alison by Slowdive"
    ]


@pytest.mark.parametrize(
    ("message", "may"),
    [
        ("play Fade into you again", True),
        ("fade in, you know", False),
        ("more, Mazzy Star", False),
    ],
)
def test_failures_when_the_message_names_a_track_that_comes_again(message, may):
    track = make_track("Fade Into You", "Mazzy Star")
    found = judged({}, make_answer([track]), make_answer([track]), message=message)
    assert (found == []) is may


@pytest.mark.parametrize(("message", "may"), [("more", False), ("again More by Alex North", True)])
def test_failures_when_a_title_of_one_word_stands_in_the_message(message, may):
    track = make_track("More", "Alex North")
    found = judged({}, make_answer([track]), make_answer([track]), message=message)
    assert (found == []) is may


def test_failures_when_artists_are_not_new():
    earlier = make_answer([make_track("Duet", "Slowdive", featuring=["Coldplay"])])
    found = judged({"new_artists": True}, make_answer([YELLOW, *by("Low")]), earlier, make_answer([]))
    assert found == ["1 of 2 are by an artist of an earlier answer: Yellow by Coldplay"]
    assert judged({"new_artists": True}, make_answer(by("Low")), earlier) == []


@pytest.mark.parametrize(
    ("expect", "field", "value"),
    [
        ({"years": {"first": 1990, "last": 1995}}, "year", 1990),
        ({"genres": {"any_of": ["rock"]}}, "genres", ["rock"]),
        ({"languages": ["fr"]}, "language", "fr"),
        ({"countries": ["FR"]}, "country", "FR"),
        ({"vocals": "instrumental"}, "language", "zxx"),
        ({"vocals": "vocal"}, "language", "en"),
        ({"values": [{"feature": "duration_s", "high": 180}]}, "duration_ms", 180_000),
    ],
)
def test_failures_when_a_value_is_not_on_record(expect, field, value):
    tracks = tracks_of(field, value, None)
    assert judged(expect, make_answer(tracks, unchecked=["Song 2"])) == []
    found = judged(expect, make_answer(tracks))
    assert len(found) == 1
    assert found[0].startswith("1 of 2 are not ")
    assert "Song 2" in found[0]


def test_failures_when_a_wrong_value_is_marked_unchecked():
    answer = make_answer(tracks_of("year", 1990, 2001), unchecked=["Song 2"])
    assert len(judged({"years": {"last": 1995}}, answer)) == 1


@pytest.mark.parametrize(("inside", "holds"), [(7, True), (6, False)])
def test_failures_when_a_share_is_asked(inside, holds):
    answer = make_answer(tracks_of("year", *[1990] * inside, *[2001] * (10 - inside)))
    found = judged({"years": {"first": 1990, "last": 1999, "share": 0.7}}, answer)
    assert (found == []) is holds
    assert all(failure.startswith("6 of 10 are of 1990 to 1999, 70% wanted") for failure in found)


def test_failures_when_a_share_is_asked_and_a_value_is_not_on_record():
    answer = make_answer(tracks_of("year", 1990, None), unchecked=["Song 2"])
    assert len(judged({"years": {"last": 1995, "share": 0.6}}, answer)) == 1


def test_failures_when_a_share_of_no_tracks_is_asked():
    assert judged({"moods": {"any_of": ["calm"], "share": 0.5}}, make_answer([])) == [
        "there are no tracks, 50% were to be calm"
    ]


def test_failures_name_no_more_than_four_tracks():
    (failure,) = judged({"years": {"first": 2000}}, make_answer(tracks_of("year", *[1990] * 6)))
    assert failure.endswith("Song 4 by Artist 4 (1990); and 2 more")


def test_failures_when_an_absent_name_is_not_said():
    lines = [make_line("track", "Yesterday by The Beatles", "unmet")]
    found = judged({"absent": ["Yesterday"]}, make_answer([ALISON], report_lines=lines))
    assert found == ["the reply does not say that Yesterday is not in the catalogue"]


def test_failures_when_there_is_no_first_track():
    found = judged({"first": {"artist": "Coldplay"}}, make_answer([]))
    assert found == ["there are no tracks, a track by Coldplay was to be the first"]


def test_failures_when_words_of_an_unspaced_script_are_said():
    answer = make_answer([], reply="これは夜の曲です。")
    assert judged({"says": ["夜"]}, answer) == []
    assert len(judged({"never_says": ["夜"]}, answer)) == 1


def test_failures_when_signs_alone_must_not_be_said():
    assert len(judged({"never_says": ["[["]}, make_answer([], reply="See [[t1]]."))) == 1
    assert judged({"never_says": ["[["]}, make_answer([], reply="See [t1].")) == []
