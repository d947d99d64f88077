"""Local search: from a plain order, replace and swap while it helps, then shake a few tracks and repeat.

It is bounded by steps, so that a slow machine returns the same list as a fast one; the time limit is only a
safeguard.
"""

from collections.abc import Callable, Iterable

import numpy as np

from src.playlists.solver.assignment import HARD, Assignment
from src.playlists.solver.problem import Floats, Frame, Numbers, Problem

type HasTime = Callable[[], bool]

# Positions looked at, for each list and for each position of it; a list of 50 settles within them.
_STEPS = 800
_STEPS_A_POSITION = 12
ROUNDS = 8
_SHAKEN = 0.12
_GAIN = 1e-9


def improve(
    assignment: Assignment, start: Numbers, rng: np.random.Generator, has_time: HasTime, rounds: int
) -> Numbers:
    """The best list found from the start."""
    assignment.load(start)
    everywhere = range(len(start))
    steps = _STEPS + _STEPS_A_POSITION * len(start)
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
    assignment: Assignment, rng: np.random.Generator, positions: Iterable[int], steps: int, has_time: HasTime
) -> int:
    """Make every single change that helps, at and around these positions; returns the steps taken."""
    count, taken = len(assignment.sequence), 0
    open_ = sorted(positions)
    while open_ and taken < steps and has_time():
        changed: set[int] = set()
        for position in rng.permutation(open_).tolist():
            taken += 1
            changed.update(_replace(assignment, position), _swap(assignment, position))
        open_ = sorted({near for at in changed for near in (at - 1, at, at + 1) if 0 <= near < count})
    return taken


def _replace(assignment: Assignment, position: int) -> tuple[int, ...]:
    """The positions that changed."""
    if not assignment.is_replaceable(position):
        return ()
    costs = assignment.replacements(position)
    best = int(np.argmin(costs))
    if costs[best] >= costs[assignment.sequence[position]] - _GAIN:
        return ()
    assignment.put(position, best)
    return (position,)


def _swap(assignment: Assignment, position: int) -> tuple[int, ...]:
    """The positions that changed."""
    if assignment.fixed[position]:
        return ()
    delta = assignment.swaps(position)
    best = int(np.argmin(delta))
    if delta[best] >= -_GAIN:
        return ()
    assignment.swap(position, best)
    return (position, best)


def _shake(assignment: Assignment, rng: np.random.Generator) -> list[int]:
    """Put other allowed tracks of low cost at a few random positions; returns those and their neighbours."""
    count = len(assignment.sequence)
    positions = [position for position in range(count) if assignment.is_replaceable(position)]
    if not positions:
        return []
    size = min(len(positions), 1 + int(_SHAKEN * len(positions)))
    shaken = rng.choice(positions, size=size, replace=False).tolist()
    for position in shaken:
        costs = assignment.replacements(position)
        costs[assignment.sequence[position]] = np.inf
        near = np.argsort(costs, kind="stable")[: 1 + len(costs) // 20]
        near = near[np.isfinite(costs[near])]
        if near.size:
            assignment.put(position, int(rng.choice(near)))
    return sorted({near for at in shaken for near in (at - 1, at, at + 1) if 0 <= near < count})


# The cost of half a minute off the pace: below anything hard, since later tracks can make up for it.
_PACE = 1.0
_PACE_SECONDS = 30.0


def greedy_order(assignment: Assignment) -> Numbers:
    """A whole list: required tracks first, then the free positions from the first to the last."""
    problem, frame = assignment.problem, assignment.frame
    sequence = np.full(frame.count, -1, dtype=np.int64)
    for position, index in frame.fixed.items():
        sequence[position] = index
    for index in frame.floating:
        free = np.flatnonzero(sequence < 0)
        sequence[free[np.argmin(assignment.at_position[free, index])]] = index
    assignment.load(sequence)
    for position in np.flatnonzero(sequence < 0).tolist():
        costs = assignment.replacements(position) + _pace(assignment) + _quotas(assignment, position)
        assignment.put(position, int(np.argmin(costs)))
    return sorted_by_year(problem, frame, assignment.sequence)


def sorted_by_year(problem: Problem, frame: Frame, sequence: Numbers) -> Numbers:
    """The list with the tracks that are not fixed in the order of years, where one is asked."""
    if not problem.order:
        return sequence
    free = np.setdiff1d(np.arange(frame.count), list(frame.fixed))
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


def _quotas(assignment: Assignment, position: int) -> Floats:
    """A quota that needs every position left admits members alone; a full one admits none."""
    costs = np.zeros(len(assignment.problem.candidates))
    for goal, count in zip(assignment.goals, assignment.counts, strict=True):
        if not goal.positions[position]:
            continue
        left = int((goal.positions & (assignment.sequence < 0)).sum())
        if goal.low - count >= left:
            costs += np.where(goal.members, 0.0, goal.weight)
        if count >= goal.high:
            costs += np.where(goal.members, goal.weight, 0.0)
    return costs
