"""Spotify's tracks as records of the catalogue, and links to open.spotify.com."""

from typing import Final
from urllib.parse import quote

from src.catalogue.models.track import Track
from src.catalogue.names import song_key, split_title
from src.schema import with_present
from src.spotify.client.paging import artist_names
from src.spotify.identifiers import page_of
from src.spotify.matching.models.link import Link, LinkStatus, TrackLink
from src.spotify.models.api import SpotifyTrack

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
    duration = item.get("duration_ms") or 0
    return with_present(
        record,
        year=_year(album.get("release_date") or ""),
        duration_ms=duration if 0 < duration <= 86_400_000 else None,
        explicit=item.get("explicit"),
    )


def _year(date: str) -> int | None:
    digits = date[:4]
    return int(digits) if digits.isdecimal() and 1860 <= int(digits) <= 2100 else None


_OPEN_URL: Final = "https://open.spotify.com"
_URI_PREFIX: Final = "spotify:track:"


def links_of(track: Track, link: Link | None, open_url: str | None = None) -> list[TrackLink]:
    """Where to hear a track of the catalogue: its page if the link is resolved, else a search."""
    if link is not None and link["status"] == "resolved" and "uri" in link:
        return [track_link(link["uri"], open_url)]
    return [search_link(track, open_url)]


def track_link(uri: str, open_url: str | None = None) -> TrackLink:
    """The page of `spotify:track:…`."""
    id_ = quote(uri.removeprefix(_URI_PREFIX), safe="")
    return {"service": "spotify", "url": page_of(open_url or _OPEN_URL, "track", id_), "exact": True}


def search_link(track: Track, open_url: str | None = None) -> TrackLink:
    """A search for the title and the first artist, by the catalogue's own names."""
    words = " ".join(f"{track['title']} {track['artists'][0]}".split())
    # A half of a surrogate pair cannot be sent.
    sent = quote(words.encode(errors="ignore"), safe="")
    return {"service": "spotify", "url": f"{open_url or _OPEN_URL}/search/{sent}", "exact": False}


DETAILS: Final[dict[LinkStatus, str]] = {
    "resolved": "On Spotify.",
    "not_found": "Spotify does not have it, as far as a search can tell.",
    "wrong_version": "Spotify has the song, but only as another recording or in another length.",
    "not_playable": "Spotify has it, but does not play it in this market.",
    "not_looked_up": "It was not looked up: there was no call left for it. Ask again later.",
}
