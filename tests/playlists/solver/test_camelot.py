import numpy as np
import pytest

from src.playlists.solver.camelot import (
    COMPATIBLE,
    UNKNOWN_KEY,
    are_neighbours,
    camelot_number,
    key_of,
    tempo_distance,
)
from tests.fakes import make_track

C, D, E_FLAT, E, G, A, B = 0, 2, 3, 4, 7, 9, 11


@pytest.mark.parametrize(
    ("key", "mode", "code"),
    [(C, 1, "8B"), (A, 0, "8A"), (G, 1, "9B"), (E, 0, "9A"), (B, 1, "1B"), (8, 0, "1A"), (E_FLAT, 1, "5B")],
)
def test_camelot_number_of_known_keys(key: int, mode: int, code: str):
    number = camelot_number(key, mode)
    assert f"{number % 12 + 1}{'AB'[number // 12]}" == code


def test_camelot_number_is_different_for_every_key():
    assert sorted(camelot_number(key, mode) for key in range(12) for mode in (0, 1)) == list(range(24))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ((C, 1), (C, 1), True),
        ((C, 1), (G, 1), True),
        ((C, 1), (A, 0), True),
        ((B, 1), (E, 1), True),
        ((C, 1), (D, 1), False),
        ((C, 1), (E, 0), False),
    ],
)
def test_are_neighbours_same_adjacent_and_relative(one: tuple[int, int], other: tuple[int, int], near: bool):
    assert are_neighbours(camelot_number(*one), camelot_number(*other)) is near
    assert are_neighbours(camelot_number(*other), camelot_number(*one)) is near


def test_key_of_needs_key_and_mode():
    assert key_of(make_track("a", "b", features={"key": 0})) == UNKNOWN_KEY
    assert key_of(make_track("a", "b", features={"key": 0, "mode": 1})) == camelot_number(0, 1)


def test_compatible_takes_an_unknown_key_for_neither():
    assert COMPATIBLE[UNKNOWN_KEY, 3] == COMPATIBLE[3, UNKNOWN_KEY] == 0.5


@pytest.mark.parametrize(("one", "other", "apart"), [(120, 124, 4), (120, 60, 0), (70, 138, 2), (138, 70, 2)])
def test_tempo_distance_counts_halves_and_doubles(one: float, other: float, apart: float):
    assert tempo_distance(np.array([one], dtype=float), np.array([other], dtype=float))[0] == apart
