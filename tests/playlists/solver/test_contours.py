import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.constraints.models.spec import Contour, ShapeName
from src.errors import InvalidInput
from src.playlists.solver.contours import (
    COMPATIBLE,
    UNKNOWN_KEY,
    are_neighbours,
    camelot_number,
    energy_level,
    key_of,
    level_of,
    shape_levels,
    spearman,
    target_levels,
    tempo_distance,
)
from tests.fakes import make_track


def test_energy_level_takes_the_measurement_first():
    track = make_track("a", "b", features={"energy": 0.3}, editorial_energy=5, moods=["energetic"])
    assert energy_level(track) == (0.3, "measured")


def test_energy_level_without_measurement_goes_by_the_editor():
    track = make_track("a", "b", features={"tempo": 100}, editorial_energy=4, moods=["calm"])
    assert energy_level(track) == (0.75, "editorial")


def test_energy_level_without_either_goes_by_the_moods():
    calm, wild = (energy_level(make_track("a", "b", moods=[mood, "romantic"])) for mood in ("calm", "angry"))
    assert calm is not None
    assert wild is not None
    assert calm[1] == wild[1] == "moods"
    assert calm[0] < 0.4 < 0.7 < wild[0]


def test_energy_level_when_nothing_tells_is_none():
    assert energy_level(make_track("a", "b", moods=["romantic"])) is None


@pytest.mark.parametrize(("tempo", "level"), [(60, 0), (130, 0.5), (200, 1), (40, 0), (220, 1)])
def test_level_of_tempo_lies_between_60_and_200(tempo: float, level: float):
    assert level_of(make_track("a", "b", features={"tempo": tempo}), "tempo") == (level, "measured")


def test_level_of_tempo_is_never_taken_from_the_moods():
    track = make_track("a", "b", editorial_energy=4, moods=["calm"])
    assert level_of(track, "tempo") is None
    assert level_of(track, "energy") is not None


SHAPES: tuple[ShapeName, ...] = ("steady", "build", "cool_down", "wave", "peak", "valley")


def contour(shape: ShapeName, *points: tuple[float, float]) -> Contour:
    made: Contour = {"feature": "energy", "shape": shape, "words": ""}
    if points:
        made["points"] = [{"at": at, "level": level} for at, level in points]
    return made


@pytest.mark.parametrize(
    ("shape", "levels"),
    [
        ("steady", [0.5, 0.5, 0.5, 0.5, 0.5]),
        ("build", [0, 0.25, 0.5, 0.75, 1]),
        ("cool_down", [1, 0.75, 0.5, 0.25, 0]),
        ("wave", [0.2, 1, 0, 1, 0.2]),
        ("peak", [0, 0.5, 1, 0.5, 0]),
        ("valley", [1, 0.5, 0, 0.5, 1]),
    ],
)
def test_shape_levels_of_named_shapes(shape: ShapeName, levels: list[float]):
    assert shape_levels(contour(shape), 5).tolist() == pytest.approx(levels)


def test_shape_levels_by_points_are_straight_between_them_in_any_order():
    levels = shape_levels(contour("points", (1, 0.9), (0, 0.1), (0.5, 0.3)), 5)
    assert levels.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.6, 0.9])


def test_shape_levels_with_points_sets_the_levels_of_a_named_shape():
    assert shape_levels(contour("build", (0, 0.4), (1, 0.6)), 3).tolist() == pytest.approx([0.4, 0.5, 0.6])


def test_shape_levels_when_points_are_missing():
    with pytest.raises(InvalidInput, match="two or more points"):
        shape_levels(contour("points"), 5)


@given(st.sampled_from(SHAPES), st.integers(0, 500))
def test_shape_levels_stay_between_0_and_1(shape: ShapeName, count: int):
    levels = shape_levels(contour(shape), count)
    assert len(levels) == count
    assert np.all((levels >= 0) & (levels <= 1))


def test_target_levels_fit_a_shape_to_what_the_pool_offers():
    offered = np.linspace(0.6, 0.8, 101)
    assert target_levels(contour("build"), 3, offered).tolist() == pytest.approx([0.61, 0.7, 0.79])


def test_target_levels_by_points_are_taken_at_their_word():
    offered = np.linspace(0.6, 0.8, 101)
    asked = contour("points", (0, 0.1), (1, 0.9))
    assert target_levels(asked, 2, offered).tolist() == pytest.approx([0.1, 0.9])


def test_spearman_of_ranks_with_ties():
    assert spearman([1, 2, 3], [10, 20, 90]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    # By hand: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    assert spearman([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(4.5 / (4.5 * 5) ** 0.5)


def test_spearman_when_one_side_does_not_vary():
    assert spearman([1, 1, 1], [1, 2, 3]) is None


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
