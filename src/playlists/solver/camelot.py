"""Which tracks can follow each other: keys on the Camelot wheel, and tempos with their halves and doubles.

The wheel writes minor keys with A and major ones with B; a fifth up is one number further, and a key shares
its number with its relative key.
"""

import numpy as np
from numpy.typing import NDArray

from src.catalogue.models.track import Track

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
