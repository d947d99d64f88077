import pytest

from src.curation.levels import energy_level, level_of, tempo_level
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
def test_tempo_level_lies_between_60_and_200(tempo: float, level: float):
    assert tempo_level(make_track("a", "b", features={"tempo": tempo})) == (level, "measured")


def test_level_of_tempo_is_never_taken_from_the_moods():
    track = make_track("a", "b", editorial_energy=4, moods=["calm"])
    assert level_of(track, "tempo") is None
    assert level_of(track, "energy") is not None
