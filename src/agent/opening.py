"""Opening everything a turn works with: the one place that wires settings to clients."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from src.agent.agent import RECORD_MODE, Agent, Recorder
from src.agent.loop import Limits
from src.catalogue.opening import open_catalogue
from src.embedding.choose import choose_embedder
from src.linking.cache import purge_links
from src.linking.handles import empty_expired
from src.llm.openai_chat import ChatModel, close_chat_model, open_chat_model
from src.saving.store import purge_saves
from src.settings import Settings
from src.spotify.opening import open_spotify
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.tracing import Tracing, close_tracing, open_tracing


@contextmanager
def opened_tracing(settings: Settings) -> Iterator[Tracing]:
    """Tracing as the settings say, shut down when the block ends."""
    tracing = open_tracing(
        service_name=settings.otel_service_name,
        otlp_endpoint=settings.otel_exporter_otlp_endpoint,
        sample_ratio=settings.otel_traces_sample_ratio,
    )
    try:
        yield tracing
    finally:
        close_tracing(tracing)


@asynccontextmanager
async def open_agent(settings: Settings, tracing: Tracing, *, address: str = "") -> AsyncIterator[Agent]:
    """Open everything a turn works with; all is closed when the block ends.

    Args:
        address: where this process serves HTTP; empty for a command.

    Raises:
        DomainError: a part cannot be opened; the message says which setting to look at.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
        stack.push_async_callback(close_database, database)
        await migrate(database)
        embedder = await choose_embedder(settings)
        source = await stack.enter_async_context(open_catalogue(settings, embedder, address=address))
        model = open_model(settings)
        if model is not None:
            stack.push_async_callback(close_chat_model, model)
        spotify = await stack.enter_async_context(open_spotify(settings, database, port=_port_of(address)))
        while await purge_links(database, datetime.now(UTC)):
            pass
        await empty_expired(database, datetime.now(UTC))
        await purge_saves(database, datetime.now(UTC))
        yield Agent(
            catalogue=source,
            database=database,
            tracing=tracing,
            chat=model,
            context_tokens=settings.llm_context_tokens,
            limits=Limits(settings.max_model_calls, settings.max_tool_calls, settings.turn_reserve_s),
            turn_timeout_s=settings.turn_timeout_s,
            traces_kept=settings.traces_kept,
            now=lambda: datetime.now(UTC),
            new_id=lambda: uuid.uuid4().hex,
            spotify=spotify,
            recorder=recorder_of(settings),
        )


def recorder_of(settings: Settings) -> Recorder:
    """Which turns are recorded."""
    mode, _, share = settings.record.partition(":")
    return Recorder(RECORD_MODE.validate_python(mode), float(share or 0), settings.recordings_kept)


def _port_of(address: str) -> int | None:
    return urlsplit(address).port if address else None


def open_model(settings: Settings) -> ChatModel | None:
    """The configured model; None means the rules planner."""
    if not settings.llm_model:
        return None
    key = settings.llm_api_key
    return open_chat_model(
        base_url=settings.llm_base_url,
        api_key=key.get_secret_value() if key else None,
        model=settings.llm_model,
        temperature=settings.llm_temperature,
        max_output_tokens=settings.llm_max_output_tokens,
        timeout_s=settings.llm_timeout_s,
        attempts=settings.llm_attempts,
        retry_after_max_s=settings.llm_retry_after_max_s,
    )
