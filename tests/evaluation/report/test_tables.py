"""Two runs side by side on a terminal."""

import io

from rich.console import Console

from src.evaluation.models.run import Run
from src.evaluation.report.compare import compare_runs
from src.evaluation.report.tables import show_comparison, show_run
from tests.evaluation.answers import make_line
from tests.evaluation.runs import make_case, make_metric, make_run, make_turn

LINES = [make_metric("[i]ndcg@10"), make_metric("hit@10")]
BEFORE = make_run(
    *[make_case(f"c{place}", metrics={"[i]ndcg@10": 0.1 + place / 50}) for place in range(8)],
    make_case("few", metrics={"hit@10": 1.0}),
    make_case("gone"),
    metrics=LINES,
)
AFTER = make_run(
    make_case(
        "c0",
        make_turn(
            tracks=["t1", "\x1b[31mt9"],
            failures=["[b]too few"],
            report_lines=[make_line("count", "10 tracks")],
        ),
        metrics={"[i]ndcg@10": 0.5},
    ),
    *[make_case(f"c{place}", metrics={"[i]ndcg@10": 0.5 + place / 40}) for place in range(1, 8)],
    make_case("few", metrics={"hit@10": 0.0}),
    make_case("new"),
    metrics=LINES,
    gates=[{"metric": "passed", "at_least": 1, "value": 0.9, "kept": False}],
    prompts_hash="b" * 64,
)


def shown_comparison(before: Run, after: Run, *, turns: bool = False) -> str:
    out = io.StringIO()
    comparison = compare_runs(before, after, seed=1, resamples=500)
    show_comparison(Console(file=out, width=110, highlight=False, soft_wrap=True), comparison, turns=turns)
    return out.getvalue()


def cells(out: str, first: str) -> list[str]:
    (line,) = [line for line in out.splitlines() if line.startswith(f"│ {first} ")]
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_show_comparison_says_what_was_made_differently():
    assert f"prompts_hash: {'a' * 47}… → {'b' * 47}…" in shown_comparison(BEFORE, AFTER)
    assert "made alike" in shown_comparison(BEFORE, BEFORE)


def test_show_comparison_has_intervals_and_marks():
    out = shown_comparison(BEFORE, AFTER)
    name, before, after, difference, interval, cases, mark = cells(out, "[i]ndcg@10")
    assert (name, before, after, difference) == ("[i]ndcg@10", "17.0%", "58.8%", "+41.8 pp")
    assert interval.startswith("+4")
    assert (cases, mark) == ("8", "better")
    assert cells(out, "hit@10") == ["hit@10", "100.0%", "0.0%", "-100.0 pp", "too few cases", "1", ""]
    assert "500 resamples, seed 1" in out


def test_show_comparison_tells_of_flips_of_lone_cases_and_of_broken_gates():
    out = shown_comparison(BEFORE, AFTER)
    assert "passed → failed: c0 (count)\n    [b]too few" in out
    assert "failed → passed: c0" in shown_comparison(AFTER, BEFORE)
    assert "only in the first run: gone" in out
    assert "only in the second run: new" in out
    assert "✗ the second run breaks the gate on passed" in out
    assert "breaks the gate" not in shown_comparison(AFTER, BEFORE)


def test_show_comparison_shows_changed_turns_when_asked():
    assert "t9" not in shown_comparison(BEFORE, AFTER)
    out = shown_comparison(BEFORE, AFTER, turns=True)
    assert "changed turns: 1, in cases: 1" in out
    assert (
        "  + Title  [31mt9 by Artist  [31mt9\n  - Title t2 by Artist t2\n  ↑ 10 tracks: not there → met"
        in out
    )
    assert "\x1b" not in out


RUN = make_run(
    make_case("good"),
    make_case(
        "bad",
        make_turn(message="jazz"),
        make_turn(
            message="nothing after [red]1995[/red]",
            failures=["1 of 1 are not of 1995: \x1b[31mA by B (1996)"],
        ),
        kind="[b]years",
        blind=True,
    ),
    metrics=[
        make_metric("[i]ndcg@10", 0.25, cases=7),
        make_metric("turn ms p95", 41, unit="ms", better="lower"),
    ],
    gates=[
        {"metric": "passed", "at_least": 0.9, "value": 0.5, "kept": False},
        {
            "metric": "turn ms p95",
            "at_most": 50,
            "value": 41,
            "kept": True,
            "floor": True,
            "why": "[b]41",
        },
        {"metric": "[u]grounded", "at_least": 1, "kept": False},
    ],
    planner="rules\x1b[2J",
)


def shown(run: Run) -> str:
    out = io.StringIO()
    show_run(Console(file=out, width=100, highlight=False, soft_wrap=True), run)
    return out.getvalue()


def test_show_run_says_how_it_was_made():
    out = shown(RUN)
    assert out.startswith("core: planner rules [2J (rules planner)\n")
    assert "segue eval run core" in out


def test_show_run_has_a_line_a_kind_and_the_total():
    out = shown(RUN)
    assert cells(out, "count") == ["count", "1", "1", "100.0%", "-", "1/1"]
    assert cells(out, "[b]years") == ["[b]years", "1", "0", "0.0%", "0/1", "-"]
    assert cells(out, "total") == ["total", "2", "1", "50.0%", "0/1", "1/1"]
    assert "2.0 s, 1.0 cases a second" in out


def test_show_run_has_a_line_a_metric():
    out = shown(RUN)
    assert cells(out, "[i]ndcg@10") == ["[i]ndcg@10", "25.0%", "↑", "7"]
    assert cells(out, "turn ms p95") == ["turn ms p95", "41.0 ms", "↓", "1"]


def test_show_run_tells_kept_gates_from_broken_ones():
    out = shown(RUN)
    assert "✗ broken passed at least 90.0%: 50.0%" in out
    assert "✓ kept   turn ms p95 at most 50.0 ms: 41.0 ms (a floor: [b]41)\n" in out
    assert "1 of 3 gates kept, 1 of them a floor: turn ms p95\n" in out
    assert "✗ broken [u]grounded at least 1.000: not measured" in out


def test_show_run_tells_what_failed_and_where():
    out = shown(RUN)
    assert "bad ([b]years, starter)\n  turn 2: nothing after [red]1995[/red]\n    1 of 1 are not" in out
    assert "good (" not in out
    assert "turn 1" not in out


def test_show_run_prints_no_control_code():
    assert "\x1b" not in shown(RUN)


def test_show_run_tells_of_degraded_turns():
    assert "stood in" not in shown(RUN)
    assert "turns in which the rules stood in for the model: 2" in shown({**RUN, "degraded_turns": 2})


def test_show_run_of_nothing():
    out = shown(make_run())
    assert cells(out, "total") == ["total", "0", "0", "0.0%", "-", "-"]
    assert "metric" not in out
