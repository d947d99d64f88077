"""The contours that a list may follow, how high a track is on one, and which tracks can follow each other."""

from collections.abc import Sequence
from operator import itemgetter
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from src.catalogue.models.track import Track
from src.constraints.checks import range_value
from src.constraints.models.spec import Contour, ContourFeature, ShapeName, tempo_level
from src.errors import InvalidInput
from src.lexicon.vocabulary import MOOD_SOUND
from src.playlists.models.result import LevelSource

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


def shape_levels(contour: Contour, count: int) -> Levels:
    """The contour at each of `count` positions, 0 to 1.

    Raises:
        InvalidInput: a contour by points that has none.
    """
    if "points" in contour:
        points = [(point["at"], point["level"]) for point in sorted(contour["points"], key=itemgetter("at"))]
    elif contour["shape"] == "points":
        raise InvalidInput("A contour by points needs two or more points: how far in, and how high.")
    else:
        points = list(_SHAPES[contour["shape"]])
    where = np.linspace(0.0, 1.0, count) if count > 1 else np.zeros(count)
    return np.interp(where, [at for at, _ in points], [level for _, level in points])


def target_levels(contour: Contour, count: int, pool_levels: Levels) -> Levels:
    """The level that each position should have: shapes are scaled to the known levels of the pool."""
    levels = shape_levels(contour, count)
    if "points" in contour or not pool_levels.size:
        return levels
    return np.quantile(pool_levels, _LOWEST + (_HIGHEST - _LOWEST) * levels)


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None where one side does not vary."""
    ranks = [_ranks(np.asarray(values, dtype=np.float64)) for values in (one, other)]
    spread = [ranked - ranked.mean() for ranked in ranks]
    norm = float(np.sqrt((spread[0] ** 2).sum() * (spread[1] ** 2).sum()))
    return float((spread[0] * spread[1]).sum()) / norm if norm else None


def _ranks(values: Levels) -> Levels:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_ranks: Levels = (last - counts + 1 + last) / 2
    return mean_ranks[inverse]


# The middle of the energies that each mood is taken to sound like.
_MOOD_ENERGY = {
    mood: ((0.0 if low is None else low) + (1.0 if high is None else high)) / 2
    for mood, (feature, low, high) in MOOD_SOUND.items()
    if feature == "energy"
}


def energy_level(track: Track) -> tuple[float, LevelSource] | None:
    """The measured energy, else the editor's from 0 to 1, else the mean of what its moods sound like."""
    level = range_value("energy", track)
    if level is not None:
        return level, "measured" if "energy" in track.get("features", {}) else "editorial"
    energies = [_MOOD_ENERGY[mood] for mood in track["moods"] if mood in _MOOD_ENERGY]
    return (fmean(energies), "moods") if energies else None


def level_of(track: Track, feature: ContourFeature) -> tuple[float, LevelSource] | None:
    """The level of a track on a contour of the feature, and its source; a tempo is measured or not known."""
    if feature == "energy":
        return energy_level(track)
    tempo = track.get("features", {}).get("tempo")
    return None if tempo is None else (tempo_level(tempo), "measured")


_HOURS = 12
# Numbers of C major (8B) and of A minor (8A).
_C_MAJOR = 8
_A_MINOR = 8
_FIFTH = 7
_A = 9
UNKNOWN_KEY = -1


def camelot_number(key: int, mode: int) -> int:
    """The position of a key on the wheel: 0 to 11 for 1A to 12A, 12 to 23 for 1B to 12B."""
    # Seven is its own inverse modulo twelve, so this is the number of fifths from C or A to the key.
    fifths = _FIFTH * (key - (0 if mode else _A)) % _HOURS
    hour = ((_C_MAJOR if mode else _A_MINOR) - 1 + fifths) % _HOURS
    return hour + _HOURS * mode


def key_of(track: Track) -> int:
    """The position of the track's key on the wheel; `UNKNOWN_KEY` where key or mode is not on record."""
    features = track.get("features", {})
    if "key" not in features or "mode" not in features:
        return UNKNOWN_KEY
    return camelot_number(features["key"], features["mode"])


def are_neighbours(one: int, other: int) -> bool:
    """Whether two known keys are the same, one hour apart on one ring, or at one hour of the two rings."""
    apart = (one - other) % _HOURS
    return apart == 0 if one // _HOURS != other // _HOURS else apart in (0, 1, _HOURS - 1)


_KEYS = (*range(2 * _HOURS), UNKNOWN_KEY)
# COMPATIBLE[a, b] for positions on the wheel; the last row and column are for an unknown key.
COMPATIBLE: NDArray[np.float64] = np.array(
    [
        [0.5 if UNKNOWN_KEY in (one, other) else float(are_neighbours(one, other)) for other in _KEYS]
        for one in _KEYS
    ]
)


def tempo_distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beats a minute between tempos, to the nearest of the tempo itself, its half and its double."""
    doubled = np.minimum(np.abs(one - 2 * other), np.abs(2 * one - other))
    return np.minimum(np.abs(one - other), doubled)
