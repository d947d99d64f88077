"""From the flat form in which a model or a client writes a wish to the wish itself."""

import pytest
from pydantic import TypeAdapter

from src.constraints.entries import is_meant, is_said, to_constraint
from src.constraints.models.brief import CONSTRAINT
from src.constraints.models.entry import BriefEntry, ConstraintKind
from src.errors import InvalidInput

_ENTRY = TypeAdapter(BriefEntry)
_KINDS = ConstraintKind.__value__.__args__


def constraint(kind, *, hard=True, **fields):
    return CONSTRAINT.validate_python({"kind": kind, "hard": hard, "words": "w", "turn": 1, **fields})


def artist(name, relation="rejected"):
    return constraint("artist", name=name, relation=relation)


def years(first=None, last=None):
    bounds = {name: year for name, year in (("year_from", first), ("year_to", last)) if year is not None}
    return constraint("years", relation="wanted", **bounds)


ENTRIES: list[tuple[dict[str, object], dict[str, object]]] = [
    ({"kind": "artist", "value": "Drake"}, {"name": "Drake", "relation": "wanted", "hard": False}),
    ({"kind": "artist", "value": "Drake", "relation": "rejected"}, {"name": "Drake", "hard": True}),
    ({"kind": "artist", "value": "Drake", "relation": "satisfied"}, {"hard": True}),
    ({"kind": "artist", "value": "Drake", "relation": "seed"}, {"relation": "seed", "hard": False}),
    ({"kind": "artist", "value": "Drake", "relation": "contrast"}, {"hard": False}),
    ({"kind": "artist", "value": "Drake", "hard": True}, {"hard": True}),
    ({"kind": "artist", "value": "Drake", "relation": "rejected", "hard": False}, {"hard": False}),
    (
        {"kind": "track", "value": "Clocks", "artist": "Coldplay", "relation": "seed"},
        {"title": "Clocks", "artist": "Coldplay", "relation": "seed"},
    ),
    ({"kind": "track", "value": "Clocks"}, {"title": "Clocks", "artist": None, "track_id": None}),
    ({"kind": "genre", "value": "Jazz"}, {"genre": "jazz", "relation": "wanted", "hard": False}),
    ({"kind": "genre", "value": "jazz", "relation": "rejected"}, {"relation": "rejected", "hard": True}),
    ({"kind": "mood", "value": "Chill"}, {"mood": "mellow"}),
    ({"kind": "mood", "value": "sad"}, {"mood": "sad", "relation": "wanted"}),
    ({"kind": "tag", "value": "Female Vocals"}, {"tag": "female vocals", "relation": "wanted"}),
    ({"kind": "years", "high": 1995, "hard": True}, {"year_from": None, "year_to": 1995, "hard": True}),
    ({"kind": "years", "low": 1980, "high": 1989, "relation": "rejected"}, {"year_from": 1980, "hard": True}),
    ({"kind": "range", "value": "tempo", "low": 100}, {"feature": "tempo", "low": 100, "high": None}),
    ({"kind": "range", "value": "Energy", "high": 0.3}, {"feature": "energy", "high": 0.3, "hard": False}),
    ({"kind": "language", "value": "French"}, {"language": "fr", "relation": "wanted"}),
    ({"kind": "language", "value": "is"}, {"language": "is"}),
    ({"kind": "country", "value": "Iceland"}, {"country": "IS"}),
    ({"kind": "country", "value": "Icelandic"}, {"country": "IS"}),
    ({"kind": "country", "value": "is", "relation": "rejected"}, {"country": "IS", "hard": True}),
    ({"kind": "explicit", "value": "clean"}, {"allowed": False, "hard": True}),
    ({"kind": "explicit"}, {"allowed": False, "hard": True}),
    ({"kind": "explicit", "value": "allowed"}, {"allowed": True, "hard": False}),
    ({"kind": "vocals", "value": "Instrumental"}, {"vocals": "instrumental"}),
    ({"kind": "vocals", "value": "vocal"}, {"vocals": "vocal", "hard": False}),
    ({"kind": "version", "value": "Live", "relation": "rejected"}, {"version": "live", "hard": True}),
    ({"kind": "new_artists"}, {"hard": True}),
    ({"kind": "count", "number": 7}, {"count": 7, "hard": True}),
    ({"kind": "per_artist", "number": 2}, {"at_most": 2, "hard": True}),
    ({"kind": "uncheckable", "value": "a key change", "hard": True}, {"what": "a key change", "hard": False}),
]


@pytest.mark.parametrize(("entry", "expected"), ENTRIES)
def test_to_constraint_each_kind(entry, expected):
    made = to_constraint(_ENTRY.validate_python(entry | {"words": "as said"}), 3)
    assert {key: made.get(key) for key in expected} == expected
    assert (made["kind"], made["words"], made["turn"]) == (entry["kind"], "as said", 3)


def test_to_constraint_is_tested_for_every_kind():
    assert {entry["kind"] for entry, _ in ENTRIES} == set(_KINDS)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        *(
            ({"kind": kind}, f"{kind} needs a value")
            for kind in _KINDS
            if kind not in ("years", "explicit", "new_artists", "count", "per_artist")
        ),
        ({"kind": "count"}, "count needs a number"),
        ({"kind": "per_artist"}, "per_artist needs a number"),
        ({"kind": "years"}, "years needs `low` or `high`"),
        ({"kind": "range", "value": "tempo"}, "range needs `low` or `high`"),
        ({"kind": "range", "value": "shoe size", "low": 1}, "range cannot be read"),
        ({"kind": "vocals", "value": "whistled"}, "vocals cannot be read"),
        ({"kind": "genre", "value": "jazz", "relation": "seed"}, "genre cannot be read"),
        ({"kind": "years", "low": 1990, "relation": "contrast"}, "years cannot be read"),
    ],
)
def test_to_constraint_says_what_is_wrong(entry, message):
    with pytest.raises(InvalidInput, match=message):
        to_constraint(_ENTRY.validate_python(entry | {"words": "w"}), 1)


@pytest.mark.parametrize(
    ("removal", "made", "meant"),
    [
        ({"kind": "artist"}, artist("Drake"), True),
        ({"kind": "artist", "value": "DRAKE"}, artist("Drake"), True),
        ({"kind": "artist", "value": "sigur ros"}, artist("Sigur Rós"), True),
        ({"kind": "artist", "value": "no Drake"}, artist("Drake"), True),
        ({"kind": "artist", "value": "Eminem"}, artist("Drake"), False),
        ({"kind": "genre"}, artist("Drake"), False),
        ({"kind": "track", "value": "Clocks"}, constraint("track", title="Clocks", relation="seed"), True),
        ({"kind": "mood", "value": "chill"}, constraint("mood", mood="mellow", relation="wanted"), True),
        (
            {"kind": "language", "value": "French"},
            constraint("language", language="fr", relation="wanted"),
            True,
        ),
        (
            {"kind": "country", "value": "Iceland"},
            constraint("country", country="IS", relation="wanted"),
            True,
        ),
        (
            {"kind": "country", "value": "France"},
            constraint("country", country="IS", relation="wanted"),
            False,
        ),
        ({"kind": "years"}, years(1990, 1999), True),
        ({"kind": "years", "value": "1990 to 1999"}, years(1990, 1999), True),
        ({"kind": "years", "value": "1980 to 1989"}, years(1990, 1999), False),
        ({"kind": "range", "value": "tempo"}, constraint("range", feature="tempo", low=90), True),
        ({"kind": "range", "value": "energy"}, constraint("range", feature="tempo", low=90), False),
        ({"kind": "count"}, constraint("count", count=5), True),
    ],
)
def test_is_meant_by_kind_and_value(removal, made, meant):
    assert is_meant(removal, made) is meant


@pytest.mark.parametrize(
    ("made", "words", "said"),
    [
        (artist("Radiohead"), "no radiohed", True),
        (artist("The Beatles"), "the songs", False),
        (constraint("track", title="Clocks", relation="seed"), "songs like clocks", True),
        (constraint("track", title="Clocks", relation="seed"), "songs like yellow", False),
        (constraint("genre", genre="dream pop", relation="rejected"), "no dreampop", True),
        (constraint("genre", genre="dream pop", relation="rejected"), "no shoegaze", False),
        (constraint("mood", mood="sad", relation="rejected"), "nothing sad", True),
        (constraint("mood", mood="sad", relation="rejected"), "nothing upbeat", False),
        (constraint("tag", tag="piano", relation="rejected"), "no piano", True),
        (constraint("tag", tag="piano", relation="rejected"), "no guitars", False),
        (constraint("version", version="live", relation="rejected"), "no live ones", True),
        (constraint("version", version="live", relation="rejected"), "no remixes", False),
        (years(1990, 1999), "from the 90s", True),
        (years(1990, 1999), "1990s", True),
        (years(2000, 2009), "the 00s", True),
        (years(None, 1999), "before 2000", True),
        (years(2001), "after 2000", True),
        (years(1990, 1999), "something nice", False),
        (years(1990, 1999), "from the 80s", False),
        (years(1975, 1999), "since 1975", False),
        (constraint("range", feature="tempo", high=120), "under 120 bpm", True),
        (constraint("range", feature="tempo", low=90, high=120), "under 120 bpm", False),
        (constraint("range", feature="duration_s", high=30), "thirty seconds at most", True),
        (constraint("range", feature="energy", low=0.8), "with energy", False),
        (constraint("count", count=7), "seven songs", True),
        (constraint("count", count=7), "7 songs", True),
        (constraint("count", count=12), "a dozen songs", True),
        (constraint("count", count=7), "songs", False),
        (constraint("per_artist", at_most=2), "two per artist", True),
        (constraint("per_artist", at_most=2), "one per artist", False),
        (constraint("language", language="fr", relation="wanted"), "in French please", True),
        (constraint("language", language="fr", relation="wanted"), "in German please", False),
        (constraint("country", country="FR", relation="wanted"), "from France", True),
        (constraint("country", country="FR", relation="wanted"), "French bands", True),
        (constraint("country", country="FR", relation="wanted"), "German bands", False),
        (constraint("new_artists"), "somebody else", True),
        (constraint("vocals", vocals="instrumental"), "no singing", True),
        (constraint("explicit", allowed=False), "for my children", True),
    ],
)
def test_is_said_when_the_words_hold_it(made, words, said):
    assert is_said(made, words) is said
