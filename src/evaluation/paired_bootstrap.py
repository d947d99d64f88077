"""How sure a mean difference between two runs is: the paired bootstrap with a percentile interval.

B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13; for paired retrieval
experiments T. Sakai, Evaluating Evaluation Metrics based on the Bootstrap, SIGIR 2006. A case is drawn with
both its values, so what makes a case hard for both runs cancels out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
CONFIDENCE = 0.95
# Five differences of one sign are no finding at 0.05 yet (two-sided sign test: 2 / 2**5), while a bootstrap
# of them would be an interval that excludes 0.
FEWEST_PAIRS = 6
_DRAWN_AT_ONCE = 2_000_000


def mean_interval(
    differences: Sequence[float], *, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """The 95 % interval of the mean of the differences; None for fewer than `FEWEST_PAIRS` of them."""
    if len(differences) < FEWEST_PAIRS:
        return None
    values = np.asarray(differences, dtype=np.float64)
    means = _resampled_means(values, np.random.default_rng(seed), resamples)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def _resampled_means(
    values: NDArray[np.float64], chance: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    means = np.empty(resamples)
    step = max(1, _DRAWN_AT_ONCE // len(values))
    for start in range(0, resamples, step):
        stop = min(start + step, resamples)
        drawn = chance.integers(0, len(values), size=(stop - start, len(values)))
        means[start:stop] = values[drawn].mean(axis=1)
    return means
