from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.storage.databases import ENGINES, fresh_dsn


@pytest.fixture(params=ENGINES)
async def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Of an empty database of each engine."""
    async with fresh_dsn(str(request.param), tmp_path) as fresh:
        yield fresh
