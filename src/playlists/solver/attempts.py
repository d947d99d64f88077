"""From a problem to a list: plain order and search first, an integer program where they fail.

The program either proves that there is no list, or returns a choice of tracks to search from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from src.constraints.enforcement import Rules
from src.constraints.models.spec import MAX_TRACKS, PlaylistSpec
from src.playlists.solver.assignment import FIRM, Assignment, Weights
from src.playlists.solver.positions import Admitted, RefusedDemand, frame_at
from src.playlists.solver.problem import Frame, Numbers, Problem
from src.playlists.solver.proofs import Choice, Lengths, arrange, choose, sequence_of
from src.playlists.solver.search import greedy_order, improve, sorted_by_year
from src.playlists.solver.violations import Violations, violations_of

# Rounds of shaking before the search hands over to the program, and the lengths that are arranged one by one.
QUICK_ROUNDS = 2
_ARRANGED_LENGTHS = 12


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list, its frame, its violations, and the demands whose position it could not meet."""

    problem: Problem
    frame: Frame
    sequence: Numbers
    violations: Violations
    cost: float
    refused: tuple[RefusedDemand, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What all attempts share: the demands, the numbers of tracks to try, a seed and the time left."""

    admitted: tuple[Admitted, ...]
    lengths: Lengths
    tries: tuple[int, ...]
    seed: int
    time_left: Callable[[], float]

    def has_time(self) -> bool:
        """Whether the time limit is not reached."""
        return self.time_left() > 0

    def is_met_by(self, found: FoundList | None) -> bool:
        """Whether it is a list that violates nothing and has enough tracks."""
        return found is not None and found.violations.none and len(found.sequence) >= self.lengths.low


def attempt(problem: Problem, search: Search) -> tuple[FoundList | None, bool]:
    """The best list that was found, and whether it is proven that every list violates something.

    None when there are too few tracks for any list.
    """
    if problem.selectable() < search.lengths.low:
        return None, True
    best = nearest(problem, search)
    if best.violations.none:
        return best, False
    return _rescue(problem, search, best)


def nearest(problem: Problem, search: Search, tries: int | None = None) -> FoundList:
    """The best list of plain orders and short searches, up to the first without violations."""
    most = problem.selectable()
    counts = [count for count in search.tries if count <= most][:tries] or [most]
    best = quick(problem, search, counts[0])
    for count in counts[1:]:
        if best.violations.none or not search.has_time():
            break
        found = quick(problem, search, count)
        best = found if found.cost < best.cost else best
    return best


def is_ruled_out(problem: Problem, search: Search) -> bool:
    """Whether it is proven, without looking at every position, that every list violates something."""
    if search.lengths.impossible or problem.selectable() < search.lengths.low:
        return True
    frame, _ = frame_at(search.admitted, search.lengths.low)
    return choose(problem, frame, search.lengths, search.time_left()).state == "impossible"


def quick(
    problem: Problem, search: Search, count: int, weights: Weights = FIRM, start: Numbers | None = None
) -> FoundList:
    """The plain order at one number of tracks, and a short search from it."""
    frame, refused = frame_at(search.admitted, count)
    assignment = Assignment(problem, frame, weights)
    sequence = greedy_order(assignment) if start is None else start
    return searched(assignment, sequence, search, refused, QUICK_ROUNDS)


def searched(
    assignment: Assignment, start: Numbers, search: Search, refused: Sequence[RefusedDemand], rounds: int
) -> FoundList:
    """A search from a list, which is sorted first where an order by year is asked."""
    start = sorted_by_year(assignment.problem, assignment.frame, start)
    rng = np.random.default_rng(search.seed)
    sequence = improve(assignment, start, rng, search.has_time, rounds)
    violations = violations_of(assignment.problem, sequence)
    return FoundList(
        assignment.problem, assignment.frame, sequence, violations, assignment.cost(), tuple(refused)
    )


def _rescue(problem: Problem, search: Search, best: FoundList) -> tuple[FoundList, bool]:
    """A list from the integer programs, else the best one, and whether they prove that there is none."""
    if not search.has_time():
        return best, False
    lengths = search.lengths
    counts = range(lengths.low, min(lengths.high, problem.selectable()) + 1)
    frame, _ = frame_at(search.admitted, lengths.low)
    choice = choose(problem, frame, lengths, search.time_left())
    if choice.state == "impossible":
        return best, True
    if choice.state == "possible":
        found = from_choice(problem, search, choice)
        if found.violations.none:
            return found, False
        best = found if found.cost < best.cost else best
    if len(counts) > _ARRANGED_LENGTHS:
        return best, False
    states: set[Literal["possible", "impossible", "open"]] = set()
    for count in counts:
        frame, refused = frame_at(search.admitted, count)
        arranged = arrange(problem, frame, search.time_left()) if search.has_time() else None
        states.add("open" if arranged is None else arranged.state)
        if arranged is not None and arranged.state == "possible":
            found = searched(Assignment(problem, frame), arranged.chosen, search, refused, QUICK_ROUNDS)
            if found.violations.none:
                return found, False
    return best, states == {"impossible"}


def from_choice(problem: Problem, search: Search, choice: Choice, weights: Weights = FIRM) -> FoundList:
    """A search from the tracks that a program chose."""
    frame, refused = frame_at(search.admitted, len(choice.chosen))
    sequence = sequence_of(problem, frame, choice)
    return searched(Assignment(problem, frame, weights), sequence, search, refused, QUICK_ROUNDS)


DEFAULT_TRACKS = 25
# Numbers of tracks that are tried before a program is asked.
_TRIES = 7


def caps_artists(rules: Rules) -> bool:
    """Whether a hard constraint caps the tracks by one artist."""
    return any(
        constraint["kind"] == "per_artist" and constraint["hard"] for constraint in rules.binding.constraints
    )


def asked_count(spec: PlaylistSpec, rules: Rules) -> int | None:
    """The number of tracks that was asked for: the spec's own before one in the brief."""
    if "tracks" in spec:
        return spec["tracks"]
    counts = [
        constraint["count"]
        for constraint in rules.binding.constraints
        if constraint["kind"] == "count" and constraint["hard"]
    ]
    return min(counts) if counts else None


def lengths_of(
    spec: PlaylistSpec, rules: Rules, problem: Problem, admitted: Sequence[Admitted]
) -> tuple[Lengths, tuple[int, ...]]:
    """The least and the most tracks, and the numbers to try, those without clashing positions first."""
    count = asked_count(spec, rules)
    if count is not None:
        return Lengths(count, count, clash=_clashes(admitted, count) > 0), (count,)
    positions = [abs(item.demand.position or 0) for item in admitted]
    least = max(1, len(admitted), *positions)
    if problem.duration_s is None:
        most = max(least, min(problem.selectable(), MAX_TRACKS))
        likeliest = DEFAULT_TRACKS
    else:
        seconds = np.sort(problem.seconds[problem.usable])
        up, down = np.cumsum(seconds), np.cumsum(seconds[::-1])
        least = max(least, 1 + int((down < problem.duration_s - problem.tolerance_s).sum()))
        most = min(MAX_TRACKS, int((up <= problem.duration_s + problem.tolerance_s).sum()))
        likeliest = round(problem.duration_s / _typical(problem))
    if least > most:
        # The nearest list is as long as possible, or as short.
        nearest = max(1, most, len(admitted))
        return Lengths(nearest, nearest, impossible=True), (nearest,)
    numbers = range(least, most + 1)
    clashes = {number: _clashes(admitted, number) for number in numbers}
    tries = sorted(numbers, key=lambda number: (clashes[number], abs(number - likeliest), number))
    return Lengths(least, most, clash=min(clashes.values()) > 0), tuple(tries[:_TRIES])


def _clashes(admitted: Sequence[Admitted], count: int) -> int:
    """How many demands cannot have their position in a list of that many tracks."""
    return len(frame_at(admitted, count)[1]) if admitted else 0


def _typical(problem: Problem) -> float:
    """The median length of the tracks that fit best."""
    usable = np.flatnonzero(problem.usable)
    if not usable.size:
        return 240.0
    best = usable[np.argsort(-problem.merit[usable], kind="stable")][:200]
    return float(np.median(problem.seconds[best]))
