"""Two runs of one suite side by side: which metrics differ beyond chance, which cases flipped, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from src.errors import InvalidInput
from src.evaluation.models.comparison import (
    CaseFlip,
    Comparison,
    Cost,
    MetricChange,
    OriginChange,
    Outcome,
    TurnChange,
)
from src.evaluation.models.run import CaseRun, MetricLine, Run, RunOrigin, TurnRun
from src.evaluation.report.answers import verdict_changes
from src.evaluation.runner.suite import broken

RESAMPLES = 10_000
CONFIDENCE = 0.95
# Five differences of one sign are no finding at 0.05 yet (two-sided sign test: 2 / 2**5), while a bootstrap
# of them would be an interval that excludes 0.
FEWEST_PAIRS = 6
_DRAWN_AT_ONCE = 2_000_000


def mean_interval(
    differences: Sequence[float], *, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """The 95 % interval of the mean of the differences; None for fewer than `FEWEST_PAIRS` of them."""
    if len(differences) < FEWEST_PAIRS:
        return None
    values = np.asarray(differences, dtype=np.float64)
    means = _resampled_means(values, np.random.default_rng(seed), resamples)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def _resampled_means(
    values: NDArray[np.float64], chance: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    means = np.empty(resamples)
    step = max(1, _DRAWN_AT_ONCE // len(values))
    for start in range(0, resamples, step):
        stop = min(start + step, resamples)
        drawn = chance.integers(0, len(values), size=(stop - start, len(values)))
        means[start:stop] = values[drawn].mean(axis=1)
    return means


# Every case has these two, whatever the run was measured by.
_PASSED: MetricLine = {"name": "passed", "value": 0.0, "unit": "share", "better": "higher", "cases": 0}
_TURN_MS: MetricLine = {"name": "turn ms", "value": 0.0, "unit": "ms", "better": "lower", "cases": 0}


def compare_runs(
    a: Run, b: Run, *, seed: int, resamples: int = RESAMPLES, allow_other_suite: bool = False
) -> Comparison:
    """What became of the cases from the first run to the second.

    Args:
        a: the first run.
        b: the second run; its gates count.
        seed: of the resampling: the same seed gives the same intervals.
        resamples: how often the cases are drawn again.
        allow_other_suite: compare the cases of the same id though the suites are not the same.

    Raises:
        InvalidInput: the runs are of different suites, or have no case in common.
    """
    if a["origin"]["suite_hash"] != b["origin"]["suite_hash"] and not allow_other_suite:
        raise InvalidInput(
            "The runs are of different suites, or the suite's cases or gates changed between them: run both "
            "on one suite, or allow another suite to compare the cases with the same id."
        )
    first = {case["id"]: case for case in a["cases"]}
    pairs = [(first[case["id"]], case) for case in b["cases"] if case["id"] in first]
    if not pairs:
        raise InvalidInput("The runs have no case in common.")
    second = {case["id"] for case in b["cases"]}
    return {
        "before": a["origin"],
        "after": b["origin"],
        "differs": _origin_changes(a["origin"], b["origin"]),
        "seed": seed,
        "resamples": resamples,
        "shared": len(pairs),
        "only_before": [case["id"] for case in a["cases"] if case["id"] not in second],
        "only_after": [case["id"] for case in b["cases"] if case["id"] not in first],
        "metrics": [
            change
            for line in _compared_metrics(a, b)
            if (change := _metric_change(line, pairs, seed=seed, resamples=resamples)) is not None
        ],
        "flips": _flips(pairs),
        "turns": [change for before, after in pairs for change in _turn_changes(before, after)],
        "cost_before": _cost([turn for before, _ in pairs for turn in before["turns"]]),
        "cost_after": _cost([turn for _, after in pairs for turn in after["turns"]]),
        "gates_broken": broken(b["gates"]),
    }


def _origin_changes(before: RunOrigin, after: RunOrigin) -> list[OriginChange]:
    one, other = _origin_fields(before), _origin_fields(after)
    return [
        {"field": field, "before": one.get(field, ""), "after": other.get(field, "")}
        for field in dict.fromkeys([*one, *other])
        if one.get(field) != other.get(field)
    ]


def _origin_fields(origin: RunOrigin) -> dict[str, str]:
    """What may change a run's figures; the command and the time may not."""
    return {
        "suite": origin["suite"],
        "suite_hash": origin["suite_hash"],
        "planner": origin["planner"],
        "how": origin["how"],
        "code_version": origin["code_version"],
        "prompts_hash": origin["prompts_hash"],
        "judge": origin.get("judge", ""),
        **{f"catalogue {name}": print_ for name, print_ in sorted(origin["catalogues"].items())},
    }


def _compared_metrics(a: Run, b: Run) -> list[MetricLine]:
    lines = {line["name"]: line for run in (a, b) for line in run["metrics"]}
    ordered = dict.fromkeys(line["name"] for run in (b, a) for line in run["metrics"])
    own = {"passed": _PASSED, "turn ms": _TURN_MS}
    return [*own.values(), *(lines[name] for name in ordered if name not in own)]


def _metric_change(
    line: MetricLine, pairs: Sequence[tuple[CaseRun, CaseRun]], *, seed: int, resamples: int
) -> MetricChange | None:
    """None when no case has the metric in both runs: it is of the whole run, or of one run alone."""
    name = line["name"]
    values = [(_values(before), _values(after)) for before, after in pairs]
    both = [(one[name], other[name]) for one, other in values if name in one and name in other]
    if not both:
        return None
    differences = [after - before for before, after in both]
    change: MetricChange = {
        "name": name,
        "unit": line["unit"],
        "better": line["better"],
        "cases": len(both),
        "before": fmean(before for before, _ in both),
        "after": fmean(after for _, after in both),
        "difference": fmean(differences),
        "outcome": "unclear",
    }
    if (interval := mean_interval(differences, seed=seed, resamples=resamples)) is not None:
        change["low"], change["high"] = interval
        change["outcome"] = _outcome(line, *interval)
    return change


def _values(case: CaseRun) -> Mapping[str, float]:
    times = [turn["usage"]["total_ms"] for turn in case["turns"] if "usage" in turn]
    own = {"passed": float(case["passed"]), **({"turn ms": fmean(times)} if times else {})}
    return {**case["metrics"], **own}


def _outcome(line: MetricLine, low: float, high: float) -> Outcome:
    if low <= 0 <= high:
        return "unclear"
    if line["better"] == "neither":
        return "changed"
    return "better" if (low > 0) == (line["better"] == "higher") else "worse"


def _flips(pairs: Sequence[tuple[CaseRun, CaseRun]]) -> list[CaseFlip]:
    flips: list[CaseFlip] = [
        {
            "id": after["id"],
            "kind": after["kind"],
            "passed": after["passed"],
            "failures": [
                failure
                for turn in (before if after["passed"] else after)["turns"]
                for failure in turn["failures"]
            ],
        }
        for before, after in pairs
        if before["passed"] != after["passed"]
    ]
    return sorted(flips, key=lambda flip: flip["passed"])


def _turn_changes(before: CaseRun, after: CaseRun) -> list[TurnChange]:
    changes: list[TurnChange] = []
    for number, (one, other) in enumerate(zip_longest(before["turns"], after["turns"]), start=1):
        was, now = _tracks(one), _tracks(other)
        gained, lost = verdict_changes(
            one["constraints"] if one else [], other["constraints"] if other else []
        )
        tracks_in = [name for track, name in now.items() if track not in was]
        tracks_out = [name for track, name in was.items() if track not in now]
        if tracks_in or tracks_out or gained or lost:
            changes.append(
                {
                    "case": after["id"],
                    "turn": number,
                    "tracks_in": tracks_in,
                    "tracks_out": tracks_out,
                    "gained": gained,
                    "lost": lost,
                    "before": _cost([one] if one else []),
                    "after": _cost([other] if other else []),
                }
            )
    return changes


def _tracks(turn: TurnRun | None) -> dict[str, str]:
    """Title and artists by id; nothing of a turn that this run did not come to."""
    tracks = turn["tracks"] if turn else []
    return {track["id"]: f"{track['title']} by {', '.join(track['artists'])}" for track in tracks}


def _cost(turns: Sequence[TurnRun]) -> Cost:
    usages = [turn["usage"] for turn in turns if "usage" in turn]
    return {
        "input_tokens": sum(usage["input_tokens"] for usage in usages),
        "output_tokens": sum(usage["output_tokens"] for usage in usages),
        "model_calls": sum(usage["model_calls"] for usage in usages),
        "ms": sum(usage["total_ms"] for usage in usages),
    }


@dataclass(frozen=True, slots=True)
class KindCount:
    """Cases of one kind; those that are not blind are sighted."""

    kind: str
    cases: int
    passed: int
    blind_cases: int
    blind_passed: int

    @property
    def share(self) -> float:
        """Share of the cases that passed, 0 to 1."""
        return self.passed / self.cases if self.cases else 0.0

    @property
    def blind(self) -> str:
        """Passed of the blind ones: `3/4`."""
        return _out_of(self.blind_passed, self.blind_cases)

    @property
    def sighted(self) -> str:
        """Passed of the sighted ones."""
        return _out_of(self.passed - self.blind_passed, self.cases - self.blind_cases)


def count_cases(kind: str, cases: Sequence[CaseRun]) -> KindCount:
    """These cases, counted under this name."""
    blind = [case for case in cases if case["blind"]]
    return KindCount(
        kind,
        len(cases),
        sum(case["passed"] for case in cases),
        len(blind),
        sum(case["passed"] for case in blind),
    )


def count_kinds(cases: Sequence[CaseRun]) -> list[KindCount]:
    """One count a kind, by name."""
    kinds: dict[str, list[CaseRun]] = {}
    for case in cases:
        kinds.setdefault(case["kind"], []).append(case)
    return [count_cases(kind, kinds[kind]) for kind in sorted(kinds)]


def _out_of(passed: int, cases: int) -> str:
    return f"{passed}/{cases}" if cases else "-"
