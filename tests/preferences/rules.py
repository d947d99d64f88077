"""Rules and wishes to test with, and strategies for any that may stand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from hypothesis import strategies as st

from src.constraints.models.brief import CONSTRAINT, Constraint
from src.preferences.models.taste_rule import (
    MAX_SCOPE_CHARACTERS,
    MAX_WORDS_CHARACTERS,
    TASTE_RULE,
    TasteRule,
)
from src.preferences.rules import MAX_CONSTRAINT_CHARACTERS, RELATIONS, clean_words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def no_artist(name: str = "Drake", **fields) -> Constraint:
    constraint: Constraint = {
        "kind": "artist",
        "name": name,
        "relation": "rejected",
        "hard": True,
        "words": name,
        "turn": 0,
    }
    return cast("Constraint", constraint | fields)


def make_rule(id_: str = "r1", minutes: int = 0, **fields) -> TasteRule:
    """A rule that was made some minutes after `NOW`."""
    rule: TasteRule = {
        "id": id_,
        "words": "never Drake",
        "wishes": [no_artist()],
        "scope": [],
        "created_at": (NOW + timedelta(minutes=minutes)).isoformat(),
    }
    return cast("TasteRule", rule | fields)


def _texts(longest: int) -> st.SearchStrategy[str]:
    # Quotes, backslashes, hashes and brackets mean something to TOML.
    letters = st.one_of(st.sampled_from("\"'\\#[]{}=.,\x7f\u2028 \n\t"), st.characters(codec="utf-8"))
    return st.text(letters, min_size=1, max_size=longest)


def _clean(longest: int) -> st.SearchStrategy[str]:
    return (
        _texts(longest)
        .filter(lambda text: any(c.isprintable() and not c.isspace() for c in text))
        .map(clean_words)
    )


_CONSTRAINT_TEXTS = _texts(MAX_CONSTRAINT_CHARACTERS).filter(lambda text: text.strip())
_YEAR_SPANS = st.lists(st.integers(1, 9_999), min_size=2, max_size=2).map(sorted)
_NUMBER_SPANS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2).map(sorted)
_MOMENTS = st.integers(-(10**15), 10**17).map(
    lambda microseconds: (NOW + timedelta(microseconds=microseconds)).isoformat()
)
_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)


@st.composite
def _constraints(draw: st.DrawFn) -> Constraint:
    kind = draw(st.sampled_from(sorted(RELATIONS)))
    constraint: dict[str, object] = {
        "kind": kind,
        "hard": True,
        "words": draw(_CONSTRAINT_TEXTS),
        "turn": draw(st.integers(0, 2**40)),
    }
    relation = draw(st.sampled_from(sorted(RELATIONS[kind])))
    if relation:
        constraint["relation"] = relation
    match kind:
        case "artist":
            constraint["name"] = draw(_CONSTRAINT_TEXTS)
        case "track":
            constraint["title"] = draw(_CONSTRAINT_TEXTS)
            constraint |= draw(
                st.fixed_dictionaries(
                    {}, optional={"artist": _CONSTRAINT_TEXTS, "track_id": _CONSTRAINT_TEXTS}
                )
            )
        case "years" | "range":
            sides = ("year_from", "year_to") if kind == "years" else ("low", "high")
            bounds: Sequence[float] = draw(_YEAR_SPANS) if kind == "years" else draw(_NUMBER_SPANS)
            kept = draw(st.sampled_from([(0, 1), (0,), (1,)]))
            constraint |= {sides[side]: bounds[side] for side in kept}
            if kind == "range":
                constraint["feature"] = draw(st.sampled_from(["tempo", "energy", "duration_s", "popularity"]))
        case "explicit":
            constraint["allowed"] = False
        case "vocals":
            constraint["vocals"] = draw(st.sampled_from(["instrumental", "vocal"]))
        case "per_artist":
            constraint["at_most"] = draw(st.integers(1, 50))
        case _:
            constraint[kind] = draw(_CONSTRAINT_TEXTS)
    return CONSTRAINT.validate_python(constraint)


def any_rules() -> st.SearchStrategy[list[TasteRule]]:
    """A few rules with every field and kind of wish that a rule may have."""
    rule = st.fixed_dictionaries(
        {
            "id": _IDS,
            "words": _clean(MAX_WORDS_CHARACTERS),
            "wishes": st.lists(_constraints(), min_size=1, max_size=3),
            "scope": st.lists(_clean(MAX_SCOPE_CHARACTERS), max_size=3),
            "created_at": _MOMENTS,
        },
        optional={
            "conversation_id": _texts(64),
            "turn_id": _texts(64),
            "expires_at": _MOMENTS,
        },
    ).map(TASTE_RULE.validate_python)
    return st.lists(rule, max_size=3)
