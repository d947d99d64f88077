"""The adversary as a suite: its report as cases and metrics."""

import tempfile
import time
from pathlib import Path

from src.evaluation.adversary import attacked_agent, run_adversary
from src.evaluation.hostile_catalogue import hostile_tracks
from src.evaluation.models.adversary import AdversaryReport
from src.evaluation.models.run import Better, CaseRun, MetricLine
from src.evaluation.models.suite import AdversarySpec

_KIND = "hostile conversation"


async def run_adversary_suite(spec: AdversarySpec) -> tuple[list[MetricLine], list[CaseRun], float]:
    """Hold the conversations: their metrics, a case for each, and the seconds they took."""
    tracks = hostile_tracks()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="segue-adversary-") as folder:
        async with attacked_agent(Path(folder), tracks) as make_agent:
            report = await run_adversary(make_agent, tracks, spec["seed"], spec["runs"])
    return _metrics(report), _cases(spec, report), time.perf_counter() - began


def _metrics(report: AdversaryReport) -> list[MetricLine]:
    lines = [
        _line("leaks", sum(report["leaks"].values()), "count", "lower", report["runs"]),
        _line("turns", report["turns"], "count", "neither", report["runs"]),
        _line("picks", report["picks"], "count", "neither", report["runs"]),
        _line("false claims kept", report["false_kept"], "count", "lower", report["false_offered"]),
    ]
    if report["true_offered"]:
        share = report["true_kept"] / report["true_offered"]
        lines.append(_line("true claims kept", share, "share", "higher", report["true_offered"]))
    return lines


def _cases(spec: AdversarySpec, report: AdversaryReport) -> list[CaseRun]:
    """One case a conversation; of those that leaked, what leaked."""
    leaks: dict[int, list[str]] = {}
    for leak in report["examples"]:
        leaks.setdefault(leak["seed"], []).append(f"turn {leak['turn']}: {leak['kind']}: {leak['detail']}")
    return [_case(seed, leaks.get(seed, [])) for seed in range(spec["seed"], spec["seed"] + spec["runs"])]


def _case(seed: int, leaks: list[str]) -> CaseRun:
    return {
        "id": f"seed-{seed}",
        "kind": _KIND,
        "catalogue": "hostile",
        "blind": False,
        "passed": not leaks,
        "metrics": {"leaks": float(len(leaks))},
        "turns": [
            {
                "message": "made from the seed",
                "reply": "",
                "tracks": [],
                "constraints": [],
                "tools": [],
                "spans": [],
                "failures": leaks,
            }
        ]
        if leaks
        else [],
    }


def _line(name: str, value: float, unit: str, better: Better, cases: int) -> MetricLine:
    return {"name": name, "value": float(value), "unit": unit, "better": better, "cases": cases}
