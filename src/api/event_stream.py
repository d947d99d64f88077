"""Answers as server-sent events, and what happens when the client goes away."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

from fastapi import Response
from loguru import logger
from starlette.types import Receive, Scope, Send

from src.api.errors import internal_problem, problem_of
from src.chat.models.answer import TURN_EVENT, TurnEvent
from src.errors import DomainError

MEDIA_TYPE = "text/event-stream"
# No cache may keep a stream, and nginx must not collect it.
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
# Proxies close a silent connection after a minute or so; a comment line keeps it open.
_BEAT_EVERY_S = 15.0


def event_block(name: str, data: bytes) -> bytes:
    """One event on the wire."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)


def stream_doc(description: str, event: str, data: str) -> dict[str, object]:
    """A stream in OpenAPI, with how its first event begins."""
    example = f"event: {event}\ndata: {data}\n\n"
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": example}},
    }


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


@asynccontextmanager
async def cancelled_when_gone(
    receive: Receive, *, every_s: float | None = None, beat: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[None]:
    """Cancel the block when the client disconnects.

    The block runs in the caller's own task, so that time-outs and spans opened in it stay where they are.

    Args:
        receive: the request's channel; its body must have been read.
        every_s, beat: call `beat` whenever this many seconds pass while the client sends nothing.

    Raises:
        ClientGone: in place of the cancellation that this caused.
    """
    worker = asyncio.current_task()
    assert worker is not None
    gone = False

    async def watch() -> None:
        nonlocal gone
        while True:
            try:
                async with asyncio.timeout(every_s):
                    message = await receive()
            except TimeoutError:
                if beat is not None:
                    await beat()
                continue
            if message["type"] == "http.disconnect":
                gone = True
                worker.cancel()
                return

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if gone and worker.uncancel() == 0:
            raise ClientGone from None
        raise
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


class EventStream(Response):
    """Sends the events of a turn as they come.

    The first event is there already: errors before it are problem+json, later ones a `turn_failed` event.
    """

    media_type = MEDIA_TYPE

    def __init__(self, first: TurnEvent, rest: AsyncGenerator[TurnEvent], request_id: str) -> None:
        super().__init__(headers=STREAM_HEADERS)
        del self.headers["content-length"]
        self._first = first
        self._rest = rest
        self._request_id = request_id

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        async def write(block: bytes) -> None:
            await send({"type": "http.response.body", "body": block, "more_body": True})

        async def beat() -> None:
            await write(b": still here\n\n")

        try:
            async with cancelled_when_gone(receive, every_s=_BEAT_EVERY_S, beat=beat), aclosing(self._rest):
                await send(
                    {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                )
                await write(_block(self._first))
                async for event in self._guarded():
                    await write(_block(event))
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (ClientGone, OSError):
            logger.info("client went away")

    async def _guarded(self) -> AsyncIterator[TurnEvent]:
        try:
            async for event in self._rest:
                yield event
        except DomainError as error:
            yield {"type": "turn_failed", "problem": problem_of(error, self._request_id)}
        except Exception as error:  # noqa: BLE001 - the status line is sent: the stream itself must say it
            logger.opt(exception=error).error("unhandled error in a stream")
            yield {"type": "turn_failed", "problem": internal_problem(self._request_id)}


async def read_ahead[T](events: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """Yield what `events` yields, made in a task of its own.

    So a slow reader holds up no locks, slots or time-outs of `events`; what is not yet read waits in memory.
    Closing this generator ends the task.
    """
    made: asyncio.Queue[T] = asyncio.Queue()

    async def make() -> None:
        async with aclosing(events):
            async for event in events:
                made.put_nowait(event)

    maker = asyncio.create_task(make())
    maker.add_done_callback(lambda _: made.shutdown())
    try:
        while True:
            try:
                event = await made.get()
            except asyncio.QueueShutDown:
                break
            yield event
        await maker
    finally:
        maker.cancel()
        await asyncio.gather(maker, return_exceptions=True)


def _block(event: TurnEvent) -> bytes:
    return event_block(event["type"], TURN_EVENT.dump_json(event))
