"""`send` over a real connection: stalls, half answers and cancellation leave no connection behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from src.spotify.app import Caller
from src.spotify.client.send import send
from src.spotify.errors import SpotifyUnavailable
from tests.spotify.answers import ADD, READ, error_of_sending
from tests.spotify.conftest import client_on
from tests.spotify.sign_in_fixtures import configured

_GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(slots=True)
class Server:
    """Plays one script a request, in turn: bytes are written, numbers are seconds to wait before the next."""

    url: str = ""
    scripts: list[tuple[bytes | float, ...]] = field(default_factory=list)
    seen: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.seen.set()
            for step in self.scripts.pop(0):
                if isinstance(step, bytes):
                    writer.write(step)
                    await writer.drain()
                else:
                    await asyncio.sleep(step)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    played = Server()
    listening = await asyncio.start_server(played.answer, "127.0.0.1", 0)
    played.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    yield played
    listening.close()


@pytest.fixture
async def caller(database, clock, slept, server) -> AsyncIterator[Caller]:
    """With room for one connection alone."""
    async with httpx.AsyncClient(timeout=5, limits=httpx.Limits(max_connections=1)) as http:
        app = client_on(database, http, clock, slept, api_url=server.url)
        yield Caller(configured(app, timeout_s=0.2, attempts=1), None, 50)


_TRICKLED_HEADERS = tuple(step for _ in range(40) for step in (b"X-A: b\r\n", 0.02))
_BAD = {
    "closed at once": (),
    "stall before the answer": (1.0,),
    "trickling headers": (b"HTTP/1.1 200 OK\r\n", *_TRICKLED_HEADERS),
    "stall in the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{", 1.0),
    "half a body": (b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"id":',),
    "half a chunked body": (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n',),
    "no HTTP": (b"220 mail.test ESMTP\r\n",),
}


@pytest.mark.parametrize("script", _BAD.values(), ids=_BAD.keys())
@pytest.mark.parametrize(("request_", "unknown"), [(READ, False), (ADD, True)])
async def test_send_is_done_in_time_and_the_next_call_finds_a_connection(
    server, caller, script, request_, unknown
):
    server.scripts = [script, (_GOOD,)]
    async with asyncio.timeout(0.9):
        error = await error_of_sending(caller, request_)
    assert isinstance(error, SpotifyUnavailable)
    assert error.outcome_unknown is unknown
    assert await send(caller, READ) == {}


async def test_send_that_is_cancelled_leaves_room_for_the_next_call(server, caller):
    server.scripts = [(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{", 1.0), (_GOOD,)]
    task = asyncio.create_task(send(caller, READ))
    await server.seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await send(caller, READ) == {}


async def test_send_to_a_port_where_nobody_listens_was_not_carried_out(caller):
    nowhere = Caller(configured(caller.app, api_url="http://127.0.0.1:9/v1"), None, 50)
    error = await error_of_sending(nowhere, ADD)
    assert isinstance(error, SpotifyUnavailable)
    assert not error.outcome_unknown
