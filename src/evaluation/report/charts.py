"""The geometry of the page's charts: across in per cent and heights in pixels, so text keeps its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from src.evaluation.metrics.costs import percentile
from src.evaluation.report.scorecard import shown_value

_SPARK_BINS = 16
_SPARK_HEIGHT = 34
_LATENCY_BINS = 28
_LATENCY_HEIGHT = 168
_LATENCY_TOP = 36
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram."""

    x: float
    """Its left edge, in per cent."""
    y: float
    """Its upper edge, in pixels from the top."""
    width: float
    """In per cent."""
    height: float
    """In pixels."""


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place of a chart."""

    at: float
    """The place across, in per cent."""
    y: int
    """Its base line, in pixels from the top."""
    text: str

    @property
    def anchor(self) -> str:
        """Text does not run over the edge: near one it begins there, or ends there."""
        return "start" if self.at < 12 else "end" if self.at > 88 else "middle"


@dataclass(frozen=True, slots=True)
class Latency:
    """How long turns took."""

    height: int
    """Of the whole chart, in pixels."""
    bottom: int
    """Where the bars stand, in pixels from the top."""
    bars: list[Bar]
    ticks: list[Label]
    """Round times below the bars."""
    marks: list[Label]
    """The median and the 95th percentile, each with a line down to the bottom."""
    summary: str
    """The same in words."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval on a scale with zero in the middle, each place in per cent."""

    low: float
    middle: float
    high: float


def spark(values: Sequence[float]) -> list[Bar]:
    """How the values lie between the lowest and the highest; empty when they are all the same."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if not low < high:
        return []
    counts = [0] * _SPARK_BINS
    for value in values:
        counts[min(int((value - low) / (high - low) * _SPARK_BINS), _SPARK_BINS - 1)] += 1
    return _bars(counts, top=0, bottom=_SPARK_HEIGHT)


def latency(values: Sequence[float]) -> Latency:
    """Milliseconds of turns on a logarithmic scale, with the median and the 95th percentile."""
    times = [max(value, 1.0) for value in values]
    # Half a bin beyond both ends, so that one value alone has a scale too.
    low, high = log10(min(times)) - 0.02, log10(max(times)) + 0.02

    def across(milliseconds: float) -> float:
        return 100 * (log10(max(milliseconds, 1.0)) - low) / (high - low)

    counts = [0] * _LATENCY_BINS
    for value in times:
        counts[min(int((log10(value) - low) / (high - low) * _LATENCY_BINS), _LATENCY_BINS - 1)] += 1
    bottom = _LATENCY_HEIGHT - 24
    median, slow = percentile(values, 0.5), percentile(values, 0.95)
    half, most = shown_value(median, "ms"), shown_value(slow, "ms")
    return Latency(
        height=_LATENCY_HEIGHT,
        bottom=bottom,
        bars=_bars(counts, top=_LATENCY_TOP, bottom=bottom),
        ticks=[Label(across(tick), _LATENCY_HEIGHT - 6, _tick(tick)) for tick in _ticks(low, high)],
        marks=[Label(across(median), 12, f"p50 {half}"), Label(across(slow), 28, f"p95 {most}")],
        summary=f"Time of {len(values)} turns: half take at most {half}, 95 % at most {most}.",
    )


def interval(low: float, middle: float, high: float, *, reach: float) -> Interval:
    """An interval on a scale from minus `reach` to `reach`."""
    return Interval(*(50 + 48 * value / reach if reach else 50.0 for value in (low, middle, high)))


def _bars(counts: Sequence[int], *, top: int, bottom: int) -> list[Bar]:
    """A bar a bin; one that holds anything is at least two pixels high."""
    width, most = 100 / len(counts), max(counts)
    heights = [max(2.0, (bottom - top) * count / most) for count in counts]
    return [
        Bar(place * width + width * 0.08, bottom - height, width * 0.84, height)
        for place, (count, height) in enumerate(zip(counts, heights, strict=True))
        if count
    ]


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two powers of ten, few enough to fit next to each other."""
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [
            step * 10.0**power
            for power in range(floor(low), floor(high) + 1)
            for step in steps
            if low <= log10(step * 10.0**power) <= high
        ]
        if len(ticks) <= _MOST_TICKS:
            break
    return ticks


def _tick(milliseconds: float) -> str:
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"
