"""The small catalogue once a session, for the many tests that only read."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from src.catalogue.catalogue import Catalogue
from tests.catalogue.engines import open_engine, song_points
from tests.fakes import hashed_embedder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_catalogue(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Catalogue]:
    """`songs()` in the embedded engine; a test that writes takes `catalogue` instead."""
    async with open_engine("edge", tmp_path_factory.mktemp("shared")) as engine:
        await engine.upsert(song_points())
        yield Catalogue(engine, hashed_embedder(), "test")
