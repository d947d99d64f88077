from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.storage.database import Database
from tests.jobs.scene import Clock, opened
from tests.storage.databases import ENGINES


@pytest.fixture(params=ENGINES)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(str(request.param), tmp_path) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()
