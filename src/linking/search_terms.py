"""What is typed into Spotify's search for a track of the catalogue."""

import re
from typing import Final

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.linking.naming import is_latin, split_credit
from src.linking.versions import read_title
from src.spotify.queries import search_query

# Sources differ in these where they write the same note.
_FILLERS: Final = frozenset({"at", "in", "from", "on", "the", "version", "ver"})
# `Pt. 1` is `Part 1` elsewhere: the number alone is sought.
_NUMBERING: Final = re.compile(r"\b(?:pts?|parts?|vol|volume)\b\.? (?=[\divx])", re.IGNORECASE)
_SEVERAL: Final = re.compile(r" (?:x|\+|/|vs\.?|feat\.?|ft\.?|featuring) |, ", re.IGNORECASE)


def code_query(track: Track) -> str:
    """By the recording's code."""
    return search_query(isrc=track.get("isrc", ""))


def name_query(track: Track) -> str:
    """By title and first artist; the notes of a title that is another version are part of what is sought."""
    return search_query(title=_sought(track), artist=_credited(track["artists"][0]))


def words_query(track: Track) -> str:
    """In plain words, which Spotify matches more freely, and in the other spelling of the names, if any."""
    artist = _leader(track["artists"][0])
    aliases = track.get("aliases", [])
    if not aliases:
        return search_query(words=name_key(f"{_sought(track)} {artist}"))
    # Which alias is the artist's is not recorded; the title's comes first as a rule.
    names = [aliases[0], artist] if is_latin(artist) else aliases[:2]
    return search_query(words=" ".join(names))


def _sought(track: Track) -> str:
    reading = read_title(track["title"])
    name = _NUMBERING.sub(" ", reading.name)
    if not reading.kinds:
        return name
    words = [word for note in reading.notes for word in name_key(note).split() if word not in _FILLERS]
    return " ".join([name, *words])


def _leader(credit: str) -> str:
    return (split_credit(credit) or [credit])[0]


def _credited(credit: str) -> str:
    """One artist as credited; of several who are no band, the first."""
    return _SEVERAL.split(credit)[0] or credit
