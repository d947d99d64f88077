"""The courses that a list may run: where each place should lie, and how near a list comes to it.

A named shape says how places relate to each other, not how much energy there is: its 0 is the 5th percentile
of the levels that the pool offers and its 1 the 95th, with the percentiles in between, so that a pool of loud
tracks still builds. A course that the listener gave by points is taken at its word, on the scale of the
levels themselves.
"""

from collections.abc import Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from src.errors import InvalidInput
from src.playlists.models.spec import Course, ShapeName

type Levels = NDArray[np.float64]

_LOWEST, _HIGHEST = 0.05, 0.95
# (how far into the list, how high); straight lines between.
_SHAPES: dict[ShapeName, tuple[tuple[float, float], ...]] = {
    "steady": ((0.0, 0.5), (1.0, 0.5)),
    "build": ((0.0, 0.0), (1.0, 1.0)),
    "cool_down": ((0.0, 1.0), (1.0, 0.0)),
    "wave": ((0.0, 0.2), (0.25, 1.0), (0.5, 0.0), (0.75, 1.0), (1.0, 0.2)),
    "peak": ((0.0, 0.0), (0.5, 1.0), (1.0, 0.0)),
    "valley": ((0.0, 1.0), (0.5, 0.0), (1.0, 1.0)),
}


def shape_levels(course: Course, count: int) -> Levels:
    """The course at each of `count` places, 0 to 1.

    Raises:
        InvalidInput: a course by points that has none.
    """
    if "points" in course:
        points = [(point["at"], point["level"]) for point in sorted(course["points"], key=itemgetter("at"))]
    elif course["shape"] == "points":
        raise InvalidInput("A course by points needs two or more points: how far in, and how high.")
    else:
        points = list(_SHAPES[course["shape"]])
    where = np.linspace(0.0, 1.0, count) if count > 1 else np.zeros(count)
    return np.interp(where, [at for at, _ in points], [level for _, level in points])


def target_levels(course: Course, count: int, offered: Levels) -> Levels:
    """The level that each place should have, given the known levels of the pool."""
    levels = shape_levels(course, count)
    if "points" in course or not offered.size:
        return levels
    return np.quantile(offered, _LOWEST + (_HIGHEST - _LOWEST) * levels)


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None where one side does not vary."""
    ranks = [_ranks(np.asarray(values, dtype=np.float64)) for values in (one, other)]
    spread = [ranked - ranked.mean() for ranked in ranks]
    norm = float(np.sqrt((spread[0] ** 2).sum() * (spread[1] ** 2).sum()))
    return float((spread[0] * spread[1]).sum()) / norm if norm else None


def _ranks(values: Levels) -> Levels:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_ranks: Levels = (last - counts + 1 + last) / 2
    return mean_ranks[places]
