"""The values of the parts that can be read without the script; `page_parts/sections.html` shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from src.chat.models.answer import Usage
from src.evaluation.models.run import CaseRun, GateLine, MetricLine, Run
from src.evaluation.report.charts import Bar, Latency, latency, spark
from src.evaluation.report.compare import KindCount, count_cases, count_kinds
from src.evaluation.report.scorecard import (
    gate_unit,
    shortened,
    shown_bound,
    shown_gate_value,
    shown_metric,
    shown_value,
)
from src.evaluation.runner.suite import kept_in_words

METRIC_COLUMNS = 4
_SHOWN_OF_MESSAGE = 140


@dataclass(frozen=True, slots=True)
class Headline:
    """What a run came to."""

    total: KindCount
    turns: int
    gates_kept: str
    """In words."""
    gates_broken: int


@dataclass(frozen=True, slots=True)
class GateCard:
    """A bound that the suite sets."""

    gate: GateLine
    value: str
    """What the run has, or that it has nothing."""
    bound: str
    """What the gate asks."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A metric, with how the cases lie."""

    line: MetricLine
    value: str
    bars: list[Bar]
    """Empty when the cases do not differ."""
    low: str
    """The lowest value of a case; empty without bars."""
    high: str
    """The highest one; empty without bars."""
    alike: bool
    """Whether several cases have the metric, and all the same value."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a part of a turn takes."""

    name: str
    share: float
    """Of the whole turn, 0 to 1."""
    mean: float
    """Milliseconds."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long turns took, and what the time went to."""

    turns: int
    low: float
    """Milliseconds of the fastest turn."""
    high: float
    """Milliseconds of the slowest turn."""
    chart: Latency
    stages: list[Stage]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the list: a row of figures, and one that opens."""

    case: CaseRun
    cells: list[str]
    """Its metrics, a cell a column; empty where it has none."""
    ms: float
    """Milliseconds of its turns."""
    message: str
    """The beginning of its first message."""
    failures: list[str]


def headline(run: Run) -> Headline:
    """What it came to."""
    return Headline(
        total=count_cases("total", run["cases"]),
        turns=sum(len(case["turns"]) for case in run["cases"]),
        gates_kept=kept_in_words(run["gates"]),
        gates_broken=sum(not gate["kept"] for gate in run["gates"]),
    )


def gate_cards(run: Run) -> list[GateCard]:
    """The suite's bounds, broken ones first."""
    return [
        GateCard(gate, shown_gate_value(gate, unit), shown_bound(gate, unit))
        for gate in sorted(run["gates"], key=lambda gate: gate["kept"])
        for unit in [gate_unit(run, gate)]
    ]


def metric_tiles(run: Run) -> list[Tile]:
    """A tile a metric."""
    return [_tile(line, _values(line, run["cases"])) for line in run["metrics"]]


def kind_counts(run: Run) -> tuple[list[KindCount], KindCount]:
    """Cases passed by kind, and in all."""
    return count_kinds(run["cases"]), count_cases("all", run["cases"])


def turn_times(run: Run) -> Times | None:
    """How long turns took; nothing when no turn was measured."""
    usages = [turn["usage"] for case in run["cases"] for turn in case["turns"] if "usage" in turn]
    if not usages:
        return None
    times = [usage["total_ms"] for usage in usages]
    return Times(len(times), min(times), max(times), latency(times), _stages(usages))


def case_rows(run: Run, columns: Sequence[MetricLine]) -> list[CaseRow]:
    """The cases in the suite's order."""
    return [_case_row(case, columns) for case in run["cases"]]


def metric_columns(run: Run) -> list[MetricLine]:
    """Metrics that have a column, in the run's order: those that differ between cases and that most have."""
    values = {
        line["name"]: _values(line, run["cases"]) for line in run["metrics"] if line["name"] != "passed"
    }
    lines = [line for line in run["metrics"] if len({*values.get(line["name"], ())}) > 1]
    most = sorted(lines, key=lambda line: -len(values[line["name"]]))[:METRIC_COLUMNS]
    return [line for line in lines if line in most]


def origin_lines(run: Run) -> list[tuple[str, str]]:
    """What the run was made of, each with its name."""
    origin = run["origin"]
    return [
        ("Started", origin["started_at"]),
        ("Planner", f"{origin['planner']} ({origin['how']})"),
        ("Segue", origin["code_version"]),
        ("Suite", origin["suite_hash"]),
        ("Prompts", origin["prompts_hash"]),
        *((("Judge", origin["judge"]),) if "judge" in origin else ()),
        *((f"Catalogue {name}", print_) for name, print_ in origin["catalogues"].items()),
    ]


def _tile(line: MetricLine, values: Sequence[float]) -> Tile:
    bars = spark(values)
    low, high = (shown_value(end(values), line["unit"]) if bars else "" for end in (min, max))
    return Tile(line, shown_metric(line), bars, low, high, alike=len(values) > 1 and not bars)


def _values(line: MetricLine, cases: Sequence[CaseRun]) -> list[float]:
    return [case["metrics"][line["name"]] for case in cases if line["name"] in case["metrics"]]


def _stages(usages: Sequence[Usage]) -> list[Stage]:
    known = {
        "embedding": fmean(usage["embedding_ms"] for usage in usages),
        "retrieval": fmean(usage["retrieval_ms"] for usage in usages),
        "model": fmean(usage["model_ms"] for usage in usages),
    }
    whole = fmean(usage["total_ms"] for usage in usages)
    means = {**known, "everything else": max(whole - sum(known.values()), 0.0)}
    return [Stage(name, mean / whole if whole else 0.0, mean) for name, mean in means.items()]


def _case_row(case: CaseRun, columns: Sequence[MetricLine]) -> CaseRow:
    metrics, turns = case["metrics"], case["turns"]
    return CaseRow(
        case=case,
        cells=[
            shown_value(metrics[line["name"]], line["unit"]) if line["name"] in metrics else ""
            for line in columns
        ],
        ms=sum(turn["usage"]["total_ms"] for turn in turns if "usage" in turn),
        message=shortened(turns[0]["message"], _SHOWN_OF_MESSAGE) if turns else "",
        failures=[failure for turn in turns for failure in turn["failures"]],
    )
