"""Two runs side by side on a terminal."""

import io

from rich.console import Console

from src.evaluation.compare import compare_runs
from src.evaluation.compare_table import show_comparison
from src.evaluation.models.run import Run
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
            constraints=[make_line("count", "10 tracks")],
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


def shown(before: Run, after: Run, *, turns: bool = False) -> str:
    out = io.StringIO()
    comparison = compare_runs(before, after, seed=1, resamples=500)
    show_comparison(Console(file=out, width=110, highlight=False, soft_wrap=True), comparison, turns=turns)
    return out.getvalue()


def cells(out: str, first: str) -> list[str]:
    (line,) = [line for line in out.splitlines() if line.startswith(f"│ {first} ")]
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_show_comparison_says_what_was_made_differently():
    assert f"prompts_hash: {'a' * 47}… → {'b' * 47}…" in shown(BEFORE, AFTER)
    assert "made alike" in shown(BEFORE, BEFORE)


def test_show_comparison_has_intervals_and_marks():
    out = shown(BEFORE, AFTER)
    name, before, after, difference, interval, cases, mark = cells(out, "[i]ndcg@10")
    assert (name, before, after, difference) == ("[i]ndcg@10", "17.0%", "58.8%", "+41.8 pp")
    assert interval.startswith("+4")
    assert (cases, mark) == ("8", "better")
    assert cells(out, "hit@10") == ["hit@10", "100.0%", "0.0%", "-100.0 pp", "too few cases", "1", ""]
    assert "500 resamples, seed 1" in out


def test_show_comparison_tells_of_flips_of_lone_cases_and_of_broken_gates():
    out = shown(BEFORE, AFTER)
    assert "passed → failed: c0 (count)\n    [b]too few" in out
    assert "failed → passed: c0" in shown(AFTER, BEFORE)
    assert "only in the first run: gone" in out
    assert "only in the second run: new" in out
    assert "✗ the second run breaks the gate on passed" in out
    assert "breaks the gate" not in shown(AFTER, BEFORE)


def test_show_comparison_shows_changed_turns_when_asked():
    assert "t9" not in shown(BEFORE, AFTER)
    out = shown(BEFORE, AFTER, turns=True)
    assert "changed turns: 1, in cases: 1" in out
    assert (
        "  + Title  [31mt9 by Artist  [31mt9\n  - Title t2 by Artist t2\n  ↑ 10 tracks: not there → met"
        in out
    )
    assert "\x1b" not in out
