"""The search: from a plain order, replace and swap while it helps, then shake what is there and try again.

It counts its steps rather than its time, so that a slow machine gives the same list as a fast one; the time
limit is a net below it.
"""

from collections.abc import Callable, Iterable

import numpy as np

from src.playlists.solver.assignment import HARD, Assignment
from src.playlists.solver.problem import Floats, Frame, Numbers, Problem

type HasTime = Callable[[], bool]

# Places looked at, for each list and for each place of it; a list of 50 is settled within them.
_STEPS = 800
_STEPS_A_PLACE = 12
ROUNDS = 8
_SHAKEN = 0.12
_GAIN = 1e-9


def improve(
    assignment: Assignment, start: Numbers, rng: np.random.Generator, has_time: HasTime, rounds: int
) -> Numbers:
    """The best list found from the start; the draft holds it afterwards."""
    assignment.load(start)
    everywhere = range(len(start))
    steps = _STEPS + _STEPS_A_PLACE * len(start)
    steps -= _settle(assignment, rng, everywhere, steps, has_time)
    best, best_cost = assignment.sequence.copy(), assignment.cost()
    for _ in range(rounds):
        if steps <= 0 or not has_time():
            break
        steps -= _settle(assignment, rng, _shake(assignment, rng), steps, has_time)
        cost = assignment.cost()
        if cost < best_cost - _GAIN:
            best, best_cost = assignment.sequence.copy(), cost
        else:
            assignment.load(best)
    return best


def _settle(
    assignment: Assignment, rng: np.random.Generator, places: Iterable[int], steps: int, has_time: HasTime
) -> int:
    """Take every single change that helps, at these places and around what changes; how many it looked at."""
    count, taken = len(assignment.sequence), 0
    open_ = sorted(places)
    while open_ and taken < steps and has_time():
        changed: set[int] = set()
        for place in rng.permutation(open_).tolist():
            taken += 1
            changed.update(_replace(assignment, place), _swap(assignment, place))
        open_ = sorted({near for at in changed for near in (at - 1, at, at + 1) if 0 <= near < count})
    return taken


def _replace(assignment: Assignment, place: int) -> tuple[int, ...]:
    """The places that changed."""
    if not assignment.is_replaceable(place):
        return ()
    costs = assignment.replacements(place)
    best = int(np.argmin(costs))
    if costs[best] >= costs[assignment.sequence[place]] - _GAIN:
        return ()
    assignment.put(place, best)
    return (place,)


def _swap(assignment: Assignment, place: int) -> tuple[int, ...]:
    """The places that changed."""
    if assignment.fixed[place]:
        return ()
    delta = assignment.swaps(place)
    best = int(np.argmin(delta))
    if delta[best] >= -_GAIN:
        return ()
    assignment.swap(place, best)
    return (place, best)


def _shake(assignment: Assignment, rng: np.random.Generator) -> list[int]:
    """Put other allowed tracks, good ones for their places, at a few places; those and their neighbours."""
    count = len(assignment.sequence)
    places = [place for place in range(count) if assignment.is_replaceable(place)]
    if not places:
        return []
    shaken = rng.choice(places, size=min(len(places), 1 + int(_SHAKEN * len(places))), replace=False).tolist()
    for place in shaken:
        costs = assignment.replacements(place)
        costs[assignment.sequence[place]] = np.inf
        near = np.argsort(costs, kind="stable")[: 1 + len(costs) // 20]
        near = near[np.isfinite(costs[near])]
        if near.size:
            assignment.put(place, int(rng.choice(near)))
    return sorted({near for at in shaken for near in (at - 1, at, at + 1) if 0 <= near < count})


# What being half a minute off the pace costs; below anything hard, since later tracks can make up for it.
_PACE = 1.0
_PACE_SECONDS = 30.0


def greedy_order(assignment: Assignment) -> Numbers:
    """A whole list, filled from the first place to the last; tracks that must be there come first of all."""
    problem, frame = assignment.problem, assignment.frame
    sequence = np.full(frame.count, -1, dtype=np.int64)
    for place, index in frame.fixed.items():
        sequence[place] = index
    for index in frame.floating:
        free = np.flatnonzero(sequence < 0)
        sequence[free[np.argmin(assignment.at_place[free, index])]] = index
    assignment.load(sequence)
    for place in np.flatnonzero(sequence < 0).tolist():
        costs = assignment.replacements(place) + _pace(assignment) + _quotas(assignment, place)
        assignment.put(place, int(np.argmin(costs)))
    return sorted_by_year(problem, frame, assignment.sequence)


def sorted_by_year(problem: Problem, frame: Frame, sequence: Numbers) -> Numbers:
    """The list with its free tracks in the order of years, where one is asked."""
    if not problem.order:
        return sequence
    free = np.array([place for place in range(frame.count) if place not in frame.fixed], dtype=np.int64)
    sequence = sequence.copy()
    by_year = np.argsort(problem.year[sequence[free]] * problem.order, kind="stable")
    sequence[free] = sequence[free[by_year]]
    return sequence


def _pace(assignment: Assignment) -> Floats | float:
    if assignment.problem.duration_s is None:
        return 0.0
    left = int((assignment.sequence < 0).sum())
    fair = (assignment.problem.duration_s - assignment.seconds) / left
    weight = HARD if left == 1 else _PACE
    off: Floats = weight * np.abs(assignment.problem.seconds - fair) / _PACE_SECONDS / left**0.5
    return off


def _quotas(assignment: Assignment, place: int) -> Floats:
    """A quota that needs all the places left takes this one; one that is full lets nobody in."""
    costs = np.zeros(len(assignment.problem.candidates))
    for goal, count in zip(assignment.goals, assignment.counts, strict=True):
        if not goal.places[place]:
            continue
        left = int((goal.places & (assignment.sequence < 0)).sum())
        if goal.low - count >= left:
            costs += np.where(goal.members, 0.0, goal.weight)
        if count >= goal.high:
            costs += np.where(goal.members, goal.weight, 0.0)
    return costs
