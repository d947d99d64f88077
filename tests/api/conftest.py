"""The app on the small catalogue, called in process; and a real server where the wire matters."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
import uvicorn

from src.chat.clients import Agent
from src.main import create_app
from src.settings import Settings

TOKENS = "alice:alice-token-0123456789,bob:bob-token-0123456789"


@asynccontextmanager
async def client_of(agent: Agent, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client that calls the app without a socket."""
    app = create_app(settings, agent.tracing, agent)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        yield client


@pytest.fixture
async def client(agent: Agent, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(agent, settings) as client:
        yield client


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Callable[[Agent], Awaitable[int]]]:
    """Serve an agent on a port of its own; gives the port."""
    async with AsyncExitStack() as stack:

        async def serve(agent: Agent, settings: Settings = settings) -> int:
            app = create_app(settings, agent.tracing, agent)
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
            task = asyncio.create_task(server.serve(sockets=[listener]))

            async def stop() -> None:
                server.should_exit = True
                await task
                listener.close()

            stack.push_async_callback(stop)
            while not server.started:
                await asyncio.sleep(0)
            return int(listener.getsockname()[1])

        yield serve


def events_of(text: str) -> list[tuple[str, str]]:
    """(event, data) of every block of a stream."""
    blocks = [block for block in text.split("\n\n") if block.startswith("event: ")]
    return [(block.split("\n")[0][7:], block.split("\n")[1][6:]) for block in blocks]
