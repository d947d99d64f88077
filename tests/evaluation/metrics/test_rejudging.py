"""One track against one wish, by the record alone."""

import pytest

from src.catalogue.models.track import Track
from src.evaluation.metrics.rejudging import alternatives, any_holds, holds, rules_out
from tests.evaluation.answers import make_answer, make_constraint
from tests.fakes import make_track


def judged(constraint, track):
    answer = make_answer([track])
    return holds(constraint, answer["recommendations"][0], answer)


def track(**fields):
    return make_track(fields.pop("title", "Clocks"), fields.pop("artist", "Coldplay"), **fields)


# kind: (wish, a track that holds to it, one that breaks it, one whose record does not tell)
NO = {"relation": "rejected"}
YES = {"relation": "wanted"}
RULES: dict[str, tuple[dict[str, object], Track, Track, Track | None]] = {
    "no artist": ({"kind": "artist", "name": "coldplay", **NO}, track(artist="Other"), track(), None),
    "an alias": (
        {"kind": "artist", "name": "Cold Play", **NO},
        track(artist="Other"),
        track(aliases=["cold play"]),
        None,
    ),
    "enough of an artist": (
        {"kind": "artist", "name": "Coldplay", "relation": "satisfied"},
        track(artist="Other"),
        track(artist="Other", featuring=["Coldplay"]),
        None,
    ),
    "artist": ({"kind": "artist", "name": "Coldplay", **YES}, track(), track(artist="Other"), None),
    "no track": (
        {"kind": "track", "title": "Clocks", "artist": "Coldplay", **NO},
        track(artist="Other"),
        track(title="Clocks - Live"),
        None,
    ),
    "no genre": (
        {"kind": "genre", "genre": "rock", **NO},
        track(genres=["jazz"]),
        track(genres=["folk rock"]),
        None,
    ),
    "genre": (
        {"kind": "genre", "genre": "Rock", **YES},
        track(genres=["folk rock"]),
        track(genres=["folk"]),
        track(genres=[]),
    ),
    "no mood": ({"kind": "mood", "mood": "sad", **NO}, track(moods=["calm"]), track(moods=["sad"]), None),
    "no tag": ({"kind": "tag", "tag": "piano", **NO}, track(tags=["choir"]), track(tags=["piano"]), None),
    "years": (
        {"kind": "years", "year_from": 1990, "year_to": 1999, **YES},
        track(year=1990),
        track(year=2000),
        track(),
    ),
    "no years": (
        {"kind": "years", "year_from": 1980, "year_to": 1989, **NO},
        track(year=1990),
        track(year=1989),
        track(),
    ),
    "nothing after": ({"kind": "years", "year_to": 1995, **YES}, track(year=1995), track(year=1996), track()),
    "range": (
        {"kind": "range", "feature": "tempo", "low": 100, "high": 120},
        track(features={"tempo": 100}),
        track(features={"tempo": 121}),
        track(),
    ),
    "language": (
        {"kind": "language", "language": "fr", **YES},
        track(language="fr"),
        track(language="en"),
        track(),
    ),
    "no language": (
        {"kind": "language", "language": "en", **NO},
        track(language="fr"),
        track(language="en"),
        track(),
    ),
    "country": (
        {"kind": "country", "country": "FR", **YES},
        track(country="FR"),
        track(country="US"),
        track(),
    ),
    "no country": (
        {"kind": "country", "country": "US", **NO},
        track(country="FR"),
        track(country="US"),
        track(),
    ),
    "clean": ({"kind": "explicit", "allowed": False}, track(explicit=False), track(explicit=True), None),
    "instrumental": (
        {"kind": "vocals", "vocals": "instrumental"},
        track(language="zxx"),
        track(language="en"),
        track(),
    ),
    "version": ({"kind": "version", "version": "live", **YES}, track(title="Clocks - Live"), track(), None),
    "no version": (
        {"kind": "version", "version": "live", **NO},
        track(),
        track(title="Clocks (Live in Sydney)"),
        None,
    ),
    "a version by its tag": (
        {"kind": "version", "version": "acoustic", **NO},
        track(tags=["piano"]),
        track(tags=["acoustic"]),
        None,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_holds_of_each_kind(name):
    fields, right, wrong, silent = RULES[name]
    constraint = make_constraint(**fields)
    assert judged(constraint, right) is True
    assert judged(constraint, wrong) is False
    if silent is not None:
        assert judged(constraint, silent) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "artist", "name": "Coldplay", "relation": "seed"},
        {"kind": "track", "title": "Clocks", **YES},
        {"kind": "mood", "mood": "sad", **YES},
        {"kind": "tag", "tag": "piano", **YES},
        {"kind": "explicit", "allowed": True},
        {"kind": "count", "count": 5},
        {"kind": "per_artist", "at_most": 1},
        {"kind": "new_artists"},
        {"kind": "own_listening", "source": "top", **NO},
        {"kind": "uncheckable", "what": "from a film", "hard": False},
    ],
)
def test_holds_of_a_constraint_that_no_single_record_tells_of_is_none(fields):
    assert judged(make_constraint(**fields), track()) is None


@pytest.mark.parametrize("name", RULES)
def test_rules_out_is_of_what_keeps_something_out(name):
    fields = RULES[name][0]
    is_against = fields.get("relation") in ("rejected", "satisfied") or name in ("clean", "nothing after")
    assert rules_out(make_constraint(**fields)) is is_against


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


def test_any_holds_is_true_by_one_and_unknown_before_false():
    answer = make_answer([track(genres=["jazz"])])
    pick = answer["recommendations"][0]
    jazz, rock = (make_constraint(kind="genre", genre=genre, **YES) for genre in ("jazz", "rock"))
    old = make_constraint(kind="years", year_to=1960, **YES)
    assert any_holds([rock, jazz], pick, answer) is True
    assert any_holds([rock, old], pick, answer) is None
    assert any_holds([rock], pick, answer) is False
