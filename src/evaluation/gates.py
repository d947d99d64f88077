"""Whether a run keeps the bounds of its suite."""

from collections.abc import Mapping, Sequence
from typing import Literal

from src.evaluation.models.run import GateLine, MetricLine
from src.evaluation.models.suite import Gate

# 0.92 of 50 must be 46, whatever the rounding.
_ROUNDING = 1e-9


def check_gates(
    gates: Sequence[Gate],
    metrics: Sequence[MetricLine],
    passed: Mapping[str, float],
    planner: Literal["rules", "llm"],
) -> list[GateLine]:
    """A line for each gate that holds for this planner; a metric that the run does not have breaks its gate.

    Args:
        passed: share of the passed cases by kind, for gates on `passed: KIND`.
    """
    values = {line["name"]: line["value"] for line in metrics}
    values |= {f"passed: {kind}": share for kind, share in passed.items()}
    return [
        _check(gate, values.get(gate["metric"])) for gate in gates if gate.get("planner", planner) == planner
    ]


def broken(lines: Sequence[GateLine]) -> list[GateLine]:
    """Those that are not kept."""
    return [line for line in lines if not line["kept"]]


def _check(gate: Gate, value: float | None) -> GateLine:
    line: GateLine = {"metric": gate["metric"], "kept": value is not None}
    if "at_least" in gate:
        line["at_least"] = gate["at_least"]
        line["kept"] &= value is not None and value >= gate["at_least"] - _ROUNDING
    if "at_most" in gate:
        line["at_most"] = gate["at_most"]
        line["kept"] &= value is not None and value <= gate["at_most"] + _ROUNDING
    if value is not None:
        line["value"] = value
    return line
