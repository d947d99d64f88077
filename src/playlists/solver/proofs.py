"""What integer programs prove of a list: that no choice of tracks meets the hard demands, or one that does.

Two programs, from wide to narrow. `choose` models which tracks are in the list and, where halves matter, in
which half: every list that meets the demands solves it, so without a solution there is no such list.
`arrange` models every position and is exact; it is for small lists, as it has an unknown for each candidate
at each position.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

import highspy
import numpy as np
from highspy import _core
from numpy.typing import NDArray

from src.playlists.solver.assignment import SECONDS_ROUNDING
from src.playlists.solver.problem import Floats, Frame, Mask, Numbers, Problem, QuotaGoal, first_half

# Branches examined before the question is left open; the same on every machine.
MAX_NODES = 20_000
_INF = float("inf")


@dataclass(slots=True)
class Program:
    """Rows `low <= sum(coefficient * unknown) <= high` over unknowns that are 0 or 1."""

    unknowns: int
    columns: list[NDArray[np.int64]] = field(default_factory=list)
    coefficients: list[Floats] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)

    def add(
        self,
        columns: NDArray[np.int64],
        coefficients: Floats | float = 1.0,
        *,
        low: float = -_INF,
        high: float = _INF,
    ) -> None:
        """One more row."""
        self.columns.append(columns)
        self.coefficients.append(np.broadcast_to(np.asarray(coefficients, dtype=np.float64), columns.shape))
        self.lows.append(low)
        self.highs.append(high)


@dataclass(frozen=True, slots=True)
class Solved:
    """`possible` with the unknowns that are 1, `impossible`, or `open` when the nodes or the time ran out."""

    state: Literal["possible", "impossible", "open"]
    ones: Mask


def solve_program(program: Program, time_s: float, costs: Sequence[float] | Floats | None = None) -> Solved:
    """Whether all rows can hold; with costs, the cheapest way in which they do."""
    nothing = np.zeros(program.unknowns, dtype=bool)
    rows = zip(program.columns, program.lows, program.highs, strict=True)
    if any(not len(columns) and not low <= 0 <= high for columns, low, high in rows):
        return Solved("impossible", nothing)
    if not program.unknowns:
        return Solved("possible", nothing)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.unknowns, len(program.lows)
    lp.col_cost_ = np.zeros(program.unknowns) if costs is None else np.asarray(costs, dtype=np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(program.unknowns), np.ones(program.unknowns)
    lp.row_lower_, lp.row_upper_ = np.array(program.lows), np.array(program.highs)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * program.unknowns
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(columns) for columns in program.columns])])
    lp.a_matrix_.index_ = np.concatenate(program.columns) if program.columns else np.zeros(0, dtype=np.int64)
    lp.a_matrix_.value_ = np.concatenate(program.coefficients) if program.columns else np.zeros(0)
    # The public class above this one writes a banner to standard output before that can be switched off.
    solver = _core._Highs()
    solver.setOptionValue("output_flag", False)
    for option, value in (("threads", 1), ("random_seed", 0), ("mip_max_nodes", MAX_NODES)):
        solver.setOptionValue(option, value)
    solver.setOptionValue("time_limit", max(0.05, time_s))
    if costs is None:
        solver.setOptionValue("mip_max_improving_sols", 1)
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Solved("impossible", nothing)
    values = np.asarray(solver.getSolution().col_value, dtype=np.float64)
    feasible = solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not feasible or len(values) != program.unknowns:
        return Solved("open", nothing)
    return Solved("possible", values > 0.5)


# Unknowns of `arrange` up to which it is tried.
MAX_PLACED = 12_000
_NO_TRACKS: Numbers = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether the hard demands can hold together as far as the program models them.

    If so, `chosen` are the tracks (in order, by `arrange`), and where halves matter `first_half` those of it.
    """

    state: Literal["possible", "impossible", "open"]
    chosen: Numbers = field(default_factory=_NO_TRACKS.copy)
    first_half: Numbers = field(default_factory=_NO_TRACKS.copy)


@dataclass(frozen=True, slots=True)
class Lengths:
    """The least and the most tracks a list may have.

    `impossible`: no number of tracks has the total length. `clash`: at each, a position is taken.
    """

    low: int
    high: int
    impossible: bool = False
    clash: bool = False


def choose(
    problem: Problem, frame: Frame, lengths: Lengths, time_s: float, nearest_to: int | None = None
) -> Choice:
    """Which tracks may make a list of that many tracks.

    With `nearest_to`, the choice has a number of tracks as near to it as possible.
    """
    usable = np.flatnonzero(problem.usable)
    count = len(usable)
    exact = lengths.low == lengths.high
    hard = [goal for goal in problem.quotas if goal.quota["hard"]]
    halves = any("half" in goal.quota for goal in hard)
    # Columns: in the list; in its first half; then, with `nearest_to`, how many tracks too many and too few.
    spare = 0 if nearest_to is None else max(abs(lengths.low - nearest_to), abs(lengths.high - nearest_to))
    program = Program(count * (2 if halves else 1) + 2 * spare)
    here, first = np.arange(count), np.arange(count, 2 * count)
    program.add(here, low=lengths.low, high=lengths.high)
    if halves:
        for column in range(count):
            program.add(np.array([count + column, column]), np.array([1.0, -1.0]), high=0)
        weights = np.concatenate([np.full(count, 2.0), np.full(count, -1.0)])
        program.add(np.concatenate([first, here]), weights, low=0, high=1)
    _add_songs_and_artists(program, problem, usable, lengths.high)
    _add_duration(program, problem, here, problem.seconds[usable])
    for goal in hard:
        _add_quota(program, goal, goal.members[usable], lengths.high if exact else None)
    for index in (*frame.floating, *frame.fixed.values()):
        program.add(np.flatnonzero(usable == index), low=1)
    _add_years(program, problem, frame, usable)
    if exact and halves:
        _add_halves(program, frame, usable)
    costs = None
    if nearest_to is not None:
        extra = np.arange(program.unknowns - 2 * spare, program.unknowns)
        signs = np.concatenate([np.full(spare, -1.0), np.full(spare, 1.0)])
        columns, weights = np.concatenate([here, extra]), np.concatenate([np.ones(count), signs])
        program.add(columns, weights, low=nearest_to, high=nearest_to)
        costs = np.zeros(program.unknowns)
        costs[extra] = 1.0
    solved = solve_program(program, time_s, costs)
    if solved.state != "possible":
        return Choice(solved.state)
    first_half_tracks = usable[solved.ones[first]] if halves else _NO_TRACKS
    return Choice("possible", usable[solved.ones[here]], first_half_tracks)


def arrange(problem: Problem, frame: Frame, time_s: float) -> Choice:
    """A whole list of exactly that many tracks, in order; `open` at once when it is too large to ask."""
    usable = np.flatnonzero(problem.usable)
    count, length = len(usable), frame.count
    if count * length > MAX_PLACED:
        return Choice("open")
    program = Program(count * length)
    grid = np.arange(count * length).reshape(length, count)
    for position in range(length):
        program.add(grid[position], low=1, high=1)
    for position, index in frame.fixed.items():
        program.add(grid[position, np.flatnonzero(usable == index)], low=1)
    for index in frame.floating:
        program.add(grid[:, np.flatnonzero(usable == index)].ravel(), low=1)
    for group in _groups(problem.song[usable], least=1):
        program.add(grid[:, group].ravel(), high=1)
    for group in _groups(problem.artist[usable]):
        cap = int(problem.caps[problem.artist[usable[group[0]]]])
        if cap < min(len(group), length):
            program.add(grid[:, group].ravel(), high=cap)
        if problem.spacing and len(group) > 1:
            width = min(length, problem.spacing + 1)
            for start in range(length - width + 1):
                program.add(grid[start : start + width, group].ravel(), high=1)
    _add_duration(program, problem, grid.ravel(), np.tile(problem.seconds[usable], length))
    for goal in problem.quotas:
        if goal.quota["hard"]:
            rows = goal.part(grid)
            low, high = goal.bounds(len(rows))
            program.add(rows[:, goal.members[usable]].ravel(), low=low, high=high)
    if problem.order:
        years = problem.year[usable] * float(problem.order)
        for position in range(length - 1):
            pair = np.concatenate([grid[position], grid[position + 1]])
            program.add(pair, np.concatenate([-years, years]), low=0)
    solved = solve_program(program, time_s)
    if solved.state != "possible":
        return Choice(solved.state)
    return Choice("possible", usable[np.argmax(solved.ones.reshape(length, count), axis=1)])


def _groups(codes: Numbers, least: int = 2) -> list[Numbers]:
    """The indices of equal codes, for each code that occurs at least so often."""
    if not len(codes):
        return []
    order = np.argsort(codes, kind="stable")
    cuts = np.flatnonzero(np.diff(codes[order])) + 1
    return [group for group in np.split(order, cuts) if len(group) >= least]


def _add_songs_and_artists(program: Program, problem: Problem, usable: Numbers, most: int) -> None:
    for group in _groups(problem.song[usable]):
        program.add(group, high=1)
    # At most so many tracks fit into a list with `spacing` others between them.
    apart = ceil(most / (problem.spacing + 1)) if problem.spacing else most
    for group in _groups(problem.artist[usable]):
        cap = min(int(problem.caps[problem.artist[usable[group[0]]]]), apart)
        if cap < len(group):
            program.add(group, high=cap)


def _add_duration(program: Program, problem: Problem, columns: Numbers, seconds: Floats) -> None:
    if problem.duration_s is not None:
        slack = problem.tolerance_s + SECONDS_ROUNDING
        program.add(columns, seconds, low=problem.duration_s - slack, high=problem.duration_s + slack)


def _add_quota(program: Program, goal: QuotaGoal, members: Mask, count: int | None) -> None:
    total = len(members)
    here, half = np.arange(total), goal.quota.get("half")
    columns, weights = (here + total if half == "first" else here), np.ones(total)
    if half == "second":
        columns, weights = (
            np.concatenate([here, here + total]),
            np.concatenate([weights, np.full(total, -1.0)]),
        )
    counted = np.tile(members, len(columns) // total) if total else np.zeros(0, dtype=bool)
    if count is not None:
        low, high = goal.bounds(len(goal.part(np.arange(count))))
        program.add(columns[counted], weights[counted], low=low, high=high)
        return
    # The number of tracks is not known; a quota of a single number may be off by less than a track.
    off = 1.0 if goal.is_exact else 0.0
    for bound, sign in (("at_least", 1.0), ("at_most", -1.0)):
        if bound in goal.quota:
            part = goal.quota["at_least"] if bound == "at_least" else goal.quota["at_most"]
            program.add(columns, sign * weights * (counted - part), low=-off)


def _add_years(program: Program, problem: Problem, frame: Frame, usable: Numbers) -> None:
    """What a track at a fixed position means for the years before and after it, at any number of tracks."""
    if not problem.order:
        return
    for position, index in frame.fixed.items():
        is_last = index in frame.from_end
        beyond = frame.count - 1 - position if is_last else position
        sign = -problem.order if is_last else problem.order
        years, year = problem.year[usable] * sign, problem.year[index] * sign
        program.add(np.flatnonzero(years < year), high=beyond)
        program.add(np.flatnonzero(years <= year), low=beyond + 1)


def _add_halves(program: Program, frame: Frame, usable: Numbers) -> None:
    """Which half each fixed position lies in."""
    for position, index in frame.fixed.items():
        is_first = float(position < first_half(frame.count))
        program.add(np.flatnonzero(usable == index) + len(usable), low=is_first, high=is_first)


def sequence_of(problem: Problem, frame: Frame, choice: Choice) -> Numbers:
    """A list of the chosen tracks: fixed positions and halves as asked, artists spread, years in order."""
    sequence = np.full(frame.count, -1, dtype=np.int64)
    for position, index in frame.fixed.items():
        sequence[position] = index
    first = set(choice.first_half.tolist())
    free = [int(index) for index in choice.chosen if index not in set(frame.fixed.values())]
    if problem.order:
        free.sort(key=lambda index: int(problem.year[index]) * problem.order)
    middle = first_half(frame.count)
    for position in np.flatnonzero(sequence < 0).tolist():
        wanted = [index for index in free if not first or (index in first) == (position < middle)] or free
        pick = wanted[0] if problem.order else _most_pressing(problem, sequence, position, wanted)
        sequence[position] = pick
        free.remove(pick)
    return sequence


def _most_pressing(problem: Problem, sequence: Numbers, position: int, free: Sequence[int]) -> int:
    """Of the tracks whose artist is not near, one by the artist with most tracks left."""
    near = sequence[max(0, position - problem.spacing) : position + problem.spacing + 1]
    taken = set(problem.artist[near[near >= 0]].tolist())
    left = np.bincount(problem.artist[list(free)], minlength=len(problem.caps))
    return max(
        free, key=lambda index: (problem.artist[index] not in taken, left[problem.artist[index]], -index)
    )
