"""A run on a terminal: how it was made, cases by kind, metrics, gates, then what failed."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.evaluation.kind_counts import KindCount, count_cases, count_kinds
from src.evaluation.models.run import CaseRun, GateLine, Run
from src.evaluation.shown import gate_unit, plain, shortened, shown_bound, shown_gate_value, shown_metric

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
    for case in run["cases"]:
        if not case["passed"]:
            _show_failures(console, case)


def gate_text(gate: GateLine, unit: str) -> Text:
    """One gate, kept or broken."""
    mark, style = ("✓ kept", "green") if gate["kept"] else ("✗ broken", "red")
    bound, value = shown_bound(gate, unit), shown_gate_value(gate, unit)
    return Text.assemble((f"{mark:<9}", style), plain(f"{gate['metric']} {bound}: {value}"))


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
