"""Two runs of a suite side by side."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from src.errors import InvalidInput
from src.evaluation.models.comparison import Comparison, MetricChange
from src.evaluation.models.run import GateLine, MetricLine, Run
from src.evaluation.report import compare as paired_bootstrap
from src.evaluation.report.compare import (
    FEWEST_PAIRS,
    KindCount,
    compare_runs,
    count_cases,
    count_kinds,
    mean_interval,
)
from tests.evaluation.answers import make_line
from tests.evaluation.runs import make_case, make_metric, make_run, make_turn

FAILING = make_turn(failures=["too few"])
BROKEN: GateLine = {"metric": "passed", "at_least": 1.0, "value": 0.5, "kept": False}
KEPT: GateLine = {"metric": "turn ms p95", "at_most": 90, "value": 40, "kept": True}


def run_of(values: dict[str, list[float]], *lines: MetricLine) -> Run:
    """A run whose cases have these values of a metric, in order."""
    count = max(len(column) for column in values.values())
    cases = [
        make_case(
            f"c{place}",
            metrics={name: column[place] for name, column in values.items() if place < len(column)},
        )
        for place in range(count)
    ]
    return make_run(*cases, metrics=lines or [make_metric(name) for name in values])


def changed(before: Run, after: Run, name: str) -> MetricChange:
    comparison = compare_runs(before, after, seed=1, resamples=500)
    (change,) = [change for change in comparison["metrics"] if change["name"] == name]
    return change


def test_compare_runs_with_itself_finds_nothing():
    run = make_run(*[make_case(f"c{number}", metrics={"ndcg@10": 0.4}) for number in range(8)])
    run["metrics"] = [make_metric("ndcg@10")]
    comparison = compare_runs(run, run, seed=1)
    assert [comparison[key] for key in ("differs", "only_before", "only_after", "flips", "turns")] == [[]] * 5
    assert [change["outcome"] for change in comparison["metrics"]] == ["unclear"] * 3
    assert (comparison["resamples"], comparison["shared"]) == (10_000, 8)
    adapter = TypeAdapter(Comparison)
    assert adapter.validate_json(adapter.dump_json(comparison)) == comparison


def test_compare_runs_gives_the_same_for_the_same_seed():
    before, after = run_of({"ndcg@10": [0.1, 0.5, 0.3] * 4}), run_of({"ndcg@10": [0.3, 0.4, 0.9] * 4})
    assert compare_runs(before, after, seed=5) == compare_runs(before, after, seed=5)


def test_compare_runs_marks_a_metric_whose_interval_excludes_zero():
    before, after = (
        run_of({"ndcg@10": [0.1, 0.2, 0.3, 0.4] * 3}),
        run_of({"ndcg@10": [0.3, 0.4, 0.6, 0.5] * 3}),
    )
    change = changed(before, after, "ndcg@10")
    assert (change["cases"], change["outcome"]) == (12, "better")
    assert change["difference"] == pytest.approx(0.2)
    assert 0 < change["low"] < change["difference"] < change["high"]
    assert changed(after, before, "ndcg@10")["outcome"] == "worse"


@pytest.mark.parametrize(("better", "outcome"), [("lower", "worse"), ("neither", "changed")])
def test_compare_runs_judges_by_the_way_that_is_better(better, outcome):
    line = make_metric("tokens", unit="tokens", better=better)
    before, after = run_of({"tokens": [10.0, 12.0] * 5}, line), run_of({"tokens": [20.0, 25.0] * 5}, line)
    assert changed(before, after, "tokens")["outcome"] == outcome


def test_compare_runs_times_the_turns_of_each_case():
    slow = [make_case(f"c{number}", make_turn(ms=100), make_turn(ms=200)) for number in range(8)]
    quick = [make_case(f"c{number}", make_turn(ms=50)) for number in range(8)]
    change = changed(make_run(*slow), make_run(*quick), "turn ms")
    assert (change["before"], change["after"], change["outcome"]) == (150, 50, "better")


def test_compare_runs_does_not_mark_what_chance_could_have_made():
    before, after = run_of({"ndcg@10": [0.5] * 10}), run_of({"ndcg@10": [0.9, 0.1] * 5})
    change = changed(before, after, "ndcg@10")
    assert change["low"] < 0 < change["high"]
    assert change["outcome"] == "unclear"


def test_compare_runs_states_no_interval_of_few_cases():
    change = changed(run_of({"ndcg@10": [0.1] * 5}), run_of({"ndcg@10": [0.9] * 5}), "ndcg@10")
    assert "low" not in change
    assert change["outcome"] == "unclear"


def test_compare_runs_pairs_a_metric_over_the_cases_that_have_it_in_both():
    before = run_of({"ndcg@10": [0.1, 0.2, 0.3], "hit@10": [1, 1, 1]})
    after = run_of({"ndcg@10": [0.2, 0.2], "hit@10": [1, 1, 1]})
    change = changed(before, after, "ndcg@10")
    assert change["cases"] == 2
    assert [change["before"], change["after"]] == pytest.approx([0.15, 0.2])


def test_compare_runs_leaves_out_a_metric_of_the_whole_run():
    run = make_run(make_case("a"), metrics=[make_metric("turn ms p95", 90, unit="ms")])
    assert [change["name"] for change in compare_runs(run, run, seed=1)["metrics"]] == ["passed", "turn ms"]


def test_compare_runs_tells_which_cases_flipped_and_why():
    before = make_run(make_case("a", FAILING, kind="years"), make_case("b"), make_case("c", FAILING))
    after = make_run(make_case("a", kind="years"), make_case("b", FAILING), make_case("c", FAILING))
    flips = compare_runs(before, after, seed=1)["flips"]
    assert [(flip["id"], flip["kind"], flip["passed"], flip["failures"]) for flip in flips] == [
        ("b", "count", False, ["too few"]),
        ("a", "years", True, ["too few"]),
    ]


def test_compare_runs_names_cases_that_only_one_has():
    before, after = make_run(make_case("a"), make_case("b")), make_run(make_case("b"), make_case("c"))
    comparison = compare_runs(before, after, seed=1)
    assert (comparison["only_before"], comparison["only_after"], comparison["shared"]) == (["a"], ["c"], 1)


def test_compare_runs_tells_tracks_and_constraints_of_a_changed_turn():
    same = make_turn(message="first")
    before = make_turn(
        tracks=["t1", "t2"], report_lines=[make_line("years", "1995 or earlier", "relaxed")], tokens=1000
    )
    after = make_turn(
        tracks=["t2", "t9"], report_lines=[make_line("years", "1995 or earlier")], tokens=3000, ms=90
    )
    comparison = compare_runs(
        make_run(make_case("a", same, before)), make_run(make_case("a", same, after)), seed=1
    )
    (change,) = comparison["turns"]
    assert (change["case"], change["turn"]) == ("a", 2)
    assert (change["tracks_in"], change["tracks_out"]) == (
        ["Title t9 by Artist t9"],
        ["Title t1 by Artist t1"],
    )
    assert (change["gained"], change["lost"]) == (["1995 or earlier: relaxed → met"], [])
    assert change["before"] == {"input_tokens": 1000, "output_tokens": 100, "model_calls": 1, "ms": 40}
    assert change["after"] == {"input_tokens": 3000, "output_tokens": 300, "model_calls": 3, "ms": 90}
    assert comparison["cost_after"] == {
        "input_tokens": 3000,
        "output_tokens": 300,
        "model_calls": 3,
        "ms": 130,
    }


def test_compare_runs_when_a_run_did_not_come_to_a_turn():
    before = make_run(make_case("a", make_turn(), make_turn(tracks=["t5"])))
    after = make_run(make_case("a", make_turn()))
    (lost,) = compare_runs(before, after, seed=1)["turns"]
    (won,) = compare_runs(after, before, seed=1)["turns"]
    assert (lost["turn"], lost["tracks_out"], lost["tracks_in"]) == (2, ["Title t5 by Artist t5"], [])
    assert (won["turn"], won["tracks_out"], won["tracks_in"]) == (2, [], ["Title t5 by Artist t5"])
    assert lost["after"] == {"input_tokens": 0, "output_tokens": 0, "model_calls": 0, "ms": 0}


def test_compare_runs_tells_what_was_made_differently():
    before = make_run(make_case("a"), prompts_hash="a", catalogues={"starter": "1", "messy": "1"})
    after = make_run(
        make_case("a"), prompts_hash="b", catalogues={"starter": "2"}, command="other", started_at="x"
    )
    assert compare_runs(before, after, seed=1)["differs"] == [
        {"field": "prompts_hash", "before": "a", "after": "b"},
        {"field": "catalogue messy", "before": "1", "after": ""},
        {"field": "catalogue starter", "before": "1", "after": "2"},
    ]


def test_compare_runs_refuses_another_suite_unless_allowed():
    before, after = make_run(make_case("a")), make_run(make_case("a"), suite_hash="6" * 64)
    with pytest.raises(InvalidInput, match="different suites"):
        compare_runs(before, after, seed=1)
    comparison = compare_runs(before, after, seed=1, allow_other_suite=True)
    assert [change["field"] for change in comparison["differs"]] == ["suite_hash"]


def test_compare_runs_refuses_runs_without_a_case_in_common():
    with pytest.raises(InvalidInput, match="no case in common"):
        compare_runs(make_run(make_case("a")), make_run(make_case("b")), seed=1)


def test_compare_runs_names_the_gates_that_the_second_breaks():
    before, after = make_run(make_case("a"), gates=[KEPT, BROKEN]), make_run(make_case("a"), gates=[KEPT])
    assert compare_runs(before, after, seed=1)["gates_broken"] == []
    assert compare_runs(after, before, seed=1)["gates_broken"] == [BROKEN]


def test_mean_interval_is_the_same_for_the_same_seed():
    differences = [0.1, -0.2, 0.3, 0.0, 0.5, 0.1, -0.1]
    once, again, other = (mean_interval(differences, seed=seed, resamples=40) for seed in (3, 3, 4))
    assert once == again != other


def test_mean_interval_holds_the_mean_and_is_as_wide_as_theory_says():
    # The mean of n independent values lies within 1.96 standard errors of theirs in 95 of 100 draws.
    values = np.random.default_rng(7).normal(0.2, 1.0, 400)
    interval = mean_interval(values.tolist(), seed=1)
    assert interval is not None
    error = 1.96 * values.std() / np.sqrt(len(values))
    assert interval == pytest.approx((values.mean() - error, values.mean() + error), abs=0.01)


def test_mean_interval_covers_the_truth_in_about_95_of_100_experiments():
    chance = np.random.default_rng(11)
    intervals = [
        mean_interval(chance.normal(0.3, 1.0, 60).tolist(), seed=1, resamples=400) for _ in range(300)
    ]
    covered = sum(low <= 0.3 <= high for low, high in filter(None, intervals)) / 300
    assert 0.90 <= covered <= 0.98


def test_mean_interval_of_equal_differences_has_no_width():
    assert mean_interval([0.5] * FEWEST_PAIRS, seed=1) == (0.5, 0.5)


def test_mean_interval_of_too_few_pairs_is_none():
    assert mean_interval([1.0] * (FEWEST_PAIRS - 1), seed=1) is None


def test_mean_interval_does_not_depend_on_how_many_are_drawn_at_once(monkeypatch):
    differences = [0.1, -0.2, 0.3, 0.0, 0.5, 0.1, -0.1]
    at_once = mean_interval(differences, seed=3, resamples=500)
    monkeypatch.setattr(paired_bootstrap, "_DRAWN_AT_ONCE", 70)
    assert mean_interval(differences, seed=3, resamples=500) == at_once


def test_count_kinds_has_one_line_a_kind_by_name():
    failing = make_turn(failures=["too few"])
    cases = [
        make_case("a", kind="years", blind=True),
        make_case("b", failing, kind="years"),
        make_case("c", kind="count"),
    ]
    assert count_kinds(cases) == [KindCount("count", 1, 1, 0, 0), KindCount("years", 2, 1, 1, 1)]
    total = count_cases("total", cases)
    assert (total.blind, total.sighted, round(total.share, 3)) == ("1/1", "1/2", 0.667)


def test_count_cases_of_none_has_no_share():
    none = count_cases("total", [])
    assert (none.share, none.blind, none.sighted) == (0, "-", "-")
