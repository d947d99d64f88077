"""Whether a track meets a constraint by its own record: the checkers of expectations, on one track at a time.

Apart from the code that reads constraints, enforces them and writes the report: a fault there must not hide
itself here.
"""

from collections.abc import Iterator, Sequence

from src.chat.models.answer import Answer, Recommendation
from src.constraints.models.brief import Constraint, RangeConstraint, TrackConstraint, YearsConstraint
from src.evaluation.models.case import Expectation, Named, ValueSpan, YearSpan
from src.evaluation.runner.list_checks import LIST_CHECKERS, History, Seen
from src.schema import with_present

_AGAINST = frozenset({"rejected", "satisfied", "contrast"})
# Of these kinds several wanted ones are alternatives: `jazz or blues`.
_WITH_ALTERNATIVES = frozenset({"artist", "genre", "language", "country", "version"})


def rules_out(constraint: Constraint) -> bool:
    """Whether a constraint keeps something out: `never`, `enough of it`, `clean only`, …"""
    match constraint["kind"]:
        case "explicit":
            return not constraint["allowed"]
        case "years" if constraint["relation"] == "wanted":
            return ("year_from" in constraint) != ("year_to" in constraint)
        case "own_listening":
            return False
    return "relation" in constraint and constraint["relation"] in _AGAINST


def holds(constraint: Constraint, pick: Recommendation, answer: Answer) -> bool | None:
    """Whether the track meets the constraint.

    None where its record does not tell; and of constraints about no single track, or that a record meets by
    more than its own words: moods and tags that are wanted, examples.
    """
    expect, is_inverted = _expectation(constraint)
    if not expect:
        return None
    if not _passes(expect, pick, answer, may_be_unknown=True):
        return is_inverted
    return not is_inverted if _passes(expect, pick, answer, may_be_unknown=False) else None


def alternatives(constraints: Sequence[Constraint]) -> Iterator[Sequence[Constraint]]:
    """The constraints in groups of which one must hold."""
    groups: dict[str, list[Constraint]] = {}
    for constraint in constraints:
        wanted = "relation" in constraint and constraint["relation"] == "wanted"
        is_span = constraint["kind"] == "years" and "year_from" in constraint and "year_to" in constraint
        if wanted and (constraint["kind"] in _WITH_ALTERNATIVES or is_span):
            groups.setdefault(constraint["kind"], []).append(constraint)
        else:
            yield [constraint]
    yield from groups.values()


def any_holds(group: Sequence[Constraint], pick: Recommendation, answer: Answer) -> bool | None:
    """Whether one constraint of a group holds; None when none does and one is unknown."""
    verdicts = [holds(constraint, pick, answer) for constraint in group]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def named_in(constraint: TrackConstraint) -> Named:
    """The track that a constraint names."""
    named: Named = {"title": constraint["title"]}
    return with_present(named, artist=constraint.get("artist"))


def _passes(expect: Expectation, pick: Recommendation, answer: Answer, *, may_be_unknown: bool) -> bool:
    track = pick["track"]
    # An alias is a name of the same artist, and some catalogues tag what others tell by the title.
    full: Recommendation = {
        **pick,
        "track": {
            **track,
            "artists": [*track["artists"], *track.get("aliases", [])],
            "versions": [*track["versions"], *track["tags"]],
        },
        "unchecked": ["unknown"] if may_be_unknown else [],
    }
    alone: Answer = {**answer, "recommendations": [full]}
    seen = Seen(alone, History(""))
    return not any(True for field in expect for _ in LIST_CHECKERS[field](expect, seen))


def _expectation(constraint: Constraint) -> tuple[Expectation, bool]:
    """What a one-track answer must be to meet the constraint, or (inverted) must not be; empty for none."""
    against = "relation" in constraint and constraint["relation"] in _AGAINST
    match constraint["kind"]:
        case "artist" if against:
            return {"none_by": [constraint["name"]]}, False
        case "artist" if constraint["relation"] == "wanted":
            return {"all_by": [constraint["name"]]}, False
        case "track" if against:
            return {"lacks": [named_in(constraint)]}, False
        case "genre":
            return (
                ({"no_genres": [constraint["genre"]]}, False)
                if against
                else ({"genres": {"any_of": [constraint["genre"]]}}, False)
            )
        case "mood" if against:
            return {"moods": {"any_of": [constraint["mood"]], "share": 1.0}}, True
        case "tag" if against:
            return {"no_tags": [constraint["tag"]]}, False
        case "years":
            return {"years": _span(constraint)}, against
        case "range":
            return {"values": [_bounds(constraint)]}, False
        case "language":
            return {"languages": [constraint["language"]]}, against
        case "country":
            return {"countries": [constraint["country"]]}, against
        case "explicit" if not constraint["allowed"]:
            return {"clean": True}, False
        case "vocals":
            return {"vocals": constraint["vocals"]}, False
        case "version":
            return {"versions": [constraint["version"]]}, against
        case _:
            return {}, False


def _span(constraint: YearsConstraint) -> YearSpan:
    span: YearSpan = {}
    return with_present(span, first=constraint.get("year_from"), last=constraint.get("year_to"))


def _bounds(constraint: RangeConstraint) -> ValueSpan:
    span: ValueSpan = {"feature": constraint["feature"]}
    return with_present(span, low=constraint.get("low"), high=constraint.get("high"))
