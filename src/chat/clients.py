"""The open clients that a turn works with, and their wiring from the settings."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from opentelemetry.trace import Span
from pydantic import TypeAdapter

from src.catalogue.embedding.choose import choose_embedder
from src.catalogue.generations import CatalogueSource
from src.catalogue.wiring import open_catalogue
from src.chat.deadline import Deadline
from src.chat.loop import Limits
from src.conversations.models.conversation import Conversation
from src.lexicon.vocabulary import Vocabulary
from src.llm.chat import Chat
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.recordings.recorder import Recorder
from src.settings import Settings
from src.spotify.app import SpotifyApp
from src.spotify.matching.cache import empty_expired, purge_links
from src.spotify.sync.store import purge_saves
from src.spotify.wiring import open_spotify
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.tracing import Tracing, close_tracing, open_tracing

type RecordMode = Literal["off", "errors", "sample", "all"]
RECORD_MODE: TypeAdapter[RecordMode] = TypeAdapter(RecordMode)


@dataclass(frozen=True, slots=True)
class RecordingPolicy:
    """Which turns are recorded, and how many recordings are kept over all listeners.

    `share` of the turns are recorded with mode `sample`; `chance` returns 0 to 1. `how` describes the planner
    where the model's name would not, such as `scripted model`. `fingerprints` caches those of catalogues, by
    version.
    """

    mode: RecordMode = "off"
    share: float = 0.0
    kept: int = 1_000
    chance: Callable[[], float] = random.random
    how: str = ""
    fingerprints: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """Everything a turn works with: open clients, and the clock and the ids that a replay replaces.

    One message is read at a time (`reading`): several long ones would hold the event loop together.
    """

    catalogue: CatalogueSource
    database: Database
    tracing: Tracing
    chat: Chat | None
    context_tokens: int
    limits: Limits
    turn_timeout_s: float
    traces_kept: int
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    spotify: SpotifyApp | None = None
    recording_policy: RecordingPolicy = field(default_factory=RecordingPolicy)
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    conversation_locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """One message of a listener; with `record` the turn is recorded whatever the settings say."""

    listener: str
    message: str
    conversation_id: str | None = None
    limit: int | None = None
    idempotency_key: str | None = None
    request_hash: str = ""
    record: bool = False


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn under way: what was asked, in which conversation (as it was before), and what notes it."""

    agent: Agent
    request: TurnRequest
    message: str
    conversation: Conversation
    span: Span
    deadline: Deadline
    recorder: Recorder | None
    id: str


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
            recording_policy=recording_policy_of(settings),
        )


def recording_policy_of(settings: Settings) -> RecordingPolicy:
    """The policy that the setting RECORD names: `off`, `errors`, `all` or `sample:0.1`."""
    mode, _, share = settings.record.partition(":")
    return RecordingPolicy(RECORD_MODE.validate_python(mode), float(share or 0), settings.recordings_kept)


def _port_of(address: str) -> int | None:
    return urlsplit(address).port if address else None


def open_model(settings: Settings) -> ChatModel | None:
    """The configured model; None means the rules planner."""
    if not settings.llm_model:
        return None
    key = settings.llm_api_key
    return ChatModel(
        client=open_client(settings.llm_base_url, key.get_secret_value() if key else None),
        model=settings.llm_model,
        temperature=settings.llm_temperature,
        max_output_tokens=settings.llm_max_output_tokens,
        timeout_s=settings.llm_timeout_s,
        attempts=settings.llm_attempts,
        retry_after_max_s=settings.llm_retry_after_max_s,
    )
