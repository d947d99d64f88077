"""The constraints of a brief, judged again: which of them keep something out, and which are alternatives."""

from collections.abc import Iterator, Sequence

from src.catalogue.models.track import Track
from src.constraints.models.brief import Constraint
from src.evaluation.track_judge import is_against, meets

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
    return is_against(constraint)


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


def meets_any(group: Sequence[Constraint], track: Track) -> bool | None:
    """Whether the track meets one constraint of a group; None when it meets none and one is unknown."""
    verdicts = [meets(constraint, track) for constraint in group]
    if True in verdicts:
        return True
    return None if None in verdicts else False
