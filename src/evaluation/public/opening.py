"""An agent for a public data set: on the user's own imported catalogue, and with a database of its own."""

import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from src.agent.agent import Agent
from src.agent.loop import Limits
from src.agent.opening import opened_tracing
from src.catalogue.opening import open_catalogue
from src.embedding.embedder import Embedder
from src.evaluation.catalogues import NOW
from src.llm.chat import Chat
from src.settings import Settings
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate


@asynccontextmanager
async def open_public_agent(
    settings: Settings, embedder: Embedder | None, chat: Chat | None = None
) -> AsyncIterator[Agent]:
    """Open an agent on the configured catalogue; no data set's conversation comes into the user's database.

    Args:
        settings: where the catalogue is, limits and timeouts.
        embedder: searches the catalogue; None when BM25 alone is to serve.
        chat: plans the turns; None for the rules planner.

    Raises:
        CatalogueInUse: another process owns the catalogue.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="segue-public-")))
        elsewhere = {"database_url": None, "otel_exporter_otlp_endpoint": None, "data_dir": folder}
        own = settings.model_copy(update=elsewhere)
        database = await open_database(own.database_dsn, timeout_s=own.database_timeout_s)
        stack.push_async_callback(close_database, database)
        await migrate(database)
        ids = itertools.count(1)
        yield Agent(
            catalogue=await stack.enter_async_context(open_catalogue(settings, embedder)),
            database=database,
            tracing=stack.enter_context(opened_tracing(own)),
            chat=chat,
            context_tokens=own.llm_context_tokens,
            limits=Limits(own.max_model_calls, own.max_tool_calls, own.turn_reserve_s),
            turn_timeout_s=own.turn_timeout_s,
            traces_kept=own.traces_kept,
            # "Last year" must mean the same at every run, and after every interruption.
            now=lambda: NOW,
            new_id=lambda: f"id{next(ids):06d}",
        )
