import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from src.chat.clients import Agent, TurnRequest
from src.chat.deadline import new_deadline, within
from src.chat.turn import run_turn
from src.conversations.store import list_conversations
from src.errors import TurnTimeout
from src.evaluation.runner.scripted_model import Said, serve_model
from tests.chat.fixtures import Clock, clock

__all__ = ["clock"]
LONG_S = 100.0


async def _let_timers_fire() -> None:
    """A reader that lets the loop run, as one does that waits for its own client."""
    for _ in range(5):
        await asyncio.sleep(0)


async def _read_slowly(agent: Agent, clock: Clock, kinds: list[str]) -> None:
    async with aclosing(run_turn(agent, TurnRequest("local", "calm jazz", limit=2))) as events:
        async for event in events:
            kinds.append(event["type"])
            clock.advance(LONG_S)
            await _let_timers_fire()


async def _read(events: AsyncGenerator[int], read: list[int]) -> None:
    async for number in events:
        read.append(number)  # noqa: PERF401 - what was read before a failure counts


async def test_within_does_not_count_the_time_of_the_reader(clock: Clock):
    async def work() -> AsyncGenerator[int]:
        for number in range(3):
            await asyncio.sleep(0)
            clock.advance(3)
            yield number

    deadline, events = new_deadline(10), work()
    read = []
    async with aclosing(events):
        async for number in within(deadline, events):
            read.append(number)
            clock.advance(LONG_S)
            await _let_timers_fire()
    assert read == [0, 1, 2]
    assert deadline.left_s == pytest.approx(1, abs=0.5)


async def test_within_adds_up_the_time_of_the_work(clock: Clock):
    async def work() -> AsyncGenerator[int]:
        for number in range(9):
            clock.advance(4)
            await _let_timers_fire()
            yield number

    read: list[int] = []

    async with aclosing(work()) as events:
        with pytest.raises(TimeoutError):
            await _read(within(new_deadline(10), events), read)
    assert read == [0, 1]


async def test_within_while_lifted_takes_as_long_as_it_takes(clock: Clock):
    deadline = new_deadline(10)

    async def work() -> AsyncGenerator[float]:
        clock.advance(9)
        deadline.lift()
        clock.advance(LONG_S)
        await _let_timers_fire()
        deadline.restart()
        yield deadline.left_s

    events = work()
    async with aclosing(events):
        assert [left async for left in within(deadline, events)] == [pytest.approx(10, abs=0.5)]


async def test_run_turn_with_a_slow_reader_gives_the_turn(agent: Agent, clock: Clock):
    kinds: list[str] = []
    await _read_slowly(agent, clock, kinds)
    assert kinds[-1] == "turn_finished"


async def test_run_turn_whose_work_is_too_slow_fails_as_a_timeout_after_a_slow_reader(
    agent: Agent, with_model, clock: Clock
):
    def script(_body) -> Said:
        clock.advance(LONG_S)
        return Said("Thinking", gate=asyncio.Event())

    kinds: list[str] = []
    async with serve_model(script) as model:
        with pytest.raises(TurnTimeout):
            await _read_slowly(with_model(model.base_url), clock, kinds)
    assert kinds == ["turn_started", "candidates"]
    assert (await list_conversations(agent.database, "local", limit=9))["conversations"] == []
