from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.storage.database import Database
from tests.jobs.scene import Clock, opened


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """The statements run on PostgreSQL too in `tests/jobs`; a fresh database of it takes seconds to make."""
    async with opened("sqlite", tmp_path) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()
