"""A Spotify app on a fresh database, with a clock that moves when told and sleeps that are recorded."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import respx
from loguru import logger

from src.spotify.app import AppToken, Bucket, Caller, SpotifyApp
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.spotify.sign_in_fixtures import API, CLIENT_SECRET, NOW, Clock, app_on, config
from tests.storage.databases import ENGINES, fresh_dsn

TRACK_ID = "4uLU6hMCjMI75M1A2tKUQC"
PLAYLIST_ID = "37i9dQZF1DX0XUsuxWHRQd"
TRACK_URI = f"spotify:track:{TRACK_ID}"
TOKEN = "planted-app-token"
BUCKETS: tuple[Bucket, ...] = (
    "search",
    "catalogue",
    "user",
    "library",
    "playlist_reads",
    "playlist_writes",
)

_SQLITE = "sqlite:///"

on_both_engines = pytest.mark.parametrize("dsn", ENGINES, indirect=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """SQLite, or as `on_both_engines` says."""
    async with fresh_dsn(getattr(request, "param", "sqlite"), tmp_path) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table, to copy: migrating it takes longer than most of the tests."""
    path = tmp_path_factory.mktemp("migrated") / "segue.sqlite"

    async def make() -> None:
        opened = await open_database(f"sqlite:///{path}", timeout_s=10)
        await migrate(opened)
        await close_database(opened)

    # In a thread of its own: the event loop of the tests may be running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, make()).result()
    return path


@pytest.fixture
async def database(dsn: str, migrated_file: Path) -> AsyncIterator[Database]:
    is_sqlite = dsn.startswith(_SQLITE)
    if is_sqlite:
        shutil.copy(migrated_file, dsn.removeprefix(_SQLITE))
    opened = await open_database(dsn, timeout_s=10)
    if not is_sqlite:
        await migrate(opened)
    yield opened
    await close_database(opened)


@pytest.fixture
def slept() -> list[float]:
    """The seconds that the app slept."""
    return []


@pytest.fixture
async def app(database: Database, clock: Clock, slept: list[float]) -> AsyncIterator[SpotifyApp]:
    async with httpx.AsyncClient(timeout=5) as http:
        yield client_on(database, http, clock, slept)


def client_on(
    database: Database, http: httpx.AsyncClient, clock: Clock, slept: list[float], **changes
) -> SpotifyApp:
    """An app as one process has it, with a token of its own and 100 calls of each group a day."""

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    settings = {"client_secret": CLIENT_SECRET, "calls_per_day": dict.fromkeys(BUCKETS, 100), **changes}
    return replace(
        app_on(database, http, clock),
        config=replace(config(), **settings),
        sleep=sleep,
        app_token=AppToken(TOKEN, NOW.replace(year=NOW.year + 1)),
    )


@pytest.fixture
def caller(app: SpotifyApp) -> Caller:
    return Caller(app, None, calls_left=50)


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """Spotify's Web API as respx answers it; what no route is for fails the test."""
    with respx.mock(base_url=API, assert_all_called=False) as router:
        yield router


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """What is logged, whole: message, fields and exception."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(json.dumps(json.loads(line)["record"])), serialize=True)
    yield lines
    logger.remove(sink)
