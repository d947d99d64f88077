"""Which constraints of a brief keep something out, and which are alternatives."""

import pytest

from src.evaluation.metrics.rejudging import alternatives, meets_any, rules_out
from tests.evaluation.answers import make_constraint
from tests.fakes import make_track

NO = {"relation": "rejected"}
YES = {"relation": "wanted"}


@pytest.mark.parametrize(
    ("fields", "out"),
    [
        ({"kind": "artist", "name": "Coldplay", **NO}, True),
        ({"kind": "artist", "name": "Coldplay", "relation": "satisfied"}, True),
        ({"kind": "artist", "name": "Coldplay", "relation": "contrast"}, True),
        ({"kind": "artist", "name": "Coldplay", "relation": "seed"}, False),
        ({"kind": "genre", "genre": "rock", **YES}, False),
        ({"kind": "genre", "genre": "rock", **NO}, True),
        ({"kind": "years", "year_to": 1995, **YES}, True),
        ({"kind": "years", "year_from": 1990, "year_to": 1999, **YES}, False),
        ({"kind": "years", "year_from": 1980, "year_to": 1989, **NO}, True),
        ({"kind": "range", "feature": "tempo", "low": 100}, False),
        ({"kind": "explicit", "allowed": False}, True),
        ({"kind": "explicit", "allowed": True}, False),
        ({"kind": "vocals", "vocals": "instrumental"}, False),
        ({"kind": "version", "version": "live", **NO}, True),
    ],
)
def test_rules_out_is_of_what_keeps_something_out(fields, out):
    assert rules_out(make_constraint(**fields)) is out


def test_rules_out_of_own_listening_and_counts_is_false():
    assert not rules_out(make_constraint(kind="own_listening", source="top", **NO))
    assert not rules_out(make_constraint(kind="count", count=3))


def test_alternatives_are_the_wanted_of_one_kind_and_closed_spans():
    jazz, blues = (make_constraint(kind="genre", genre=genre, **YES) for genre in ("jazz", "blues"))
    sixties = make_constraint(kind="years", year_from=1960, year_to=1969, **YES)
    nineties = make_constraint(kind="years", year_from=1990, year_to=1999, **YES)
    bound = make_constraint(kind="years", year_to=1995, **YES)
    no_pop, sad = (
        make_constraint(kind="genre", genre="pop", **NO),
        make_constraint(kind="mood", mood="sad", **YES),
    )
    groups = list(alternatives([jazz, sixties, no_pop, bound, blues, nineties, sad]))
    assert sorted(groups, key=str) == sorted(
        [[no_pop], [bound], [sad], [jazz, blues], [sixties, nineties]], key=str
    )


def test_meets_any_is_true_by_one_and_unknown_before_false():
    track = make_track("Clocks", "Coldplay", genres=["jazz"])
    jazz, rock = (make_constraint(kind="genre", genre=genre, **YES) for genre in ("jazz", "rock"))
    old = make_constraint(kind="years", year_to=1960, **YES)
    assert meets_any([rock, jazz], track) is True
    assert meets_any([rock, old], track) is None
    assert meets_any([rock], track) is False
