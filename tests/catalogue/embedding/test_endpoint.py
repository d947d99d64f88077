"""The endpoint is a real server on loopback that answers each request as scripted."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from typing_extensions import TypedDict

from src.catalogue.embedding import endpoint
from src.catalogue.embedding.embedder import MAX_QUERY_CHARS, Embedder
from src.catalogue.embedding.endpoint import BATCH, endpoint_embedder
from src.errors import EmbeddingUnavailable

KEY = "sk-very-secret"
DIMENSIONS = 3


class Request(TypedDict):
    """What an embedding request asks for."""

    model: str
    """The model's name."""
    input: list[str]
    """The texts."""


type Answer = tuple[int, bytes]
type Script = Callable[[Request], Answer]


def answer(*rows: tuple[int, list[float]]) -> Answer:
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in rows]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return 200, json.dumps({"object": "list", "model": "m", "data": data, "usage": usage}).encode()


def by_length(request: Request) -> Answer:
    """One vector a text, with its length in it, in reverse order."""
    rows = [(index, [float(len(text)), 0.0, 1.0]) for index, text in enumerate(request["input"])]
    return answer(*reversed(rows))


@dataclass
class Server:
    """What a server was asked, and what it answers next: its scripts in turn, `by_length` after them."""

    base_url: str = ""
    scripts: list[Script] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        request = cast("Request", json.loads(await reader.readexactly(length)))
        self.heads.append(head)
        self.requests.append(request)
        status, body = (self.scripts.pop(0) if self.scripts else by_length)(request)
        kind = "application/json" if body[:1] in (b"{", b"[") else "text/html"
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def embedder(self, *scripts: Script, model: str = "any", attempts: int = 3) -> Embedder:
        """The embedder, its first request answered; `scripts` are for those that follow."""
        made = await endpoint_embedder(
            base_url=self.base_url, api_key=KEY, model=model, timeout_s=5, attempts=attempts
        )
        self.requests.clear()
        self.scripts = list(scripts)
        return made


@asynccontextmanager
async def _listening() -> AsyncIterator[Server]:
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with listener:
        server.base_url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
        yield server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with _listening() as listening:
        yield listening


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that would have been slept between attempts."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(endpoint, "asyncio", SimpleNamespace(sleep=sleep))
    return slept


def status(code: int) -> Script:
    return lambda _: (code, b'{"error": {"message": "no", "type": "t", "code": null, "param": null}}')


async def test_endpoint_embedder_learns_its_dimensions(server: Server) -> None:
    embedder = await server.embedder(model="nomic")
    assert (embedder.model, embedder.dimensions) == ("nomic", DIMENSIONS)


async def test_endpoint_embedder_sends_key_model_and_texts_as_they_are(server: Server) -> None:
    embedder = await server.embedder(model="nomic")
    await embedder.embed_texts(["one", "夜"])
    await embedder.embed_query("three")
    assert [request["input"] for request in server.requests] == [["one", "夜"], ["three"]]
    assert {request["model"] for request in server.requests} == {"nomic"}
    assert server.heads[-1].startswith("POST /v1/embeddings ")
    assert f"authorization: bearer {KEY}" in server.heads[-1].lower()


async def test_endpoint_embedder_gives_e5_models_their_prefixes(server: Server) -> None:
    embedder = await server.embedder(model="intfloat/multilingual-E5-large")
    await embedder.embed_texts(["one"])
    await embedder.embed_query("two")
    assert [request["input"] for request in server.requests] == [["passage: one"], ["query: two"]]


async def test_endpoint_embedder_orders_by_index_and_makes_unit_vectors(server: Server) -> None:
    embedder = await server.embedder()
    rows = await embedder.embed_texts(["a", "bb", "ccc"])
    expected = np.asarray([[1, 0, 1], [2, 0, 1], [3, 0, 1]], dtype=np.float32)
    np.testing.assert_allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True), rtol=1e-5)
    assert rows.dtype == np.float32


async def test_endpoint_embedder_asks_in_batches_and_keeps_the_order(server: Server) -> None:
    embedder = await server.embedder()
    rows = await embedder.embed_texts(["x" * (1 + number % 7) for number in range(2 * BATCH + 1)])
    assert [len(request["input"]) for request in server.requests] == [BATCH, BATCH, 1]
    lengths = np.rint(rows[:, 0] / rows[:, 2]).astype(int)
    assert lengths.tolist() == [1 + number % 7 for number in range(2 * BATCH + 1)]


async def test_endpoint_embedder_of_no_texts_asks_nothing(server: Server) -> None:
    embedder = await server.embedder()
    assert (await embedder.embed_texts([])).shape == (0, DIMENSIONS)
    assert server.requests == []


async def test_endpoint_embedder_cuts_queries(server: Server) -> None:
    embedder = await server.embedder()
    await embedder.embed_query("🎸" * 4_000)
    assert server.requests[0]["input"] == ["🎸" * MAX_QUERY_CHARS]


@pytest.mark.parametrize("code", [429, 500, 503])
async def test_endpoint_embedder_tries_again_after_a_passing_failure(
    server: Server, naps: list[float], code: int
) -> None:
    embedder = await server.embedder(status(code), status(code))
    assert (await embedder.embed_query("x")).shape == (DIMENSIONS,)
    assert len(server.requests) == 3
    assert len(naps) == 2
    assert 0 <= naps[0] <= 0.5
    assert 0 <= naps[1] <= 1


async def test_endpoint_embedder_gives_up_after_its_attempts(server: Server, naps: list[float]) -> None:
    embedder = await server.embedder(*[status(500)] * 9, attempts=2)
    with pytest.raises(EmbeddingUnavailable, match="EMBEDDING_BASE_URL"):
        await embedder.embed_query("x")
    assert len(server.requests) == 2
    assert len(naps) == 1


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422])
async def test_endpoint_embedder_a_refusal_is_final_and_shows_no_secret(
    server: Server, naps: list[float], code: int
) -> None:
    embedder = await server.embedder(status(code))
    with pytest.raises(EmbeddingUnavailable, match="EMBEDDING_API_KEY") as caught:
        await embedder.embed_query("private words")
    assert len(server.requests) == 1
    assert naps == []
    assert KEY not in caught.value.message
    assert "private words" not in caught.value.message


@pytest.mark.parametrize(
    "nonsense",
    [
        answer(),
        answer((0, [1.0, 0.0, 0.0])),
        answer((0, [1.0, 0.0, 0.0]), (1, [1.0, 0.0, 0.0]), (2, [1.0, 0.0, 0.0])),
        answer((0, [1.0, 0.0, 0.0]), (1, [1.0, 0.0])),
        answer((0, [1.0, 0.0, 0.0]), (1, [0.0, 0.0, 0.0])),
        answer((0, [1.0, 0.0, 0.0]), (0, [0.0, 1.0, 0.0])),
        answer((0, [1.0, 0.0]), (1, [0.0, 1.0])),
        answer((0, []), (1, [])),
        (200, b"{}"),
        (200, b'{"data": null}'),
        (200, b'{"data": [{"index": 0}, {"index": 1}]}'),
        (200, b'{"data": [{"index": 0, "embedding": "AAAA"}, {"index": 1, "embedding": "AAAA"}]}'),
        (200, b'{"data": [{"index": 0, "embedding": ["x"]}, {"index": 1, "embedding": ["x"]}]}'),
        (200, b"[]"),
        (200, b"{broken"),
        (200, b"<html>a proxy's page</html>"),
    ],
)
async def test_endpoint_embedder_refuses_other_than_one_vector_a_text(
    server: Server, nonsense: Answer
) -> None:
    embedder = await server.embedder(*[lambda _: nonsense] * 3)
    with pytest.raises(EmbeddingUnavailable):
        await embedder.embed_texts(["a", "b"])


async def test_endpoint_embedder_without_a_server_says_what_to_check() -> None:
    async with _listening() as gone:
        pass
    with pytest.raises(EmbeddingUnavailable, match="EMBEDDING_BASE_URL"):
        await gone.embedder()


async def test_endpoint_embedder_without_a_key_sends_none_of_the_machines(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-machine")
    await endpoint_embedder(base_url=server.base_url, api_key=None, model="m", timeout_s=5, attempts=1)
    assert "sk-of-the-machine" not in server.heads[0]
