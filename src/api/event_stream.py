"""A turn as an event stream: `event:` and `data:` blocks, each written by the one adapter of the union."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi import Response
from loguru import logger
from starlette.types import Receive, Scope, Send

from src.agent.models.answer import TURN_EVENT, TurnEvent
from src.api.disconnect import ClientGone, cancelled_when_gone
from src.api.problems import internal_problem, problem_of
from src.errors import DomainError

MEDIA_TYPE = "text/event-stream"
# Proxies close a silent connection after a minute or so; a comment line keeps it open.
_BEAT_EVERY_S = 15.0


class EventStream(Response):
    """Sends what a turn yields as it yields it. The first event is there already: errors before it are
    problem+json, errors after it are a `turn_failed` event."""

    media_type = MEDIA_TYPE

    def __init__(self, first: TurnEvent, rest: AsyncGenerator[TurnEvent], request_id: str) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
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
            async with (
                cancelled_when_gone(receive, every_s=_BEAT_EVERY_S, beat=beat),
                aclosing(self._rest),
            ):
                await send(
                    {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                )
                await write(event_block(self._first))
                async for event in self._guarded():
                    await write(event_block(event))
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
    """What `events` yields, made in a task of its own.

    What `events` holds while it works (locks, places, time-outs) it gives back when it has ended, however
    slowly its events are read; they wait in memory. Closing this generator ends the task.
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


def event_block(event: TurnEvent) -> bytes:
    """One event on the wire."""
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), TURN_EVENT.dump_json(event))
