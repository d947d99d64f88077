"""The brief carried on: what a new message adds, replaces and takes back, as rules and models read it."""

from collections.abc import Sequence

from src.catalogue.names import genre_key, genre_terms, name_key
from src.constraints.checks import years_apart
from src.constraints.describe import constraint_subject, describe
from src.constraints.models.brief import (
    Brief,
    Constraint,
    MoodConstraint,
    RangeConstraint,
    Relation,
    YearsConstraint,
)
from src.lexicon.vocabulary import MOOD_SOUND
from src.schema import with_present
from src.understanding.message import Reading

# Of these kinds only the newest constraint counts.
_SINGLE = frozenset({"explicit", "vocals", "count", "per_artist", "new_artists"})
# Constraints of these kinds hold for one turn: `another artist` is about this answer.
_FOR_ONE_TURN = frozenset({"new_artists", "count"})
_NAMES = frozenset({"artist", "track"})
# Of these, what is asked for now takes the place of what was asked for before.
_ONE_AT_A_TIME = frozenset({"language", "country", "own_listening"})
# Each is held against every track that is considered, and against each other.
MAX_CONSTRAINTS = 100
# The words of the message that named them, and no others, are searched by meaning after this many letters.
_TEXT_LIMIT = 600


def merge_reading(brief: Brief, reading: Reading) -> Brief:
    """The brief after one more message."""
    carried = [] if reading.start_over else _carried(brief["wishes"], reading)
    merged = bounded_constraints(add_constraints(carried, [*reading.constraints, *_of_them(brief, reading)]))
    earlier = "" if reading.start_over else _without_taken_back(brief, reading)
    return {"text": _merge_text(earlier, reading.text), "turn": brief["turn"] + 1, "wishes": merged}


def add_constraints(carried: list[Constraint], new: list[Constraint]) -> list[Constraint]:
    """The constraints with the new ones: a new one replaces the earlier ones about the same thing."""
    kept = [constraint for constraint in carried if not any(_replaces(other, constraint) for other in new)]
    merged: list[Constraint] = []
    for constraint in [*kept, *new]:
        if constraint not in merged and not any(_says_the_same(constraint, other) for other in merged):
            merged.append(constraint)
    return merged


def bounded_constraints(constraints: list[Constraint]) -> list[Constraint]:
    """As many as a brief may hold, in their order: what binds stays, and of the rest the oldest go first."""
    if len(constraints) <= MAX_CONSTRAINTS:
        return constraints
    hard = [constraint["hard"] for constraint in constraints]
    first = sorted(
        range(len(constraints)), key=lambda place: (not hard[place], place if hard[place] else -place)
    )
    kept = set(first[:MAX_CONSTRAINTS])
    return [constraint for place, constraint in enumerate(constraints) if place in kept]


def _says_the_same(one: Constraint, other: Constraint) -> bool:
    same = one["kind"] == other["kind"] and one["turn"] == other["turn"] and describe(one) == describe(other)
    return same and (other["hard"] or not one["hard"])


def _carried(constraints: list[Constraint], reading: Reading) -> list[Constraint]:
    """The constraints of the brief that the message leaves, before its own are added."""
    kept = [
        constraint
        for constraint in constraints
        if constraint["kind"] not in _FOR_ONE_TURN and not _taken_back(constraint, reading)
    ]
    others = any(constraint["kind"] == "new_artists" for constraint in reading.constraints)
    kept = [_as_example(constraint, others=others) for constraint in kept]
    if reading.adds:
        return kept
    return [
        constraint
        for constraint in kept
        if not any(_displaces(new, constraint, reading) for new in reading.constraints)
    ]


def _of_them(brief: Brief, reading: Reading) -> list[Constraint]:
    """The artist that a pronoun means: the one that the message named last, or else the brief."""
    if reading.of_them is None:
        return []
    named = [*brief["wishes"], *reading.undone, *reading.constraints]
    names = [name for constraint in named if (name := _artist_of(constraint)) is not None]
    return [] if not names else [_by(names[-1], reading.of_them, brief["turn"] + 1)]


def _artist_of(constraint: Constraint) -> str | None:
    if constraint["kind"] == "artist":
        return constraint["name"]
    return constraint.get("artist") if constraint["kind"] == "track" else None


def _by(name: str, relation: Relation, turn: int) -> Constraint:
    return {"kind": "artist", "name": name, "relation": relation, "hard": True, "words": name, "turn": turn}


def _as_example(constraint: Constraint, *, others: bool) -> Constraint:
    """A track that was asked for has been given, and what follows is to be like it; so with an artist, once
    others are asked for.
    """
    if constraint["kind"] == "track" and constraint["relation"] == "wanted":
        return {**constraint, "relation": "seed", "hard": False}
    if constraint["kind"] == "artist" and constraint["relation"] == "wanted" and others:
        return {**constraint, "relation": "seed", "hard": False}
    return constraint


def _displaces(new: Constraint, old: Constraint, reading: Reading) -> bool:
    """Whether what is asked for now takes the place of something else that was asked for before."""
    if not (_asks(new) and _asks(old)):
        return False
    if new["kind"] in _NAMES:
        return old["kind"] in _NAMES
    if new["kind"] != old["kind"]:
        return False
    if new["kind"] == "mood" and old["kind"] == "mood":
        return reading.switches or _moods_clash(new, old)
    if new["kind"] in ("genre", "tag"):
        return reading.switches or (new["hard"] and not old["hard"])
    return new["kind"] in _ONE_AT_A_TIME


def _asks(constraint: Constraint) -> bool:
    return "relation" in constraint and constraint["relation"] in ("wanted", "seed")


def _moods_clash(one: MoodConstraint, other: MoodConstraint) -> bool:
    """Whether no sound fits both: `sad` and `joyful`."""
    if one["mood"] not in MOOD_SOUND or other["mood"] not in MOOD_SOUND:
        return False
    feature, low, high = MOOD_SOUND[one["mood"]]
    other_feature, other_low, other_high = MOOD_SOUND[other["mood"]]
    apart = max(low or 0.0, other_low or 0.0) > min(high or 1.0, other_high or 1.0)
    return feature == other_feature and apart


def _replaces(new: Constraint, old: Constraint) -> bool:
    if new["kind"] == "years" and old["kind"] == "years":
        return _replaces_years(new, old)
    if new["kind"] != old["kind"]:
        return False
    return new["kind"] in _SINGLE or constraint_subject(new) == constraint_subject(old)


def _replaces_years(new: YearsConstraint, old: YearsConstraint) -> bool:
    """A bound keeps one on the other side and an era within it, and replaces any other."""
    if new["relation"] != old["relation"]:
        return not years_apart(new, old) and (new["hard"] or not old["hard"])
    if new["relation"] == "rejected":
        return False
    if not old["hard"] or years_apart(new, old):
        return True
    same_side = ("year_from" in new and "year_from" in old) or ("year_to" in new and "year_to" in old)
    return new["hard"] and same_side


def _taken_back(constraint: Constraint, reading: Reading) -> bool:
    if constraint["kind"] in reading.undone_kinds:
        return True
    return any(_is_about(undone, constraint) for undone in reading.undone)


def _is_about(undone: Constraint, constraint: Constraint) -> bool:
    if undone["kind"] == "years" and constraint["kind"] == "years":
        return not years_apart(undone, constraint)
    if undone["kind"] == "genre" and constraint["kind"] == "genre":
        return genre_key(undone["genre"]) in genre_terms(constraint["genre"])
    if undone["kind"] in _NAMES and constraint["kind"] in _NAMES:
        by = constraint.get("artist", "") if constraint["kind"] == "track" else ""
        return constraint_subject(undone) in (constraint_subject(constraint), name_key(by))
    return undone["kind"] == constraint["kind"] and constraint_subject(undone) == constraint_subject(
        constraint
    )


def _without_taken_back(brief: Brief, reading: Reading) -> str:
    """The words so far without those of constraints that are taken back."""
    text = brief["text"]
    for constraint in brief["wishes"]:
        if _taken_back(constraint, reading) and constraint["words"]:
            text = " ".join(text.replace(constraint["words"], " ").split())
    return text


def _merge_text(earlier: str, new: str) -> str:
    """The newest words first: they weigh most, and the oldest are cut."""
    if not new:
        return earlier
    return new[:_TEXT_LIMIT] if not earlier or earlier == new else f"{new}. {earlier}"[:_TEXT_LIMIT]


type Notes = dict[tuple[str, str], str]


def reconcile(
    constraints: Sequence[Constraint], proposed: Sequence[Constraint]
) -> tuple[list[Constraint], Notes]:
    """The constraints of both readings, and a note for the constraint report on each difference."""
    result = list(constraints)
    notes: Notes = {}
    for constraint in proposed:
        place = next((place for place, other in enumerate(result) if _same_matter(constraint, other)), None)
        if place is None:
            result.append(constraint)
            continue
        first = result[place]
        result[place] = stricter(first, constraint)
        if describe(first) != describe(constraint):
            subject = (constraint["kind"], constraint_subject(first))
            notes[subject] = f"also read as “{describe(constraint)}”; the stricter reading binds"
    return result, notes


def stricter(first: Constraint, second: Constraint) -> Constraint:
    """Of two readings of one constraint the one that allows less; both bounds where both are bounds.

    A reading that binds is never loosened by one that does not.
    """
    if first["hard"] and not second["hard"]:
        return first
    if first["kind"] == "years" and second["kind"] == "years" and first["relation"] == second["relation"]:
        return first if years_apart(first, second) else _narrowed_years(first, second)
    if first["kind"] == "range" and second["kind"] == "range":
        return _narrowed_range(first, second)
    if first["kind"] == "count" and second["kind"] == "count":
        return min(first, second, key=lambda constraint: constraint["count"])
    if first["kind"] == "per_artist" and second["kind"] == "per_artist":
        return min(first, second, key=lambda constraint: constraint["at_most"])
    return second if second["hard"] and not first["hard"] else first


def _same_matter(one: Constraint, other: Constraint) -> bool:
    return one["kind"] == other["kind"] and constraint_subject(one) == constraint_subject(other)


def _narrowed_years(first: YearsConstraint, second: YearsConstraint) -> YearsConstraint:
    narrowed: YearsConstraint = {**first, "hard": first["hard"] or second["hard"]}
    starts = [constraint["year_from"] for constraint in (first, second) if "year_from" in constraint]
    ends = [constraint["year_to"] for constraint in (first, second) if "year_to" in constraint]
    return with_present(narrowed, year_from=max(starts, default=None), year_to=min(ends, default=None))


def _narrowed_range(first: RangeConstraint, second: RangeConstraint) -> RangeConstraint:
    narrowed: RangeConstraint = {**first, "hard": first["hard"] or second["hard"]}
    lows = [constraint["low"] for constraint in (first, second) if "low" in constraint]
    highs = [constraint["high"] for constraint in (first, second) if "high" in constraint]
    low, high = max(lows, default=None), min(highs, default=None)
    is_empty = low is not None and high is not None and low > high
    return first if is_empty else with_present(narrowed, low=low, high=high)
