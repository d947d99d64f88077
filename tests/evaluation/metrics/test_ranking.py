"""Metrics of rankings, beside those of trec_eval and MS MARCO as `ir-measures` wraps them."""

import random

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, P, R, Rprec, Success, nDCG

from src.evaluation.metrics.ranking import (
    Relevant,
    hit_at_k,
    mrr_at_k,
    ndcg_at_k,
    precision_at_k,
    r_precision,
    rank_of,
    recall_at_k,
)

RUNS = 300
CUTOFFS = (1, 3, 10, 20)
EXACT = 1e-9


def random_runs(*, graded: bool) -> dict[str, tuple[list[str], dict[str, int]]]:
    """Rankings of 0 to 60 tracks with 1 to 30 judged ones, in the ranking or not, by the name of the run.

    Of judged tracks some have a gain of 0; at least one has more.
    """
    chance = random.Random(20261124)
    tracks = [f"track-{number:03}" for number in range(120)]
    runs: dict[str, tuple[list[str], dict[str, int]]] = {}
    for number in range(RUNS):
        ranked = chance.sample(tracks, chance.randint(0, 60))
        judged = chance.sample(tracks, chance.randint(1, 30))
        gains = {id_: chance.randint(0, 4) if graded else chance.randint(0, 1) for id_ in judged}
        gains[judged[0]] = 1
        runs[f"q{number}"] = (ranked, gains)
    return runs


def by_ir_measures(measure, runs) -> dict[str, float]:
    """What `ir-measures` gives for each run; 0 for a ranking without a track, which it leaves out."""
    qrels = {name: gains for name, (_, gains) in runs.items()}
    scored = {
        # A rank turned into a score: without ties the order is the ranking's.
        name: {id_: float(len(ranked) - place) for place, id_ in enumerate(ranked)}
        for name, (ranked, _) in runs.items()
        if ranked
    }
    found = {item.query_id: item.value for item in ir_measures.iter_calc([measure], qrels, scored)}
    return {name: found.get(name, 0.0) for name in runs}


MEASURES = {
    "ndcg": (ndcg_at_k, lambda k: nDCG @ k),
    "hit": (hit_at_k, lambda k: Success @ k),
    "recall": (recall_at_k, lambda k: R @ k),
    "precision": (precision_at_k, lambda k: P @ k),
    "mrr": (mrr_at_k, lambda k: RR @ k),
}


@pytest.mark.parametrize("k", CUTOFFS)
@pytest.mark.parametrize("name", MEASURES)
def test_ranking_metrics_when_run_is_random_equal_ir_measures(name, k):
    own, theirs = MEASURES[name]
    runs = random_runs(graded=False)
    expected = by_ir_measures(theirs(k), runs)
    got = {run: own(ranked, gains, k) for run, (ranked, gains) in runs.items()}
    assert len(got) == RUNS
    assert got == pytest.approx(expected, abs=EXACT, rel=0)
    assert 0 < sum(got.values()) < RUNS


@pytest.mark.parametrize("k", CUTOFFS)
def test_ndcg_at_k_when_gains_are_graded_equals_ir_measures(k):
    runs = random_runs(graded=True)
    got = {run: ndcg_at_k(ranked, gains, k) for run, (ranked, gains) in runs.items()}
    assert got == pytest.approx(by_ir_measures(nDCG @ k, runs), abs=EXACT, rel=0)


def test_r_precision_when_run_is_random_equals_ir_measures():
    runs = random_runs(graded=True)
    got = {run: r_precision(ranked, gains) for run, (ranked, gains) in runs.items()}
    assert got == pytest.approx(by_ir_measures(Rprec, runs), abs=EXACT, rel=0)


def test_ndcg_at_k_by_hand():
    # (3 / log2(2) + 1 / log2(4)) / (3 / log2(2) + 1 / log2(3)): gains as they are, not 2^gain - 1.
    assert ndcg_at_k(["a", "x", "b"], {"a": 3.0, "b": 1.0}, 10) == pytest.approx(3.5 / 3.6309297535714573)


def test_ndcg_at_k_when_one_track_is_relevant_is_as_music_crs_has_it():
    assert ndcg_at_k(["x", "a"], {"a"}, 20) == pytest.approx(0.6309297535714575)


@pytest.mark.parametrize(
    "metric", [ndcg_at_k, hit_at_k, recall_at_k, precision_at_k, mrr_at_k, lambda a, b, _: r_precision(a, b)]
)
class TestEveryMetric:
    """What all of them have in common."""

    def test_metric_when_nothing_is_relevant_refuses(self, metric):
        nothing: list[Relevant] = [[], {}, {"a": 0.0}]
        for relevant in nothing:
            with pytest.raises(ValueError, match="nothing is relevant"):
                metric(["a"], relevant, 10)

    def test_metric_when_an_id_stands_twice_refuses(self, metric):
        with pytest.raises(ValueError, match="twice"):
            metric(["a", "b", "a"], {"a"}, 2)

    def test_metric_when_a_gain_is_no_gain_refuses(self, metric):
        for gain in (-1.0, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="gain"):
                metric(["a"], {"a": 1.0, "b": gain}, 10)

    def test_metric_when_ranking_is_empty_is_0(self, metric):
        assert metric([], {"a"}, 10) == 0

    def test_metric_when_a_relevant_track_is_given_twice_counts_it_once(self, metric):
        assert metric(["a", "b"], ["a", "b", "a"], 2) == metric(["a", "b"], {"a", "b"}, 2)

    def test_metric_when_a_gain_is_0_does_not_count_it(self, metric):
        assert metric(["a", "b"], {"a": 0.0, "b": 1.0}, 2) == metric(["a", "b"], {"b"}, 2)

    @given(
        st.lists(st.integers(0, 20), unique=True), st.sets(st.integers(0, 20), min_size=1), st.integers(1, 9)
    )
    def test_metric_of_any_ranking_is_a_share_that_the_best_ranking_has_most_of(self, metric, ranked, ids, k):
        ranking, relevant = [str(number) for number in ranked], {str(number) for number in ids}
        best = metric(sorted(relevant), relevant, k)
        assert 0 <= metric(ranking, relevant, k) <= best + EXACT <= 1 + 2 * EXACT


@pytest.mark.parametrize("metric", [ndcg_at_k, hit_at_k, recall_at_k, precision_at_k, mrr_at_k])
def test_metric_at_k_when_k_is_below_1_refuses(metric):
    with pytest.raises(ValueError, match="k must be 1 or more"):
        metric(["a"], {"a"}, 0)


def test_precision_at_k_when_ranking_is_short_counts_empty_places():
    assert precision_at_k(["a"], {"a"}, 4) == 0.25


def test_rank_of_gives_the_first_relevant_place():
    assert rank_of(["x", "b", "a"], {"a", "b"}) == 2
    assert rank_of(["x"], {"a"}) is None
