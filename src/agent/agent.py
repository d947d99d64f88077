"""What a turn works with, and what it is asked."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from weakref import WeakValueDictionary

from pydantic import TypeAdapter

from src.agent.loop import Limits
from src.catalogue.generations import CatalogueSource
from src.llm.chat import Chat
from src.spotify.app import SpotifyApp
from src.storage.database import Database
from src.telemetry.tracing import Tracing
from src.wishes.genres import Vocabulary

type RecordMode = Literal["off", "errors", "sample", "all"]
RECORD_MODE: TypeAdapter[RecordMode] = TypeAdapter(RecordMode)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Which turns are recorded, and how many recordings are kept over all listeners.

    `share` is that of `sample`; `chance` gives 0 to 1. `how` says who plans where the model's name would not
    tell, such as `scripted model`. `fingerprints` remembers those of catalogues, by version.
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
    recorder: Recorder = field(default_factory=Recorder)
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
