"""A small catalogue that attacks: well-known tracks among records that give orders, lack values or repeat."""

import tomllib
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from src.catalogue.documents import passage_text
from src.catalogue.embedding.embedder import Embedder, Vectors, unit_vectors
from src.catalogue.engine import TrackPoint
from src.catalogue.models.track import TRACK, Track
from src.catalogue.names import fold_text, song_key, split_title
from src.catalogue.starter import starter_tracks, track_id

DIMENSIONS = 64
_SOURCE = "hostile"
# Of the starter catalogue every so many-eth track: enough of each kind, and quick to search.
_EVERY = 12

_TRACKS = Path(__file__).with_name("hostile_tracks.toml")
_LONGEST = {
    "title": "a" * 300,
    "artists": ["Longest Name In The World " * 8],
    "year": 2002,
    "genres": ["rock"],
    "language": "en",
}


def hostile_tracks() -> list[Track]:
    """Every twelfth track of the starter catalogue, then the hostile ones."""
    rows = [*tomllib.loads(_TRACKS.read_text(encoding="utf-8"))["tracks"], _LONGEST]
    return [*starter_tracks()[::_EVERY], *(_track(row["title"], row["artists"], row) for row in rows)]


def _track(title: str, artists: list[str], fields: Mapping[str, object]) -> Track:
    return TRACK.validate_python(
        {
            "id": track_id(_SOURCE, f"{title}|{'|'.join(artists)}"),
            "genres": [],
            "moods": [],
            "tags": [],
            "song_key": song_key(title, artists),
            "versions": list(split_title(title).versions),
            "source": _SOURCE,
            "licence": "none",
            **fields,
        }
    )


def word_embedder() -> Embedder:
    """An embedder that needs no model: texts that share words are near each other."""

    async def embed_texts(texts: Sequence[str]) -> Vectors:
        return np.array([_word_vector(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSIONS)

    async def embed_query(text: str) -> Vectors:
        return _word_vector(text)

    return Embedder("hashed-words", DIMENSIONS, embed_texts, embed_query)


def track_points(tracks: Sequence[Track]) -> list[TrackPoint]:
    """The tracks with the vectors of `word_embedder`."""
    return [TrackPoint(track, _word_vector(passage_text(track))) for track in tracks]


def _word_vector(text: str) -> Vectors:
    vector = np.full(DIMENSIONS, 1e-3, dtype=np.float32)
    for word in fold_text(text).split():
        vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return np.asarray(unit_vectors(vector[np.newaxis])[0], dtype=np.float32)
