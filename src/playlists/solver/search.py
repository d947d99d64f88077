"""The search: from a plain order, replace and swap while it helps, then shake what is there and try again.

It counts its steps rather than its time, so that a slow machine gives the same list as a fast one; the time
limit is a net below it.
"""

from collections.abc import Callable, Iterable

import numpy as np

from src.playlists.solver.assignment import HARD, Draft
from src.playlists.solver.problem import Floats, Frame, Numbers, Problem

type HasTime = Callable[[], bool]

# Places looked at, for each list and for each place of it; a list of 50 is settled within them.
_STEPS = 800
_STEPS_A_PLACE = 12
ROUNDS = 8
_SHAKEN = 0.12
_GAIN = 1e-9


def improve(
    draft: Draft, start: Numbers, rng: np.random.Generator, has_time: HasTime, rounds: int
) -> Numbers:
    """The best list found from the start; the draft holds it afterwards."""
    draft.load(start)
    everywhere = range(len(start))
    steps = _STEPS + _STEPS_A_PLACE * len(start)
    steps -= _settle(draft, rng, everywhere, steps, has_time)
    best, best_cost = draft.sequence.copy(), draft.cost()
    for _ in range(rounds):
        if steps <= 0 or not has_time():
            break
        steps -= _settle(draft, rng, _shake(draft, rng), steps, has_time)
        cost = draft.cost()
        if cost < best_cost - _GAIN:
            best, best_cost = draft.sequence.copy(), cost
        else:
            draft.load(best)
    return best


def _settle(
    draft: Draft, rng: np.random.Generator, places: Iterable[int], steps: int, has_time: HasTime
) -> int:
    """Take every single change that helps, at these places and around what changes; how many it looked at."""
    count, taken = len(draft.sequence), 0
    open_ = sorted(places)
    while open_ and taken < steps and has_time():
        changed: set[int] = set()
        for place in rng.permutation(open_).tolist():
            taken += 1
            changed.update(_replace(draft, place), _swap(draft, place))
        open_ = sorted({near for at in changed for near in (at - 1, at, at + 1) if 0 <= near < count})
    return taken


def _replace(draft: Draft, place: int) -> tuple[int, ...]:
    """The places that changed."""
    if not draft.is_replaceable(place):
        return ()
    costs = draft.replacements(place)
    best = int(np.argmin(costs))
    if costs[best] >= costs[draft.sequence[place]] - _GAIN:
        return ()
    draft.put(place, best)
    return (place,)


def _swap(draft: Draft, place: int) -> tuple[int, ...]:
    """The places that changed."""
    if draft.fixed[place]:
        return ()
    delta = draft.swaps(place)
    best = int(np.argmin(delta))
    if delta[best] >= -_GAIN:
        return ()
    draft.swap(place, best)
    return (place, best)


def _shake(draft: Draft, rng: np.random.Generator) -> list[int]:
    """Put other allowed tracks, good ones for their places, at a few places; those and their neighbours."""
    count = len(draft.sequence)
    places = [place for place in range(count) if draft.is_replaceable(place)]
    if not places:
        return []
    shaken = rng.choice(places, size=min(len(places), 1 + int(_SHAKEN * len(places))), replace=False).tolist()
    for place in shaken:
        costs = draft.replacements(place)
        costs[draft.sequence[place]] = np.inf
        near = np.argsort(costs, kind="stable")[: 1 + len(costs) // 20]
        near = near[np.isfinite(costs[near])]
        if near.size:
            draft.put(place, int(rng.choice(near)))
    return sorted({near for at in shaken for near in (at - 1, at, at + 1) if 0 <= near < count})


# What being half a minute off the pace costs; below anything hard, since later tracks can make up for it.
_PACE = 1.0
_PACE_SECONDS = 30.0


def greedy_order(draft: Draft) -> Numbers:
    """A whole list, filled from the first place to the last; tracks that must be there come first of all."""
    problem, frame = draft.problem, draft.frame
    sequence = np.full(frame.count, -1, dtype=np.int64)
    for place, index in frame.fixed.items():
        sequence[place] = index
    for index in frame.floating:
        free = np.flatnonzero(sequence < 0)
        sequence[free[np.argmin(draft.at_place[free, index])]] = index
    draft.load(sequence)
    for place in np.flatnonzero(sequence < 0).tolist():
        costs = draft.replacements(place) + _pace(draft) + _quotas(draft, place)
        draft.put(place, int(np.argmin(costs)))
    return sorted_by_year(problem, frame, draft.sequence)


def sorted_by_year(problem: Problem, frame: Frame, sequence: Numbers) -> Numbers:
    """The list with its free tracks in the order of years, where one is asked."""
    if not problem.order:
        return sequence
    free = np.array([place for place in range(frame.count) if place not in frame.fixed], dtype=np.int64)
    sequence = sequence.copy()
    by_year = np.argsort(problem.year[sequence[free]] * problem.order, kind="stable")
    sequence[free] = sequence[free[by_year]]
    return sequence


def _pace(draft: Draft) -> Floats | float:
    if draft.problem.duration_s is None:
        return 0.0
    left = int((draft.sequence < 0).sum())
    fair = (draft.problem.duration_s - draft.seconds) / left
    weight = HARD if left == 1 else _PACE
    off: Floats = weight * np.abs(draft.problem.seconds - fair) / _PACE_SECONDS / left**0.5
    return off


def _quotas(draft: Draft, place: int) -> Floats:
    """A quota that needs all the places left takes this one; one that is full lets nobody in."""
    costs = np.zeros(len(draft.problem.candidates))
    for goal, count in zip(draft.goals, draft.counts, strict=True):
        if not goal.places[place]:
            continue
        left = int((goal.places & (draft.sequence < 0)).sum())
        if goal.low - count >= left:
            costs += np.where(goal.members, 0.0, goal.weight)
        if count >= goal.high:
            costs += np.where(goal.members, goal.weight, 0.0)
    return costs
