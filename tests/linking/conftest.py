from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.linking.spotify_side import Clock
from tests.storage.databases import ENGINES, fresh_dsn


@pytest.fixture(params=ENGINES)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_dsn(str(request.param), tmp_path) as dsn:
        opened = await open_database(dsn, timeout_s=10)
        await migrate(opened)
        yield opened
        await close_database(opened)


@pytest.fixture
async def sqlite_db(tmp_path: Path) -> AsyncIterator[Database]:
    """For what lies above the database."""
    opened = await open_database(f"sqlite:///{tmp_path / 'segue.sqlite'}", timeout_s=10)
    await migrate(opened)
    yield opened
    await close_database(opened)


@pytest.fixture
def clock() -> Clock:
    return Clock()
