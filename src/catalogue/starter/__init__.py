"""The starter catalogue: well-known recordings, described by hand, and their shipped vectors.

`tracks.jsonl` is written by hand; `vectors.npy` (float16, one row a track, in the same order) is made from it
by `python -m src.catalogue.starter.embed`.
"""

from pathlib import Path
from uuid import UUID, uuid5

import numpy as np

from src.catalogue.embedding.embedder import Vectors
from src.catalogue.models.track import STARTER_ROW, StarterRow, Track
from src.catalogue.names import song_key, split_title
from src.schema import with_present

TRACKS = Path(__file__).with_name("tracks.jsonl")
VECTORS = Path(__file__).with_name("vectors.npy")
# The model that made the vectors.
MODEL = "multilingual-e5-small-q4"

# Start of the SHA-256 of `tracks.jsonl`: a catalogue built from another version is built anew.
DIGEST = "c296cc71e546"

SOURCE = "starter"
LICENCE = "MIT"
# Namespace of track ids: UUIDv5 of "<source>:<the source's own id>".
TRACK_NAMESPACE = UUID("5b2c3f0e-7a64-5d1c-9a54-0c1e5b6f7d21")


def track_id(source: str, source_id: str) -> str:
    """The id of a source's track, the same at every import."""
    return str(uuid5(TRACK_NAMESPACE, f"{source}:{source_id}"))


def starter_tracks() -> list[Track]:
    """Every track of the starter catalogue, in the order of its vectors."""
    return [
        _to_track(STARTER_ROW.validate_json(line)) for line in TRACKS.read_text(encoding="utf-8").splitlines()
    ]


def starter_vectors() -> Vectors:
    """Their vectors, shape (tracks, 384), unit length but for the rounding to 16 bits."""
    return np.asarray(np.load(VECTORS), dtype=np.float32)


def _to_track(row: StarterRow) -> Track:
    track: Track = {
        "id": track_id(SOURCE, f"{row['title']}|{'|'.join(row['artists'])}"),
        "title": row["title"],
        "artists": row["artists"],
        "year": row["year"],
        "genres": row["genres"],
        "moods": row["moods"],
        "tags": row["tags"],
        "language": row["language"],
        "editorial_energy": row["energy"],
        "song_key": song_key(row["title"], row["artists"]),
        "versions": list(split_title(row["title"]).versions),
        "source": SOURCE,
        "licence": LICENCE,
    }
    optional = {key: row.get(key) for key in ("album", "aliases", "country")}
    return with_present(track, **optional)
