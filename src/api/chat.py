"""`POST /v1/chat`: one message, one answer; whole, or as a stream of events."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from src.api.dependencies import ListenerOf, Service, ServiceOf
from src.api.errors import request_id_of
from src.api.event_stream import (
    MEDIA_TYPE,
    ClientGone,
    EventStream,
    cancelled_when_gone,
    read_ahead,
    stream_doc,
)
from src.api.models.bodies import ChatBody
from src.chat.clients import TurnRequest
from src.chat.models.answer import ANSWER, Answer, TurnEvent
from src.chat.turn import run_turn
from src.telemetry.logging import log_context

router = APIRouter(tags=["chat"])

_STREAM_DOC = stream_doc(
    "The answer; with `Accept: text/event-stream` the events of the turn, of which the last, "
    "`turn_finished`, carries the same answer.",
    "text_delta",
    '{"type":…}',
)
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
    """The body that an idempotency key belongs to: the same key with another one is a mistake."""
    parts = [body["message"], body.get("conversation_id", ""), str(body.get("limit", ""))]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
