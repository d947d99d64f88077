"""The honesty scorecard: what runs came to, a column a run, each with the command that makes it again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from src.evaluation.models.run import GateLine, MetricLine, Run
from src.evaluation.runner.suite import broken
from src.prompts import render_prompt

# What a reader asks first, in order. A run that lacks one has a dash there.
ROWS: Mapping[str, str] = {
    "passed": "cases that passed",
    "constraints met": "checkable hard wishes met",
    "relaxations declared": "soft wishes left unmet that the answer declares",
    "exclusion leaks": "tracks that break an exclusion",
    "new artists": "tracks by artists new to the conversation, where asked for",
    "named tracks found": "named tracks that stand in the list",
    "honest misses": "absent artists that the reply says are absent",
    "grounded picks": "tracks out of the turn's own pool",
    "grounded reasons": "reasons that claim nothing beyond the record",
    "first tool calls valid": "first calls of a tool that were valid",
    "ndcg@10": "nDCG@10 against the relevant tracks",
    "hit@10": "Hit@10",
    "recall@10": "Recall@10",
    "near duplicates": "second recordings of a song",
    "leaks": "leaks under attack",
    "false claims kept": "false claims of a hostile model that got through",
    "true claims kept": "its true claims that were kept",
    "turn ms p50": "a turn, median",
    "turn ms p95": "a turn, 95th percentile",
    "model calls": "model calls a turn",
    "input tokens": "tokens in, a turn",
    "output tokens": "tokens out, a turn",
    "cost": "cost of the run",
}


def write_scorecard(runs: Sequence[Run]) -> str:
    """The scorecard as Markdown, without anything that is not in the runs."""
    columns = [f"{run['origin']['suite']}, {_plain(run['origin']['how'])}" for run in runs]
    metrics = [{line["name"]: line for line in run["metrics"]} for run in runs]
    lines = [_row(["", *columns]), _row(["---", *("---:" for _ in runs)])]
    lines.append(_row(["cases", *(str(len(run["cases"])) for run in runs)]))
    for name, words in ROWS.items():
        cells = [_cell(by_name.get(name)) for by_name in metrics]
        if any(cell != "–" for cell in cells):
            lines.append(_row([words, *cells]))
    lines.append(_row(["gates kept", *(_gates(run) for run in runs)]))
    made = "\n".join(_made(run) for run in runs)
    return render_prompt("scorecard.md", table="\n".join(lines), runs=made) + "\n"


def _gates(run: Run) -> str:
    floors = sum(gate["kept"] and gate.get("floor", False) for gate in run["gates"])
    said = f"{len(run['gates']) - len(broken(run['gates']))} of {len(run['gates'])}"
    return f"{said}, {floors} of them {'a floor' if floors == 1 else 'floors'}" if floors else said


def _made(run: Run) -> str:
    origin = run["origin"]
    date = origin["started_at"][:10]
    return (
        f"- `{_plain(origin['command'])}`: {_plain(origin['suite'])} ({origin['suite_hash']}), "
        f"{_plain(origin['how'])}, Segue {origin['code_version']}, prompts {origin['prompts_hash']}, {date}, "
        f"{run['seconds']:.0f} s."
    )


def _cell(line: MetricLine | None) -> str:
    if line is None:
        return "–"
    value, unit = line["value"], line["unit"]
    match unit:
        case "share":
            return f"{value:.1%}"
        case "count" | "tokens":
            return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
        case "ms":
            return f"{value:,.0f} ms"
        case "USD":
            return f"{value:.4f} USD"
        case _:
            return f"{value:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text that breaks no table and no code span."""
    return " ".join(text.replace("|", "/").replace("`", "'").split())


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
