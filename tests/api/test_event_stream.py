import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import httpx
import pytest

from src.api.event_stream import read_ahead
from src.evaluation.runner.scripted_model import Said, serve_model
from tests.api.conftest import client_of, events_of
from tests.chat.fixtures import clock

__all__ = ["clock"]
LONG_S = 1_000.0
STREAM = {"Accept": "text/event-stream"}


async def test_read_ahead_ends_the_work_while_nobody_reads():
    lock, ended = asyncio.Lock(), asyncio.Event()

    async def work() -> AsyncGenerator[int]:
        async with lock:
            for number in range(3):
                yield number
        ended.set()

    async with aclosing(read_ahead(work())) as events:
        assert await anext(events) == 0
        await asyncio.wait_for(ended.wait(), timeout=5)
        assert not lock.locked()
        assert [number async for number in events] == [1, 2]


async def test_read_ahead_raises_what_the_work_raised_after_its_events():
    async def work() -> AsyncGenerator[int]:
        yield 1
        raise ZeroDivisionError

    events = read_ahead(work())
    assert await anext(events) == 1
    with pytest.raises(ZeroDivisionError):
        await anext(events)


async def test_read_ahead_when_closed_cancels_the_work():
    cleaned = asyncio.Event()

    async def work() -> AsyncGenerator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    async with aclosing(read_ahead(work())) as events:
        assert await anext(events) == 1
    assert cleaned.is_set()


async def test_chat_stream_that_is_not_read_leaves_the_place_to_others(agent, settings):
    """The first client reads nothing; the next one has the one place, and the same conversation."""
    app_settings = settings.model_copy(update={"max_turns_at_once": 1})
    patient = replace(agent, turn_timeout_s=600)
    async with client_of(patient, app_settings) as client:
        first = (await client.post("/v1/chat", json={"message": "jazz", "limit": 1})).json()
        body = {"message": "calm jazz", "limit": 1, "conversation_id": first["conversation_id"]}
        app = _app_of(client)
        blocked = asyncio.Event()
        stalled = asyncio.create_task(_ask_and_read_nothing(app, body, blocked))
        await blocked.wait()
        assert await _work_is_done(app)
        assert (await client.post("/v1/chat", json=body)).status_code == 200
        stalled.cancel()
        await asyncio.gather(stalled, return_exceptions=True)


async def test_chat_stream_when_the_turn_takes_too_long_says_so_in_an_event(with_model, settings, clock):
    def script(_body) -> Said:
        clock.advance(LONG_S)
        return Said("Thinking", gate=asyncio.Event())

    async with serve_model(script) as model, client_of(with_model(model.base_url), settings) as client:
        response = await client.post("/v1/chat", json={"message": "jazz"}, headers=STREAM)
    name, data = events_of(response.text)[-1]
    assert (name, json.loads(data)["problem"]["code"]) == ("turn_failed", "turn_timeout")


async def test_chat_stream_to_a_slow_reader_ends_with_the_turn(agent, settings, clock):
    """A reader that takes longer for each block than a turn may last."""
    blocks: list[bytes] = []

    async def send(message) -> None:
        if message["type"] == "http.response.body":
            blocks.append(message["body"])
            await _work_is_done(app)
            clock.advance(LONG_S)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async with client_of(agent, settings) as client:
        app = _app_of(client)
        await _call(app, {"message": "calm jazz", "limit": 1}, send)
    assert events_of(b"".join(blocks).decode())[-1][0] == "turn_finished"


def _app_of(client: httpx.AsyncClient):
    """The app itself: `httpx` reads a whole answer before it hands it out, and cannot be slow."""
    assert isinstance(client._transport, httpx.ASGITransport)
    return client._transport.app


async def _work_is_done(app) -> bool:
    """Let the loop run until no turn runs, for ten seconds at most."""
    until = time.monotonic() + 10
    while app.state.service.turns_running and time.monotonic() < until:
        await asyncio.sleep(0)
    return not app.state.service.turns_running


async def _ask_and_read_nothing(app, body, blocked: asyncio.Event) -> None:
    async def send(message) -> None:
        if message["type"] == "http.response.body":
            blocked.set()
            await asyncio.Event().wait()

    await _call(app, body, send)


async def _call(app, body, send) -> None:
    payload = json.dumps(body).encode()
    sent = False

    async def receive():
        nonlocal sent
        if sent:
            await asyncio.Event().wait()
        sent = True
        return {"type": "http.request", "body": payload, "more_body": False}

    request = httpx.Request("POST", "http://127.0.0.1:8000/v1/chat", content=payload, headers=STREAM)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/chat",
        "raw_path": b"/v1/chat",
        "query_string": b"",
        "root_path": "",
        "headers": [
            *((name.lower(), value) for name, value in request.headers.raw),
            (b"content-type", b"application/json"),
        ],
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
