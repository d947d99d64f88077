"""The part of the report's page that sets the run against an earlier one."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from src.evaluation.models.comparison import CaseFlip, Comparison, MetricChange, Outcome, TurnChange
from src.evaluation.report.charts import interval
from src.evaluation.report.scorecard import shortened, shown_time, shown_value
from src.evaluation.report.sections import safe, tag

_TONES: dict[Outcome, str] = {"better": "good", "worse": "bad", "changed": "warn", "unclear": ""}
_SHOWN_OF_ORIGIN = 20


def comparison_section(comparison: Comparison, places: Mapping[str, int]) -> str:
    """Metrics with their intervals, flipped cases, what differs, and every changed answer.

    Args:
        comparison: with the page's run as the second one.
        places: place of each case in the page's list, by its id.
    """
    before = comparison["before"]
    parts = [
        _metrics(comparison),
        f'<div class="halves"><div>{_origins(comparison)}</div><div>{_costs(comparison)}</div></div>',
        _flips(comparison["flips"], places),
        _only(comparison),
        _turns(comparison["turns"]),
    ]
    return f"""<section id="comparison" aria-labelledby="comparison-title">
<h2 id="comparison-title">Against an earlier run</h2>
<p class="lede">{comparison["shared"]} cases in both. The earlier run: planner {safe(before["planner"])}, \
Segue {safe(before["code_version"])}, {safe(shown_time(before["started_at"]))}.</p>
{"".join(parts)}
</section>"""


def _origins(comparison: Comparison) -> str:
    if not comparison["differs"]:
        return "<h3>What was made differently</h3><p>Planner, prompts, code and catalogues are the same.</p>"
    rows = "".join(
        f'<tr><th scope="row">{safe(change["field"])}</th><td><code>{_short(change["before"])}</code></td>'
        f"<td><code>{_short(change['after'])}</code></td></tr>"
        for change in comparison["differs"]
    )
    return _table("What was made differently", ["Field", "Before", "After"], rows)


def _short(text: str) -> str:
    """Digests are long, and their beginnings tell them apart."""
    return safe(shortened(text, _SHOWN_OF_ORIGIN)) or "none"


def _metrics(comparison: Comparison) -> str:
    rows = "".join(_metric(change) for change in comparison["metrics"])
    headings = ["Metric", "Before", "After", "Difference", "95 % interval", "", "Cases"]
    note = (
        f"Intervals of the mean difference by paired bootstrap over the cases (Efron and Tibshirani 1993; "
        f"Sakai 2006): {comparison['resamples']:,} resamples, seed {comparison['seed']}. "
        "A metric is marked when its interval excludes 0."
    )
    return _table("Metrics", headings, rows, numbers=headings[1:]) + f'<p class="soft small">{note}</p>'


def _metric(change: MetricChange) -> str:
    unit, tone = change["unit"], _TONES[change["outcome"]]
    span, chart = "too few cases", ""
    if "low" in change and "high" in change:
        low, high = change["low"], change["high"]
        span = " to ".join(shown_value(end, unit, signed=True) for end in (low, high))
        chart = interval(low, change["difference"], high, reach=max(abs(low), abs(high)), tone=tone)
    numbers = [
        shown_value(change["before"], unit),
        shown_value(change["after"], unit),
        shown_value(change["difference"], unit, signed=True),
        span,
    ]
    cells = "".join(f'<td class="number">{safe(number)}</td>' for number in numbers)
    label = "" if change["outcome"] == "unclear" else tag(change["outcome"], tone)
    return (
        f'<tr><th scope="row">{safe(change["name"])} {label}</th>{cells}<td>{chart}</td>'
        f'<td class="number">{change["cases"]}</td></tr>'
    )


def _costs(comparison: Comparison) -> str:
    before, after = comparison["cost_before"], comparison["cost_after"]
    lines = [
        ("tokens in", f"{before['input_tokens']:,}", f"{after['input_tokens']:,}"),
        ("tokens out", f"{before['output_tokens']:,}", f"{after['output_tokens']:,}"),
        ("model calls", f"{before['model_calls']:,}", f"{after['model_calls']:,}"),
        ("time of all turns", f"{before['ms'] / 1000:.1f} s", f"{after['ms'] / 1000:.1f} s"),
    ]
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td class="number">{was}</td><td class="number">{now}</td></tr>'
        for name, was, now in lines
    )
    return _table("Cost of the shared cases", ["", "Before", "After"], rows, numbers=["Before", "After"])


def _flips(flips: Sequence[CaseFlip], places: Mapping[str, int]) -> str:
    if not flips:
        return "<h3>Flipped cases</h3><p>No case flipped.</p>"
    items = "".join(_flip(flip, places) for flip in flips)
    lost = sum(not flip["passed"] for flip in flips)
    return (
        f"<h3>Flipped cases</h3><p>{lost} no longer pass, {len(flips) - lost} pass now.</p>"
        f'<ul class="changes">{items}</ul>'
    )


def _flip(flip: CaseFlip, places: Mapping[str, int]) -> str:
    label = tag("passes now", "good") if flip["passed"] else tag("fails now", "bad")
    name = safe(flip["id"])
    if flip["id"] in places:
        name = f'<a href="#case-{places[flip["id"]]}">{name}</a>'
    faults = "".join(f"<br><bdi>{safe(failure)}</bdi>" for failure in flip["failures"])
    return f'<li>{label} {name} <span class="soft small">{safe(flip["kind"])}{faults}</span></li>'


def _only(comparison: Comparison) -> str:
    sides = (("earlier", comparison["only_before"]), ("later", comparison["only_after"]))
    return "".join(
        f"<h3>Only in the {which} run</h3><p>{safe(', '.join(ids))}</p>" for which, ids in sides if ids
    )


def _turns(changes: Sequence[TurnChange]) -> str:
    if not changes:
        return "<h3>Changed answers</h3><p>Every answer is the same.</p>"
    cases = [(case, list(turns)) for case, turns in groupby(changes, key=lambda change: change["case"])]
    parts = "".join(
        f"<details><summary>{safe(case)}</summary>{''.join(_turn(change) for change in turns)}</details>"
        for case, turns in cases
    )
    return f"<h3>Changed answers</h3><p>Changed turns: {len(changes)}, in cases: {len(cases)}.</p>{parts}"


def _turn(change: TurnChange) -> str:
    was, now = change["before"], change["after"]
    cost = (
        f"turn {change['turn']}: tokens {was['input_tokens'] + was['output_tokens']:,} → "
        f"{now['input_tokens'] + now['output_tokens']:,}, model calls {was['model_calls']} → "
        f"{now['model_calls']}, {shown_value(was['ms'], 'ms')} → {shown_value(now['ms'], 'ms')}"
    )
    lines = "".join(
        f'<li><b class="{tone}">{mark}</b> <bdi>{safe(text)}</bdi></li>'
        for mark, tone, texts in (
            ("in", "plus", change["tracks_in"]),
            ("out", "minus", change["tracks_out"]),
            ("gained", "plus", change["gained"]),
            ("lost", "minus", change["lost"]),
        )
        for text in texts
    )
    return f'<p class="soft small">{cost}</p><ul class="lines">{lines}</ul>'


def _table(title: str, headings: Sequence[str], rows: str, *, numbers: Sequence[str] = ()) -> str:
    head = "".join(
        f'<th scope="col"{" class=number" if name in numbers else ""}>{safe(name)}</th>'
        if name
        else "<td></td>"
        for name in headings
    )
    return (
        f'<h3>{title}</h3><div class="panel scroll" tabindex="0" role="region" aria-label="{title}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
