"""The HTTP service: the routes on an agent that is opened when the server starts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware

from src.agent.agent import Agent
from src.agent.opening import open_agent
from src.api import (
    catalogue,
    chat,
    conversations,
    health,
    recordings,
    spotify_playlists,
    spotify_sign_in,
    taste_rules,
)
from src.api.access import Service
from src.api.door import Door
from src.api.problems import DOCUMENTED, add_error_handlers
from src.settings import Settings
from src.telemetry.tracing import Tracing
from src.version import VERSION


def create_app(settings: Settings, tracing: Tracing, agent: Agent | None = None) -> FastAPI:
    """The service as an ASGI app.

    Args:
        agent: what its routes work with, open already; without one, its parts are opened when the server
            starts the app, and closed at its end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if agent is None:
                opened = await stack.enter_async_context(open_agent(settings, tracing))
            else:
                opened = agent
            app.state.service = Service(opened, settings)
            yield

    middleware = [
        Middleware(Door, allowed_hosts=settings.allowed_hosts, max_body_bytes=settings.max_body_bytes)
    ]
    if settings.cors_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.cors_origins),
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
            )
        )
    app = FastAPI(
        title="Segue",
        version=VERSION,
        description="Music recommendations in the listener's own words: obeyed, explained, traced.",
        lifespan=lifespan,
        middleware=middleware,
        responses=DOCUMENTED,
        telemetry={
            "tracer_provider": tracing.provider,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            # A span bears the query string: the listener's words, or a code that opens an account.
            "exclude": lambda scope: scope["path"] in ("/v1/tracks", "/v1/spotify/callback"),
        },
    )
    add_error_handlers(app)
    for part in (
        chat,
        conversations,
        recordings,
        taste_rules,
        catalogue,
        spotify_sign_in,
        spotify_playlists,
        health,
    ):
        app.include_router(part.router)
    return app
