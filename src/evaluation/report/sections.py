"""The parts of the report's page that can be read without its script. Everything of a run is escaped here."""

from collections.abc import Sequence
from html import escape
from statistics import fmean

from src.chat.models.answer import Usage
from src.evaluation.models.run import Better, CaseRun, GateLine, MetricLine, Run
from src.evaluation.report.charts import latency, share_bar, spark
from src.evaluation.report.compare import KindCount, count_cases, count_kinds
from src.evaluation.report.scorecard import (
    gate_unit,
    plain,
    shortened,
    shown_bound,
    shown_gate_value,
    shown_metric,
    shown_time,
    shown_value,
)
from src.evaluation.runner.suite import kept_in_words

METRIC_COLUMNS = 4
_SHOWN_OF_MESSAGE = 140
_WAYS: dict[Better, str] = {"higher": "higher is better", "lower": "lower is better", "neither": ""}


def safe(text: str) -> str:
    """Foreign text for the page: plain, and escaped for an element or an attribute in quotes."""
    return escape(plain(text), quote=True)


def tag(text: str, tone: str = "") -> str:
    """A small label; its words say what its colour says."""
    return f'<span class="tag {tone}">{safe(text)}</span>'


def headline(run: Run) -> str:
    """What ran, how, and what it came to."""
    origin, total = run["origin"], count_cases("total", run["cases"])
    broken = sum(not gate["kept"] for gate in run["gates"])
    kept = kept_in_words(run["gates"])
    gates = tag(kept, "good") if not broken else tag(f"{_many(broken, 'gate')} broken", "bad")
    turns = sum(len(case["turns"]) for case in run["cases"])
    degraded = run["degraded_turns"]
    stood_in = f"; the rules stood in for the model in {_many(degraded, 'turn')}" if degraded else ""
    return f"""<header class="top">
<p class="over">Segue evaluation run</p>
<h1>{safe(origin["suite"])}</h1>
<p class="lede">Planner <b>{safe(origin["planner"])}</b>, {safe(origin["how"])}. \
{safe(shown_time(origin["started_at"]))}.</p>
<div class="hero">
<div class="big">{shown_value(total.share, "share")}</div>
<p><b>{total.passed} of {_many(total.cases, "case")} passed</b> {gates if run["gates"] else ""}<br>
<span class="soft">{_many(turns, "turn")} in {run["seconds"]:.1f} s; blind {safe(total.blind)}, \
sighted {safe(total.sighted)}{stood_in}\
</span></p>
{share_bar(total.share, "good")}
</div>
</header>"""


def gates_section(run: Run) -> str:
    """The suite's bounds, broken ones first."""
    if not run["gates"]:
        return ""
    ordered = sorted(run["gates"], key=lambda gate: gate["kept"])
    kept = safe(kept_in_words(run["gates"]))
    cards = "\n".join(_gate(gate, gate_unit(run, gate)) for gate in ordered)
    return _section(
        "gates", "Gates", f"Bounds that the suite sets: {kept}.", f'<ul class="cards gates">\n{cards}\n</ul>'
    )


def metrics_section(run: Run) -> str:
    """A tile a metric, with how the cases lie."""
    if not run["metrics"]:
        return ""
    tiles = "\n".join(_tile(line, run["cases"]) for line in run["metrics"])
    lede = "Means over the cases that have the metric; the bars show how the cases lie, lowest to highest."
    return _section("metrics", "Metrics", lede, f'<ul class="cards">\n{tiles}\n</ul>')


def charts_section(run: Run) -> str:
    """Cases passed by kind, and how long turns took."""
    rows = "\n".join(_kind(count) for count in count_kinds(run["cases"]))
    total = count_cases("all", run["cases"])
    kinds = _section(
        "kinds",
        "Passed by kind",
        "What the cases are about. Blind ones were written without sight of the code.",
        f"""<div class="panel"><table class="kinds">
<caption class="unseen">Cases passed by kind</caption>
<thead><tr><th scope="col">Kind</th><td></td><th scope="col" class="number">Passed</th>\
<th scope="col" class="number aside">Blind</th><th scope="col" class="number aside">Sighted</th></tr></thead>
<tbody>
{rows}
</tbody>
<tfoot>{_kind(total)}</tfoot>
</table></div>""",
    )
    usages = [turn["usage"] for case in run["cases"] for turn in case["turns"] if "usage" in turn]
    return f'<div class="pair">{kinds}{_times(usages)}</div>' if usages else kinds


def _times(usages: Sequence[Usage]) -> str:
    """How long turns took, and what the time went to."""
    times = [usage["total_ms"] for usage in usages]
    low, high = shown_value(min(times), "ms"), shown_value(max(times), "ms")
    known = {
        "embedding": fmean(usage["embedding_ms"] for usage in usages),
        "retrieval": fmean(usage["retrieval_ms"] for usage in usages),
        "model": fmean(usage["model_ms"] for usage in usages),
    }
    whole = fmean(times)
    stages = {**known, "everything else": max(whole - sum(known.values()), 0.0)}
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{share_bar(mean / whole if whole else 0.0)}</td>'
        f'<td class="number">{shown_value(mean, "ms")}</td></tr>'
        for name, mean in stages.items()
    )
    return _section(
        "latency",
        "Time of a turn",
        "From the message to the whole answer.",
        f"""<figure class="panel">{latency(times)}
<figcaption>{_many(len(times), "turn")}, from {low} to {high}. The scale is logarithmic; half of the turns \
lie below p50, 95 % below p95.</figcaption></figure>
<figure class="panel"><table class="kinds"><caption class="unseen">Mean time of a turn by stage</caption>
<thead><tr><th scope="col">Stage</th><td></td><th scope="col" class="number">Mean</th></tr></thead>
<tbody>{rows}</tbody></table></figure>""",
    )


def cases_section(run: Run) -> str:
    """The list of cases; the script adds search and order, and what stands behind a case."""
    shown = metric_columns(run)
    headings = "".join(
        f'<th scope="col" class="number" data-key="metric:{safe(line["name"])}">{safe(line["name"])}</th>'
        for line in shown
    )
    bodies = "\n".join(_case(place, case, shown) for place, case in enumerate(run["cases"]))
    table = f"""<div class="tools" id="case-tools" role="search" hidden>
<label class="grow">Search<input type="search" id="case-search" autocomplete="off" \
placeholder="Words of a message, an id, a failure"></label>
<label>Kind<select id="case-kind"><option value="">all kinds</option></select></label>
<label>Order<select id="case-order"><option value="">of the suite</option></select></label>
<label class="check"><input type="checkbox" id="case-failing">Only failing</label>
</div>
<p id="case-count" class="soft small" role="status">{_many(len(run["cases"]), "case")}</p>
<noscript><p class="soft small">With scripts on, a case opens to its conversation, report, pool and trace.\
</p></noscript>
<table class="cases" id="case-table">
<caption class="unseen">Cases of the run</caption>
<thead><tr><th scope="col" data-key="id">Case</th><th scope="col" data-key="kind">Kind</th>\
<th scope="col" data-key="passed">Result</th>{headings}\
<th scope="col" class="number" data-key="time">time</th></tr></thead>
{bodies}
</table>"""
    return _section("cases", "Cases", "Open a case to see how it went, turn by turn.", table)


def origin_footer(run: Run) -> str:
    """What makes the run again, and what it was made of."""
    origin = run["origin"]
    pairs = [
        ("Started", origin["started_at"]),
        ("Planner", f"{origin['planner']} ({origin['how']})"),
        ("Segue", origin["code_version"]),
        ("Suite", origin["suite_hash"]),
        ("Prompts", origin["prompts_hash"]),
        *((("Judge", origin["judge"]),) if "judge" in origin else ()),
        *((f"Catalogue {name}", print_) for name, print_ in origin["catalogues"].items()),
    ]
    lines = "\n".join(f"<dt>{safe(name)}</dt><dd><code>{safe(value)}</code></dd>" for name, value in pairs)
    return f"""<footer>
<h2>How it was made</h2>
<p class="soft small">This command makes the run again:</p>
<pre><code>{safe(origin["command"])}</code></pre>
<dl>
{lines}
</dl>
</footer>"""


def metric_columns(run: Run) -> list[MetricLine]:
    """Metrics that have a column, in the run's order: those that differ between cases and that most have."""
    values = {
        line["name"]: _values(line, run["cases"]) for line in run["metrics"] if line["name"] != "passed"
    }
    lines = [line for line in run["metrics"] if len({*values.get(line["name"], ())}) > 1]
    most = sorted(lines, key=lambda line: -len(values[line["name"]]))[:METRIC_COLUMNS]
    return [line for line in lines if line in most]


def _section(name: str, title: str, lede: str, content: str) -> str:
    return f"""<section id="{name}" aria-labelledby="{name}-title">
<h2 id="{name}-title">{title}</h2>
<p class="lede">{lede}</p>
{content}
</section>"""


def _gate(gate: GateLine, unit: str) -> str:
    shape = "value" if "value" in gate else "value missing"
    label = tag("✓ kept", "good") if gate["kept"] else tag("✗ broken", "bad")
    floor = f'<p class="soft small">A floor: {safe(gate.get("why", ""))}</p>' if gate.get("floor") else ""
    return (
        f'<li class="card gate {"good" if gate["kept"] else "bad"}"><h3>{safe(gate["metric"])}</h3>{label}'
        f'<div class="{shape}">{safe(shown_gate_value(gate, unit))}</div>'
        f'<p class="soft small">{safe(shown_bound(gate, unit))}</p>{floor}</li>'
    )


def _tile(line: MetricLine, cases: Sequence[CaseRun]) -> str:
    values = _values(line, cases)
    chart = spark(values)
    alike = "all alike" if len(values) > 1 and not chart else ""
    notes = ", ".join(note for note in (_many(line["cases"], "case"), alike, _WAYS[line["better"]]) if note)
    if chart:
        low, high = (shown_value(end, line["unit"]) for end in (min(values), max(values)))
        chart += f'<p class="ends"><span>{safe(low)}</span><span>{safe(high)}</span></p>'
    return (
        f'<li class="card"><h3>{safe(line["name"])}</h3><div class="value">{safe(shown_metric(line))}</div>'
        f'<p class="soft small">{safe(notes)}</p>{chart}</li>'
    )


def _values(line: MetricLine, cases: Sequence[CaseRun]) -> list[float]:
    return [case["metrics"][line["name"]] for case in cases if line["name"] in case["metrics"]]


def _kind(count: KindCount) -> str:
    tone = "good" if count.passed == count.cases else ""
    return (
        f'<tr><th scope="row">{safe(count.kind)}</th><td>{share_bar(count.share, tone)}</td>'
        f'<td class="number">{count.passed}/{count.cases}</td>'
        f'<td class="number aside">{count.blind}</td><td class="number aside">{count.sighted}</td></tr>'
    )


def _case(place: int, case: CaseRun, columns: Sequence[MetricLine]) -> str:
    """A row of figures, and one that opens; without the script it opens to what failed."""
    label = tag("✓ passed", "good") if case["passed"] else tag("✗ failed", "bad")
    cells = "".join(
        f'<td class="number" data-label="{safe(line["name"])}">{_cell(case, line)}</td>' for line in columns
    )
    time = sum(turn["usage"]["total_ms"] for turn in case["turns"] if "usage" in turn)
    cells += f'<td class="number" data-label="time">{safe(shown_value(time, "ms"))}</td>'
    first = case["turns"][0]["message"] if case["turns"] else ""
    more = f" <small>+ {_many(len(case['turns']) - 1, 'turn')}</small>" if len(case["turns"]) > 1 else ""
    failures = [failure for turn in case["turns"] for failure in turn["failures"]]
    faults = "".join(f"<li><bdi>{safe(failure)}</bdi></li>" for failure in failures)
    inside = f'<ul class="faults">{faults}</ul>' if faults else ""
    return (
        f'<tbody id="case-{place}" data-case="{place}"><tr><th scope="row">{safe(case["id"])}</th>'
        f"<td>{safe(case['kind'])}</td><td>{label}</td>{cells}</tr>"
        f'<tr class="more"><td colspan="{4 + len(columns)}"><details><summary>'
        f"<bdi>{safe(shortened(first, _SHOWN_OF_MESSAGE))}</bdi>{more}</summary>"
        f'<div class="inside">{inside}</div></details></td></tr></tbody>'
    )


def _cell(case: CaseRun, line: MetricLine) -> str:
    value = case["metrics"].get(line["name"])
    return "" if value is None else safe(shown_value(value, line["unit"]))


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
