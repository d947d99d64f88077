"""The open Spotify client of a process, and who calls with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from weakref import WeakValueDictionary

from src.spotify.errors import SpotifyError
from src.spotify.models.api import SpotifyTrack
from src.storage.database import Database

if TYPE_CHECKING:
    import httpx

# Groups of calls that are counted together here; Spotify's own quota buckets are unpublished.
type Bucket = Literal["search", "catalogue", "user", "library", "playlist_reads", "playlist_writes"]


@dataclass(frozen=True, slots=True)
class SpotifyConfig:
    """The operator's settings; see `.env.example`.

    `token_keys`: the first encrypts, all decrypt. `calls_per_day` bounds each group of calls in any 24 h.
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str
    token_keys: tuple[str, ...] = field(repr=False)
    market: str | None
    api_url: str
    accounts_url: str
    open_url: str
    timeout_s: float
    attempts: int
    retry_after_max_s: float
    calls_per_turn: int
    calls_per_day: Mapping[Bucket, int]
    sign_in_minutes: int
    link_days: int
    undo_days: int
    save_max_tracks: int
    text_to_model: bool


@dataclass(slots=True)
class AppToken:
    """The token of the app itself, for reads of the catalogue; in memory only."""

    token: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SpotifyApp:
    """Open clients, and the clock, sleep, chance (0 to 1) and ids that a replay replaces.

    `watch` receives the name and the outcome of every call (`ok`, or the error's code), and nothing else.
    """

    config: SpotifyConfig
    http: "httpx.AsyncClient"
    database: Database
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]
    new_id: Callable[[], str]
    app_token: AppToken = field(default_factory=AppToken)
    token_rounds: dict[str, tuple[int, SpotifyError | None]] = field(default_factory=dict)
    shown: dict[str, tuple[datetime, SpotifyTrack]] = field(default_factory=dict)
    locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    watch: Callable[[str, str], None] = lambda _call, _outcome: None


@dataclass(slots=True)
class Caller:
    """Who calls, and how many calls may still be made; every attempt counts.

    `listener` None: the app itself, which reads the catalogue only. `gives_up`: a listener is waiting, so
    after a call that timed out no other is made, and `failure` is raised instead.
    """

    app: SpotifyApp
    listener: str | None
    calls_left: int
    calls_made: int = 0
    gives_up: bool = False
    failure: SpotifyError | None = None
