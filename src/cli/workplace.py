"""What `segue worker` works with: the agent's parts, and the handler of every kind of job."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.chat.clients import open_agent, opened_tracing
from src.cli.worker import Workplace
from src.main import job_handlers, playlist_clients
from src.playlists.jobs import due_refreshes
from src.settings import Settings


@asynccontextmanager
async def open_workplace(settings: Settings) -> AsyncIterator[Workplace]:
    """The workplace, open until the block ends.

    Raises:
        CatalogueInUse: a server has the embedded catalogue; QDRANT_URL shares one.
    """
    with opened_tracing(settings) as tracing:
        async with open_agent(settings, tracing) as agent:
            handlers = job_handlers(playlist_clients(agent, settings), settings)
            yield Workplace(agent.database, handlers, due_refreshes)
