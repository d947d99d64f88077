"""The plain order: place after place the best track for it, given those before. The search starts from it."""

import numpy as np

from src.curation.draft import HARD, Draft
from src.curation.problem import Floats, Frame, Numbers, Problem

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
