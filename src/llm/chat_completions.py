"""The only caller of a chat API: one streamed call of any OpenAI-compatible model.

The stream is read by hand, not through the client's typed chunks, which cost several times the CPU.
"""

import asyncio
import math
import random
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, cast

from pydantic_core import from_json, to_json

from src.errors import ModelFailure, ModelUnavailable
from src.llm.models.chat import ChatBody, ChatEvent, ChatRequest, Finished, TextDelta, ToolCall, ToolCalled
from src.retries import backoff_s

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import AsyncOpenAI

_DEFAULT_BASE_URL = "https://api.openai.com/v1"
_MAX_ANSWER_BYTES = 8_000_000
# After `[DONE]` the end of the HTTP answer is read too, or its connection could not be used again.
_LINGER_S = 0.1

_RETRIED: frozenset[ModelFailure] = frozenset({"connection", "timeout", "rate_limited", "server_error"})
_MESSAGES: dict[ModelFailure, str] = {
    "auth": "The model's server refuses the key; check LLM_API_KEY and the account behind it.",
    "rate_limited": "The model's server is at its limit; wait, or raise the limit of the account.",
    "timeout": "The model did not answer in time; raise LLM_TIMEOUT_S, or use a faster LLM_MODEL.",
    "connection": "The model's server cannot be reached, or hung up; check LLM_BASE_URL and the server.",
    "server_error": "The model's server failed; read its logs, or try again later.",
    "bad_request": "The model's server rejects the request; check LLM_TEMPERATURE, LLM_MAX_OUTPUT_TOKENS "
    "and LLM_CONTEXT_TOKENS against what LLM_MODEL takes.",
    "model_not_found": "The model's server does not know the model or the path; check LLM_MODEL, and that "
    "LLM_BASE_URL ends as the server wants it, mostly in /v1.",
    "refused": "The model refused to answer; put the request in other words.",
    "empty": "The model answered with nothing; raise LLM_MAX_OUTPUT_TOKENS, or use another LLM_MODEL.",
    "tools_rejected": "The server takes no tools for this model on Chat Completions; set LLM_MODEL to one "
    "that calls tools there, or turn tool calling on in the server behind LLM_BASE_URL.",
    "malformed": "The model's server does not stream chat completions; check that LLM_BASE_URL names an "
    "OpenAI-compatible API.",
}
_TURN_OVER = "The turn left the model no more time; raise TURN_TIMEOUT_S, or use a faster LLM_MODEL."
# What a refusal of tools says where it is the model's reasoning that they do not go with.
_REASONING = ("reasoning", "thinking", "effort", "/responses", "responses api")
_REFUSALS: frozenset[ModelFailure] = frozenset({"tools_rejected", "bad_request", "model_not_found"})

type Quirk = Literal["max_tokens", "stream_options", "reasoning"]
type Offer = Literal["nothing", "tools", "tools_without_reasoning"]


class _ReasoningRefused(ModelUnavailable):
    """Tools are refused to a model that reasons, or its reasoning cannot be turned off: the other may do."""

    def __init__(self, offer: Offer) -> None:
        super().__init__(_MESSAGES["tools_rejected"], reason="tools_rejected")
        self.offer = offer


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A model to talk to, and the bounds of every call.

    `timeout_s` is the deadline of one call from start to end, shared by its `attempts`: a call that hung has
    used it up, one that failed fast is tried again in what is left.
    A `Retry-After` over `retry_after_max_s` is not waited for. `chance` gives 0 to 1, for jitter.
    `quirks` are what the server was found to reject: later calls leave it out at once. `reasoning` is
    rejected together with tools alone.
    """

    client: "AsyncOpenAI"
    model: str
    temperature: float | None
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


def open_chat_model(
    *,
    base_url: str | None,
    api_key: str | None,
    model: str,
    max_output_tokens: int,
    timeout_s: float,
    attempts: int,
    retry_after_max_s: float,
    temperature: float | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    chance: Callable[[], float] = random.random,
) -> ChatModel:
    """A client of the server at `base_url` (None: OpenAI's); nothing is sent yet. Close it at the end."""
    import httpx2
    import openai

    client = openai.AsyncOpenAI(
        base_url=base_url or _DEFAULT_BASE_URL,
        # Local servers need no key, but the client insists on one.
        api_key=(api_key or "").strip() or "none",
        max_retries=0,
        # The deadline is ours, over the whole attempt; the client's time-outs begin anew with every read.
        timeout=httpx2.Timeout(None),
    )
    return ChatModel(
        client=client,
        model=model,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        timeout_s=timeout_s,
        attempts=attempts,
        retry_after_max_s=retry_after_max_s,
        sleep=sleep,
        chance=chance,
    )


async def close_chat_model(model: ChatModel) -> None:
    """Close the model's connections."""
    await model.client.close()


async def stream_chat(model: ChatModel, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
    """Ask the model: its text as it comes, its tool calls when the stream has ended, then one `Finished`.

    A failure is tried again only while nothing was yielded. Arguments of tool calls are passed on as written.
    Close the generator (`aclosing`) where the answer is not read to its end.

    Raises:
        ModelUnavailable: `reason` says why; it may come after events.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + min(model.timeout_s, request.within_s)
    if request.within_s <= 0:
        raise _late(model, request)
    attempt = 1
    refusal: _ReasoningRefused | None = None
    while True:
        shown = False
        try:
            async with aclosing(_attempt(model, request, deadline)) as events:
                async for event in events:
                    shown = True
                    yield event
            return
        except ModelUnavailable as failure:
            if isinstance(failure, _ReasoningRefused) and refusal is None and not shown:
                refusal = failure
                if failure.offer == "tools":
                    model.quirks.add("reasoning")
                else:
                    model.quirks.discard("reasoning")
                continue
            if refusal is not None and failure.reason in _REFUSALS:
                # Neither way: the next call begins as if nothing was known, for servers change.
                model.quirks.discard("reasoning")
                raise refusal from None
            if failure.reason == "timeout" and clock() >= deadline:
                raise _late(model, request) from None
            wait_s = failure.retry_after_s
            if shown or failure.reason not in _RETRIED or attempt >= model.attempts:
                raise
            if wait_s is not None and wait_s > model.retry_after_max_s:
                raise
            wait_s = backoff_s(attempt, model.chance()) if wait_s is None else wait_s
            if clock() + wait_s >= deadline:
                raise
        await model.sleep(wait_s)
        attempt += 1


def _late(model: ChatModel, request: ChatRequest) -> ModelUnavailable:
    """What to set for more time: whichever bound was the nearer."""
    if request.within_s < model.timeout_s:
        return ModelUnavailable(_TURN_OVER, reason="timeout")
    return _unavailable("timeout")


async def _attempt(model: ChatModel, request: ChatRequest, deadline: float) -> AsyncGenerator[ChatEvent]:
    clock = asyncio.get_running_loop().time
    offer = _offer(model, request)
    answer = _Answer(offer)
    try:
        async with asyncio.timeout_at(deadline):
            response = await _send(model, request, offer)
    except TimeoutError:
        raise _unavailable("timeout") from None
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
        raise _unavailable("malformed")
    if not (answer.spoke or answer.calls):
        raise _unavailable("empty")
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
        raise _unavailable("timeout") from None
    except httpx2.RequestError as error:
        raise _unavailable("connection") from error


def _offer(model: ChatModel, request: ChatRequest) -> Offer:
    if not request.tools:
        return "nothing"
    return "tools_without_reasoning" if "reasoning" in model.quirks else "tools"


async def _send(model: ChatModel, request: ChatRequest, offer: Offer) -> "Response":
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
            quirk = _rejected_parameter(error.status_code, text)
            if quirk is None or quirk in quirks:
                wait_s = _retry_after_s(error.response.headers, time.time())
                # The client's error quotes the answer, which may quote the key: it is not chained.
                raise _status_failure(error.status_code, text, offer, wait_s) from None
            model.quirks.add(quirk)
        except (openai.APIConnectionError, httpx2.RequestError) as error:
            raise _unavailable("connection") from error
        except UnicodeEncodeError:
            # A header takes ASCII alone, and the key is the one that may hold more; the error shows it.
            raise _unavailable("auth") from None


def _body(model: ChatModel, request: ChatRequest, quirks: frozenset[Quirk], offer: Offer) -> ChatBody:
    body: ChatBody = {"model": model.model, "messages": request.messages, "stream": True}
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


def _unavailable(reason: ModelFailure, retry_after_s: float | None = None) -> ModelUnavailable:
    return ModelUnavailable(_MESSAGES[reason], reason=reason, retry_after_s=retry_after_s)


def _rejected_parameter(status: int, text: str) -> Quirk | None:
    """The parameter an error's lower-case text names as unsupported, if we can do without it."""
    if status not in (400, 422):
        return None
    if "stream_options" in text:
        return "stream_options"
    unsupported = "unsupported" in text or "not support" in text
    if "max_completion_tokens" in text or ("max_tokens" in text and unsupported):
        return "max_tokens"
    return None


def _status_failure(
    status: int, text: str, offer: Offer, retry_after_s: float | None = None
) -> ModelUnavailable:
    """What an HTTP status, and the lower-case text that came with it, mean."""
    reason: ModelFailure = "bad_request"
    names_tools = "tool" in text or "function" in text
    names_reasoning = any(word in text for word in _REASONING)
    # llama.cpp refuses tools with 500 as long as it runs without its templates.
    refuses = status in (400, 404, 422, 501) or (status == 500 and ("require" in text or "support" in text))
    if offer == "tools" and refuses and names_tools and names_reasoning:
        return _ReasoningRefused(offer)
    if offer == "tools_without_reasoning" and refuses and names_reasoning:
        return _ReasoningRefused(offer)
    if offer != "nothing" and refuses and names_tools:
        reason = "tools_rejected"
    elif status in (401, 402, 403):
        reason = "auth"
    elif status == 404:
        reason = "model_not_found"
    elif status == 408:
        reason = "timeout"
    elif status == 429:
        reason = "rate_limited"
    elif status == 409 or status >= 500:
        reason = "server_error"
    return _unavailable(reason, retry_after_s)


def _retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait that the server asks for, at `now` in seconds since the epoch."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit_s
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    try:
        return max(parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - now, 0.0)
    except ValueError:
        return None


@dataclass(slots=True)
class _Answer:
    """What the stream has brought so far. After `done` or a `failure` the rest is not read."""

    offer: Offer
    rest: bytes = b""
    size: int = 0
    events: int = 0
    done: bool = False
    spoke: bool = False
    failure: ModelUnavailable | None = None
    finish_reason: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    calls: list[ToolCall] = field(default_factory=list)
    by_index: dict[int, ToolCall] = field(default_factory=dict)

    def feed(self, chunk: bytes) -> str:
        """Read the whole lines of one network read; their text comes back in one piece."""
        self.size += len(chunk)
        if self.size > _MAX_ANSWER_BYTES:
            self.failure = _unavailable("malformed")
            return ""
        lines = (self.rest + chunk).split(b"\n")
        self.rest = lines.pop()
        return self._read_lines(lines)

    def end(self) -> str:
        """Read a last line that no line break ends; one that was cut off tells nothing."""
        try:
            from_json(self.rest.removeprefix(b"data:"))
        except ValueError:
            return ""
        return self._read_lines([self.rest])

    def _read_lines(self, lines: Iterable[bytes]) -> str:
        # An event has one `data:` line in every chat API, so its blank line need not be waited for.
        text = ""
        for line in lines:
            if not line.startswith(b"data:") or self.done or self.failure:
                continue
            payload = line[5:]
            try:
                text += self._read_event(from_json(payload))
            except ValueError:
                word = payload.strip()
                if word == b"[DONE]":
                    self.done = True
                elif word:
                    self.failure = _unavailable("malformed")
        self.spoke = self.spoke or bool(text)
        return text

    def _read_event(self, event: object) -> str:
        if not isinstance(event, dict):
            self.failure = _unavailable("malformed")
            return ""
        self.events += 1
        if error := event.get("error"):
            self.failure = _event_failure(error, self.offer)
            return ""
        if isinstance(model := event.get("model"), str) and model:
            self.model = model
        if isinstance(usage := event.get("usage"), dict):
            self.input_tokens = _count(usage.get("prompt_tokens"))
            self.output_tokens = _count(usage.get("completion_tokens"))
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return ""
        if isinstance(reason := choice.get("finish_reason"), str) and reason:
            self.finish_reason = reason
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            delta = {}
        if self.finish_reason == "content_filter" or delta.get("refusal"):
            self.failure = _unavailable("refused")
        if isinstance(fragments := delta.get("tool_calls"), list):
            for fragment in fragments:
                if isinstance(fragment, dict):
                    self._add_fragment(fragment)
        return _text(delta.get("content"))

    def _add_fragment(self, fragment: dict[str, object]) -> None:
        function = fragment.get("function")
        if not isinstance(function, dict):
            function = {}
        call_id, name = _word(fragment.get("id")), _word(function.get("name"))
        index = fragment.get("index")
        call = self._call_of(index, call_id, name)
        if call is None:
            call = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            self.calls.append(call)
        if isinstance(index, int):
            self.by_index[index] = call
        call["id"] = call["id"] or call_id
        call["function"]["name"] = call["function"]["name"] or name
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call["function"]["arguments"] += arguments
        elif arguments is not None:
            # Some servers send the arguments as an object.
            call["function"]["arguments"] = to_json(arguments).decode()

    def _call_of(self, index: object, call_id: str, name: str) -> ToolCall | None:
        """The call a fragment goes on with; None begins a new one."""
        if isinstance(index, int):
            known = self.by_index.get(index)
            goes_on = known is None or not call_id or known["id"] in ("", call_id)
            return known if goes_on else None
        if call_id:
            return next((call for call in self.calls if call["id"] == call_id), None)
        return self.calls[-1] if self.calls and not name else None


def _event_failure(error: object, offer: Offer) -> ModelUnavailable:
    """What an `error` inside a stream means: some servers give an HTTP status as its code."""
    code = error.get("code") if isinstance(error, dict) else None
    status = int(code) if isinstance(code, int | str) and str(code).isdecimal() else 0
    return _status_failure(status if 400 <= status < 600 else 500, str(error).lower(), offer)


def _text(content: object) -> str:
    """The text of a delta, which some servers send as a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part for part in content if isinstance(part, dict) and part.get("type", "text") == "text")
    return "".join(_word(part.get("text")) for part in parts)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
