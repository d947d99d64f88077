"""Why a track stands where it does, in words made of its record and of the listener's own."""

from src.catalogue.models.track import Track
from src.curation.candidates import Candidate
from src.playlists.models.spec import PlaylistSpec, share_genres
from src.wishes.checks import Known, meets

_GENRES, _MOODS = 2, 2


def reason_of(spec: PlaylistSpec, candidate: Candidate, position: int, known: Known) -> str:
    """One line: what the record says, and which wish of the list the track is there for."""
    track = candidate.track
    parts = [", ".join(_described(track)), *_purposes(spec, track, position, known)]
    return "; ".join(part for part in parts if part)


def _described(track: Track) -> list[str]:
    words = [*track["genres"][-_GENRES:], *track["moods"][:_MOODS]]
    return [*dict.fromkeys(words), *([str(track["year"])] if "year" in track else [])]


def _purposes(spec: PlaylistSpec, track: Track, position: int, known: Known) -> list[str]:
    if any(place.get("track_id") == track["id"] for place in spec["places"]):
        return ["asked for by name"]
    said: list[str] = []
    if position == 1:
        said += [f"opens with {wish['words']}" for wish in spec["openers"] if meets(wish, track, known)][:1]
    genres = {genre for share in spec["shares"] for genre in share_genres(share)} & set(track["genres"])
    said += [f"for the {genre}" for genre in sorted(genres)[:1]]
    return said
