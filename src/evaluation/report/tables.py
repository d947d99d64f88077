"""A run, and two runs side by side, on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.evaluation.models.comparison import CaseFlip, Comparison, MetricChange, Outcome, TurnChange
from src.evaluation.models.run import CaseRun, GateLine, Run
from src.evaluation.report.compare import KindCount, count_cases, count_kinds
from src.evaluation.report.scorecard import (
    gate_unit,
    plain,
    shortened,
    shown_bound,
    shown_gate_value,
    shown_metric,
    shown_value,
)
from src.evaluation.runner.suite import kept_in_words

_SHOWN_OF_MESSAGE = 80
_WAYS = {"higher": "↑", "lower": "↓", "neither": ""}


def show_run(console: Console, run: Run) -> None:
    """Everything of the run that fits on a terminal; the page has the rest."""
    _show_origin(console, run)
    _show_kinds(console, run)
    if run["metrics"]:
        _show_metrics(console, run)
    for gate in run["gates"]:
        console.print(gate_text(gate, gate_unit(run, gate)))
    if run["gates"]:
        console.print(Text(plain(kept_in_words(run["gates"])), style="bold"))
    for case in run["cases"]:
        if not case["passed"]:
            _show_failures(console, case)


def gate_text(gate: GateLine, unit: str) -> Text:
    """One gate, kept or broken; a floor says why it is one."""
    mark, style = ("✓ kept", "green") if gate["kept"] else ("✗ broken", "red")
    bound, value = shown_bound(gate, unit), shown_gate_value(gate, unit)
    floor = plain(f" (a floor: {gate.get('why', '')})") if gate.get("floor") else ""
    return Text.assemble((f"{mark:<9}", style), plain(f"{gate['metric']} {bound}: {value}"), (floor, "dim"))


def _show_origin(console: Console, run: Run) -> None:
    origin = run["origin"]
    console.print(
        Text(plain(f"{origin['suite']}: planner {origin['planner']} ({origin['how']})"), style="bold")
    )
    console.print(
        Text(
            plain(f"Segue {origin['code_version']}, {origin['started_at']}: {origin['command']}"), style="dim"
        )
    )


def _show_kinds(console: Console, run: Run) -> None:
    table = Table()
    table.add_column("kind")
    for name in ("cases", "passed", "share", "blind", "sighted"):
        table.add_column(name, justify="right")
    for count in count_kinds(run["cases"]):
        table.add_row(*_cells(count))
    table.add_section()
    table.add_row(*_cells(count_cases("total", run["cases"])))
    console.print(table)
    rate = len(run["cases"]) / max(run["seconds"], 1e-6)
    console.print(Text(f"{run['seconds']:.1f} s, {rate:.1f} cases a second"))
    if run["degraded_turns"]:
        degraded = f"turns in which the rules stood in for the model: {run['degraded_turns']}"
        console.print(Text(degraded, style="yellow"))


def _cells(count: KindCount) -> list[str | Text]:
    return [
        Text(plain(count.kind)),
        str(count.cases),
        str(count.passed),
        f"{count.share:.1%}",
        count.blind,
        count.sighted,
    ]


def _show_metrics(console: Console, run: Run) -> None:
    table = Table()
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_column("better")
    table.add_column("cases", justify="right")
    for line in run["metrics"]:
        table.add_row(
            Text(plain(line["name"])), shown_metric(line), _WAYS[line["better"]], str(line["cases"])
        )
    console.print(table)


def _show_failures(console: Console, case: CaseRun) -> None:
    heading = f"{case['id']} ({case['kind']}, {case['catalogue']})"
    console.print(Text(f"\n{plain(heading)}", style="bold"))
    for number, turn in enumerate(case["turns"], start=1):
        if turn["failures"]:
            said = shortened(turn["message"], _SHOWN_OF_MESSAGE)
            console.print(Text(f"  turn {number}: {said}", style="dim"))
        for failure in turn["failures"]:
            console.print(Text(f"    {plain(failure)}", style="red"))


_STYLES: dict[Outcome, str] = {"better": "green", "worse": "red", "changed": "yellow", "unclear": "dim"}
_SHOWN_OF_ORIGIN = 48


def show_comparison(console: Console, comparison: Comparison, *, turns: bool = False) -> None:
    """What differs in how they were made, metrics with intervals, flipped cases and costs.

    Args:
        console: where to.
        comparison: the two runs.
        turns: whether every changed turn is shown, with its tracks and wishes.
    """
    _show_origins(console, comparison)
    _show_metric_changes(console, comparison)
    _show_costs(console, comparison)
    for flip in comparison["flips"]:
        _show_flip(console, flip)
    for what, ids in (("first", comparison["only_before"]), ("second", comparison["only_after"])):
        if ids:
            console.print(Text(plain(f"only in the {what} run: {', '.join(ids)}"), style="yellow"))
    changed = len({change["case"] for change in comparison["turns"]})
    console.print(Text(f"\nchanged turns: {len(comparison['turns'])}, in cases: {changed}"))
    if turns:
        for change in comparison["turns"]:
            _show_turn(console, change)
    for gate in comparison["gates_broken"]:
        console.print(Text(plain(f"✗ the second run breaks the gate on {gate['metric']}"), style="red"))


def _show_origins(console: Console, comparison: Comparison) -> None:
    suite = comparison["after"]["suite"]
    console.print(Text(plain(f"{suite}: {comparison['shared']} cases in both runs"), style="bold"))
    if not comparison["differs"]:
        console.print(Text("made alike: planner, prompts, code and catalogues are the same", style="dim"))
    for change in comparison["differs"]:
        was, now = (shortened(change[side], _SHOWN_OF_ORIGIN) or "none" for side in ("before", "after"))
        console.print(Text(f"{plain(change['field'])}: {was} → {now}", style="yellow"))


def _show_metric_changes(console: Console, comparison: Comparison) -> None:
    times = f"{comparison['resamples']:,} resamples, seed {comparison['seed']}"
    table = Table(caption=f"95 % intervals of the mean difference by paired bootstrap, {times}")
    table.add_column("metric")
    for name in ("before", "after", "difference", "95 % interval", "cases"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for change in comparison["metrics"]:
        table.add_row(*_comparison_cells(change), style=_STYLES[change["outcome"]])
    console.print(table)


def _comparison_cells(change: MetricChange) -> list[str | Text]:
    unit = change["unit"]
    ends = [
        shown_value(end, unit, signed=True)
        for end in (change.get("low"), change.get("high"))
        if end is not None
    ]
    return [
        Text(plain(change["name"])),
        shown_value(change["before"], unit),
        shown_value(change["after"], unit),
        shown_value(change["difference"], unit, signed=True),
        " to ".join(ends) or "too few cases",
        str(change["cases"]),
        change["outcome"] if change["outcome"] != "unclear" else "",
    ]


def _show_costs(console: Console, comparison: Comparison) -> None:
    before, after = comparison["cost_before"], comparison["cost_after"]
    console.print(
        Text(
            f"tokens in {before['input_tokens']:,} → {after['input_tokens']:,}, "
            f"out {before['output_tokens']:,} → {after['output_tokens']:,}; "
            f"model calls {before['model_calls']:,} → {after['model_calls']:,}; "
            f"time {before['ms'] / 1000:.1f} → {after['ms'] / 1000:.1f} s"
        )
    )


def _show_flip(console: Console, flip: CaseFlip) -> None:
    way, style = ("failed → passed", "green") if flip["passed"] else ("passed → failed", "red")
    console.print(Text(plain(f"{way}: {flip['id']} ({flip['kind']})"), style=style))
    for failure in flip["failures"]:
        console.print(Text(f"    {plain(failure)}", style="dim"))


def _show_turn(console: Console, change: TurnChange) -> None:
    console.print(Text(plain(f"\n{change['case']}, turn {change['turn']}"), style="bold"))
    for mark, lines, style in (
        ("+", change["tracks_in"], "green"),
        ("-", change["tracks_out"], "red"),
        ("↑", change["gained"], "green"),
        ("↓", change["lost"], "red"),
    ):
        for line in lines:
            console.print(Text(f"  {mark} {plain(line)}", style=style))
