"""The search: from a plain order, replace and swap while it helps, then shake what is there and try again.

It counts its steps rather than its time, so that a slow machine gives the same list as a fast one; the time
limit is a net below it.
"""

from collections.abc import Callable

import numpy as np

from src.curation.draft import Draft
from src.curation.problem import Numbers

type HasTime = Callable[[], bool]

# Places looked at, for each list and for each place of it; a list of 50 is settled within them.
_STEPS = 800
_STEPS_A_PLACE = 24
ROUNDS = 12
_SHAKEN = 0.12
_GAIN = 1e-9


def improve(
    draft: Draft, start: Numbers, rng: np.random.Generator, has_time: HasTime, rounds: int
) -> Numbers:
    """The best list found from the start; the draft holds it afterwards."""
    draft.load(start)
    steps = _STEPS + _STEPS_A_PLACE * len(start)
    steps -= _settle(draft, rng, steps, has_time)
    best, best_cost = draft.sequence.copy(), draft.cost()
    for _ in range(rounds):
        if steps <= 0 or not has_time():
            break
        _shake(draft, rng)
        steps -= _settle(draft, rng, steps, has_time)
        cost = draft.cost()
        if cost < best_cost - _GAIN:
            best, best_cost = draft.sequence.copy(), cost
        else:
            draft.load(best)
    draft.load(best)
    return best


def _settle(draft: Draft, rng: np.random.Generator, steps: int, has_time: HasTime) -> int:
    """Take every single change that helps until none does; how many places it looked at."""
    count, taken = len(draft.sequence), 0
    changed = True
    while changed and taken < steps and has_time():
        changed = False
        for place in rng.permutation(count):
            taken += 1
            changed |= _replace(draft, int(place))
        for place in rng.permutation(count):
            changed |= _swap(draft, int(place))
    return taken


def _replace(draft: Draft, place: int) -> bool:
    if not draft.is_replaceable(place):
        return False
    costs = draft.replacements(place)
    best = int(np.argmin(costs))
    if costs[best] >= costs[draft.sequence[place]] - _GAIN:
        return False
    draft.put(place, best)
    return True


def _swap(draft: Draft, place: int) -> bool:
    if draft.fixed[place]:
        return False
    delta = draft.swaps(place)
    best = int(np.argmin(delta))
    if delta[best] >= -_GAIN:
        return False
    draft.swap(place, best)
    return True


def _shake(draft: Draft, rng: np.random.Generator) -> None:
    """Put other allowed tracks, good ones for their places, at a few places."""
    places = [place for place in range(len(draft.sequence)) if draft.is_replaceable(place)]
    if not places:
        return
    for place in rng.choice(places, size=min(len(places), 1 + int(_SHAKEN * len(places))), replace=False):
        costs = draft.replacements(int(place))
        costs[draft.sequence[place]] = np.inf
        near = np.argsort(costs, kind="stable")[: 1 + len(costs) // 20]
        near = near[np.isfinite(costs[near])]
        if near.size:
            draft.put(int(place), int(rng.choice(near)))
