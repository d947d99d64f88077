from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.storage.databases import ENGINES, fresh_dsn


@pytest.fixture(params=ENGINES)
async def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_dsn(str(request.param), tmp_path) as fresh:
        yield fresh


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(dsn, timeout_s=10)
    await migrate(opened)
    yield opened
    await close_database(opened)
