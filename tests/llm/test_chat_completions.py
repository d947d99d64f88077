"""The wire is real: a local server answers each request with scripted bytes."""

import asyncio
import json
import socket
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Unpack

import pytest
from typing_extensions import TypedDict

from src.errors import ModelUnavailable
from src.llm.chat_completions import ChatModel, close_chat_model, open_client, stream_chat
from src.llm.models.chat import ChatEvent, ChatRequest, Finished, TextDelta, ToolCall, ToolCalled, ToolSpec
from src.retries import backoff_s

KEY = "sk-very-secret"
TOOL: ToolSpec = {
    "type": "function",
    "function": {"name": "search", "description": "Finds tracks.", "parameters": {"type": "object"}},
}
WORDS = ChatRequest([{"role": "user", "content": "Something für heute 夜"}], [])
WITH_TOOLS = ChatRequest(WORDS.messages, [TOOL])

type Script = Callable[[asyncio.StreamWriter], Awaitable[None]]
type Answer = bytes | Script


class Overrides(TypedDict, total=False):
    """Fields of `ChatModel` that a test changes."""

    model: str
    temperature: float | None
    timeout_s: float
    attempts: int
    retry_after_max_s: float
    chance: Callable[[], float]


@dataclass
class Server:
    """What a scripted server was asked, and what it answers next."""

    base_url: str
    answers: list[Answer]
    heads: list[str] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    connections: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    sleeps: list[float] = field(default_factory=list)

    def model(self, api_key: str | None = KEY, **overrides: Unpack[Overrides]) -> ChatModel:
        async def sleep(seconds: float) -> None:
            self.sleeps.append(seconds)

        arguments: Overrides = {
            "model": "asked-model",
            "timeout_s": 30.0,
            "attempts": 1,
            "retry_after_max_s": 10.0,
            "chance": lambda: 0.5,
        }
        arguments.update(overrides)
        client = open_client(self.base_url, api_key)
        return ChatModel(client=client, max_output_tokens=700, sleep=sleep, **arguments)


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncIterator[Server]:
    """A server that gives each request the next answer; raw bytes are written as they are."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    int(line.split(":")[1]) for line in head.splitlines() if "content-length" in line.lower()
                )
                server.heads.append(head)
                server.bodies.append(json.loads(await reader.readexactly(length)))
                answer = server.answers.pop(0)
                if isinstance(answer, bytes):
                    writer.write(answer)
                    if b"content-length" not in answer:
                        break
                else:
                    await answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            server.hung_up.set()
        finally:
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server = Server(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1", list(answers))
    async with listener:
        yield server
        listener.close_clients()


def answer(
    status: int, body: bytes | str = b"", *headers: str, content_type: str = "application/json"
) -> bytes:
    payload = body.encode() if isinstance(body, str) else body
    lines = [
        f"HTTP/1.1 {status} X",
        f"content-type: {content_type}",
        f"content-length: {len(payload)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


def refusal(status: int, message: str, *headers: str) -> bytes:
    return answer(status, json.dumps({"error": {"message": message, "type": "x", "code": None}}), *headers)


def event(delta: object, finish_reason: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "1", "model": "served-model", "choices": [choice], "usage": None}


def text(words: object) -> dict[str, object]:
    return event({"content": words})


def fragments(*calls: object) -> dict[str, object]:
    return event({"tool_calls": list(calls)})


def stop(reason: str = "stop") -> dict[str, object]:
    return event({}, reason)


USAGE = {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}


def sse(*events: object, done: bool = True) -> bytes:
    blocks = [f"data: {json.dumps(item, ensure_ascii=False)}\n\n" for item in events]
    return "".join([*blocks, "data: [DONE]\n\n" if done else ""]).encode()


def stream(*events: object, done: bool = True) -> bytes:
    return answer(200, sse(*events, done=done), content_type="text/event-stream")


FINE = stream(text("fine"), stop())


@dataclass
class Outcome:
    """What one call of the model gave."""

    events: list[ChatEvent]
    failure: ModelUnavailable | None
    server: Server

    @property
    def reason(self) -> str | None:
        return self.failure.reason if self.failure else None

    @property
    def words(self) -> str:
        return "".join(item.text for item in self.events if isinstance(item, TextDelta))

    @property
    def calls(self) -> list[ToolCall]:
        return [item.call for item in self.events if isinstance(item, ToolCalled)]

    @property
    def functions(self) -> list[tuple[str, str]]:
        return [(call["function"]["name"], call["function"]["arguments"]) for call in self.calls]

    @property
    def finished(self) -> Finished:
        *_, last = self.events
        assert isinstance(last, Finished)
        assert sum(isinstance(item, Finished) for item in self.events) == 1
        return last


async def collect(server: Server, model: ChatModel, request: ChatRequest) -> Outcome:
    outcome = Outcome([], None, server)
    try:
        async for item in stream_chat(model, request):
            outcome.events.append(item)
    except ModelUnavailable as failure:
        outcome.failure = failure
    return outcome


async def ask(
    *answers: Answer, request: ChatRequest = WORDS, api_key: str | None = KEY, **overrides: Unpack[Overrides]
) -> Outcome:
    async with serving(*answers) as server:
        model = server.model(api_key, **overrides)
        try:
            return await collect(server, model, request)
        finally:
            await close_chat_model(model)


class Clock:
    """The event loop's clock, which a test can put forward."""

    def __init__(self, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
        real = loop.time
        self.ahead = 0.0
        monkeypatch.setattr(loop, "time", lambda: real() + self.ahead)

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


@pytest.fixture
async def clock(monkeypatch):
    return Clock(asyncio.get_running_loop(), monkeypatch)


# The request


def test_module_when_imported_does_not_import_the_client():
    code = (
        "import sys, src.llm.chat_completions, src.llm.chat; "
        "sys.exit(bool({'openai', 'httpx2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_open_client_without_base_url_asks_openai_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    model = ChatModel(
        client=open_client(None, None),
        model="m",
        max_output_tokens=1,
        timeout_s=1,
        attempts=1,
        retry_after_max_s=1,
    )
    assert str(model.client.base_url) == "https://api.openai.com/v1/"
    assert model.client.max_retries == 0
    await close_chat_model(model)


async def test_stream_chat_without_tools_and_temperature_sends_neither():
    outcome = await ask(FINE)
    assert outcome.server.bodies == [
        {
            "model": "asked-model",
            "messages": WORDS.messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": 700,
        }
    ]
    assert outcome.server.heads[0].startswith("POST /v1/chat/completions HTTP/1.1")
    assert f"authorization: bearer {KEY}\r\n" in outcome.server.heads[0].lower()


async def test_stream_chat_with_tools_and_temperature_sends_both():
    outcome = await ask(FINE, request=WITH_TOOLS, temperature=0.0)
    assert outcome.server.bodies[0]["tools"] == [TOOL]
    assert outcome.server.bodies[0]["temperature"] == 0.0


@pytest.mark.parametrize("key", [None, "", "  \n"])
async def test_stream_chat_without_key_sends_a_placeholder(monkeypatch, key):
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")
    outcome = await ask(FINE, api_key=key)
    assert "authorization: bearer none\r\n" in outcome.server.heads[0].lower()


async def test_stream_chat_when_the_key_cannot_be_a_header_fails_as_auth_without_showing_it():
    outcome = await ask(api_key="sk-“quoted”")
    assert outcome.reason == "auth"
    assert "quoted" not in "".join(traceback.format_exception(outcome.failure))


# What a stream says


async def test_stream_chat_when_text_streams_yields_it_then_one_finished_with_usage():
    outcome = await ask(
        stream(event({"role": "assistant", "content": ""}), text("Zwei "), text("夜"), stop(), USAGE)
    )
    assert outcome.words == "Zwei 夜"
    assert outcome.finished == Finished("stop", "served-model", input_tokens=12, output_tokens=3)
    assert outcome.failure is None


async def test_stream_chat_when_the_server_names_no_model_and_counts_nothing_says_the_asked_model():
    outcome = await ask(
        stream({"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}], "usage": {}})
    )
    assert outcome.finished == Finished("stop", "asked-model", input_tokens=0, output_tokens=0)


async def test_stream_chat_yields_text_before_the_stream_has_ended():
    go_on = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + sse(text("first"), done=False)
        )
        await go_on.wait()
        writer.write(sse(text(" last"), stop()))
        writer.close()

    async with serving(script) as server:
        model = server.model()
        async with aclosing(stream_chat(model, WORDS)) as events:
            assert await anext(events) == TextDelta("first")
            go_on.set()
            assert await anext(events) == TextDelta(" last")
            assert isinstance(await anext(events), Finished)
        await close_chat_model(model)


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
async def test_stream_chat_when_events_are_cut_anywhere_reads_the_same(size):
    body = (
        b": keep-alive\r\n\r\nevent: message\r\nid: 7\r\n"
        + sse(
            text("Schöne "), text("夜 🎧"), fragments({"index": 0, "id": "c", "function": {"name": "search"}})
        )
        .replace(b"\n", b"\r\n")
        .replace(b"data: [DONE]", b": still there\r\ndata:\r\nretry: 10")
        + sse(fragments({"index": 0, "function": {"arguments": "{}"}}), stop("tool_calls"), USAGE)
    )

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")

    outcome = await ask(script)
    assert outcome.words == "Schöne 夜 🎧"
    assert outcome.functions == [("search", "{}")]
    assert outcome.finished == Finished("tool_calls", "served-model", input_tokens=12, output_tokens=3)


async def test_stream_chat_when_events_arrive_together_yields_their_text_in_one_piece():
    outcome = await ask(stream(text("a"), text("b"), text("c"), stop()))
    assert outcome.events[0] == TextDelta("abc")


async def test_stream_chat_when_no_line_break_ends_the_last_event_reads_it():
    outcome = await ask(
        answer(200, sse(text("a"), done=False) + sse(event({"content": "b"}, "stop"), done=False).rstrip())
    )
    assert (outcome.words, outcome.finished.reason) == ("ab", "stop")


async def test_stream_chat_when_text_follows_done_does_not_read_it():
    outcome = await ask(answer(200, sse(text("a"), stop()) + sse(text("b"), {"error": "late"})))
    assert (outcome.words, outcome.finished.reason) == ("a", "stop")


async def test_stream_chat_when_content_is_a_list_of_parts_joins_their_text():
    parts = [
        {"type": "text", "text": "a"},
        {"type": "thinking", "text": "x"},
        {"text": "b"},
        "c",
        {"text": None},
    ]
    outcome = await ask(stream(text(parts), stop()))
    assert outcome.words == "ab"


@pytest.mark.parametrize(
    "strange",
    [
        {"choices": []},
        {"choices": None},
        {"choices": ["x"]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": None, "refusal": None, "tool_calls": None}}], "error": None},
        {"choices": [{"delta": {"content": 5, "tool_calls": ["x"]}, "finish_reason": ""}], "model": None},
        {"usage": {"prompt_tokens": "many", "completion_tokens": None}},
        {"object": "ping"},
    ],
)
async def test_stream_chat_when_an_event_says_nothing_passes_over_it(strange):
    outcome = await ask(stream(strange, text("a"), strange, stop()))
    assert outcome.events == [TextDelta("a"), Finished("stop", "served-model", 0, 0)]


async def test_stream_chat_when_the_answer_is_compressed_reads_it():
    import gzip

    body = gzip.compress(sse(text("a"), stop()))
    outcome = await ask(answer(200, body, "content-encoding: gzip"))
    assert outcome.words == "a"


# Tool calls


async def test_stream_chat_when_two_calls_interleave_assembles_each_by_its_index():
    outcome = await ask(
        stream(
            text("Looking. "),
            fragments(
                {"index": 0, "id": "a", "type": "function", "function": {"name": "search", "arguments": ""}}
            ),
            fragments({"index": 1, "id": "b", "function": {"name": "more", "arguments": '{"x"'}}),
            fragments(
                {"index": 0, "function": {"arguments": '{"q":'}},
                {"index": 1, "function": {"arguments": ":1}"}},
            ),
            fragments({"index": 0, "id": "a", "function": {"name": None, "arguments": '"夜"}'}}),
            stop("tool_calls"),
        ),
        request=WITH_TOOLS,
    )
    assert [call["id"] for call in outcome.calls] == ["a", "b"]
    assert outcome.functions == [("search", '{"q":"夜"}'), ("more", '{"x":1}')]
    assert [type(item) for item in outcome.events] == [TextDelta, ToolCalled, ToolCalled, Finished]
    assert outcome.finished.reason == "tool_calls"


async def test_stream_chat_when_arguments_are_malformed_passes_them_on():
    call = {"index": 0, "id": "a", "function": {"name": "search", "arguments": '{"q": '}}
    outcome = await ask(stream(fragments(call), stop("tool_calls")), request=WITH_TOOLS)
    assert outcome.functions == [("search", '{"q": ')]


async def test_stream_chat_when_calls_have_no_id_makes_each_its_own():
    first, second = ({"index": index, "function": {"name": "search", "arguments": "{}"}} for index in (0, 1))
    outcome = await ask(stream(fragments(first, second), stop()), request=WITH_TOOLS)
    ids = [call["id"] for call in outcome.calls]
    assert len(set(ids)) == 2
    assert all(ids)


async def test_stream_chat_when_the_id_comes_late_keeps_one_call():
    outcome = await ask(
        stream(
            fragments({"index": 0, "function": {"name": "search", "arguments": "{"}}),
            fragments({"index": 0, "id": "late", "function": {"arguments": "}"}}),
            stop(),
        )
    )
    assert [call["id"] for call in outcome.calls] == ["late"]
    assert outcome.functions == [("search", "{}")]


async def test_stream_chat_when_fragments_have_no_index_joins_them_by_id_and_order():
    outcome = await ask(
        stream(
            fragments({"id": "a", "function": {"name": "search", "arguments": "{"}}),
            fragments({"function": {"arguments": "}"}}),
            fragments({"id": "b", "function": {"name": "more", "arguments": "["}}),
            fragments(
                {"id": "a", "function": {"arguments": " "}}, {"id": "b", "function": {"arguments": "]"}}
            ),
            fragments({"function": {"name": "third"}}),
            stop(),
        )
    )
    assert outcome.functions == [("search", "{} "), ("more", "[]"), ("third", "")]


async def test_stream_chat_when_an_index_comes_with_a_new_id_begins_a_new_call():
    outcome = await ask(
        stream(
            fragments({"index": 0, "id": "a", "function": {"name": "search", "arguments": "1"}}),
            fragments({"index": 0, "id": "b", "function": {"name": "more", "arguments": "2"}}),
            fragments({"index": 0, "function": {"arguments": "3"}}),
            stop(),
        )
    )
    assert outcome.functions == [("search", "1"), ("more", "23")]


async def test_stream_chat_when_arguments_are_an_object_writes_them_as_json():
    call = {"index": 0, "id": "a", "function": {"name": "search", "arguments": {"q": "夜"}}}
    outcome = await ask(stream(fragments(call, {"index": 1, "id": "b", "function": None}), stop()))
    assert outcome.functions == [("search", '{"q":"夜"}'), ("", "")]


# Answers that are none


@pytest.mark.parametrize("last", [event({"refusal": "I can't"}), stop("content_filter")])
async def test_stream_chat_when_the_model_refuses_fails_as_refused_after_what_was_said(last):
    outcome = await ask(stream(text("Well, "), last), FINE, attempts=3)
    assert (outcome.words, outcome.reason) == ("Well, ", "refused")
    assert len(outcome.server.bodies) == 1


@pytest.mark.parametrize("events", [[stop()], [text(""), stop("length")], [text(None)], [USAGE]])
async def test_stream_chat_when_there_is_neither_text_nor_call_fails_as_empty(events):
    outcome = await ask(stream(*events), FINE, attempts=3)
    assert (outcome.events, outcome.reason) == ([], "empty")
    assert len(outcome.server.bodies) == 1


@pytest.mark.parametrize("end", [b"", b"data: [DONE]\n\n", b'data: {"choices": [{"delta": {"cont'])
async def test_stream_chat_when_the_stream_ends_without_finish_reason_says_truncated(end):
    call = {"index": 0, "id": "a", "function": {"name": "search", "arguments": "{"}}
    outcome = await ask(answer(200, sse(text("So far"), fragments(call), done=False) + end))
    assert outcome.words == "So far"
    assert outcome.functions == [("search", "{")]
    assert outcome.finished.reason == "truncated"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Welcome to nginx</body></html>",
        b"<html>\n<body>\n\ndata\n</body>\n</html>\n",
        b'{"choices": [{"message": {"content": "not streamed"}}]}',
        b"data: {nope\n\n",
        b'data: {"model": "\xff"}\n\n',
        b"data: 17\n\n",
        b'data: ["a"]\n\n',
        b"data: null\n\n",
        b": nothing but comments\n\n",
        b"data: [DONE]\n\n",
        b"",
    ],
)
async def test_stream_chat_when_the_answer_is_garbage_fails_as_malformed(body):
    outcome = await ask(answer(200, body, content_type="text/html"), FINE, attempts=3)
    assert (outcome.events, outcome.reason) == ([], "malformed")
    assert len(outcome.server.bodies) == 1


async def test_stream_chat_when_a_later_event_is_garbage_fails_after_what_was_said():
    outcome = await ask(answer(200, sse(text("a"), done=False) + b"data: {]\n\n" + sse(text("b"), stop())))
    assert (outcome.words, outcome.reason) == ("a", "malformed")


async def test_stream_chat_when_the_answer_never_ends_fails_as_malformed():
    outcome = await ask(answer(200, b"data: " + b"x" * 8_000_001))
    assert outcome.reason == "malformed"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("overloaded", "server_error"),
        ({"message": "slow down", "code": 429}, "rate_limited"),
        ({"message": "slow down", "code": "429"}, "rate_limited"),
        ({"message": "who are you", "code": 401}, "auth"),
        ({"message": "no tools here", "code": 400}, "tools_rejected"),
        ({"message": "odd", "code": 7}, "server_error"),
    ],
)
async def test_stream_chat_when_the_stream_brings_an_error_fails_by_its_code(error, reason):
    outcome = await ask(stream(text("a"), {"error": error}, text("b")), FINE, attempts=3, request=WITH_TOOLS)
    assert (outcome.words, outcome.reason) == ("a", reason)
    assert len(outcome.server.bodies) == 1


async def test_stream_chat_when_the_error_comes_first_asks_again():
    outcome = await ask(stream({"error": {"message": "overloaded"}}), FINE, attempts=2)
    assert (outcome.words, outcome.failure) == ("fine", None)


# Status codes


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "bad_request"),
        (401, "auth"),
        (402, "auth"),
        (403, "auth"),
        (404, "model_not_found"),
        (413, "bad_request"),
        (422, "bad_request"),
    ],
)
async def test_stream_chat_when_the_server_refuses_does_not_ask_again(status, reason):
    outcome = await ask(refusal(status, f"no {KEY} of yours"), FINE, attempts=3)
    assert (outcome.events, outcome.reason) == ([], reason)
    assert len(outcome.server.bodies) == 1
    assert outcome.server.sleeps == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (408, "timeout"),
        (409, "server_error"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "server_error"),
        (529, "server_error"),
    ],
)
async def test_stream_chat_when_the_server_fails_asks_again_up_to_its_attempts(status, reason):
    outcome = await ask(*[refusal(status, "later")] * 3, FINE, attempts=3)
    assert (outcome.events, outcome.reason) == ([], reason)
    assert len(outcome.server.bodies) == 3
    assert outcome.server.sleeps == [backoff_s(1, 0.5), backoff_s(2, 0.5)]


async def test_stream_chat_when_a_later_attempt_succeeds_answers():
    outcome = await ask(refusal(500, "x"), refusal(429, "x"), FINE, attempts=3)
    assert (outcome.words, outcome.failure) == ("fine", None)


@pytest.mark.parametrize("status", [400, 401, 500])
async def test_stream_chat_when_it_fails_shows_neither_the_body_nor_the_key(status):
    outcome = await ask(refusal(status, f"Incorrect API key {KEY}: body-text"))
    shown = "".join(traceback.format_exception(outcome.failure))
    assert KEY not in shown
    assert "body-text" not in shown


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "llama2 does not support tools"),
        (404, "No endpoints found that support tool use"),
        (422, "Function calling is not enabled"),
        (501, "tools are not implemented"),
        (500, "tools param requires --jinja flag"),
    ],
)
async def test_stream_chat_when_the_server_rejects_tools_says_so_at_once(status, message):
    outcome = await ask(refusal(status, message), FINE, attempts=3, request=WITH_TOOLS)
    assert outcome.reason == "tools_rejected"
    assert len(outcome.server.bodies) == 1


USE_RESPONSES = (
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use "
    "function tools, use /v1/responses or set reasoning_effort to 'none'."
)
NONE_UNSUPPORTED = (
    "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: "
    "'low', 'medium', and 'high'."
)


def efforts(server: Server) -> list[object]:
    return [body.get("reasoning_effort") for body in server.bodies]


async def test_stream_chat_when_tools_do_not_go_with_reasoning_turns_it_off_from_then_on():
    async with serving(refusal(400, USE_RESPONSES), FINE, FINE, FINE) as server:
        model = server.model()
        outcomes = [await collect(server, model, request) for request in (WITH_TOOLS, WITH_TOOLS, WORDS)]
        await close_chat_model(model)
    assert [outcome.words for outcome in outcomes] == ["fine"] * 3
    assert efforts(server) == [None, "none", "none", None]
    assert ["tools" in body for body in server.bodies] == [True, True, True, False]
    assert server.sleeps == []


async def test_stream_chat_when_the_stream_refuses_tools_to_reasoning_turns_it_off():
    refused = stream({"error": {"message": USE_RESPONSES, "code": 400}})
    outcome = await ask(refused, FINE, request=WITH_TOOLS)
    assert (outcome.words, efforts(outcome.server)) == ("fine", [None, "none"])


@pytest.mark.parametrize(
    "second", [NONE_UNSUPPORTED, USE_RESPONSES, "Unrecognized request argument supplied: reasoning_effort"]
)
async def test_stream_chat_when_reasoning_cannot_be_turned_off_says_that_tools_are_rejected(second):
    answers = [refusal(400, USE_RESPONSES), refusal(400, second)]
    async with serving(*answers, *answers, FINE) as server:
        model = server.model(attempts=3)
        outcomes = [await collect(server, model, WITH_TOOLS) for _ in range(2)]
        last = await collect(server, model, WITH_TOOLS)
        await close_chat_model(model)
    assert [outcome.reason for outcome in outcomes] == ["tools_rejected"] * 2
    assert efforts(server) == [None, "none", None, "none", None]
    assert last.words == "fine"


async def test_stream_chat_when_the_server_no_longer_takes_none_leaves_it_out():
    answers = [refusal(400, USE_RESPONSES), FINE, refusal(400, NONE_UNSUPPORTED), FINE]
    async with serving(*answers) as server:
        model = server.model()
        outcomes = [await collect(server, model, WITH_TOOLS) for _ in range(2)]
        await close_chat_model(model)
    assert [outcome.words for outcome in outcomes] == ["fine"] * 2
    assert efforts(server) == [None, "none", "none", None]


async def test_stream_chat_when_no_tools_were_offered_cannot_have_them_rejected():
    outcome = await ask(refusal(400, "unknown function in template"))
    assert outcome.reason == "bad_request"


async def test_stream_chat_when_max_tokens_is_unsupported_uses_the_newer_name_from_then_on():
    message = "Unsupported parameter: 'max_tokens' is not supported with this model."
    async with serving(refusal(400, message), FINE, FINE) as server:
        model = server.model()
        first = await collect(server, model, WORDS)
        second = await collect(server, model, WORDS)
        await close_chat_model(model)
    assert (first.words, second.words) == ("fine", "fine")
    limits = [(body.get("max_tokens"), body.get("max_completion_tokens")) for body in server.bodies]
    assert limits == [(700, None), (None, 700), (None, 700)]
    assert server.sleeps == []


async def test_stream_chat_when_max_tokens_is_too_large_does_not_ask_again():
    outcome = await ask(
        refusal(400, "max_tokens is too large: this model supports at most 500"), FINE, attempts=3
    )
    assert outcome.reason == "bad_request"
    assert len(outcome.server.bodies) == 1


@pytest.mark.parametrize("status", [400, 422])
async def test_stream_chat_when_stream_options_are_rejected_leaves_them_out(status):
    outcome = await ask(refusal(status, "Unrecognized request argument: stream_options"), FINE)
    assert outcome.words == "fine"
    assert ["stream_options" in body for body in outcome.server.bodies] == [True, False]


async def test_stream_chat_when_the_server_rejects_a_parameter_it_was_spared_fails():
    message = "stream_options and max_tokens are not supported"
    outcome = await ask(*[refusal(400, message)] * 2, FINE, attempts=3)
    assert outcome.reason == "bad_request"
    assert len(outcome.server.bodies) == 2


# Retry-After


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 7", 7.0),
        ("Retry-After: 0.25", 0.25),
        ("Retry-After: -3", 0.0),
        ("retry-after-ms: 1500", 1.5),
        ("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Retry-After: soon", backoff_s(1, 0.5)),
        ("Retry-After: nan", backoff_s(1, 0.5)),
    ],
)
async def test_stream_chat_when_told_when_to_come_back_waits_that_long(header, seconds):
    outcome = await ask(refusal(429, "x", header), FINE, attempts=2)
    assert outcome.words == "fine"
    assert outcome.server.sleeps == [seconds]


@pytest.mark.parametrize("status", [429, 503])
async def test_stream_chat_when_told_to_wait_too_long_fails_at_once(status):
    outcome = await ask(refusal(status, "x", "Retry-After: 11"), FINE, attempts=2, retry_after_max_s=10)
    assert outcome.failure is not None
    assert outcome.failure.retry_after_s == 11
    assert (len(outcome.server.bodies), outcome.server.sleeps) == (1, [])


async def test_stream_chat_when_the_date_to_come_back_is_far_fails_at_once():
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    outcome = await ask(refusal(429, "x", f"Retry-After: {later}"), FINE, attempts=2)
    assert outcome.failure is not None
    assert outcome.failure.retry_after_s == pytest.approx(3600, abs=60)
    assert outcome.server.sleeps == []


# Connections and time


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def test_stream_chat_when_nothing_listens_asks_again_then_fails_as_connection():
    async with serving() as server:
        pass
    model = server.model(attempts=2)
    outcome = await collect(server, model, WORDS)
    await close_chat_model(model)
    assert outcome.reason == "connection"
    assert server.sleeps == [backoff_s(1, 0.5)]


async def test_stream_chat_when_the_server_hangs_up_before_the_first_event_asks_again():
    cut = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n: hi\n\r\n"
    outcome = await ask(hang_up, cut, FINE, attempts=3)
    assert (outcome.words, len(outcome.server.bodies)) == ("fine", 3)


async def test_stream_chat_when_the_body_of_an_error_breaks_off_fails_as_connection():
    outcome = await ask(b"HTTP/1.1 400 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab")
    assert outcome.reason == "connection"


def cut_stream(*events: object) -> bytes:
    """A chunked answer that stops without its end."""
    body = sse(*events, done=False)
    return b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body)


async def test_stream_chat_when_the_server_hangs_up_midway_fails_without_asking_again():
    outcome = await ask(cut_stream(text("So far")), FINE, attempts=3)
    assert (outcome.words, outcome.reason) == ("So far", "connection")
    assert len(outcome.server.bodies) == 1


async def test_stream_chat_when_the_server_hangs_up_after_the_finish_reason_has_the_whole_answer():
    outcome = await ask(cut_stream(text("All"), stop()))
    assert (outcome.words, outcome.finished.reason) == ("All", "stop")


async def test_stream_chat_when_the_connection_is_not_accepted_in_time_fails_as_timeout():
    with socket.socket() as listener, socket.socket() as filler:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filler.connect(listener.getsockname())
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", [])
        model = server.model(timeout_s=0.05)
        outcome = await collect(server, model, WORDS)
        await close_chat_model(model)
    assert outcome.reason == "timeout"


async def test_stream_chat_when_no_byte_comes_in_time_fails_as_timeout_without_asking_again(clock):
    silent = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        clock.advance(31)
        await silent.wait()

    outcome = await ask(script, script, FINE, attempts=3, timeout_s=30)
    assert (outcome.events, outcome.reason) == ([], "timeout")
    assert len(outcome.server.bodies) == 1
    assert "LLM_TIMEOUT_S" in str(outcome.failure)


async def test_stream_chat_when_attempts_are_slow_shares_one_deadline_among_them(clock):
    async def script(writer: asyncio.StreamWriter) -> None:
        clock.advance(12)
        writer.write(refusal(500, "x"))

    outcome = await ask(*[script] * 9, attempts=9, timeout_s=30)
    assert outcome.reason in ("timeout", "server_error")
    assert len(outcome.server.bodies) == 3


async def test_stream_chat_when_the_wait_ends_after_the_deadline_fails_at_once():
    outcome = await ask(refusal(429, "x", "Retry-After: 9"), FINE, attempts=3, timeout_s=8)
    assert (outcome.reason, outcome.server.sleeps) == ("rate_limited", [])


@pytest.mark.parametrize("within_s", [-1.0, 0.0, 0.05])
async def test_stream_chat_when_the_turn_leaves_no_time_names_the_turn(within_s):
    async def script(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    request = ChatRequest(WORDS.messages, [], within_s)
    outcome = await ask(script, FINE, attempts=3, request=request)
    assert outcome.reason == "timeout"
    assert "TURN_TIMEOUT_S" in str(outcome.failure)
    assert len(outcome.server.bodies) <= 1


async def test_stream_chat_does_not_count_the_time_of_the_reader(clock):
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + sse(text("So far"), done=False))
        await go_on.wait()
        writer.write(sse(text(", so good"), stop()))
        writer.close()

    go_on = asyncio.Event()
    async with serving(script) as server:
        model = server.model(timeout_s=30)
        async with aclosing(stream_chat(model, WORDS)) as events:
            assert await anext(events) == TextDelta("So far")
            clock.advance(31)
            go_on.set()
            assert await anext(events) == TextDelta(", so good")
        await close_chat_model(model)


async def test_stream_chat_when_the_deadline_falls_in_the_stream_fails_without_asking_again(clock):
    silent = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(cut_stream(text("So far")))
        await silent.wait()

    async with serving(script, FINE) as server:
        model = server.model(attempts=3, timeout_s=30)
        async with aclosing(stream_chat(model, WORDS)) as events:
            assert await anext(events) == TextDelta("So far")
            asyncio.get_running_loop().call_soon(clock.advance, 31)
            with pytest.raises(ModelUnavailable) as caught:
                await anext(events)
        await close_chat_model(model)
    assert caught.value.reason == "timeout"
    assert len(server.bodies) == 1


async def test_stream_chat_when_events_trickle_keeps_one_deadline_for_all(clock):
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(20):
            writer.write(sse(text("a"), done=False))
            await writer.drain()
            clock.advance(10)
        await asyncio.Event().wait()

    outcome = await ask(script, timeout_s=30)
    assert outcome.reason == "timeout"


async def test_stream_chat_when_the_server_lingers_after_done_does_not_wait_for_it(clock):
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + sse(text("All"), stop()))
        await asyncio.Event().wait()

    outcome = await asyncio.wait_for(ask(script, timeout_s=3_600), timeout=60)
    assert (outcome.words, outcome.finished.reason) == ("All", "stop")


async def test_stream_chat_when_answers_end_uses_the_connection_again():
    async with serving(FINE, refusal(500, "x"), FINE) as server:
        model = server.model(attempts=2)
        await collect(server, model, WORDS)
        await collect(server, model, WORDS)
        await close_chat_model(model)
    assert (len(server.bodies), server.connections) == (3, 1)


async def test_stream_chat_when_the_consumer_stops_early_closes_the_connection():
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(cut_stream(text("So far")))

    async with serving(script) as server:
        model = server.model()
        async with aclosing(stream_chat(model, WORDS)) as events:
            assert await anext(events) == TextDelta("So far")
        await asyncio.wait_for(server.hung_up.wait(), timeout=30)
        await close_chat_model(model)


async def test_stream_chat_when_the_task_is_cancelled_closes_the_connection():
    asked = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        asked.set()

    async with serving(script) as server:
        model = server.model(attempts=3)
        task = asyncio.create_task(collect(server, model, WORDS))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), timeout=30)
        await close_chat_model(model)
    assert len(server.bodies) == 1
