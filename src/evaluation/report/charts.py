"""Charts as inline SVG: places across in per cent and heights in pixels, so that text keeps its size."""

from collections.abc import Sequence
from html import escape
from math import floor, log10

from src.evaluation.metrics.costs import percentile
from src.evaluation.report.scorecard import shown_value

_SPARK_BINS = 16
_SPARK_HEIGHT = 34
_LATENCY_BINS = 28
_LATENCY_HEIGHT = 168
_LATENCY_TOP = 36
_MOST_TICKS = 6


def share_bar(share: float, tone: str = "") -> str:
    """A bar filled to this share; the number is written next to it."""
    width = f"{100 * min(max(share, 0.0), 1.0):.2f}"
    return (
        '<svg class="bar" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="4"/>'
        f'<rect class="fill {tone}" width="{width}%" height="100%" rx="4"/></svg>'
    )


def spark(values: Sequence[float]) -> str:
    """How the values lie between the lowest and the highest; empty when they are all the same."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if not low < high:
        return ""
    counts = [0] * _SPARK_BINS
    for value in values:
        counts[min(int((value - low) / (high - low) * _SPARK_BINS), _SPARK_BINS - 1)] += 1
    bars = _bars(counts, top=0, bottom=_SPARK_HEIGHT)
    return f'<svg class="spark" aria-hidden="true">{bars}</svg>'


def latency(values: Sequence[float]) -> str:
    """Milliseconds of turns on a logarithmic scale, with the median and the 95th percentile."""
    times = [max(value, 1.0) for value in values]
    # Half a bin beyond both ends, so that one value alone has a scale too.
    low, high = log10(min(times)) - 0.02, log10(max(times)) + 0.02
    counts = [0] * _LATENCY_BINS
    for value in times:
        counts[min(int((log10(value) - low) / (high - low) * _LATENCY_BINS), _LATENCY_BINS - 1)] += 1
    bottom = _LATENCY_HEIGHT - 24
    parts = [_bars(counts, top=_LATENCY_TOP, bottom=bottom)]
    parts.append(f'<line class="axis" x1="0" x2="100%" y1="{bottom}" y2="{bottom}"/>')
    for tick in _ticks(low, high):
        at = 100 * (log10(tick) - low) / (high - low)
        parts.append(_text(at, _LATENCY_HEIGHT - 6, _tick(tick)))
    median, slow = percentile(values, 0.5), percentile(values, 0.95)
    for name, value, y in (("p50", median, 12), ("p95", slow, 28)):
        at = 100 * (log10(max(value, 1.0)) - low) / (high - low)
        parts.append(f'<line class="mark" x1="{at:.2f}%" x2="{at:.2f}%" y1="{y + 4}" y2="{bottom}"/>')
        parts.append(_text(at, y, f"{name} {shown_value(value, 'ms')}", "strong"))
    half, most = shown_value(median, "ms"), shown_value(slow, "ms")
    label = f"Time of {len(values)} turns: half take at most {half}, 95 % at most {most}."
    return (
        f'<svg class="latency" role="img" aria-label="{escape(label)}" height="{_LATENCY_HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )


def interval(low: float, middle: float, high: float, *, reach: float, tone: str = "") -> str:
    """An interval on a scale from minus `reach` to `reach`, with zero in the middle."""
    ends = [50 + 48 * value / reach if reach else 50.0 for value in (low, middle, high)]
    return (
        '<svg class="interval" aria-hidden="true"><line class="axis" x1="0" x2="100%" y1="12" y2="12"/>'
        '<line class="mark" x1="50%" x2="50%" y1="2" y2="22"/>'
        f'<line class="range {tone}" x1="{ends[0]:.2f}%" x2="{ends[2]:.2f}%" y1="12" y2="12"/>'
        f'<circle class="dot" cx="{ends[1]:.2f}%" cy="12" r="4"/></svg>'
    )


def _bars(counts: Sequence[int], *, top: int, bottom: int) -> str:
    """A bar a bin; one that holds anything is at least two pixels high."""
    width, most = 100 / len(counts), max(counts)
    heights = [max(2.0, (bottom - top) * count / most) for count in counts]
    return "".join(
        f'<rect class="fill" x="{place * width + width * 0.08:.2f}%" y="{bottom - height:.1f}" '
        f'width="{width * 0.84:.2f}%" height="{height:.1f}" rx="1.5"/>'
        for place, (count, height) in enumerate(zip(counts, heights, strict=True))
        if count
    )


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


def _text(at: float, y: int, text: str, style: str = "") -> str:
    """Text that does not run over the edge: it begins there, or ends there."""
    anchor = "start" if at < 12 else "end" if at > 88 else "middle"
    return f'<text class="{style}" x="{at:.2f}%" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
