"""Which calls share a quota, and what a late write waits for."""

import re
from typing import Final

from src.fake_spotify.world import Bucket

_BUCKETS: Final[tuple[tuple[re.Pattern[str], Bucket], ...]] = (
    (re.compile(r"/v1/search"), "search"),
    (re.compile(r"/v1/artists/[^/]+/albums"), "artist_albums"),
    (re.compile(r"/v1/(tracks|albums|artists)"), "catalogue"),
    (re.compile(r"/v1/(me/)?playlists"), "playlists"),
    (re.compile(r"/v1/me/(library|tracks)"), "library"),
    (re.compile(r"/v1/"), "user"),
)
_PLAYLIST: Final = re.compile(r"/v1/playlists/[^/]+")


def bucket_of(path: str) -> Bucket | None:
    """The bucket of a call; None outside of the API."""
    return next((bucket for pattern, bucket in _BUCKETS if pattern.match(path)), None)


def subject_of(path: str) -> str:
    """What a call is about: one playlist, or the path itself."""
    found = _PLAYLIST.match(path)
    return found.group() if found else path
