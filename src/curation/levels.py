"""How high a track stands on a course, 0 to 1, and what tells it. What no record tells has no level."""

from statistics import fmean

from src.catalogue.models.track import Track
from src.playlists.models.result import LevelSource
from src.playlists.models.spec import CourseFeature
from src.wishes.checks import range_value
from src.wishes.vocabulary import MOOD_SOUND

# Beats a minute that stand for 0 and for 1: slower than a slow ballad, faster than drum and bass.
SLOWEST_BPM = 60.0
FASTEST_BPM = 180.0

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
    """Where its tempo lies between 60 and 180 beats a minute; measured or not at all."""
    tempo = track.get("features", {}).get("tempo")
    if tempo is None:
        return None
    return min(1.0, max(0.0, (tempo - SLOWEST_BPM) / (FASTEST_BPM - SLOWEST_BPM))), "measured"


def level_of(track: Track, feature: CourseFeature) -> tuple[float, LevelSource] | None:
    """The level of a track on a course of the feature, and what tells it."""
    return energy_level(track) if feature == "energy" else tempo_level(track)
