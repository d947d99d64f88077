"""An agent on the small catalogue, with a clock and ids that repeat."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.generations import ServedCatalogue
from src.chat.clients import Agent, TurnRequest
from src.chat.loop import Limits
from src.chat.models.answer import Answer, TurnEvent
from src.chat.turn import run_turn
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.storage.database import close_database, open_database
from src.telemetry.tracing import close_tracing, open_tracing


@pytest.fixture
async def agent(catalogue: Catalogue, tmp_path, migrated) -> AsyncIterator[Agent]:
    """Without a model: the rules plan."""
    shutil.copy(migrated, tmp_path / "turns.sqlite")
    database = await open_database(f"sqlite:///{tmp_path}/turns.sqlite", timeout_s=5)
    tracing = open_tracing(service_name="test", otlp_endpoint=None, sample_ratio=1.0)
    ids = itertools.count(1)
    yield Agent(
        catalogue=ServedCatalogue(catalogue),
        database=database,
        tracing=tracing,
        chat=None,
        context_tokens=8_000,
        limits=Limits(max_model_calls=4, max_tool_calls=6),
        turn_timeout_s=10,
        traces_kept=100,
        now=lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        new_id=lambda: f"id{next(ids):06d}",
    )
    close_tracing(tracing)
    await close_database(database)


@pytest.fixture
async def with_model(agent: Agent) -> AsyncIterator[Callable[[str], Agent]]:
    """The same agent with the model behind an address."""
    async with AsyncExitStack() as stack:

        def make(base_url: str) -> Agent:
            async def no_wait(_seconds: float) -> None:
                return None

            model = ChatModel(
                client=open_client(base_url, None),
                model="scripted",
                max_output_tokens=500,
                timeout_s=5,
                attempts=2,
                retry_after_max_s=1,
                sleep=no_wait,
            )
            stack.push_async_callback(close_chat_model, model)
            return replace(agent, chat=model)

        yield make


class Clock:
    """The event loop's clock, which a test puts forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        real = loop.time
        self.ahead = 0.0
        monkeypatch.setattr(loop, "time", lambda: real() + self.ahead)

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


@pytest.fixture
async def clock(monkeypatch) -> Clock:
    """The clock of the test's loop."""
    return Clock(monkeypatch)


async def all_events(
    agent: Agent, message: str, conversation_id: str | None = None, **fields
) -> list[TurnEvent]:
    """Every event of a turn."""
    request = TurnRequest(fields.pop("listener", "local"), message, conversation_id, **fields)
    return [event async for event in run_turn(agent, request)]


async def ask(agent: Agent, message: str, conversation_id: str | None = None, **fields) -> Answer:
    """The answer of a turn."""
    last = (await all_events(agent, message, conversation_id, **fields))[-1]
    assert last["type"] == "turn_finished"
    return last["answer"]


def titles(answer: Answer) -> list[str]:
    """What was recommended."""
    return [pick["track"]["title"] for pick in answer["recommendations"]]
