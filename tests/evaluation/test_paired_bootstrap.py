"""Intervals of mean differences."""

import numpy as np
import pytest

from src.evaluation import paired_bootstrap
from src.evaluation.paired_bootstrap import FEWEST_PAIRS, mean_interval


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
