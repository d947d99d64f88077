"""What may be in a rule: the wishes that one track can be held against, clean words, times with a zone."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from pydantic_core import PydanticCustomError

from src.constraints.models.brief import Constraint, RangeConstraint, YearsConstraint

# As long as the names and titles of a catalogue may be.
MAX_CONSTRAINT_CHARACTERS = 500
_YEARS = range(1, 10_000)

_AGAINST = frozenset({"rejected", "satisfied", "contrast"})
_EITHER = frozenset({"wanted", "rejected"})
_NO_RELATION = frozenset({""})
# The kinds of wishes that a rule may hold, each with the relations it may have; any other is refused. What is
# left out is about the list (`count`), about one conversation (`new_artists`), or what every other track
# would fail (`only Drake`).
RELATIONS: Mapping[str, frozenset[str]] = {
    "artist": _AGAINST,
    "track": _AGAINST,
    "genre": _EITHER,
    "mood": frozenset({"rejected"}),
    "tag": frozenset({"rejected"}),
    "years": _EITHER,
    "range": _NO_RELATION,
    "language": _EITHER,
    "country": _EITHER,
    "explicit": _NO_RELATION,
    "vocals": _NO_RELATION,
    "version": _EITHER,
    "per_artist": _NO_RELATION,
}


def refusal(constraint: Constraint) -> str | None:
    """Why the wish cannot be part of a rule; None when it can."""
    if constraint["kind"] not in RELATIONS:
        return "a rule cannot hold a wish of this kind"
    if constraint.get("relation", "") not in RELATIONS[constraint["kind"]]:
        return "a rule cannot hold a wish of this kind with this relation"
    if not constraint["hard"]:
        return "a wish of a rule must be hard"
    texts = [value for value in cast("Mapping[str, object]", constraint).values() if isinstance(value, str)]
    if any(not text.strip() or len(text) > MAX_CONSTRAINT_CHARACTERS for text in texts):
        return f"a text of a wish has 1 to {MAX_CONSTRAINT_CHARACTERS} characters"
    match constraint["kind"]:
        case "years":
            return _years_refusal(constraint)
        case "range":
            return _range_refusal(constraint)
        case "explicit" if constraint["allowed"]:
            return "that explicit words are allowed restricts nothing"
        case _:
            return None


def check_kind(value: object) -> object:
    """Refuse a wish of a kind that no rule holds before it is read: pydantic's own message echoes it."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in RELATIONS:
        raise PydanticCustomError("wish_kind", "a rule cannot hold a wish of this kind")
    return value


def check_constraint(constraint: Constraint) -> Constraint:
    """The wish, when a rule may hold it."""
    reason = refusal(constraint)
    if reason is not None:
        # The reason goes in as a value: a message type must be a constant.
        raise PydanticCustomError("wish", "{reason}", {"reason": reason})
    return constraint


def clean_words(text: str) -> str:
    """The words on one line, without control characters and needless blanks; something must be left."""
    readable = "".join(
        character if character.isprintable() or ord(character) > 0x9F else " " for character in text
    )
    words = " ".join(readable.split())
    if not words:
        raise PydanticCustomError("words", "there are no words in it")
    return words


def utc_time(text: str) -> str:
    """An ISO time with its zone as the same moment in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("time", "a date and time with its zone, such as 2026-12-24T18:00:00+01:00")


def _years_refusal(constraint: YearsConstraint) -> str | None:
    bounds = [constraint[side] for side in ("year_from", "year_to") if side in constraint]
    if not bounds:
        return "years need a first or a last one"
    if any(year not in _YEARS for year in bounds) or bounds != sorted(bounds):
        return "years go from an earlier one to a later one"
    return None


def _range_refusal(constraint: RangeConstraint) -> str | None:
    bounds = [constraint[side] for side in ("low", "high") if side in constraint]
    if not bounds:
        return "a range needs `low` or `high`"
    if not all(map(math.isfinite, bounds)) or bounds != sorted(bounds):
        return "a range goes from a lower number to a higher one"
    return None
