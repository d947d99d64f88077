"""The report on a terminal."""

import io

from rich.console import Console

from src.evaluation.models.report import KindLine, Report
from src.evaluation.table import pass_rate, show_report


def a_line(kind: str, cases: int, passed: int, blind_cases: int = 0, blind_passed: int = 0) -> KindLine:
    return {
        "kind": kind,
        "cases": cases,
        "passed": passed,
        "blind_cases": blind_cases,
        "blind_passed": blind_passed,
    }


REPORT: Report = {
    "planner": "rules",
    "degraded_turns": 0,
    "seconds": 0.5,
    "total": a_line("total", 5, 4, 2, 1),
    "kinds": [a_line("count", 3, 3), a_line("years", 2, 1, 2, 1)],
    "results": [
        {
            "id": "good",
            "kind": "count",
            "catalogue": "starter",
            "blind": False,
            "passed": True,
            "turns": [{"message": "7 songs", "reply": "Here.", "titles": ["A by B"], "failures": []}],
        },
        {
            "id": "bad",
            "kind": "years",
            "catalogue": "messy",
            "blind": True,
            "passed": False,
            "turns": [
                {"message": "jazz", "reply": "Here.", "titles": ["A by B"], "failures": []},
                {
                    "message": "nothing after [red]1995[/red]",
                    "reply": "Here.",
                    "titles": ["A by B"],
                    "failures": ["1 of 1 are not of 1995 or earlier: \x1b[31mA by B (1996)"],
                },
            ],
        },
    ],
}


def shown(report: Report) -> str:
    out = io.StringIO()
    show_report(Console(file=out, width=100, highlight=False, soft_wrap=True), report)
    return out.getvalue()


def cells(out: str, kind: str) -> list[str]:
    (line,) = [line for line in out.splitlines() if line.startswith(f"│ {kind} ")]
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_show_report_has_a_line_a_kind_and_the_total():
    out = shown(REPORT)
    assert cells(out, "count") == ["count", "3", "3", "100.0%", "-", "3/3"]
    assert cells(out, "years") == ["years", "2", "1", "50.0%", "1/2", "-"]
    assert cells(out, "total") == ["total", "5", "4", "80.0%", "1/2", "3/3"]
    assert "0.5 s, 10.0 cases a second" in out


def test_show_report_tells_what_failed_and_where():
    out = shown(REPORT)
    assert "bad (years, messy)\n  turn 2: nothing after [red]1995[/red]\n    1 of 1 are not of 1995" in out
    assert "good (" not in out
    assert "turn 1" not in out


def test_show_report_prints_no_control_code_of_a_title():
    assert "\x1b" not in shown(REPORT)


def test_show_report_tells_of_degraded_turns():
    assert "stood in" not in shown(REPORT)
    assert "turns in which the rules stood in for the model: 2" in shown({**REPORT, "degraded_turns": 2})


def test_pass_rate_of_a_line():
    assert pass_rate(a_line("count", 8, 6)) == 0.75
    assert pass_rate(a_line("count", 0, 0)) == 0
