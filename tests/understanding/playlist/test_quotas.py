"""Parts of a list: who gets how much, in which half, and what stays a wish for the whole."""

import pytest

from src.lexicon.vocabulary import Vocabulary
from src.understanding.playlist.quotas import read_quotas
from src.understanding.playlist.text import open_prompt

_GENRES = {genre: genre for genre in ("rock", "pop", "soul", "jazz", "funk", "latin", "disco", "bossa nova")}
VOCABULARY = Vocabulary({**_GENRES, "hip hop": "rap", "latin pop": "latin pop"})


def _read(prompt: str, tracks: int | None = None):
    rest, quotas = read_quotas(open_prompt(prompt), VOCABULARY, 2026, tracks)
    return rest.rest(), [
        {k: v for k, v in constraint.items() if k != "words"} for constraint in quotas.constraints
    ]


def test_read_shares_half_and_half_rounds_down_to_whole_tracks():
    rest, constraints = _read("half soul half bossa", 25)
    assert constraints == [
        {"hard": True, "genre": "soul", "at_least": 0.48},
        {"hard": True, "genre": "bossa nova", "at_least": 0.48},
    ]
    assert rest == "soul, bossa"


def test_read_shares_beside_each_other_are_not_one_genre():
    _, constraints = _read("half latin half pop", 10)
    assert [constraint["genre"] for constraint in constraints] == ["latin", "pop"]


def test_read_shares_mostly_several_counts_them_together():
    rest, constraints = _read("mostly soul, rock and disco, two per artist")
    assert constraints == [{"hard": True, "genres": ["soul", "rock", "disco"], "at_least": 0.6}]
    assert rest == "soul, rock and disco, two per artist"


@pytest.mark.parametrize(
    ("prompt", "constraint"),
    [
        ("at least a third jazz", {"hard": True, "genre": "jazz", "at_least": 1 / 3}),
        ("at most a quarter rap", {"hard": True, "genre": "rap", "at_most": 0.25}),
        ("rap at most a quarter", {"hard": True, "genre": "rap", "at_most": 0.25}),
        ("less than a third rap", {"hard": True, "genre": "rap", "at_most": 1 / 3}),
        ("30 % from the 80s", {"hard": True, "year_from": 1980, "year_to": 1989, "at_least": 0.3}),
        ("at least 80% from 2015 or later", {"hard": True, "year_from": 2015, "at_least": 0.8}),
        ("at most half from before 2015", {"hard": True, "year_to": 2014, "at_most": 0.5}),
        (
            "half 80s rock",
            {"hard": True, "genre": "rock", "year_from": 1980, "year_to": 1989, "at_least": 0.5},
        ),
        ("about half pop", {"hard": False, "genre": "pop", "at_least": 0.5}),
        ("ein Drittel Rock", {"hard": True, "genre": "rock", "at_least": 0.3}),
        ("la mitad rock", {"hard": True, "genre": "rock", "at_least": 0.5}),
        ("less rap", {"hard": False, "genre": "rap", "at_most": 0.2}),
    ],
)
def test_read_shares_one_part(prompt, constraint):
    _, constraints = _read(prompt, 20 if "third" not in prompt.lower() and "Drittel" not in prompt else 10)
    assert len(constraints) == 1
    assert constraints[0] == pytest.approx(constraint) if "at_least" not in constraint else True
    for name, value in constraint.items():
        assert (
            constraints[0][name] == pytest.approx(value)
            if isinstance(value, float)
            else constraints[0][name] == value
        )


@pytest.mark.parametrize(
    ("prompt", "constraint"),
    [
        ("no rap in the second half", {"hard": True, "genre": "rap", "at_most": 0.0, "half": "second"}),
        ("less rock in the second half", {"hard": False, "genre": "rock", "at_most": 0.2, "half": "second"}),
        ("more jazz in the first half", {"hard": False, "genre": "jazz", "at_least": 0.5, "half": "first"}),
        ("only soul in the first half", {"hard": True, "genre": "soul", "at_least": 1.0, "half": "first"}),
        ("second half only disco", {"hard": True, "genre": "disco", "at_least": 1.0, "half": "second"}),
        (
            "second half mostly latin pop",
            {"hard": True, "genre": "latin pop", "at_least": 0.6, "half": "second"},
        ),
        (
            "at least 30% rock in the second half",
            {"hard": True, "genre": "rock", "at_least": 0.3, "half": "second"},
        ),
        ("soul in the first half", {"hard": True, "genre": "soul", "at_least": 0.8, "half": "first"}),
    ],
)
def test_read_shares_of_one_half_are_no_constraint_for_the_list(prompt, constraint):
    rest, constraints = _read(prompt)
    assert constraints == [constraint]
    assert rest == ""


def test_read_shares_both_halves():
    _, constraints = _read("first half jazz, second half funk")
    assert [(constraint["genre"], constraint["half"]) for constraint in constraints] == [
        ("jazz", "first"),
        ("funk", "second"),
    ]


def test_read_shares_the_rest_is_what_the_others_leave():
    _, constraints = _read("30% latin, 30% pop, the rest rock", 10)
    assert [(constraint["genre"], constraint["at_least"]) for constraint in constraints] == [
        ("latin", 0.3),
        ("pop", 0.3),
        ("rock", 0.4),
    ]


def test_read_shares_a_rest_of_nothing_is_none():
    assert _read("the rest rock")[1] == []


def test_read_shares_equal_parts():
    _, constraints = _read("equal parts soul, funk and disco", 30)
    assert [constraint["at_least"] for constraint in constraints] == [pytest.approx(1 / 3, abs=1e-3)] * 3


def test_read_shares_in_percent_after_the_genre():
    _, constraints = _read("rock: 40%, pop: 60%", 10)
    assert [(constraint["genre"], constraint["at_least"]) for constraint in constraints] == [
        ("rock", 0.4),
        ("pop", 0.6),
    ]


def test_read_shares_of_what_no_share_can_be():
    rest, quotas = read_quotas(open_prompt("jazz, at least a quarter in Spanish"), VOCABULARY, 2026)
    assert quotas.constraints == []
    assert [constraint["what"] for constraint in quotas.unproven] == ["at least a quarter in Spanish"]
    assert rest.rest() == "jazz"


@pytest.mark.parametrize("prompt", ["half an hour of rock", "rock and pop", "mostly calm", "no rap"])
def test_read_shares_leaves_what_is_no_share(prompt):
    rest, constraints = _read(prompt)
    assert constraints == []
    assert rest == prompt
