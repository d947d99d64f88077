import pytest

from src.constraints.models.brief import CONSTRAINT
from src.errors import InvalidInput
from src.preferences.reading import to_body
from src.preferences.rules import RELATIONS, refusal
from tests.preferences.rules import no_artist

_COMMON = {"hard": True, "words": "x", "turn": 0}


def _constraint(**fields):
    return CONSTRAINT.validate_python(_COMMON | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "artist", "name": "Drake", "relation": "satisfied"},
        {"kind": "track", "title": "Clocks", "relation": "contrast"},
        {"kind": "genre", "genre": "jazz", "relation": "wanted"},
        {"kind": "mood", "mood": "sad", "relation": "rejected"},
        {"kind": "tag", "tag": "piano", "relation": "rejected"},
        {"kind": "years", "year_to": 1995, "relation": "wanted"},
        {"kind": "range", "feature": "tempo", "low": 90, "high": 90},
        {"kind": "language", "language": "fr", "relation": "wanted"},
        {"kind": "country", "country": "FR", "relation": "rejected"},
        {"kind": "explicit", "allowed": False},
        {"kind": "vocals", "vocals": "instrumental"},
        {"kind": "version", "version": "live", "relation": "rejected"},
        {"kind": "per_artist", "at_most": 1},
    ],
)
def test_refusal_of_what_a_track_can_be_held_against_is_none(fields):
    assert refusal(_constraint(**fields)) is None
    assert fields["kind"] in RELATIONS


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "count", "count": 5}, "kind"),
        ({"kind": "new_artists"}, "kind"),
        ({"kind": "uncheckable", "what": "key change", "hard": False}, "kind"),
        ({"kind": "artist", "name": "Drake", "relation": "wanted"}, "relation"),
        ({"kind": "artist", "name": "Drake", "relation": "seed"}, "relation"),
        ({"kind": "track", "title": "Clocks", "relation": "wanted"}, "relation"),
        ({"kind": "mood", "mood": "sad", "relation": "wanted"}, "relation"),
        ({"kind": "tag", "tag": "piano", "relation": "wanted"}, "relation"),
        ({"kind": "genre", "genre": "jazz", "relation": "wanted", "hard": False}, "hard"),
        ({"kind": "genre", "genre": " ", "relation": "wanted"}, "characters"),
        ({"kind": "genre", "genre": "x" * 501, "relation": "wanted"}, "characters"),
        ({"kind": "years", "relation": "wanted"}, "first or a last"),
        ({"kind": "years", "relation": "wanted", "year_from": 2000, "year_to": 1990}, "earlier"),
        ({"kind": "years", "relation": "wanted", "year_from": 10**30}, "earlier"),
        ({"kind": "range", "feature": "tempo"}, "`low` or `high`"),
        ({"kind": "range", "feature": "tempo", "low": 2, "high": 1}, "lower"),
        ({"kind": "range", "feature": "tempo", "low": float("nan")}, "lower"),
        ({"kind": "explicit", "allowed": True}, "restricts nothing"),
    ],
)
def test_refusal_of_what_cannot_bind_says_why(fields, reason):
    assert reason in (refusal(_constraint(**fields)) or "")


def test_refusal_of_a_kind_that_the_table_does_not_know():
    constraint = no_artist(kind="perfume")
    assert refusal(constraint) == "a rule cannot hold a wish of this kind"
    with pytest.raises(InvalidInput, match=r"`wishes\.0`") as refused:
        to_body({"words": "x", "wishes": [constraint]})
    assert "perfume" not in refused.value.message


@pytest.mark.parametrize("words", ["", " \n ", "\x00\x1b", "x" * 501])
def test_to_body_when_there_are_no_words_or_too_many(words):
    with pytest.raises(InvalidInput, match="`words`"):
        to_body({"words": words})


def test_to_body_cleans_words_and_scope():
    body = to_body({"words": " never\x1b[31m\n Drake ", "scope": [" work\t "]})
    assert body == {"words": "never [31m Drake", "scope": ["work"]}
