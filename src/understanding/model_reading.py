"""Two readers of one message: what the model reads into the brief beside the rules reader.

The model may add and tighten; what the rules reader or an earlier turn binds it can neither loosen nor take
back. Where both read one wish differently the stricter reading stands, and the ledger says so.
"""

from collections.abc import Sequence

from src.constraints.checks import years_apart
from src.constraints.describe import describe, wish_subject
from src.constraints.models.brief import RangeWish, Wish, YearsWish

type Notes = dict[tuple[str, str], str]


def reconcile(wishes: Sequence[Wish], proposed: Sequence[Wish]) -> tuple[list[Wish], Notes]:
    """The wishes once a second reading is heard, and what the ledger has to say of each difference."""
    result = list(wishes)
    notes: Notes = {}
    for wish in proposed:
        place = next((place for place, other in enumerate(result) if _same_matter(wish, other)), None)
        if place is None:
            result.append(wish)
            continue
        first = result[place]
        result[place] = stricter(first, wish)
        if describe(first) != describe(wish):
            subject = (wish["kind"], wish_subject(first))
            notes[subject] = f"also read as “{describe(wish)}”; the stricter reading binds"
    return result, notes


def stricter(first: Wish, second: Wish) -> Wish:
    """Of two readings of one wish the one that leaves less; both bounds where both are bounds.

    A reading that binds is never loosened by one that does not.
    """
    if first["hard"] and not second["hard"]:
        return first
    if first["kind"] == "years" and second["kind"] == "years" and first["relation"] == second["relation"]:
        return first if years_apart(first, second) else _narrowed_years(first, second)
    if first["kind"] == "range" and second["kind"] == "range":
        return _narrowed_range(first, second)
    if first["kind"] == "count" and second["kind"] == "count":
        return min(first, second, key=lambda wish: wish["count"])
    if first["kind"] == "per_artist" and second["kind"] == "per_artist":
        return min(first, second, key=lambda wish: wish["at_most"])
    return second if second["hard"] and not first["hard"] else first


def _same_matter(one: Wish, other: Wish) -> bool:
    return one["kind"] == other["kind"] and wish_subject(one) == wish_subject(other)


def _narrowed_years(first: YearsWish, second: YearsWish) -> YearsWish:
    narrowed: YearsWish = {**first, "hard": first["hard"] or second["hard"]}
    starts = [wish["year_from"] for wish in (first, second) if "year_from" in wish]
    ends = [wish["year_to"] for wish in (first, second) if "year_to" in wish]
    if starts:
        narrowed["year_from"] = max(starts)
    if ends:
        narrowed["year_to"] = min(ends)
    return narrowed


def _narrowed_range(first: RangeWish, second: RangeWish) -> RangeWish:
    narrowed: RangeWish = {**first, "hard": first["hard"] or second["hard"]}
    lows = [wish["low"] for wish in (first, second) if "low" in wish]
    highs = [wish["high"] for wish in (first, second) if "high" in wish]
    if lows:
        narrowed["low"] = max(lows)
    if highs:
        narrowed["high"] = min(highs)
    return first if lows and highs and max(lows) > min(highs) else narrowed
