"""Which of a record's aliases name the title, and which its artists: a record has one list for both."""

import re

from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title

_LATIN = re.compile(r"[a-z]")
# Shorter words stand in too many names to tell whose a name is.
_TELLING_LETTERS = 4


def artist_aliases(track: Track) -> list[str]:
    """Aliases that are not of the title alone."""
    return [alias for alias in track.get("aliases", []) if not _is_of_title(alias, track)]


def title_aliases(track: Track) -> list[str]:
    """Aliases that are not of an artist alone."""
    return [alias for alias in track.get("aliases", []) if not _is_of_artist(alias, track)]


def song_title_keys(track: Track) -> list[str]:
    """Keys of the song's name and of its aliases."""
    return [name_key(name) for name in (split_title(track["title"]).name, *title_aliases(track))]


def _is_of_title(alias: str, track: Track) -> bool:
    """Whether it is like the title and no artist, or a title of another script in Latin letters, where the
    artists are credited in Latin letters already.

    An alias that is like neither counts as a name of both.
    """
    key, title = name_key(alias), name_key(split_title(track["title"]).name)
    if _is_like_artist(key, track):
        return False
    put_into_latin = _is_latin(key) and not _is_latin(title) and _has_latin_artists(track)
    return put_into_latin or _alike(key, name_key(track["title"]))


def _is_of_artist(alias: str, track: Track) -> bool:
    """Whether it is like an artist and not the title, or in the native script of a title whose artists are
    credited in Latin letters.
    """
    key, title = name_key(alias), name_key(track["title"])
    if _alike(key, title):
        return False
    native = not _is_latin(key) and not _is_latin(title) and _has_latin_artists(track)
    return native or _is_like_artist(key, track)


def _is_like_artist(key: str, track: Track) -> bool:
    artists = [name_key(artist) for artist in track["artists"]]
    initials = ["".join(word[0] for word in artist.split()) for artist in artists]
    return any(_alike(key, artist) for artist in artists) or (len(key) > 1 and key in initials)


def _alike(one: str, two: str) -> bool:
    """Whether they are the same but for blanks, or share a telling word."""
    shared = set(one.split()) & set(two.split())
    return one.replace(" ", "") == two.replace(" ", "") or any(
        len(word) >= _TELLING_LETTERS for word in shared
    )


def _has_latin_artists(track: Track) -> bool:
    return all(_is_latin(name_key(artist)) for artist in track["artists"])


def _is_latin(key: str) -> bool:
    return _LATIN.search(key) is not None
