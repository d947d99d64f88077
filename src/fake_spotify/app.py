"""The fake Spotify as an app: the API, the accounts pages and the open pages on one origin.

`/v1/…` is the API, `/authorize` and `/api/token` are the accounts pages, `/track/{id}` and the like are the
open pages, and `/fake/…` controls the fake from a test.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from src.fake_spotify import accounts, catalogue, control, pages, playlists, user
from src.fake_spotify.middleware import CallLog
from src.fake_spotify.problems import add_error_handlers
from src.fake_spotify.world import World


def create_fake_spotify(world: World) -> CallLog:
    """The app on a world; what it writes is seen there, and what is changed there is answered."""
    return CallLog(_routes(), world)


@cache
def _routes() -> FastAPI:
    """All routes; they keep no state, and are the same for every world."""
    app = FastAPI(title="Fake Spotify", telemetry={"tracing": False, "metrics": False, "logs": False})
    add_error_handlers(app)
    # In this order: the catalogue has a catch-all for `/v1`, and pages match any two words.
    for part in (accounts, user, playlists, control, catalogue, pages):
        app.include_router(part.router)
    return app


# Longer than clients keep an idle connection: none is closed while a call is on its way.
_KEEP_ALIVE_S: Final = 60


class _Connection(H11Protocol):
    """Hands the transport to the app, which hangs up on demand."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {"transport": transport}


@asynccontextmanager
async def serve_fake(world: World, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve a world until the block ends; yields the base URL, such as `http://127.0.0.1:49152`.

    Port 0 takes a free one. The address must be one of loopback.

    Raises:
        OSError: the port is taken, or the address is not this machine's.
    """
    config = uvicorn.Config(
        create_fake_spotify(world),
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )
    config.load()
    state = ServerState()
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Not uvicorn's own server: that one takes over the signals of the process, and ends at its next tick.
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(config, state, {}), sock=listener
    )
    name = f"[{host}]" if ":" in host else host
    world.origin = f"http://{name}:{listener.getsockname()[1]}"
    world.closing.clear()
    try:
        yield world.origin
    finally:
        world.closing.set()
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        server.close_clients()
        await server.wait_closed()
