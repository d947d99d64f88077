"""A track of Spotify's in the form of the catalogue's records, so that the same rules can judge it.

Such a record lives in memory for one turn: it is never stored, embedded or shown to a model.
"""

from src.catalogue.models.track import Track
from src.catalogue.names import song_key, split_title
from src.spotify.models.api import SpotifyTrack
from src.spotify.reading import artist_names

SOURCE = "spotify"
_UNKNOWN = "?"


def as_record(item: SpotifyTrack) -> Track:
    """What Spotify's record tells in the catalogue's terms; what it does not tell is left out."""
    title = item.get("name") or _UNKNOWN
    artists = artist_names(item) or [_UNKNOWN]
    record: Track = {
        "id": f"{SOURCE}:{item.get('id') or _UNKNOWN}",
        "title": title,
        "artists": artists,
        "genres": [],
        "moods": [],
        "tags": [],
        "song_key": song_key(title, artists),
        "versions": list(split_title(title).versions),
        "source": SOURCE,
        "licence": "Spotify Developer Terms",
    }
    album = item.get("album") or {}
    if (year := _year(album.get("release_date") or "")) is not None:
        record["year"] = year
    if (duration := item.get("duration_ms")) and 0 < duration <= 86_400_000:
        record["duration_ms"] = duration
    if (explicit := item.get("explicit")) is not None:
        record["explicit"] = explicit
    return record


def _year(date: str) -> int | None:
    digits = date[:4]
    return int(digits) if digits.isdecimal() and 1860 <= int(digits) <= 2100 else None
