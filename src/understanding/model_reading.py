"""Two readers of one message: the rules, and the model, whose reading is added to the brief.

The model may add and tighten; what the rules reader or an earlier turn binds it can neither loosen nor take
back. Where both read one constraint differently the stricter reading counts, and the report says so.
"""

from collections.abc import Sequence

from src.constraints.checks import years_apart
from src.constraints.describe import constraint_subject, describe
from src.constraints.models.brief import Constraint, RangeConstraint, YearsConstraint
from src.schema import with_present

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
