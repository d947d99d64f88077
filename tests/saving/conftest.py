from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.saving.harness import Scene, opened_scene
from tests.storage.databases import ENGINES, fresh_dsn


@pytest.fixture(params=ENGINES)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_dsn(str(request.param), tmp_path) as dsn:
        opened = await open_database(dsn, timeout_s=10)
        await migrate(opened)
        yield opened
        await close_database(opened)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    opened = await open_database(f"sqlite:///{tmp_path / 'segue.sqlite'}", timeout_s=10)
    await migrate(opened)
    async with opened_scene(opened, 260) as there:
        yield there
    await close_database(opened)
