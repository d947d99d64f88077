"""The only caller of a chat API: one streamed call of any OpenAI-compatible model."""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pydantic_core import to_json

from src.errors import ModelFailure, ModelUnavailable
from src.llm.failures import (
    Quirk,
    ReasoningRefused,
    ToolOffer,
    rejected_parameter,
    requested_wait_s,
    status_failure,
    unavailable,
)
from src.llm.models.chat import CallBody, ChatEvent, ChatRequest, Finished, TextDelta, ToolCalled
from src.llm.streaming import StreamedAnswer
from src.retries import backoff_s

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import AsyncOpenAI

_DEFAULT_BASE_URL = "https://api.openai.com/v1"
# After `[DONE]` the end of the HTTP answer is read too, or its connection could not be used again.
_LINGER_S = 0.1
_RETRIED: frozenset[ModelFailure] = frozenset({"connection", "timeout", "rate_limited", "server_error"})
_REFUSALS: frozenset[ModelFailure] = frozenset({"tools_rejected", "bad_request", "model_not_found"})
_TURN_OVER = "The turn left the model no more time; raise TURN_TIMEOUT_S, or use a faster LLM_MODEL."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatModel:
    """A model to talk to, and the bounds of every call.

    `timeout_s` is the deadline of one call from start to end, shared by its `attempts`: a call that hung has
    used it up, one that failed fast is tried again in the time left. A `Retry-After` longer than
    `retry_after_max_s` is not waited for. `chance` returns 0 to 1, for jitter. `quirks` are the parameters
    that the server was found to reject; later calls leave them out.
    """

    client: "AsyncOpenAI"
    model: str
    temperature: float | None = None
    max_output_tokens: int
    timeout_s: float
    attempts: int
    retry_after_max_s: float
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    quirks: set[Quirk] = field(default_factory=set)

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """One call of the model: `stream_chat`."""
        return stream_chat(self, request)


def open_client(base_url: str | None, api_key: str | None) -> "AsyncOpenAI":
    """A client of the server at `base_url` (None: OpenAI's); it sends nothing yet."""
    import httpx2
    import openai

    return openai.AsyncOpenAI(
        base_url=base_url or _DEFAULT_BASE_URL,
        # Local servers need no key, but the client insists on one.
        api_key=(api_key or "").strip() or "none",
        max_retries=0,
        # The deadline is ours, over the whole attempt; the client's time-outs begin anew with every read.
        timeout=httpx2.Timeout(None),
    )


async def close_chat_model(model: ChatModel) -> None:
    """Close the connections of its client."""
    await model.client.close()


async def stream_chat(model: ChatModel, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
    """Ask the model; yield its text as it comes, its tool calls at the end of the stream, then `Finished`.

    A failed call is repeated only while nothing was yielded. Tool arguments are passed on as written.
    Close the generator (`aclosing`) where the answer is not read to its end.

    Raises:
        ModelUnavailable: `reason` says why; it may come after events.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + min(model.timeout_s, request.within_s)
    if request.within_s <= 0:
        raise _late(model, request)
    attempt = 1
    refusal: ReasoningRefused | None = None
    while True:
        shown = False
        try:
            async with aclosing(_attempt(model, request, deadline)) as events:
                async for event in events:
                    shown = True
                    yield event
            return
        except ModelUnavailable as failure:
            if isinstance(failure, ReasoningRefused) and refusal is None and not shown:
                refusal = failure
                _switch_reasoning(model, failure.offer)
                continue
            if refusal is not None and failure.reason in _REFUSALS:
                # Neither way works: the next call begins as if nothing was known, for servers change.
                model.quirks.discard("reasoning")
                raise refusal from None
            if failure.reason == "timeout" and clock() >= deadline:
                raise _late(model, request) from None
            wait_s = None if shown else _wait_s(model, failure, attempt)
            if wait_s is None or clock() + wait_s >= deadline:
                raise
        await model.sleep(wait_s)
        attempt += 1


def _switch_reasoning(model: ChatModel, refused: ToolOffer) -> None:
    if refused == "tools":
        model.quirks.add("reasoning")
    else:
        model.quirks.discard("reasoning")


def _wait_s(model: ChatModel, failure: ModelUnavailable, attempt: int) -> float | None:
    """Seconds to wait before the next attempt; None when there is none."""
    if failure.reason not in _RETRIED or attempt >= model.attempts:
        return None
    if failure.retry_after_s is None:
        return backoff_s(attempt, model.chance())
    return failure.retry_after_s if failure.retry_after_s <= model.retry_after_max_s else None


def _late(model: ChatModel, request: ChatRequest) -> ModelUnavailable:
    """The time-out whose message names the bound that was nearer: the turn's or the model's."""
    if request.within_s < model.timeout_s:
        return ModelUnavailable(_TURN_OVER, reason="timeout")
    return unavailable("timeout")


async def _attempt(model: ChatModel, request: ChatRequest, deadline: float) -> AsyncGenerator[ChatEvent]:
    """One request, and the events of its answer."""
    clock = asyncio.get_running_loop().time
    offer = _offer(model, request)
    answer = StreamedAnswer(offer)
    try:
        async with asyncio.timeout_at(deadline):
            response = await _send(model, request, offer)
    except TimeoutError:
        raise unavailable("timeout") from None
    async with aclosing(response), aclosing(response.aiter_bytes()) as chunks:
        while True:
            try:
                chunk = await _next_chunk(chunks, deadline)
            except ModelUnavailable:
                if not answer.finish_reason:
                    raise
                break
            text = answer.feed(chunk) if chunk else answer.end()
            if text:
                stopped = clock()
                yield TextDelta(text)
                # The time in which the words are read and used is not the model's.
                deadline += clock() - stopped
            if answer.failure:
                raise answer.failure
            if not chunk:
                break
            if answer.done:
                deadline = min(deadline, clock() + _LINGER_S)
    if not answer.events:
        raise unavailable("malformed")
    if not (answer.spoke or answer.calls):
        raise unavailable("empty")
    for call in answer.calls:
        call["id"] = call["id"] or f"call_{uuid.uuid4().hex}"
        yield ToolCalled(call)
    yield Finished(
        reason=answer.finish_reason or "truncated",
        model=answer.model or model.model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
    )


async def _next_chunk(chunks: AsyncGenerator[bytes], deadline: float) -> bytes:
    """What the next read brings; empty at the end."""
    import httpx2

    try:
        # One time-out a read: a time-out held over a `yield` would cancel the consumer in its own code.
        async with asyncio.timeout_at(deadline):
            return await anext(chunks, b"")
    except TimeoutError:
        raise unavailable("timeout") from None
    except httpx2.RequestError as error:
        raise unavailable("connection") from error


def _offer(model: ChatModel, request: ChatRequest) -> ToolOffer:
    if not request.tools:
        return "nothing"
    return "tools_without_reasoning" if "reasoning" in model.quirks else "tools"


async def _send(model: ChatModel, request: ChatRequest, offer: ToolOffer) -> "Response":
    """Post the request, again without each parameter that the server names as unsupported."""
    import httpx2
    import openai

    while True:
        quirks = frozenset(model.quirks)
        try:
            response = await model.client.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                content=to_json(_body(model, request, quirks, offer)),
                stream=True,
                stream_cls=openai.AsyncStream[object],
            )
            # For this `cast_to` the client hands out the open response itself, which its types do not know.
            return cast("Response", response)
        except openai.APIStatusError as error:
            text = error.response.text.lower()
            quirk = rejected_parameter(error.status_code, text)
            if quirk is None or quirk in quirks:
                wait_s = requested_wait_s(error.response.headers, time.time())
                # The client's error quotes the answer, which may quote the key: it is not chained.
                raise status_failure(error.status_code, text, offer, wait_s) from None
            model.quirks.add(quirk)
        except (openai.APIConnectionError, httpx2.RequestError) as error:
            raise unavailable("connection") from error
        except UnicodeEncodeError:
            # A header takes ASCII alone, and the key is the one that may hold more; the error shows it.
            raise unavailable("auth") from None


def _body(model: ChatModel, request: ChatRequest, quirks: frozenset[Quirk], offer: ToolOffer) -> CallBody:
    body: CallBody = {"model": model.model, "messages": request.messages, "stream": True}
    if "stream_options" not in quirks:
        body["stream_options"] = {"include_usage": True}
    if "max_tokens" in quirks:
        body["max_completion_tokens"] = model.max_output_tokens
    else:
        body["max_tokens"] = model.max_output_tokens
    if request.tools:
        body["tools"] = request.tools
    if offer == "tools_without_reasoning":
        body["reasoning_effort"] = "none"
    if model.temperature is not None:
        body["temperature"] = model.temperature
    return body
