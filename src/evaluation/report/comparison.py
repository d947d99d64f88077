"""The values of the run set against an earlier one; `page_parts/comparison.html` shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from src.evaluation.models.comparison import CaseFlip, Comparison, MetricChange, TurnChange
from src.evaluation.report.charts import Interval, interval
from src.evaluation.report.scorecard import shortened, shown_value

_SHOWN_OF_ORIGIN = 20


@dataclass(frozen=True, slots=True)
class OriginRow:
    """Something in which the two runs were made differently."""

    field: str
    before: str
    """The beginning of the value: digests are long, and their beginnings tell them apart."""
    after: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric in both runs."""

    change: MetricChange
    figures: list[str]
    """Before, after, the difference, and the interval in words."""
    chart: Interval | None
    """The interval; nothing when there are too few cases for one."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """What the shared cases cost."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FlipRow:
    """A case that passed in one run alone."""

    flip: CaseFlip
    place: int | None
    """Its place in the page's list, where the page shows it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Metrics with their intervals, flipped cases, what differs, and every changed answer."""

    comparison: Comparison
    origins: list[OriginRow]
    metrics: list[MetricRow]
    costs: list[CostRow]
    flips: list[FlipRow]
    turns: list[tuple[str, list[TurnChange]]]
    """Changed turns by case."""


def compared(comparison: Comparison, places: Mapping[str, int]) -> Compared:
    """What the page shows of it.

    Args:
        comparison: with the page's run as the second one.
        places: place of each case in the page's list, by its id.
    """
    return Compared(
        comparison=comparison,
        origins=[
            OriginRow(change["field"], _short(change["before"]), _short(change["after"]))
            for change in comparison["differs"]
        ],
        metrics=[_metric(change) for change in comparison["metrics"]],
        costs=_costs(comparison),
        flips=[FlipRow(flip, places.get(flip["id"])) for flip in comparison["flips"]],
        turns=_by_case(comparison["turns"]),
    )


def _short(text: str) -> str:
    return shortened(text, _SHOWN_OF_ORIGIN) or "none"


def _metric(change: MetricChange) -> MetricRow:
    unit, span, chart = change["unit"], "too few cases", None
    if "low" in change and "high" in change:
        low, high = change["low"], change["high"]
        span = " to ".join(shown_value(end, unit, signed=True) for end in (low, high))
        chart = interval(low, change["difference"], high, reach=max(abs(low), abs(high)))
    before, after = shown_value(change["before"], unit), shown_value(change["after"], unit)
    return MetricRow(
        change, [before, after, shown_value(change["difference"], unit, signed=True), span], chart
    )


def _costs(comparison: Comparison) -> list[CostRow]:
    before, after = comparison["cost_before"], comparison["cost_after"]
    return [
        CostRow("tokens in", f"{before['input_tokens']:,}", f"{after['input_tokens']:,}"),
        CostRow("tokens out", f"{before['output_tokens']:,}", f"{after['output_tokens']:,}"),
        CostRow("model calls", f"{before['model_calls']:,}", f"{after['model_calls']:,}"),
        CostRow("time of all turns", f"{before['ms'] / 1000:.1f} s", f"{after['ms'] / 1000:.1f} s"),
    ]


def _by_case(changes: Sequence[TurnChange]) -> list[tuple[str, list[TurnChange]]]:
    return [(case, list(turns)) for case, turns in groupby(changes, key=lambda change: change["case"])]
