"""What binds one answer: the constraints of the brief and of the taste rules, without contradictions."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.catalogue.names import genre_key, genre_terms
from src.constraints.checks import are_alternatives, years_apart
from src.constraints.describe import constraint_subject
from src.constraints.models.brief import Brief, Constraint, RangeConstraint, YearsConstraint

# Voices in the tags of a track that is to be instrumental.
_VOICE_TAGS = frozenset(
    {"female vocals", "male vocals", "choir", "duet", "a cappella", "screaming", "spoken word"}
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A constraint that is not followed, and the firmer one that it contradicts."""

    constraint: Constraint
    by: Constraint


@dataclass(frozen=True, slots=True)
class Binding:
    """The constraints of one answer.

    `brief` and `rule_constraints` (of the taste rules) hold all of them; `set_aside` those that contradict a
    firmer one and are left out of `constraints`.
    """

    brief: tuple[Constraint, ...]
    rule_constraints: tuple[Constraint, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def constraints(self) -> list[Constraint]:
        """Those that retrieval and enforcement follow."""
        aside = {id(item.constraint) for item in self.set_aside}
        return [one for one in (*self.brief, *self.rule_constraints) if id(one) not in aside]


def bind(brief: Brief, rule_constraints: Sequence[Constraint] = ()) -> Binding:
    """Of two contradicting constraints, set the less firm one aside.

    A taste rule is firmer than the brief, a hard constraint than a soft one, a newer than an older, an
    exclusion than what it excludes, and within one turn what was said first.
    """
    constraints = [*((one, False) for one in rule_constraints), *((one, True) for one in brief["wishes"])]
    constraints.sort(key=lambda of: (of[1], not of[0]["hard"], -of[0]["turn"], not _excludes(of[0])))
    kept: list[Constraint] = []
    aside: list[SetAside] = []
    for constraint, _ in constraints:
        firmer = next((other for other in kept if contradict(constraint, other)), None)
        if firmer is None:
            kept.append(constraint)
        else:
            aside.append(SetAside(constraint, firmer))
    return Binding(tuple(brief["wishes"]), tuple(rule_constraints), tuple(aside))


def contradict(one: Constraint, other: Constraint) -> bool:
    """Whether no track can meet both."""
    if one["kind"] == other["kind"]:
        return _same_kind_contradict(one, other)
    return _needs_voices(one, other) or _needs_voices(other, one)


def _same_kind_contradict(one: Constraint, other: Constraint) -> bool:
    if one["kind"] == "vocals" and other["kind"] == "vocals":
        return one["vocals"] != other["vocals"]
    if one["kind"] == "explicit" and other["kind"] == "explicit":
        return one["allowed"] != other["allowed"]
    if one["kind"] == "years" and other["kind"] == "years":
        return _years_contradict(one, other)
    if one["kind"] == "range" and other["kind"] == "range":
        return one["feature"] == other["feature"] and _ranges_apart(one, other)
    return _wants_excluded(one, other) or _wants_excluded(other, one)


def _wants_excluded(one: Constraint, other: Constraint) -> bool:
    """Whether one asks for what the other, of the same kind, rules out; `like X` and `not by X` agree."""
    if "relation" not in one or one["relation"] != "wanted" or not _excludes(other):
        return False
    if one["kind"] == "genre" and other["kind"] == "genre":
        # `no rock` rules out `folk rock`; `no punk rock` leaves `rock`.
        return genre_key(other["genre"]) in genre_terms(one["genre"])
    return constraint_subject(one) == constraint_subject(other)


def _excludes(constraint: Constraint) -> bool:
    if constraint["kind"] == "explicit":
        return not constraint["allowed"]
    return "relation" in constraint and constraint["relation"] in ("rejected", "satisfied", "contrast")


def _needs_voices(silent: Constraint, other: Constraint) -> bool:
    if silent["kind"] != "vocals" or silent["vocals"] != "instrumental":
        return False
    if other["kind"] == "language":
        return other["relation"] == "wanted" and other["language"] != "zxx"
    return other["kind"] == "tag" and other["relation"] == "wanted" and other["tag"] in _VOICE_TAGS


def _years_contradict(one: YearsConstraint, other: YearsConstraint) -> bool:
    if one["relation"] == other["relation"]:
        wanted = one["relation"] == "wanted"
        return wanted and years_apart(one, other) and not are_alternatives(one, other)
    wanted_years, rejected_years = (one, other) if one["relation"] == "wanted" else (other, one)
    first, last = rejected_years.get("year_from", 0), rejected_years.get("year_to", 9999)
    return first <= wanted_years.get("year_from", 0) and wanted_years.get("year_to", 9999) <= last


def _ranges_apart(one: RangeConstraint, other: RangeConstraint) -> bool:
    lowest = max(one.get("low", float("-inf")), other.get("low", float("-inf")))
    return lowest > min(one.get("high", float("inf")), other.get("high", float("inf")))
