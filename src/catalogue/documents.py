"""A track as the engines keep it: its record, what the indexes need, and the text that is embedded."""

from typing import Literal, NotRequired, TypedDict

from src.catalogue.aliases import artist_aliases, title_aliases
from src.catalogue.credits import PART_MARK, indexed_keys
from src.catalogue.engine import IndexKind
from src.catalogue.models.track import Track
from src.catalogue.names import fold_text, genre_terms, name_key, split_title, trigrams
from src.schema import documented

# Tells documents whose keys are made in one way from those of an earlier one.
KEYS_VERSION = 2
# Bounds the text that is embedded: 4,000 emoji once took 14 s.
MAX_PASSAGE_CHARS = 1_000


@documented
class TrackDocument(TypedDict):
    """The payload of a track's point."""

    track: Track
    """The record itself."""
    text: str
    """Folded text for BM25."""
    artist_keys: list[str]
    """Keys of all credited artists and of their aliases; with `PART_MARK` before it, of who may be one."""
    title_keys: list[str]
    """Keys of the song's name and of its aliases, without those of the artists."""
    artist_grams: str
    """Trigrams of the artists' keys."""
    title_grams: str
    """Trigrams of the title's keys."""
    genre_terms: list[str]
    """Every genre the track falls under."""
    mood_keys: list[str]
    """Keys of the moods."""
    wording: NotRequired[Literal["explicit", "clean"]]
    """`explicit` as a keyword: qdrant-edge-py 0.9 reads a truth value in a filter as a number."""


INDEXES: dict[str, IndexKind] = {
    "text": "text",
    "artist_grams": "text",
    "title_grams": "text",
    "artist_keys": "keyword",
    "title_keys": "keyword",
    "genre_terms": "keyword",
    "mood_keys": "keyword",
    "track.genres": "keyword",
    "track.moods": "keyword",
    "track.tags": "keyword",
    "track.song_key": "keyword",
    "track.language": "keyword",
    "track.country": "keyword",
    "track.versions": "keyword",
    "track.isrc": "keyword",
    "wording": "keyword",
    "track.year": "integer",
    "track.duration_ms": "integer",
    "track.popularity": "integer",
    "track.editorial_energy": "integer",
    "track.features.tempo": "float",
    "track.features.energy": "float",
    "track.features.danceability": "float",
    "track.features.valence": "float",
    "track.features.acousticness": "float",
    "track.features.instrumentalness": "float",
    "track.features.speechiness": "float",
    "track.features.liveness": "float",
    "track.features.loudness": "float",
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
    titles = [split_title(track["title"]).name, *title_aliases(track)]
    title_keys = list(dict.fromkeys(name_key(name) for name in titles))
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
