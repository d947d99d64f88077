"""What every test has: no network beyond loopback, settings of its own, and a small open catalogue."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge
from src.catalogue.engine import TrackPoint
from src.settings import Settings
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.chat.fixtures import agent, with_model
from tests.fakes import hashed_embedder, songs, stub_vector
from tests.storage.databases import ENGINES, drop_databases, migrated_dsn, sqlite_template

__all__ = ["agent", "with_model"]

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that leaves this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(_LOOPBACK):
            raise AssertionError(f"a test reached out to {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """No variable or `.env` of the developer's machine reaches a test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SEGUE_ENV_FILE", str(tmp_path / "no.env"))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Defaults on a data directory of the test's own, without the packaged model."""
    return Settings(
        _env_file=None, data_dir=tmp_path / "data", embedding_backend="none", catalogue_wait_s=0.2
    )


@pytest.fixture(scope="session")
def migrated() -> Path:
    """An empty SQLite database of today's schema, to be copied."""
    return sqlite_template()


def pytest_sessionfinish() -> None:
    drop_databases()


@pytest.fixture
async def catalogue(tmp_path) -> AsyncIterator[Catalogue]:
    """`songs()` in the embedded engine, with vectors made of their words."""
    embedder = hashed_embedder()
    engine = create_edge(tmp_path / "shard", embedder.dimensions)
    tracks = songs()
    await engine.upsert([TrackPoint(track, stub_vector(track)) for track in tracks])
    yield Catalogue(engine, embedder, "test")
    await engine.close()


@pytest.fixture(params=ENGINES)
async def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Of a migrated database of each engine."""
    async with migrated_dsn(str(request.param), tmp_path) as fresh:
        yield fresh


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """A migrated database of each engine."""
    opened = await open_database(dsn, timeout_s=10)
    # Does nothing, unless a folder has a `dsn` fixture of its own whose database is empty.
    await migrate(opened)
    yield opened
    await close_database(opened)


@pytest.fixture
async def sqlite_db(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database for what lies above it: the statements run on PostgreSQL where they are tested."""
    async with migrated_dsn("sqlite", tmp_path) as fresh:
        opened = await open_database(fresh, timeout_s=10)
        yield opened
        await close_database(opened)
