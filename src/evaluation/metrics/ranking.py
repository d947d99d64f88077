"""Metrics of one ranking against the tracks that were relevant.

A ranking holds no id twice: a repeat is refused, for it would count twice. Where nothing is relevant there
is nothing to measure, and the metrics refuse too: leave such a turn out of the mean. Binary relevance
throughout; `ndcg_at_k` takes graded gains as well. All are as trec_eval computes them, which `ir-measures`
wraps.
"""

import math
from collections.abc import Collection, Mapping, Sequence

type Relevant = Collection[str] | Mapping[str, float]


def ndcg_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Normalised discounted cumulative gain of the first `k` (Järvelin and Kekäläinen, TOIS 2002).

    The gain of rank r is divided by log2(r + 1); the ideal ranking holds the largest gains first.

    Raises:
        ValueError: `k` is below 1, an id stands twice, or nothing is relevant.
    """
    _check(ranked, relevant, k)
    gains = _gains(relevant)
    got = sum(gains.get(id_, 0.0) / math.log2(rank + 1) for rank, id_ in enumerate(ranked[:k], start=1))
    best = sorted(gains.values(), reverse=True)[:k]
    return got / sum(gain / math.log2(rank + 1) for rank, gain in enumerate(best, start=1))


def hit_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """1 when the first `k` hold a relevant track, else 0 (`Success@k` of trec_eval).

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    _check(ranked, relevant, k)
    return float(any(id_ in relevant for id_ in ranked[:k]))


def recall_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Share of the relevant tracks that stand among the first `k`.

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    _check(ranked, relevant, k)
    return sum(id_ in relevant for id_ in ranked[:k]) / len(relevant)


def precision_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Share of `k` places that hold a relevant track; a shorter ranking leaves places empty.

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    _check(ranked, relevant, k)
    return sum(id_ in relevant for id_ in ranked[:k]) / k


def mrr_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Reciprocal rank of the first relevant track among the first `k`; 0 without one.

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    _check(ranked, relevant, k)
    return next((1 / rank for rank, id_ in enumerate(ranked[:k], start=1) if id_ in relevant), 0.0)


def r_precision(ranked: Sequence[str], relevant: Relevant) -> float:
    """Share of relevant tracks among as many first places as there are relevant tracks.

    Raises:
        ValueError: an id stands twice, or nothing is relevant.
    """
    _check(ranked, relevant, 1)
    return precision_at_k(ranked, relevant, len(relevant))


def rank_of(ranked: Sequence[str], relevant: Relevant) -> int | None:
    """Rank, from 1, of the first relevant track; None when the ranking holds none."""
    return next((rank for rank, id_ in enumerate(ranked, start=1) if id_ in relevant), None)


def _gains(relevant: Relevant) -> Mapping[str, float]:
    return relevant if isinstance(relevant, Mapping) else dict.fromkeys(relevant, 1.0)


def _check(ranked: Sequence[str], relevant: Relevant, k: int) -> None:
    if k < 1:
        raise ValueError("k must be 1 or more")
    if not relevant:
        raise ValueError("nothing is relevant: there is nothing to measure")
    if len(set(ranked)) < len(ranked):
        raise ValueError("the ranking holds an id twice")
