"""The fake Spotify as an app: the API, the accounts pages and the open pages on one origin.

`/v1/…` is the API, `/authorize` and `/api/token` are the accounts pages, `/track/{id}` and the like are the
open pages, and `/fake/…` controls the fake from a test.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Final

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from src.fake_spotify import accounts, catalogue, pages, playlists, user
from src.fake_spotify import app as control
from src.fake_spotify.faults import Fault
from src.fake_spotify.middleware import CallLog
from src.fake_spotify.models.control import FaultList, Planned, SeenList
from src.fake_spotify.problems import ApiProblem, add_error_handlers
from src.fake_spotify.tokens import WorldOf
from src.fake_spotify.world import World


async def _from_here(request: Request) -> None:
    host = request.client.host if request.client else ""
    if not ipaddress.ip_address(host or "0.0.0.0").is_loopback:  # noqa: S104 - read, not bound
        raise ApiProblem(403, "Only from this machine.")


router = APIRouter(prefix="/fake", dependencies=[Depends(_from_here)])


@router.post("/faults")
async def plan(world: WorldOf, body: FaultList) -> Planned:
    """Plan faults in addition to those already planned."""
    try:
        world.faults.add(*(Fault(**fault) for fault in body["faults"]))
    except re.PatternError:
        raise ApiProblem(400, "path is no regular expression") from None
    return {"planned": len(world.faults.planned), "fired": len(world.faults.fired)}


@router.delete("/faults", status_code=204)
async def clear(world: WorldOf) -> Response:
    """Forget all faults, and give back the quotas."""
    world.clear_faults()
    return Response(status_code=204)


@router.get("/requests")
async def seen(world: WorldOf) -> SeenList:
    """Every call that was made, in order."""
    return {
        "requests": [
            {"method": call.method, "path": call.path, "query": call.query, "status": call.status}
            for call in world.requests
        ]
    }


@router.post("/reset", status_code=204)
async def reset(world: WorldOf) -> Response:
    """Back to the start."""
    world.reset()
    return Response(status_code=204)


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
