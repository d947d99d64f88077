"""What cannot hold together: of two contradicting wishes the softer is set aside."""

import itertools

import pytest

from src.constraints.conflicts import bind, contradict
from src.constraints.models.brief import BRIEF


def constraint(kind, *, hard=True, turn=1, **fields):
    return {"kind": kind, "hard": hard, "words": f"{kind} words", "turn": turn, **fields}


def wanted(kind, **fields):
    return constraint(kind, relation="wanted", **fields)


def rejected(kind, **fields):
    return constraint(kind, relation="rejected", **fields)


def brief(*constraints):
    return BRIEF.validate_python({"text": "", "turn": 1, "wishes": list(constraints)})


def years(first=None, last=None, relation="wanted", **more):
    bounds = {name: year for name, year in (("year_from", first), ("year_to", last)) if year}
    return constraint("years", relation=relation, **bounds, **more)


CONTRADICTING = [
    (constraint("vocals", vocals="instrumental"), constraint("vocals", vocals="vocal")),
    (constraint("vocals", vocals="instrumental"), wanted("language", language="fr")),
    (constraint("vocals", vocals="instrumental"), wanted("tag", tag="female vocals")),
    (constraint("vocals", vocals="instrumental"), wanted("tag", tag="choir")),
    (constraint("explicit", allowed=False), constraint("explicit", allowed=True)),
    (wanted("mood", mood="sad"), rejected("mood", mood="sad")),
    (wanted("tag", tag="piano"), rejected("tag", tag="piano")),
    (wanted("genre", genre="rock"), rejected("genre", genre="rock")),
    (wanted("genre", genre="folk rock"), rejected("genre", genre="rock")),
    (wanted("genre", genre="hip hop"), rejected("genre", genre="rap")),
    (wanted("artist", name="Drake"), rejected("artist", name="DRAKE")),
    (wanted("artist", name="Drake"), constraint("artist", name="Drake", relation="satisfied")),
    (wanted("artist", name="Drake"), constraint("artist", name="Drake", relation="contrast")),
    (wanted("track", title="Clocks"), rejected("track", title="Clocks - Live in Sydney")),
    (wanted("language", language="fr"), rejected("language", language="fr")),
    (wanted("country", country="BR"), rejected("country", country="BR")),
    (wanted("version", version="live"), rejected("version", version="live")),
    (years(None, 1979), years(1990, 1999)),
    (years(None, 1979), years(1990)),
    (years(1960, 1969), years(1990, 1999, hard=False)),
    (years(1960, 1969), years(1990, 1999, turn=2)),
    (years(1983, 1985), years(1980, 1989, "rejected")),
    (years(None, 1969), years(None, 1979, "rejected")),
    (constraint("range", feature="tempo", high=95), constraint("range", feature="tempo", low=125)),
]
COMPATIBLE = [
    (constraint("artist", name="Drake", relation="seed"), rejected("artist", name="Drake")),
    (constraint("track", title="Clocks", relation="seed"), rejected("track", title="Clocks")),
    (wanted("artist", name="Drake"), rejected("artist", name="Coldplay")),
    (rejected("artist", name="Drake"), constraint("artist", name="Drake", relation="satisfied")),
    (wanted("genre", genre="rock"), rejected("genre", genre="punk rock")),
    (wanted("genre", genre="rock"), wanted("genre", genre="jazz")),
    (wanted("mood", mood="sad"), rejected("mood", mood="dark")),
    (wanted("language", language="fr"), wanted("language", language="is")),
    (years(1960, 1969), years(1990, 1999)),
    (years(1960, 1969, hard=False), years(1990, 1999, hard=False)),
    (years(1990), years(None, 1999)),
    (years(1980), years(1985, 1989, "rejected")),
    (years(None, 1979, "rejected"), years(1990, 1999, "rejected")),
    (constraint("range", feature="tempo", low=90), constraint("range", feature="tempo", high=120)),
    (constraint("range", feature="tempo", high=95), constraint("range", feature="energy", low=0.9)),
    (constraint("vocals", vocals="instrumental"), wanted("language", language="zxx")),
    (constraint("vocals", vocals="instrumental"), rejected("language", language="fr")),
    (constraint("vocals", vocals="instrumental"), rejected("tag", tag="choir")),
    (constraint("vocals", vocals="instrumental"), wanted("tag", tag="piano")),
    (constraint("vocals", vocals="vocal"), wanted("language", language="fr")),
    (constraint("count", count=5), constraint("per_artist", at_most=1)),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTING)
def test_contradict_either_way(one, other):
    assert contradict(one, other)
    assert contradict(other, one)


@pytest.mark.parametrize(("one", "other"), COMPATIBLE)
def test_contradict_leaves_what_can_hold_together(one, other):
    assert not contradict(one, other)
    assert not contradict(other, one)


@pytest.mark.parametrize(("one", "other"), COMPATIBLE)
def test_bind_keeps_what_can_hold_together(one, other):
    binding = bind(brief(one, other))
    assert binding.set_aside == ()
    assert binding.constraints == [one, other]


@pytest.mark.parametrize(
    ("firmer", "softer"),
    [
        (constraint("vocals", vocals="instrumental"), constraint("vocals", vocals="vocal", hard=False)),
        (constraint("vocals", vocals="instrumental"), wanted("tag", tag="choir", hard=False)),
        (wanted("language", language="fr"), constraint("vocals", vocals="instrumental", hard=False)),
        (rejected("mood", mood="sad"), wanted("mood", mood="sad")),
        (rejected("mood", mood="sad", hard=False), wanted("mood", mood="sad", hard=False)),
        (rejected("genre", genre="rock"), wanted("genre", genre="folk rock")),
        (constraint("artist", name="Drake", relation="satisfied"), wanted("artist", name="Drake")),
        (constraint("explicit", allowed=False), constraint("explicit", allowed=True)),
        (years(1980, 1989, "rejected"), years(1983, 1985)),
        (years(1990, 1999, turn=2), years(None, 1979, turn=1)),
        (wanted("artist", name="Drake", turn=2), rejected("artist", name="Drake", turn=1)),
        (rejected("artist", name="Drake", turn=1), wanted("artist", name="Drake", turn=2, hard=False)),
        (
            constraint("range", feature="tempo", low=125),
            constraint("range", feature="tempo", high=95, hard=False),
        ),
    ],
)
def test_bind_sets_the_softer_aside(firmer, softer):
    """A hard one is firmer than a soft one, then a newer than an older, then an exclusion than a wish."""
    for order in ([firmer, softer], [softer, firmer]):
        binding = bind(brief(*order))
        assert [item.constraint for item in binding.set_aside] == [softer]
        assert binding.set_aside[0].by == firmer
        assert binding.constraints == [firmer]


@pytest.mark.parametrize("hard", [True, False])
@pytest.mark.parametrize("relation", ["rejected", "wanted"])
def test_bind_a_rule_is_firmer_than_a_constraint(hard, relation):
    """Whatever else speaks for the wish: that it is hard, newer, or the exclusion."""
    other = "wanted" if relation == "rejected" else "rejected"
    rule = constraint("artist", name="Drake", relation=relation, hard=hard, turn=0)
    asked = constraint("artist", name="Drake", relation=other, turn=9)
    binding = bind(brief(asked), [rule])
    assert binding.constraints == [rule]
    assert binding.set_aside[0].by is rule
    assert (binding.brief, binding.rule_constraints) == ((asked,), (rule,))


def test_bind_of_two_alike_the_first_stands():
    first, second = years(None, 1979), years(1990, 1999)
    assert bind(brief(first, second)).constraints == [first]
    assert bind(brief(second, first)).constraints == [second]


def test_bind_what_was_set_aside_sets_nothing_aside():
    """Of `no rock`, `folk rock` and `no folk`, the folk rock alone gives way."""
    no_rock, folk_rock = rejected("genre", genre="rock"), wanted("genre", genre="folk rock", hard=False)
    binding = bind(brief(folk_rock, no_rock, rejected("genre", genre="folk")))
    assert [item.constraint for item in binding.set_aside] == [folk_rock]
    slow, middling, fast = (
        constraint("range", feature="tempo", high=95, turn=3),
        constraint("range", feature="tempo", low=100, high=120, turn=2, hard=False),
        constraint("range", feature="tempo", low=90, high=95, turn=1, hard=False),
    )
    assert bind(brief(fast, middling, slow)).constraints == [fast, slow]


@pytest.mark.parametrize(("one", "other"), CONTRADICTING)
def test_bind_keeps_one_of_two_and_no_contradiction(one, other):
    binding = bind(brief(one, other))
    assert len(binding.constraints) == len(binding.set_aside) == 1
    assert binding.brief == (one, other)


def test_bind_leaves_no_contradiction_among_many():
    every = [constraint for pair in CONTRADICTING for constraint in pair]
    kept = bind(brief(*every)).constraints
    assert not any(contradict(one, other) for one, other in itertools.combinations(kept, 2))


def test_bind_keeps_alternatives_of_years_beside_each_other():
    sixties, nineties = years(1960, 1969), years(1990, 1999)
    assert bind(brief(sixties, nineties)).constraints == [sixties, nineties]
