"""`POST /v1/chat`: one message, one answer; whole, or as a stream of events."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from loguru import logger
from starlette.types import Receive, Scope, Send

from src.api.dependencies import ListenerOf, Service, ServiceOf
from src.api.errors import internal_problem, problem_of, request_id_of
from src.api.models.bodies import ChatBody
from src.chat.clients import TurnRequest
from src.chat.models.answer import ANSWER, TURN_EVENT, Answer, TurnEvent
from src.chat.turn import run_turn
from src.errors import DomainError
from src.telemetry.logging import log_context


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
        every_s, beat: call `beat` whenever this many seconds have passed without a word from the client.

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


router = APIRouter(tags=["chat"])

_STREAM_DOC = {
    "description": "The answer; with `Accept: text/event-stream` the events of the turn, of which the last, "
    "`turn_finished`, carries the same answer.",
    "content": {
        MEDIA_TYPE: {"schema": {"type": "string"}, "example": 'event: text_delta\ndata: {"type":…}\n\n'}
    },
}
# The client closed the connection before the answer (nginx's number); nobody reads it.
_CLIENT_GONE = 499


@router.post("/v1/chat", response_model=Answer, responses={200: _STREAM_DOC})
async def chat(
    body: ChatBody,
    request: Request,
    service: ServiceOf,
    listener: ListenerOf,
    accept: Annotated[str, Header()] = "",
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=128)] = None,
) -> Response:
    """Ask for music in your own words."""
    turn = TurnRequest(
        listener=listener,
        message=body["message"],
        conversation_id=body.get("conversation_id"),
        limit=body.get("limit"),
        idempotency_key=idempotency_key,
        request_hash=_hash(body),
        record=body.get("record", False),
    )
    events = _run_in_slot(service, turn)
    if MEDIA_TYPE in accept:
        events = read_ahead(events)
        return EventStream(await anext(events), events, request_id_of(request))
    try:
        async with cancelled_when_gone(request.receive), aclosing(events):
            answer = await _last(events)
    except ClientGone:
        return Response(status_code=_CLIENT_GONE)
    return Response(ANSWER.dump_json(answer), media_type="application/json")


async def _run_in_slot(service: Service, turn: TurnRequest) -> AsyncGenerator[TurnEvent]:
    async with service.turn_slot(), aclosing(run_turn(service.agent, turn)) as events:
        first = await anext(events)
        id_ = first["conversation_id"] if first["type"] == "turn_started" else turn.conversation_id
        with log_context(conversation_id=id_):
            yield first
            async for event in events:
                yield event


async def _last(events: AsyncGenerator[TurnEvent]) -> Answer:
    async for event in events:
        if event["type"] == "turn_finished":
            return event["answer"]
    raise RuntimeError("a turn ended without an answer")


def _hash(body: ChatBody) -> str:
    """What an idempotency key stands for: the same key with another body is a mistake."""
    parts = [body["message"], body.get("conversation_id", ""), str(body.get("limit", ""))]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
