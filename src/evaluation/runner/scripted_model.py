"""A scripted chat model on loopback: a real HTTP server, so that nothing on the way to it is replaced."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Said:
    """One answer of the model: words, tool calls, or a failure.

    `calls` holds (tool, arguments); arguments given as text are sent as they are, valid or not. A `status`
    other than 200 fails with the text of `error`; `broken_after` hangs up after so many events. With a `gate`
    the answer stays open until the other side hangs up.
    """

    text: str = ""
    calls: Sequence[tuple[str, Mapping[str, object] | str]] = ()
    status: int = 200
    error: str = "no"
    broken_after: int | None = None
    gate: asyncio.Event | None = None


type Script = Sequence[Said] | Callable[[dict[str, object]], Said]


@dataclass(slots=True)
class ScriptedModel:
    """The running server: where it is, the bodies that it was sent, and whether a client has hung up."""

    base_url: str
    requests: list[dict[str, object]] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    def prompt(self, call: int = 0) -> str:
        """All messages of one call as text."""
        return json.dumps(self.requests[call]["messages"], ensure_ascii=False)


@asynccontextmanager
async def serve_model(script: Script) -> AsyncIterator[ScriptedModel]:
    """Serve the script until the block ends.

    A list's last answer is given again and again; a function is asked with the body of each call.
    """
    model = ScriptedModel("")

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _read_head(reader):
                body = await reader.readexactly(_length(head))
                model.requests.append(json.loads(body))
                answer = script(model.requests[-1]) if callable(script) else _nth(script, len(model.requests))
                await _send(writer, answer)
                if answer.gate is not None:
                    await reader.read()
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            model.hung_up.set()
            writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    model.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield model
    finally:
        server.close()
        server.close_clients()
        await server.wait_closed()


def _nth(script: Sequence[Said], number: int) -> Said:
    return script[min(number, len(script)) - 1]


async def _read_head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return ""


def _length(head: str) -> int:
    lines = [line.split(":", 1) for line in head.lower().splitlines() if line.startswith("content-length")]
    return int(lines[0][1]) if lines else 0


async def _send(writer: asyncio.StreamWriter, said: Said) -> None:
    if said.status != 200:
        body = json.dumps({"error": {"message": said.error}}).encode()
        head = f"HTTP/1.1 {said.status} No\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    events = _events(said)
    for number, event in enumerate(events):
        if said.broken_after == number:
            writer.close()
            return
        _write_chunk(writer, f"data: {json.dumps(event)}\n\n")
        await writer.drain()
    if said.gate is not None:
        return
    _write_chunk(writer, "data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _write_chunk(writer: asyncio.StreamWriter, text: str) -> None:
    data = text.encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def _events(said: Said) -> list[dict[str, object]]:
    events: list[dict[str, object]] = []
    pieces = [said.text[start : start + 7] for start in range(0, len(said.text), 7)]
    events += [_event({"content": piece}) for piece in pieces]
    for index, (name, arguments) in enumerate(said.calls):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        first = {"index": index, "id": f"call_{index}", "function": {"name": name, "arguments": text[:5]}}
        events.append(_event({"tool_calls": [first]}))
        events.append(_event({"tool_calls": [{"index": index, "function": {"arguments": text[5:]}}]}))
    if said.gate is None:
        events.append(_event({}, "tool_calls" if said.calls else "stop"))
        usage = {"prompt_tokens": 11, "completion_tokens": 7}
        events.append({"model": "scripted", "choices": [], "usage": usage})
    return events


def _event(delta: dict[str, object], reason: str | None = None) -> dict[str, object]:
    return {"model": "scripted", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


NAME = "scripted"
HOW = "scripted model"

_COUNT = re.compile(r"Exactly the number asked for; (\d+) if none was said")
_CANDIDATE = re.compile(r"^(t\d+) \| (.*)$", re.MULTILINE)
# Fewer candidates than this for a place, and it searches once more.
_ENOUGH_A_PLACE = 2
_FIELDS = ("title", "artists", "year", "genres", "moods", "more")


@dataclass(frozen=True, slots=True)
class _Line:
    """A candidate as the prompt shows it."""

    handle: str
    fields: dict[str, str]


def answer_plainly(body: dict[str, object]) -> Said:
    """The script of an honest model: a search when there are few candidates and tools, else its picks."""
    contents = _contents(body)
    system = contents[0][1] if contents else ""
    asked = next((text for role, text in reversed(contents) if role == "user"), "")
    lines = _lines("\n".join(text for role, text in contents if role in ("user", "tool")))
    count = int(found[1]) if (found := _COUNT.search(system)) else 10
    searched = any(role == "tool" for role, _ in contents)
    if body.get("tools") and not searched and len(lines) < _ENOUGH_A_PLACE * count:
        words = " ".join(asked.split("\n\n", 1)[0].split())[:200]
        return Said(calls=[("search_catalogue", {"query": words, "limit": 30})])
    picks = "\n".join(f"[{line.handle}] {_reason(line)}" for line in lines[:count])
    return Said(f"Here is what I found.\n{picks}\n" if picks else "I found nothing that fits.\n")


def _contents(body: dict[str, object]) -> list[tuple[str, str]]:
    messages = body.get("messages")
    if not isinstance(messages, list):
        return []
    return [
        (str(message.get("role")), str(message.get("content") or ""))
        for message in messages
        if isinstance(message, dict)
    ]


def _lines(text: str) -> list[_Line]:
    lines: dict[str, _Line] = {}
    for match in _CANDIDATE.finditer(text):
        values = match[2].split(" | ")
        if len(values) == len(_FIELDS):
            lines.setdefault(match[1], _Line(match[1], dict(zip(_FIELDS, values, strict=True))))
    return list(lines.values())


def _reason(line: _Line) -> str:
    parts = [part for name in ("moods", "genres") if (part := line.fields[name].strip())]
    if year := line.fields["year"].strip():
        parts.append(f"from {year}")
    return ", ".join(parts) or "close to what you asked for"
