"""Metrics of one ranking against the tracks that were relevant.

A ranking holds no id twice: a repeat is refused, for it would count twice. Where nothing is relevant there
is nothing to measure, and the metrics refuse too: leave such a turn out of the mean. A gain above 0 makes a
track relevant, one of 0 does not; only `ndcg_at_k` looks at how large it is. All are as trec_eval computes
them, which `ir-measures` wraps; `mrr_at_k` as MS MARCO's evaluator does.
"""

import math
from collections.abc import Collection, Mapping, Sequence

type Relevant = Collection[str] | Mapping[str, float]


def ndcg_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Normalised discounted cumulative gain of the first `k` (Järvelin and Kekäläinen, TOIS 2002).

    Gains count as they are, not as 2^gain - 1; that of rank r is divided by log2(r + 1). The ideal ranking
    holds the largest gains first, and no more than `k` of them. Of binary gains both forms are the same, and
    this is what the Music-CRS evaluator computes.

    Raises:
        ValueError: `k` is below 1, an id stands twice, a gain is below 0 or no number, or nothing is
            relevant.
    """
    gains = _check(ranked, relevant, k)
    got = sum(gains.get(id_, 0.0) / math.log2(rank + 1) for rank, id_ in enumerate(ranked[:k], start=1))
    best = sorted(gains.values(), reverse=True)[:k]
    return got / sum(gain / math.log2(rank + 1) for rank, gain in enumerate(best, start=1))


def hit_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """1 when the first `k` hold a relevant track, else 0 (`Success@k` of trec_eval).

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    gains = _check(ranked, relevant, k)
    return float(any(id_ in gains for id_ in ranked[:k]))


def recall_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Share of the relevant tracks that stand among the first `k` (`R@k`).

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    gains = _check(ranked, relevant, k)
    return sum(id_ in gains for id_ in ranked[:k]) / len(gains)


def precision_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Share of `k` places that hold a relevant track (`P@k`); a shorter ranking leaves places empty.

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    gains = _check(ranked, relevant, k)
    return sum(id_ in gains for id_ in ranked[:k]) / k


def mrr_at_k(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Reciprocal rank of the first relevant track among the first `k` (`RR@k`); 0 without one. Their mean is
    the MRR (Voorhees, TREC-8 1999).

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    rank = rank_of(ranked[:k], _check(ranked, relevant, k))
    return 1 / rank if rank else 0.0


def r_precision(ranked: Sequence[str], relevant: Relevant) -> float:
    """Share of relevant tracks among as many first places as there are relevant tracks (`Rprec`).

    Raises:
        ValueError: as `ndcg_at_k`.
    """
    return precision_at_k(ranked, relevant, len(_check(ranked, relevant, 1)))


def rank_of(ranked: Sequence[str], relevant: Relevant) -> int | None:
    """Rank, from 1, of the first relevant track; None when the ranking holds none."""
    gains = _gains(relevant)
    return next((rank for rank, id_ in enumerate(ranked, start=1) if id_ in gains), None)


def _gains(relevant: Relevant) -> dict[str, float]:
    """What is relevant, with its gain: 1 where none is given."""
    if not isinstance(relevant, Mapping):
        return dict.fromkeys(relevant, 1.0)
    if not all(math.isfinite(gain) and gain >= 0 for gain in relevant.values()):
        raise ValueError("a gain must be a number of 0 or more")
    return {id_: gain for id_, gain in relevant.items() if gain > 0}


def _check(ranked: Sequence[str], relevant: Relevant, k: int) -> dict[str, float]:
    """The gains, when there is something to measure."""
    if k < 1:
        raise ValueError("k must be 1 or more")
    gains = _gains(relevant)
    if not gains:
        raise ValueError("nothing is relevant: there is nothing to measure")
    if len(set(ranked)) < len(ranked):
        raise ValueError("the ranking holds an id twice")
    return gains
