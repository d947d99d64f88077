"""How a report shows numbers, bounds, and text that is anybody's."""

from datetime import UTC, datetime

from src.evaluation.models.run import GateLine, MetricLine, Run


def plain(text: str) -> str:
    """Text on one line, without control characters: titles are the catalogue's, and messages anybody's."""
    return "".join(character if character.isprintable() else " " for character in text)


def shortened(text: str, most: int) -> str:
    """Plain text of at most so many characters."""
    said = plain(text)
    return said if len(said) <= most else f"{said[: most - 1]}…"


def shown_value(value: float, unit: str, *, signed: bool = False) -> str:
    """A value with its unit: `86.4%`, `43 ms`, `1,204`, `$0.0123`.

    Args:
        value: the value.
        unit: a unit of `MetricLine`.
        signed: whether a plus stands before what is above 0.
    """
    sign = "+" if signed else ""
    value += 0.0  # no minus before a zero
    match unit:
        case "share":
            # Between two shares lie percentage points.
            return f"{100 * value:{sign}.1f}{' pp' if signed else '%'}"
        case "ms":
            return _shown_ms(value, sign)
        case "USD":
            return f"{'-' if value < 0 else sign}${abs(value):.4f}"
        case "tokens" | "count":
            return f"{value:{sign},.0f}" if value == round(value) else f"{value:{sign},.2f}"
        case _:
            return f"{value:{sign}.3f}"


def shown_time(moment: str) -> str:
    """An ISO time to the minute, `2026-11-24 17:10 UTC`; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return plain(moment)
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at.tzinfo else plain(moment)


def shown_metric(line: MetricLine) -> str:
    """The line's value with its unit."""
    return shown_value(line["value"], line["unit"])


def gate_unit(run: Run, gate: GateLine) -> str:
    """The unit in which a gate's bounds are stated."""
    units = {line["name"]: line["unit"] for line in run["metrics"]}
    # `passed` and `passed: KIND` are counted from the cases and need not stand among the metrics.
    default = "share" if gate["metric"].partition(":")[0] == "passed" else ""
    return units.get(gate["metric"], default)


def shown_bound(gate: GateLine, unit: str) -> str:
    """What the gate asks: `at least 92.0%`."""
    bounds = [
        *([f"at least {shown_value(gate['at_least'], unit)}"] if "at_least" in gate else []),
        *([f"at most {shown_value(gate['at_most'], unit)}"] if "at_most" in gate else []),
    ]
    return " and ".join(bounds)


def shown_gate_value(gate: GateLine, unit: str) -> str:
    """What the run has of it."""
    return shown_value(gate["value"], unit) if "value" in gate else "not measured"


def _shown_ms(value: float, sign: str) -> str:
    if abs(value) >= 1000:
        return f"{value / 1000:{sign}.{1 if abs(value) >= 10_000 else 2}f} s"
    return f"{value:{sign}.{0 if abs(value) >= 100 else 1}f} ms"
