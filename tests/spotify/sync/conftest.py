from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from tests.spotify.sync.harness import Scene, opened_scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    opened = await open_database(f"sqlite:///{tmp_path / 'segue.sqlite'}", timeout_s=10)
    await migrate(opened)
    async with opened_scene(opened, 260) as there:
        yield there
    await close_database(opened)
