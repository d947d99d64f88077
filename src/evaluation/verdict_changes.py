"""What became of each wish between two ledgers."""

from collections.abc import Sequence

from src.wishes.models.brief import Constraint

_WORST_FIRST = ("unmet", "uncheckable", "relaxed", "met")


def verdict_changes(before: Sequence[Constraint], after: Sequence[Constraint]) -> tuple[list[str], list[str]]:
    """Lines that are better in the second ledger or new there, and those that are worse or gone."""
    one, other = _by_wish(before), _by_wish(after)
    gained: list[str] = []
    lost: list[str] = []
    for wish in dict.fromkeys([*one, *other]):
        was, now = one.get(wish), other.get(wish)
        if was == now:
            continue
        better = was is None or (now is not None and _WORST_FIRST.index(now) > _WORST_FIRST.index(was))
        (gained if better else lost).append(f"{wish[1]}: {was or 'not there'} → {now or 'not there'}")
    return gained, lost


def _by_wish(constraints: Sequence[Constraint]) -> dict[tuple[str, str], str]:
    return {(line["kind"], line["value"]): line["verdict"] for line in constraints}
