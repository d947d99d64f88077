"""`segue worker`: does the jobs that `segue serve` sends to RabbitMQ."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from src.cli.terminal import run_async

if TYPE_CHECKING:
    import asyncio

    from pydantic import SecretStr

    from src.jobs.dispatch import Dispatch
    from src.jobs.running import JobHandlers
    from src.settings import Settings
    from src.storage.database import Database


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker needs, open. `schedules` is entered while it runs, for jobs that recur."""

    database: Database
    handlers: JobHandlers
    schedules: Callable[[Dispatch], AbstractAsyncContextManager[None]] | None = None


type OpenParts = Callable[[Settings], AbstractAsyncContextManager[WorkerParts]]


def worker() -> None:
    """Do the jobs that `segue serve` sends to RabbitMQ; needs BROKER_URL, and QDRANT_URL beside a server."""
    run_worker(open_worker_parts)


def run_worker(open_parts: OpenParts) -> None:
    """Do jobs until interrupted; those under way are finished, or returned to the queue.

    Raises:
        InvalidSettings: no broker is set.
    """
    from src.settings import InvalidSettings, load_settings
    from src.telemetry.logging import configure_logging

    settings = load_settings()
    if settings.broker_url is None:
        raise InvalidSettings(
            "BROKER_URL must be set for a worker: without it `segue serve` does the jobs itself."
        )
    configure_logging(settings.log_level)
    run_async(_work(settings, settings.broker_url, open_parts))


@asynccontextmanager
async def open_worker_parts(settings: Settings) -> AsyncIterator[WorkerParts]:
    """The agent's parts, and the handler of every kind of job.

    Raises:
        CatalogueInUse: a server has the embedded catalogue; QDRANT_URL shares one.
    """
    from src.chat.clients import open_agent, opened_tracing
    from src.main import job_handlers, playlist_clients
    from src.playlists.jobs import due_refreshes

    with opened_tracing(settings) as tracing:
        async with open_agent(settings, tracing) as agent:
            handlers = job_handlers(playlist_clients(agent, settings), settings)
            yield WorkerParts(agent.database, handlers, due_refreshes)


async def _work(settings: Settings, broker_url: SecretStr, open_parts: OpenParts) -> None:
    import asyncio

    from src.jobs.wiring import open_rabbit_worker

    interrupted = asyncio.Event()
    this = asyncio.current_task()
    assert this is not None
    # While it opens, it may wait for a broker that is away.
    _on_signals(_interrupt, this, interrupted)
    try:
        async with (
            open_parts(settings) as parts,
            open_rabbit_worker(settings, parts.database, parts.handlers, broker_url) as dispatch,
            parts.schedules(dispatch) if parts.schedules is not None else nullcontext(),
        ):
            _on_signals(interrupted.set)
            await interrupted.wait()
    except asyncio.CancelledError:
        if not interrupted.is_set():
            raise


def _on_signals[*Ts](call: Callable[[*Ts], None], *arguments: *Ts) -> None:
    import asyncio

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, call, *arguments)


def _interrupt(task: asyncio.Task[None], interrupted: asyncio.Event) -> None:
    """Once: the closing is not cut short by a second signal."""
    if not interrupted.is_set():
        interrupted.set()
        task.cancel()
