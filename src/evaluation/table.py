"""A report on a terminal: a line a kind, then what failed."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.evaluation.models.report import CaseResult, KindLine, Report

_SHOWN_OF_MESSAGE = 80


def show_report(console: Console, report: Report) -> None:
    """The table by kind with its total, the speed, and each failing case with its failures."""
    table = Table(title=f"planner: {_plain(report['planner'])}")
    table.add_column("kind")
    for name in ("cases", "passed", "share", "blind", "sighted"):
        table.add_column(name, justify="right")
    for line in report["kinds"]:
        table.add_row(*_cells(line))
    table.add_section()
    table.add_row(*_cells(report["total"]))
    console.print(table)
    rate = report["total"]["cases"] / max(report["seconds"], 1e-6)
    console.print(Text(f"{report['seconds']:.1f} s, {rate:.1f} cases a second"))
    if report["degraded_turns"]:
        degraded = f"turns in which the rules stood in for the model: {report['degraded_turns']}"
        console.print(Text(degraded, style="yellow"))
    for result in report["results"]:
        if not result["passed"]:
            _show_failures(console, result)


def pass_rate(line: KindLine) -> float:
    """Share of the cases that passed, 0 to 1."""
    return line["passed"] / line["cases"] if line["cases"] else 0.0


def _cells(line: KindLine) -> list[str]:
    sighted = line["cases"] - line["blind_cases"]
    return [
        _plain(line["kind"]),
        str(line["cases"]),
        str(line["passed"]),
        f"{pass_rate(line):.1%}",
        _out_of(line["blind_passed"], line["blind_cases"]),
        _out_of(line["passed"] - line["blind_passed"], sighted),
    ]


def _out_of(passed: int, cases: int) -> str:
    return f"{passed}/{cases}" if cases else "-"


def _show_failures(console: Console, result: CaseResult) -> None:
    console.print(Text(f"\n{result['id']} ({_plain(result['kind'])}, {result['catalogue']})", style="bold"))
    for number, turn in enumerate(result["turns"], start=1):
        if turn["failures"]:
            said = _plain(turn["message"])
            short = said if len(said) <= _SHOWN_OF_MESSAGE else f"{said[:_SHOWN_OF_MESSAGE]}…"
            console.print(Text(f"  turn {number}: {short}", style="dim"))
        for failure in turn["failures"]:
            console.print(Text(f"    {_plain(failure)}", style="red"))


def _plain(text: str) -> str:
    """Text on one line, without control characters: titles are the catalogue's, and messages anybody's."""
    return "".join(character if character.isprintable() else " " for character in text)
