"""The HTTP service: the routes on an agent that is opened when the server starts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware

from src.api import (
    catalogue,
    chat,
    conversations,
    evaluations,
    health,
    jobs,
    playlists,
    recordings,
    spotify_playlists,
    spotify_sign_in,
)
from src.api import rules as taste_rules
from src.api.dependencies import Service
from src.api.errors import DOCUMENTED, add_error_handlers
from src.api.middleware import RequestChecks
from src.chat.clients import Agent, open_agent
from src.evaluation.runner.jobs import evaluation_handler
from src.jobs.running import JobHandler
from src.jobs.wiring import open_dispatch
from src.playlists.jobs import due_refreshes, playlist_handlers
from src.playlists.make import PlaylistClients
from src.settings import Settings
from src.telemetry.tracing import Tracing
from src.version import VERSION


def playlist_clients(agent: Agent, settings: Settings) -> PlaylistClients:
    """What makes playlists, on what answers chats."""
    return PlaylistClients(
        catalogue=agent.catalogue,
        database=agent.database,
        chat=agent.chat,
        now=agent.now,
        new_id=agent.new_id,
        solve_limit_s=settings.playlist_solve_s,
    )


def job_handlers(clients: PlaylistClients, settings: Settings) -> dict[str, JobHandler]:
    """The handler of every kind of job."""
    return {**playlist_handlers(clients), "evaluation": evaluation_handler(settings)}


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
            clients = playlist_clients(opened, settings)
            handlers = job_handlers(clients, settings)
            opened_dispatch = open_dispatch(settings, opened.database, handlers)
            dispatch = await stack.enter_async_context(opened_dispatch)
            await stack.enter_async_context(due_refreshes(dispatch))
            app.state.service = Service(opened, clients, dispatch, settings)
            yield

    middleware = [
        Middleware(
            RequestChecks,
            allowed_hosts=settings.allowed_hosts,
            probes=health.PROBES,
            max_body_bytes=settings.max_body_bytes,
        )
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
        playlists,
        jobs,
        evaluations,
        taste_rules,
        catalogue,
        spotify_sign_in,
        spotify_playlists,
        health,
    ):
        app.include_router(part.router)
    return app
