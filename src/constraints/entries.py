"""From the flat form of a constraint, as a model or a client writes it, to a constraint of the brief."""

import re

from pydantic import ValidationError
from rapidfuzz import fuzz

from src.catalogue.names import name_key
from src.constraints.describe import VALUE_FIELD, constraint_subject, constraint_value, describe
from src.constraints.models.brief import CONSTRAINT, Constraint
from src.constraints.models.entry import BriefEntry, BriefRemoval
from src.errors import InvalidInput
from src.lexicon.numbers import NUMBER, number_of
from src.lexicon.vocabulary import COUNTRIES, DEMONYMS, LANGUAGES, MOODS, VAGUE_NUMBERS

# As alike, of 100, as a name and the listener's own spelling of it.
_SAME_NAME = 85
_EXCLUDING = frozenset({"rejected", "satisfied"})
_BINDING_KINDS = frozenset({"count", "per_artist", "new_artists"})
_NEEDS_RELATION = frozenset(
    {"artist", "track", "genre", "mood", "tag", "years", "language", "country", "version"}
)


def to_constraint(entry: BriefEntry, turn: int) -> Constraint:
    """The constraint that an entry describes.

    Raises:
        InvalidInput: a value is missing, or cannot be; the message says which.
    """
    kind = entry["kind"]
    fields: dict[str, object] = {"kind": kind, "words": entry["words"], "turn": turn}
    fields["hard"] = entry.get("hard", _binds(entry))
    if kind in _NEEDS_RELATION:
        fields["relation"] = entry.get("relation", "wanted")
    if kind in VALUE_FIELD:
        if "value" not in entry:
            raise InvalidInput(f"A wish of kind {kind} needs a value.")
        fields[VALUE_FIELD[kind]] = _spelled(kind, entry["value"])
    match kind:
        case "track" if "artist" in entry:
            fields["artist"] = entry["artist"]
        case "explicit":
            fields["allowed"] = entry.get("value", "clean") == "allowed"
        case "count" | "per_artist":
            if "number" not in entry:
                raise InvalidInput(f"A wish of kind {kind} needs a number.")
            fields["count" if kind == "count" else "at_most"] = entry["number"]
        case "years":
            fields |= {f"year_{side}": int(bound) for side, bound in _bounds(entry, "from", "to").items()}
        case "range":
            fields |= _bounds(entry, "low", "high")
        case "uncheckable":
            fields["hard"] = False
    try:
        return CONSTRAINT.validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise InvalidInput(f"A wish of kind {kind} cannot be read: {first['msg']}.") from None


def is_meant(removal: BriefRemoval, constraint: Constraint) -> bool:
    """Whether a removal is about the constraint: by its kind, and its subject where one is given."""
    if removal["kind"] != constraint["kind"]:
        return False
    if "value" not in removal:
        return True
    return name_key(_spelled(removal["kind"], removal["value"])) in (
        name_key(constraint_subject(constraint)),
        name_key(describe(constraint)),
    )


def is_said(constraint: Constraint, words: str) -> bool:
    """Whether the words hold what the constraint is about: its name, or its numbers."""
    key = name_key(words)
    said = set(key.split())
    numbers = {f"{number_of(match[0]):g}" for match in re.finditer(NUMBER, key)}
    numbers |= {str(number) for phrase, number in VAGUE_NUMBERS.items() if f" {phrase} " in f" {key} "}
    match constraint["kind"]:
        case "years":
            bounds = [constraint.get("year_from"), constraint.get("year_to")]
            return all(_year_said(bound, said) for bound in bounds if bound is not None)
        case "range":
            values = [constraint.get("low"), constraint.get("high")]
            return all(f"{value:g}" in said | numbers for value in values if value is not None)
        case "count":
            return str(constraint["count"]) in said | numbers
        case "per_artist":
            return str(constraint["at_most"]) in said | numbers
        case "artist" | "track" | "genre" | "mood" | "tag" | "version":
            return fuzz.partial_ratio(name_key(constraint_value(constraint)), key) >= _SAME_NAME
        case "language":
            return any(LANGUAGES.get(word) == constraint["language"] for word in said)
        case "country":
            return any(constraint["country"] in (COUNTRIES.get(word), DEMONYMS.get(word)) for word in said)
        case _:
            return True


def _binds(entry: BriefEntry) -> bool:
    if entry["kind"] in _BINDING_KINDS or entry.get("relation") in _EXCLUDING:
        return True
    return entry["kind"] == "explicit" and entry.get("value", "clean") != "allowed"


def _spelled(kind: str, value: str) -> str:
    """Names of languages and countries as codes, moods and the like as catalogues write them."""
    key = name_key(value)
    match kind:
        case "language":
            return LANGUAGES.get(key, key)
        case "country":
            return COUNTRIES.get(key) or DEMONYMS.get(key) or value.upper()
        case "mood":
            return MOODS.get(key, key)
        case "artist" | "track" | "uncheckable":
            return value
        case _:
            return value.lower()


def _bounds(entry: BriefEntry, low: str, high: str) -> dict[str, float]:
    if "low" not in entry and "high" not in entry:
        raise InvalidInput(f"A wish of kind {entry['kind']} needs `low` or `high`.")
    bounds = {low: entry.get("low"), high: entry.get("high")}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _year_said(year: int, said: set[str]) -> bool:
    """`1990` is said by `1990`, by `1990s`, and with its neighbours by `90s`."""
    near = {str(year), str(year - 1), str(year + 1)}
    decade = year // 10 * 10
    return bool(said & (near | {f"{decade}s", f"{decade % 100:02d}s"}))
