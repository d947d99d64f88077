"""A track as the engines store it: its record, what the indexes need, and the text that is embedded."""

import re

from src.catalogue.credits import PART_MARK, indexed_keys
from src.catalogue.engine import IndexKind
from src.catalogue.models.track import FEATURES, Track, TrackDocument
from src.catalogue.names import fold_text, genre_terms, name_key, split_title, trigrams

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


# Raised when keys are made in another way: a starter catalogue with older ones is built anew.
KEYS_VERSION = 2
# Bounds the text that is embedded: 4,000 emoji once took 14 s.
MAX_PASSAGE_CHARS = 1_000


INDEXES: dict[str, IndexKind] = {
    **dict.fromkeys(("text", "artist_grams", "title_grams"), "text"),
    **dict.fromkeys(("artist_keys", "title_keys", "genre_terms", "mood_keys"), "keyword"),
    **dict.fromkeys(("track.genres", "track.moods", "track.tags", "track.song_key"), "keyword"),
    **dict.fromkeys(("track.language", "track.country", "track.versions", "track.isrc"), "keyword"),
    "wording": "keyword",
    **dict.fromkeys(("track.year", "track.duration_ms"), "integer"),
    **dict.fromkeys(("track.popularity", "track.editorial_energy"), "integer"),
    **{f"track.features.{name}": "float" for name in FEATURES if name not in ("key", "mode")},
}


def passage_text(track: Track) -> str:
    """The words of a record that carry its meaning, most telling first: what is embedded."""
    parts = [f"{track['title']} by {', '.join(track['artists'])}"]
    parts += [", ".join(words) for words in (track["genres"], track["moods"], track["tags"]) if words]
    if year := track.get("year"):
        parts.append(f"{year}, {year // 10 * 10}s")
    if album := track.get("album"):
        parts.append(album)
    return ". ".join(parts).replace("\0", "")[:MAX_PASSAGE_CHARS]


def to_document(track: Track) -> TrackDocument:
    """What is stored of a track."""
    aliases = track.get("aliases", [])
    credited = indexed_keys(track["title"], track["artists"])
    artist_keys = list(dict.fromkeys([*credited, *map(name_key, artist_aliases(track))]))
    title_keys = list(dict.fromkeys(song_title_keys(track)))
    words = [track["title"], *track["artists"], *aliases, track.get("album", ""), *track["genres"]]
    words += [*track["moods"], *track["tags"]]
    if year := track.get("year"):
        words += [str(year), f"{year // 10 * 10}s"]
    document: TrackDocument = {
        "track": track,
        "text": fold_text(" ".join(words))[: 2 * MAX_PASSAGE_CHARS],
        "artist_keys": artist_keys,
        "title_keys": title_keys,
        "artist_grams": " ".join(trigrams(key) for key in artist_keys if not key.startswith(PART_MARK)),
        "title_grams": " ".join(trigrams(key) for key in title_keys),
        "genre_terms": sorted({term for genre in track["genres"] for term in genre_terms(genre)}),
        "mood_keys": [name_key(mood) for mood in track["moods"]],
    }
    if (explicit := track.get("explicit")) is not None:
        document["wording"] = "explicit" if explicit else "clean"
    return document
