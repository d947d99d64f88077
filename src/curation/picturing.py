"""What a list was to run like, for its picture."""

from src.curation.shapes import shape_levels
from src.playlists.lanes import LaneName
from src.playlists.models.spec import PlaylistSpec, level_tempo


def asked_courses(spec: PlaylistSpec, tracks: int) -> dict[LaneName, list[float]]:
    """The asked courses in each lane's own measure, a level a track; empty where none was asked for."""
    if tracks == 0:
        return {}
    asked: dict[LaneName, list[float]] = {}
    for course in spec["courses"]:
        levels = [float(level) for level in shape_levels(course, tracks)]
        is_tempo = course["feature"] == "tempo"
        asked[course["feature"]] = [level_tempo(level) for level in levels] if is_tempo else levels
    return asked
