"""A track as the engines store it: its record, what the indexes need, and the text that is embedded."""

from src.catalogue.aliases import artist_aliases, song_title_keys
from src.catalogue.credits import PART_MARK, indexed_keys
from src.catalogue.engine import IndexKind
from src.catalogue.models.track import FEATURES, Track, TrackDocument
from src.catalogue.names import fold_text, genre_terms, name_key, trigrams

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
