"""An agent over a named catalogue, in a temporary folder and with a clock and ids that repeat."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import CatalogueSource, catalogue_folder
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions
from src.catalogue.wiring import open_catalogue
from src.chat.clients import Agent, RecordingPolicy, opened_tracing
from src.chat.loop import Limits
from src.errors import InvalidInput
from src.evaluation.models.case import CatalogueName
from src.llm.chat import Chat
from src.settings import Settings
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate

# "Last year" and "recent" must mean the same at every run, and after every interruption.
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def open_case_catalogue(
    name: CatalogueName, *, rows: Mapping[CatalogueName, Path], settings: Settings, embedder: Embedder | None
) -> AsyncIterator[tuple[CatalogueSource, Settings]]:
    """A catalogue of its own, with the settings of the folder it lies in; gone when the block ends.

    Args:
        name: `starter`, or one whose rows are given.
        rows: the file that fills a catalogue, as `segue catalogue import` reads it.
        settings: limits and timeouts; where they say that things lie is not looked at.
        embedder: fills and searches the catalogue; None when BM25 alone is to serve.

    Raises:
        InvalidInput: the rows of this catalogue are not given, or cannot be read.
    """
    if name != "starter" and name not in rows:
        raise InvalidInput(f"Cases run on the catalogue {name}, which is not given: add --rows {name}=FILE.")
    with TemporaryDirectory(prefix="segue-cases-") as folder:
        elsewhere = {"qdrant_url": None, "database_url": None, "otel_exporter_otlp_endpoint": None}
        own = settings.model_copy(update={**elsewhere, "data_dir": Path(folder)})
        if name in rows:
            home = catalogue_folder(own.data_dir)
            await import_files(home, [rows[name]], ImportOptions({}), embedder, _unwatched)
        async with open_catalogue(own, embedder) as source:
            yield source, own


@asynccontextmanager
async def open_case_agent(
    name: CatalogueName,
    *,
    rows: Mapping[CatalogueName, Path],
    settings: Settings,
    embedder: Embedder | None,
    chat: Chat | None = None,
    recording_policy: RecordingPolicy | None = None,
) -> AsyncIterator[Agent]:
    """Open an agent over a catalogue of its own; everything is gone when the block ends.

    Args:
        name, rows, settings, embedder: as `open_case_catalogue`.
        chat, recording_policy: as `open_agent`.

    Raises:
        InvalidInput: as `open_case_catalogue`.
    """
    async with (
        open_case_catalogue(name, rows=rows, settings=settings, embedder=embedder) as (source, own),
        open_agent(source, own, chat=chat, ids=name, recording_policy=recording_policy) as agent,
    ):
        yield agent


@asynccontextmanager
async def open_agent(
    source: CatalogueSource,
    settings: Settings,
    *,
    chat: Chat | None,
    ids: str,
    recording_policy: RecordingPolicy | None = None,
) -> AsyncIterator[Agent]:
    """Open an agent on an open catalogue, with a clock that stands still and ids that count up.

    Args:
        settings: limits, timeouts and the database.
        chat: plans the turns; None for the rules planner.
        ids: what every id begins with.
        recording_policy: which turns are recorded; None for none.
    """
    async with AsyncExitStack() as stack:
        database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
        stack.push_async_callback(close_database, database)
        await migrate(database)
        numbers = itertools.count(1)
        yield Agent(
            catalogue=source,
            database=database,
            tracing=stack.enter_context(opened_tracing(settings)),
            chat=chat,
            context_tokens=settings.llm_context_tokens,
            limits=Limits(settings.max_model_calls, settings.max_tool_calls, settings.turn_reserve_s),
            turn_timeout_s=settings.turn_timeout_s,
            traces_kept=settings.traces_kept,
            now=lambda: NOW,
            new_id=lambda: f"{ids}{next(numbers):06d}",
            recording_policy=recording_policy or RecordingPolicy(),
        )


def _unwatched(_step: str, _done: float, _total: float) -> None:
    """Progress that nobody watches."""
