"""A small face on HiGHS: yes-or-no unknowns, linear rows, and whether they can hold together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import highspy
import numpy as np
from highspy import _core
from numpy.typing import NDArray

from src.curation.problem import Floats, Mask

# Branches that are looked at before the question is left open; the same on every machine.
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
    if any(not len(columns) and not low <= 0 <= high for columns, low, high in _rows(program)):
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
    # The class above this one writes a banner to standard output before it can be told not to.
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


def _rows(program: Program) -> list[tuple[NDArray[np.int64], float, float]]:
    return list(zip(program.columns, program.lows, program.highs, strict=True))
