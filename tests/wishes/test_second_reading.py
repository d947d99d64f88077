"""A model's reading beside the rules': it adds and tightens, and never loosens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from src.errors import InvalidInput
from src.wishes.checks import Known, meets
from src.wishes.entries import is_meant, is_said, to_wish
from src.wishes.models.brief import WISH
from src.wishes.models.entry import BriefEntry
from src.wishes.second_reading import reconcile, stricter
from tests.fakes import make_track

_ENTRY = TypeAdapter(BriefEntry)


def years(first, last, *, hard):
    return WISH.validate_python(
        {"kind": "years", "year_from": first, "year_to": last, "relation": "wanted", "hard": hard,
         "words": "w", "turn": 1}
    )  # fmt: skip


def artist(name, relation, *, hard):
    return {"kind": "artist", "name": name, "relation": relation, "hard": hard, "words": name, "turn": 1}


def test_reconcile_adds_what_was_missed():
    wishes, notes = reconcile([], [artist("Drake", "rejected", hard=True)])
    assert wishes == [artist("Drake", "rejected", hard=True)]
    assert notes == {}


@pytest.mark.parametrize("relation", ["wanted", "seed"])
def test_reconcile_never_loosens_what_binds(relation):
    bound = artist("Drake", "rejected", hard=True)
    wishes, notes = reconcile([bound], [artist("Drake", relation, hard=False)])
    assert wishes == [bound]
    assert "stricter reading binds" in notes["artist", "drake"]


def test_stricter_counts_take_the_smaller():
    def count(number):
        return {"kind": "count", "count": number, "hard": True, "words": "w", "turn": 1}

    assert stricter(count(7), count(3)) == count(3)
    assert stricter(count(3), count(7)) == count(3)


YEARS = st.integers(1950, 2025)


@given(YEARS, YEARS, YEARS, YEARS, st.booleans(), YEARS)
def test_stricter_years_admit_nothing_that_a_hard_first_reading_excludes(a, b, c, d, hard, year):
    first = years(min(a, b), max(a, b), hard=True)
    result = stricter(first, years(min(c, d), max(c, d), hard=hard))
    track = make_track("Title", "Artist", year=year)
    assert result["hard"]
    if meets(first, track, Known()) is False:
        assert meets(result, track, Known()) is False


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"kind": "artist", "value": "Drake", "relation": "rejected"}, {"name": "Drake", "hard": True}),
        ({"kind": "genre", "value": "Jazz"}, {"genre": "jazz", "relation": "wanted", "hard": False}),
        ({"kind": "mood", "value": "chill"}, {"mood": "mellow"}),
        ({"kind": "years", "high": 1995, "hard": True}, {"year_to": 1995, "hard": True}),
        ({"kind": "range", "value": "tempo", "low": 100}, {"feature": "tempo", "low": 100}),
        ({"kind": "language", "value": "French"}, {"language": "fr"}),
        ({"kind": "country", "value": "Iceland"}, {"country": "IS"}),
        ({"kind": "count", "number": 7}, {"count": 7, "hard": True}),
        ({"kind": "explicit", "value": "clean"}, {"allowed": False, "hard": True}),
        ({"kind": "vocals", "value": "instrumental"}, {"vocals": "instrumental"}),
        ({"kind": "uncheckable", "value": "a key change", "hard": True}, {"hard": False}),
    ],
)
def test_to_wish_each_kind(entry, expected):
    made = to_wish(_ENTRY.validate_python(entry | {"words": "w"}), 3)
    assert {key: made.get(key) for key in expected} == expected
    assert made["turn"] == 3


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "artist"},
        {"kind": "count"},
        {"kind": "years"},
        {"kind": "range", "value": "shoe size", "low": 1},
        {"kind": "vocals", "value": "whistled"},
    ],
)
def test_to_wish_says_what_is_wrong(entry):
    with pytest.raises(InvalidInput, match=entry["kind"]):
        to_wish(_ENTRY.validate_python(entry | {"words": "w"}), 1)


@pytest.mark.parametrize(
    ("made", "words", "said"),
    [
        (artist("Radiohead", "rejected", hard=True), "no radiohed", True),
        (artist("The Beatles", "rejected", hard=True), "the songs", False),
        (years(1990, 1999, hard=True), "from the 90s", True),
        (years(1990, 1999, hard=True), "something nice", False),
        ({"kind": "count", "count": 7, "hard": True, "words": "w", "turn": 1}, "seven songs", True),
        ({"kind": "count", "count": 7, "hard": True, "words": "w", "turn": 1}, "songs", False),
    ],
)
def test_is_said_when_the_words_hold_it(made, words, said):
    assert is_said(made, words) is said


def test_is_meant_by_kind_and_value():
    drake = artist("Drake", "rejected", hard=True)
    assert is_meant({"kind": "artist"}, drake)
    assert is_meant({"kind": "artist", "value": "DRAKE"}, drake)
    assert not is_meant({"kind": "artist", "value": "Eminem"}, drake)
    assert not is_meant({"kind": "genre"}, drake)
