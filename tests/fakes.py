"""Stand-ins that run the real path: a model of words for embeddings, and a few songs."""

import zlib
from collections.abc import Sequence

import numpy as np

from src.catalogue.documents import passage_text
from src.catalogue.embedding.embedder import Embedder, Vectors, unit_vectors
from src.catalogue.models.track import TRACK, Track
from src.catalogue.names import fold_text, song_key, split_title
from src.catalogue.starter import track_id

DIMENSIONS = 64


def hashed_vector(text: str) -> Vectors:
    """A bag of hashed words: texts that share words are near each other, the same in every process."""
    vector = np.full(DIMENSIONS, 1e-3, dtype=np.float32)
    for word in fold_text(text).split():
        vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return np.asarray(unit_vectors(vector[np.newaxis])[0], dtype=np.float32)


def hashed_embedder(model: str = "hashed-words") -> Embedder:
    """An embedder that needs no model."""

    async def embed_texts(texts: Sequence[str]) -> Vectors:
        return np.array([hashed_vector(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSIONS)

    async def embed_query(text: str) -> Vectors:
        return hashed_vector(text)

    return Embedder(model, DIMENSIONS, embed_texts, embed_query)


def stub_vector(track: Track) -> Vectors:
    """The vector of a track's passage."""
    return hashed_vector(passage_text(track))


def make_track(title: str, artist: str, **fields: object) -> Track:
    """A track from the fields that matter to a test."""
    artists = [artist, *fields.pop("featuring", [])]  # type: ignore[misc]
    return TRACK.validate_python(
        {
            "id": track_id("test", f"{title}|{'|'.join(artists)}"),
            "title": title,
            "artists": artists,
            "genres": [],
            "moods": [],
            "tags": [],
            "song_key": song_key(title, artists),
            "versions": list(split_title(title).versions),
            "source": "test",
            "licence": "none",
            **fields,
        }
    )


# A small catalogue with the traps of large ones: versions, names that are words, missing values, scripts.
_SONGS: list[dict[str, object]] = [
    {
        "title": "Fade Into You",
        "artist": "Mazzy Star",
        "year": 1993,
        "genres": ["rock", "dream pop"],
        "moods": ["dreamy", "melancholic"],
        "tags": ["female vocals"],
        "language": "en",
        "editorial_energy": 2,
    },
    {
        "title": "Alison",
        "artist": "Slowdive",
        "year": 1993,
        "genres": ["rock", "shoegaze", "dream pop"],
        "moods": ["dreamy", "mellow"],
        "tags": ["female vocals"],
        "language": "en",
        "editorial_energy": 3,
    },
    {
        "title": "Cherry-coloured Funk",
        "artist": "Cocteau Twins",
        "year": 1990,
        "genres": ["rock", "dream pop"],
        "moods": ["dreamy", "mellow"],
        "language": "en",
        "editorial_energy": 2,
    },
    {
        "title": "Space Song",
        "artist": "Beach House",
        "year": 2015,
        "genres": ["indie", "dream pop"],
        "moods": ["dreamy", "nostalgic"],
        "language": "en",
        "editorial_energy": 2,
    },
    {
        "title": "So What",
        "artist": "Miles Davis",
        "year": 1959,
        "genres": ["jazz", "modal jazz"],
        "moods": ["calm"],
        "tags": ["instrumental", "trumpet"],
        "language": "zxx",
        "editorial_energy": 2,
        "features": {"tempo": 136.0, "energy": 0.35, "instrumentalness": 0.9},
    },
    {
        "title": "Blue in Green",
        "artist": "Miles Davis",
        "featuring": ["Bill Evans"],
        "year": 1959,
        "genres": ["jazz", "modal jazz"],
        "moods": ["sad", "calm"],
        "tags": ["instrumental"],
        "language": "zxx",
        "editorial_energy": 1,
        "features": {"tempo": 54.0, "energy": 0.1},
    },
    {
        "title": "Take Five",
        "artist": "The Dave Brubeck Quartet",
        "year": 1959,
        "genres": ["jazz", "cool jazz"],
        "moods": ["groovy"],
        "tags": ["instrumental", "saxophone"],
        "language": "zxx",
        "editorial_energy": 3,
        "features": {"tempo": 174.0, "energy": 0.5},
    },
    {
        "title": "My Favorite Things",
        "artist": "John Coltrane",
        "year": 1961,
        "genres": ["jazz"],
        "moods": ["hypnotic"],
        "tags": ["instrumental"],
        "language": "zxx",
    },
    {
        "title": "Clocks",
        "artist": "Coldplay",
        "year": 2002,
        "genres": ["rock", "pop rock"],
        "moods": ["uplifting"],
        "language": "en",
        "popularity": 80,
        "duration_ms": 307_000,
        "explicit": False,
        "features": {"tempo": 131.0, "energy": 0.75},
    },
    {
        "title": "Clocks - Live in Sydney",
        "artist": "Coldplay",
        "year": 2003,
        "genres": ["rock"],
        "moods": ["uplifting"],
        "language": "en",
        "popularity": 40,
    },
    {"title": "Clocks (Karaoke Version)", "artist": "Party Tyme Karaoke", "genres": ["pop"]},
    {
        "title": "Yellow",
        "artist": "Coldplay",
        "year": 2000,
        "genres": ["rock", "pop rock"],
        "moods": ["romantic"],
        "language": "en",
        "popularity": 85,
        "explicit": False,
    },
    {
        "title": "Jolene",
        "artist": "Dolly Parton",
        "year": 1973,
        "genres": ["country"],
        "moods": ["sad"],
        "language": "en",
        "editorial_energy": 3,
        "duration_ms": 161_000,
        "explicit": False,
    },
    {
        "title": "Ring of Fire",
        "artist": "Johnny Cash",
        "year": 1963,
        "genres": ["country"],
        "moods": ["romantic"],
        "language": "en",
        "duration_ms": 155_000,
    },
    {
        "title": "Master of Puppets",
        "artist": "Metallica",
        "year": 1986,
        "genres": ["metal", "thrash metal"],
        "moods": ["aggressive", "intense"],
        "language": "en",
        "editorial_energy": 5,
        "duration_ms": 515_000,
    },
    {
        "title": "HUMBLE.",
        "artist": "Kendrick Lamar",
        "year": 2017,
        "genres": ["hip hop"],
        "moods": ["confident"],
        "language": "en",
        "explicit": True,
        "popularity": 88,
        "features": {"tempo": 150.0, "energy": 0.62},
    },
    {
        "title": "Hotline Bling",
        "artist": "Drake",
        "year": 2015,
        "genres": ["hip hop", "r&b"],
        "moods": ["melancholic"],
        "language": "en",
        "explicit": True,
        "popularity": 84,
    },
    {
        "title": "La vie en rose",
        "artist": "Édith Piaf",
        "country": "FR",
        "year": 1947,
        "genres": ["pop", "chanson"],
        "moods": ["romantic"],
        "language": "fr",
        "editorial_energy": 2,
    },
    {
        "title": "Ne me quitte pas",
        "artist": "Jacques Brel",
        "year": 1959,
        "genres": ["pop", "chanson"],
        "moods": ["sad"],
        "language": "fr",
        "editorial_energy": 2,
    },
    {
        "title": "Garota de Ipanema",
        "artist": "João Gilberto",
        "country": "BR",
        "year": 1964,
        "genres": ["latin", "bossa nova"],
        "moods": ["mellow", "warm"],
        "language": "pt",
        "editorial_energy": 1,
    },
    {
        "title": "夜に駆ける",
        "artist": "YOASOBI",
        "aliases": ["Yoru ni Kakeru"],
        "year": 2019,
        "genres": ["asian pop", "j-pop"],
        "moods": ["energetic"],
        "language": "ja",
        "editorial_energy": 4,
    },
    {
        "title": "Everyday Is Like Sunday",
        "artist": "Love",
        "year": 1968,
        "genres": ["rock"],
        "language": "en",
    },
    {
        "title": "Svefn-g-englar",
        "artist": "Sigur Rós",
        "year": 1999,
        "genres": ["rock", "post-rock"],
        "moods": ["dreamy", "epic"],
        "language": "is",
        "editorial_energy": 2,
    },
    {
        "title": "An Untold Year",
        "artist": "Nobody Known",
        "genres": ["rock", "dream pop"],
        "moods": ["dreamy"],
    },
]


def songs() -> list[Track]:
    """The small catalogue."""
    return [
        make_track(
            str(song["title"]), str(song["artist"]), **{k: v for k, v in song.items() if k not in _NAMES}
        )
        for song in _SONGS
    ]


_NAMES = ("title", "artist")
