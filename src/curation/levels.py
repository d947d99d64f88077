"""How high a track stands on a course, 0 to 1, and what tells it. What no record tells has no level."""

from statistics import fmean

from src.catalogue.models.track import Track
from src.playlists.models.result import LevelSource
from src.playlists.models.spec import CourseFeature
from src.playlists.models.spec import tempo_level as level_of_bpm
from src.wishes.checks import range_value
from src.wishes.vocabulary import MOOD_SOUND

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
    told = [_MOOD_ENERGY[mood] for mood in track["moods"] if mood in _MOOD_ENERGY]
    return (fmean(told), "moods") if told else None


def tempo_level(track: Track) -> tuple[float, LevelSource] | None:
    """Where its tempo lies on the scale of a course; measured or not at all."""
    tempo = track.get("features", {}).get("tempo")
    return (level_of_bpm(tempo), "measured") if tempo is not None else None


def level_of(track: Track, feature: CourseFeature) -> tuple[float, LevelSource] | None:
    """The level of a track on a course of the feature, and what tells it."""
    return energy_level(track) if feature == "energy" else tempo_level(track)
