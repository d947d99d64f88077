"""A scripted chat model on loopback: a real HTTP server, so that nothing on the way to it is replaced."""

import asyncio
import json
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
