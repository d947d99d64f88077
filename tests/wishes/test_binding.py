"""What cannot hold together: of two contradicting wishes the softer is set aside."""

import pytest

from src.wishes.binding import bind, contradict
from src.wishes.models.brief import BRIEF


def wish(kind, *, hard=True, turn=1, **fields):
    return {"kind": kind, "hard": hard, "words": f"{kind} words", "turn": turn, **fields}


def brief(*wishes):
    return BRIEF.validate_python({"text": "", "turn": 1, "wishes": list(wishes)})


def years(first=None, last=None, relation="wanted", **more):
    bounds = {name: year for name, year in (("year_from", first), ("year_to", last)) if year}
    return wish("years", relation=relation, **bounds, **more)


CONTRADICTING = [
    (wish("vocals", vocals="instrumental"), wish("vocals", vocals="vocal")),
    (wish("vocals", vocals="instrumental"), wish("language", language="fr", relation="wanted")),
    (wish("vocals", vocals="instrumental"), wish("tag", tag="female vocals", relation="wanted")),
    (wish("explicit", allowed=False), wish("explicit", allowed=True)),
    (wish("mood", mood="sad", relation="wanted"), wish("mood", mood="sad", relation="rejected")),
    (wish("genre", genre="folk rock", relation="wanted"), wish("genre", genre="rock", relation="rejected")),
    (wish("artist", name="Drake", relation="wanted"), wish("artist", name="DRAKE", relation="rejected")),
    (wish("country", country="BR", relation="wanted"), wish("country", country="BR", relation="rejected")),
    (years(None, 1979), years(1990, 1999)),
    (years(1983, 1985), years(1980, 1989, "rejected")),
    (wish("range", feature="tempo", high=95), wish("range", feature="tempo", low=125)),
]
COMPATIBLE = [
    (wish("artist", name="Drake", relation="seed"), wish("artist", name="Drake", relation="rejected")),
    (wish("genre", genre="rock", relation="wanted"), wish("genre", genre="punk rock", relation="rejected")),
    (years(1960, 1969), years(1990, 1999)),
    (years(1990), years(None, 1999)),
    (wish("range", feature="tempo", low=90), wish("range", feature="tempo", high=120)),
    (wish("range", feature="tempo", high=95), wish("range", feature="energy", low=0.9)),
    (wish("vocals", vocals="instrumental"), wish("language", language="zxx", relation="wanted")),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTING)
def test_contradict_either_way(one, other):
    assert contradict(one, other)
    assert contradict(other, one)


@pytest.mark.parametrize(("one", "other"), COMPATIBLE)
def test_contradict_leaves_what_can_hold_together(one, other):
    assert not contradict(one, other)
    assert not contradict(other, one)


@pytest.mark.parametrize(
    ("firmer", "softer"),
    [
        (wish("vocals", vocals="instrumental"), wish("vocals", vocals="vocal", hard=False)),
        (wish("mood", mood="sad", relation="rejected"), wish("mood", mood="sad", relation="wanted")),
        (years(1990, 1999, turn=2), years(None, 1979, turn=1)),
    ],
)
def test_bind_sets_the_softer_aside(firmer, softer):
    for order in ([firmer, softer], [softer, firmer]):
        binding = bind(brief(*order))
        assert [item.wish for item in binding.set_aside] == [softer]
        assert binding.wishes == [firmer]


def test_bind_a_rule_is_firmer_than_a_wish():
    rule = wish("artist", name="Drake", relation="rejected", turn=0)
    asked = wish("artist", name="Drake", relation="wanted", turn=9)
    binding = bind(brief(asked), [rule])
    assert binding.wishes == [rule]
    assert binding.set_aside[0].by is rule


def test_bind_of_two_alike_the_first_stands():
    first, second = years(None, 1979), years(1990, 1999)
    assert bind(brief(first, second)).wishes == [first]
