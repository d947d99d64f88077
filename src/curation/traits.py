"""What a few example tracks have in common, and how well other tracks share it.

Vectors tell what a record says in words. Genres, artists, years and measured sound say more when several
examples agree on them, so each trait is weighed by how much more common it is among the examples than in the
pool: the log odds of naive Bayes, with the pool as the prior.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, name_key

type Floats = NDArray[np.float64]

# Tracks of the pool that count beside the examples: few examples say little of a trait.
_PRIOR = 1.0
# Years within which releases sound alike, about.
_YEARS = 3.0
# What each trait counts, tuned like the weights of the searches. Genres are what most lists are made by; the
# measures of one recording tell much the same: loud tracks are energetic, danceable ones bright.
_GENRE_WEIGHT = 3.0
_ERA_WEIGHT = 2.0
_SOUND_WEIGHT = 0.15
_FAME_WEIGHT = 0.5
_SOUND = (
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "loudness",
    "tempo",
)


def shared_traits(examples: Sequence[Track], pool: Sequence[Track]) -> list[float]:
    """How much each track of the pool is like the examples by its record; 0 is as like as any.

    A trait that a record does not tell counts for nothing.

    Args:
        examples: what to be like; at least one.
        pool: among which the tracks are compared.
    """
    if not examples or not pool:
        return [0.0] * len(pool)
    genres = _worded(examples, pool, lambda track: {genre_key(genre) for genre in track["genres"]})
    artists = _worded(examples, pool, lambda track: {name_key(track["artists"][0])})
    total = _GENRE_WEIGHT * genres + artists + _ERA_WEIGHT * _era(examples, pool)
    for name in _SOUND:
        total += _SOUND_WEIGHT * _measured(_sound(examples, name), _sound(pool, name))
    fame = [_numbers([track.get("popularity") for track in tracks]) for tracks in (examples, pool)]
    return [float(score) for score in total + _FAME_WEIGHT * _measured(*fame)]


def _worded(examples: Sequence[Track], pool: Sequence[Track], words: Callable[[Track], set[str]]) -> Floats:
    """Log odds of the words of each track."""
    theirs = [words(track) for track in examples]
    inside = Counter(word for each in theirs for word in each)
    ours = [words(track) for track in pool]
    outside = Counter(word for each in ours for word in each)

    odds = {
        word: log((inside[word] / usual + _PRIOR) / (len(examples) + _PRIOR))
        for word, usual in ((word, count / len(pool)) for word, count in outside.items())
    }
    return np.array([sum(odds[word] for word in each) for each in ours], dtype=np.float64)


def _era(examples: Sequence[Track], pool: Sequence[Track]) -> Floats:
    theirs = _numbers([track.get("year") for track in examples])
    ours = _numbers([track.get("year") for track in pool])
    known = theirs[~np.isnan(theirs)]
    years = ours[~np.isnan(ours)]
    if not len(known) or not len(years):
        return np.zeros(len(pool))
    span, counts = np.unique(years, return_counts=True)
    usual = _nearness(span, span) @ counts / len(years)
    near = (_nearness(span, known).sum(axis=1) + _PRIOR * usual) / (len(known) + _PRIOR)
    odds = dict(zip(span.tolist(), np.log(near / usual).tolist(), strict=True))
    return np.array([odds.get(year, 0.0) for year in ours.tolist()])


def _nearness(years: Floats, others: Floats) -> Floats:
    return np.exp(-0.5 * ((years[:, np.newaxis] - others[np.newaxis, :]) / _YEARS) ** 2)


def _measured(examples: Floats, pool: Floats) -> Floats:
    """Log odds of a number under the bell curve of the examples', against that of the pool."""
    theirs, ours = examples[~np.isnan(examples)], pool[~np.isnan(pool)]
    if not len(theirs) or not len(ours) or not (spread := float(ours.std())):
        return np.zeros(len(pool))
    usual = (pool - ours.mean()) / spread
    known = (theirs - ours.mean()) / spread
    weight = len(known) / (len(known) + _PRIOR)
    centre = weight * known.mean()
    width = weight * ((known - centre) ** 2).mean() + (1 - weight)
    odds = 0.5 * (usual**2 - (usual - centre) ** 2 / width - np.log(width))
    return np.asarray(np.nan_to_num(odds, nan=0.0), dtype=np.float64)


def _sound(tracks: Sequence[Track], name: str) -> Floats:
    return _numbers([dict(track.get("features", {})).get(name) for track in tracks])


def _numbers(values: Sequence[object]) -> Floats:
    return np.array(
        [value if isinstance(value, int | float) else np.nan for value in values], dtype=np.float64
    )
