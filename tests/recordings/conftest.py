from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from src.chat.clients import Agent, RecordingPolicy
from src.recordings.file import LabelledRecording, RecordingFile
from src.recordings.store import get_recording
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.chat.fixtures import ask
from tests.storage.databases import ENGINES, fresh_dsn


@pytest.fixture(params=ENGINES)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_dsn(str(request.param), tmp_path) as dsn:
        opened = await open_database(dsn, timeout_s=10)
        await migrate(opened)
        yield opened
        await close_database(opened)


@pytest.fixture
def recorded(agent: Agent, db: Database) -> Agent:
    """The agent, recording all, on a database of either engine."""
    return replace(agent, database=db, recording_policy=RecordingPolicy("all"))


@pytest.fixture
async def one_turn(agent: Agent) -> RecordingFile:
    """A file's content with one recorded turn."""
    recording_all = replace(agent, recording_policy=RecordingPolicy("all"))
    answer = await ask(recording_all, "mellow jazz, no Miles Davis", limit=3)
    recording, parts = await get_recording(agent.database, "local", answer["turn_id"])
    return RecordingFile([LabelledRecording("case-one/1", recording)], parts)
