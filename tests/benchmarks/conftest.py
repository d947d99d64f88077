"""Tiny data in the form of the real: a hundred and twenty songs of six playlists, and a few requests."""

import asyncio
import csv
import gzip
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from loguru import logger

from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions
from src.chat.clients import opened_tracing
from src.main import create_app
from src.settings import load_settings
from tests.fakes import hashed_embedder

SONG_COUNT = 120
_GENRES = ("pop", "rap", "rock", "latin", "r&b", "edm")
_WORDS = ("Rain", "Sunday", "Dream", "Night", "Road", "Fire", "River", "Winter", "Dance", "Home")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Benchmarks are programs: they set variables and the log as they like."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
    logger.remove()
    logger.add(sys.stderr)


@pytest.fixture(scope="session")
def songs_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as `spotify_songs.csv`."""
    path = tmp_path_factory.mktemp("songs") / "songs.csv"
    rows = []
    for number in range(SONG_COUNT):
        part = number // 20
        rows.append(
            {
                "track_id": f"track{number:04}",
                "track_name": f"{_WORDS[number % 10]} {_WORDS[number // 10 % 10]} {number}",
                "track_artist": f"Singer {_WORDS[number // 2 % 10]} {number // 2}",
                "track_popularity": number % 100,
                "track_album_id": f"album{number}",
                "track_album_name": f"Album {number}",
                "track_album_release_date": f"{1960 + number % 60}-05-01",
                "playlist_name": f"{_WORDS[part]} {_GENRES[part]}",
                "playlist_id": f"playlist{part}",
                "playlist_genre": _GENRES[part],
                "playlist_subgenre": _GENRES[part],
                "danceability": number % 10 / 10,
                "energy": number % 97 / 97,
                "key": number % 12,
                "loudness": -6.0,
                "mode": number % 2,
                "speechiness": 0.05,
                "acousticness": 0.2,
                "instrumentalness": 0.0,
                "liveness": 0.1,
                "valence": number % 7 / 7,
                "tempo": 80 + number % 60,
                "duration_ms": 150_000 + number * 997,
            }
        )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def tracks_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as `tracks_182k.jsonl.gz`."""
    path = tmp_path_factory.mktemp("tracks") / "tracks.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number in range(SONG_COUNT):
            track = {
                "track_id": f"track{number:04}",
                "title": f"{_WORDS[number % 10]} {number}",
                "artists": [f"Singer {_WORDS[number // 2 % 10]} {number // 2}"],
                "genres": [_GENRES[number % 6]],
                "year": 1960 + number % 60,
            }
            file.write(json.dumps(track) + "\n")
    return path


@pytest.fixture(scope="session")
def requests_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as `reddit_requests.txt`."""
    path = tmp_path_factory.mktemp("requests") / "requests.txt"
    path.write_text("".join(f"sad {_GENRES[n % 6]} songs for a night of {n}\n" for n in range(60)), "utf-8")
    return path


def _imported(folder: Path, songs_file: Path, embedder: Embedder | None) -> Path:
    asyncio.run(
        import_files(catalogue_folder(folder), [songs_file], ImportOptions({}), embedder, lambda *_: None)
    )
    return folder


@pytest.fixture(scope="session")
def vectors_dir(tmp_path_factory: pytest.TempPathFactory, songs_file: Path) -> Path:
    """A DATA_DIR that holds the songs, with vectors made of their words."""
    return _imported(tmp_path_factory.mktemp("vectors"), songs_file, hashed_embedder())


@pytest.fixture(scope="session")
def _imported_words(tmp_path_factory: pytest.TempPathFactory, songs_file: Path) -> Path:
    return _imported(tmp_path_factory.mktemp("words"), songs_file, None)


@pytest.fixture
def words_dir(_imported_words: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DATA_DIR of the test's own that holds the songs without vectors, and a server that needs none."""
    monkeypatch.setenv("EMBEDDING_BACKEND", "none")
    return Path(shutil.copytree(_imported_words, tmp_path / "data"))


@contextmanager
def served_here(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """As `benchmarks.serving.served`, in a thread of this process: a process of its own takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings = load_settings()
    with opened_tracing(settings) as tracing:
        config = uvicorn.Config(create_app(settings, tracing), port=0, log_config=None, access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", os.getpid()
        finally:
            server.should_exit = True
            thread.join()
