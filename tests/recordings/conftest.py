from dataclasses import replace

import pytest

from src.chat.clients import Agent, RecordingPolicy
from src.recordings.file import LabelledRecording, RecordingFile
from src.recordings.store import get_recording
from src.storage.database import Database
from tests.chat.fixtures import ask


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
