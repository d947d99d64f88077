"""Links to open.spotify.com: to the track where it is known, else to a search for it."""

from typing import Final
from urllib.parse import quote

from src.catalogue.models.track import Track
from src.linking.models.link import Link, TrackLink
from src.spotify.identifiers import page_of

_OPEN_URL: Final = "https://open.spotify.com"
_URI_PREFIX: Final = "spotify:track:"


def links_of(track: Track, link: Link | None, open_url: str | None = None) -> list[TrackLink]:
    """Where to hear a track of the catalogue.

    Args:
        link: what is known of it on Spotify, if anything.
        open_url: where Spotify's pages are; None: at their own address.
    """
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
