"""A model that answers at once from a process of its own.

First a tool call in 10 fragments, then ten picks in 150 chunks.
"""

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection

PICKS = 10
CHUNKS = 150
FRAGMENTS = 10
QUERY = "slow and dreamy guitars for a rainy evening"
WORDS = "Here are ten for you.\n" + "".join(
    f"[t{number}] dreamy and slow, as you asked for a rainy evening\n" for number in range(1, PICKS + 1)
)


@contextmanager
def model_server(*, new_queries: bool = False) -> Iterator[str]:
    """The base URL of a running server.

    Args:
        new_queries: whether every tool call asks in other words, which no cached vector serves.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, new_queries), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/v1"
    finally:
        process.terminate()
        process.join()


def _run(pipe: Connection, new_queries: bool) -> None:
    asyncio.run(_serve(pipe, new_queries))


async def _serve(pipe: Connection, new_queries: bool) -> None:
    tool_call, words = _encode(_tool_call_events(QUERY)), _encode(_word_events())
    numbers = count(1)

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tool_call
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.split("content-length:")[1].split("\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                asked = any(message.get("role") == "tool" for message in body["messages"][-3:])
                if new_queries and not asked:
                    tool_call = _encode(_tool_call_events(f"{QUERY}, number {next(numbers)}"))
                for chunk in words if asked else tool_call:
                    writer.write(chunk)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _encode(events: list[dict[str, object]]) -> list[bytes]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    blocks = [f"data: {json.dumps(event)}\n\n".encode() for event in events] + [b"data: [DONE]\n\n"]
    return [head, *(b"%x\r\n%b\r\n" % (len(block), block) for block in blocks), b"0\r\n\r\n"]


def _event(delta: dict[str, object], reason: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "instant"}
    return {**head, "choices": [choice]}


def _usage() -> dict[str, object]:
    usage = {"prompt_tokens": 900, "completion_tokens": 200, "total_tokens": 1100}
    return {**_event({}), "choices": [], "usage": usage}


def _tool_call_events(query: str) -> list[dict[str, object]]:
    arguments = json.dumps({"query": query, "genres": ["dream pop"], "limit": 10})
    size = -(-len(arguments) // FRAGMENTS)
    parts = [arguments[start : start + size] for start in range(0, len(arguments), size)]
    first = {"index": 0, "id": "call_1", "type": "function"}
    function = {"name": "search_catalogue", "arguments": ""}
    events = [_event({"role": "assistant", "tool_calls": [{**first, "function": function}]})]
    events += [_event({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}) for part in parts]
    return [*events, _event({}, "tool_calls"), _usage()]


def _word_events() -> list[dict[str, object]]:
    size = -(-len(WORDS) // CHUNKS)
    parts = [WORDS[start : start + size] for start in range(0, len(WORDS), size)]
    return [*(_event({"content": part}) for part in parts), _event({}, "stop"), _usage()]
