"""A Spotify app on a database of both engines, and the token endpoint and `/me` as respx answers them."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx

from src.spotify.app import SpotifyApp, SpotifyConfig
from src.spotify.auth.accounts import store_connected
from src.spotify.auth.encryption import new_key
from src.spotify.auth.sign_in import SignIn
from src.spotify.models.account import Account
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from tests.storage.databases import ENGINES, fresh_dsn

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
API, ACCOUNTS = "https://api.spotify.test/v1", "https://accounts.spotify.test"
CLIENT_SECRET = "planted-client-secret"
REDIRECT_URI = "http://127.0.0.1:8000/v1/spotify/callback"
KEYS = (new_key(),)

# For what the database decides: locks, leases, deletions.
on_both_engines = pytest.mark.parametrize("dsn", ENGINES, indirect=True)


@dataclass(slots=True)
class Clock:
    """A clock that moves when it is told to."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


@dataclass(slots=True)
class FakeAccounts:
    """The token endpoint and `/me`; `next_answers` go first, one a request."""

    rotate: bool = False
    codes: set[str] = field(default_factory=lambda: {"planted-code-1"})
    refresh_tokens: set[str] = field(default_factory=lambda: {"planted-refresh-0"})
    next_answers: list[httpx.Response | Exception] = field(default_factory=list)
    me: httpx.Response = field(
        default_factory=lambda: httpx.Response(200, json={"account_id": "acc1", "id": "user1"})
    )
    first_me: list[httpx.Response] = field(default_factory=list)
    expires_in: int = 3600
    scope: str | None = None
    forms: list[dict[str, str]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def tokens(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.forms.append(form)
        self.requests.append(request)
        await asyncio.sleep(0.01)
        if self.next_answers:
            answer = self.next_answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        number = next(self.numbers)
        tokens: dict[str, object] = {
            "access_token": f"planted-access-{number}",
            "token_type": "Bearer",
            "expires_in": self.expires_in,
        }
        if self.scope is not None:
            tokens["scope"] = self.scope
        match form["grant_type"]:
            case "authorization_code":
                if form["code"] not in self.codes:
                    return refused("invalid_grant")
                self.codes.remove(form["code"])
                tokens["refresh_token"] = self.add_refresh_token(number)
            case "refresh_token":
                if form["refresh_token"] not in self.refresh_tokens:
                    return refused("invalid_grant")
                if self.rotate:
                    self.refresh_tokens.remove(form["refresh_token"])
                    tokens["refresh_token"] = self.add_refresh_token(number)
        return httpx.Response(200, json=tokens)

    def add_refresh_token(self, number: int) -> str:
        self.refresh_tokens.add(token := f"planted-refresh-{number}")
        return token

    def answer_me(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.first_me.pop(0) if self.first_me else self.me


def refused(error: str, status: int = 400) -> httpx.Response:
    """An error of the token endpoint."""
    return httpx.Response(status, json={"error": error, "error_description": "planted-description"})


@pytest.fixture
def accounts() -> Iterator[FakeAccounts]:
    fake = FakeAccounts()
    with respx.mock(assert_all_called=False) as router:
        router.post(f"{ACCOUNTS}/api/token").mock(side_effect=fake.tokens)
        router.get(f"{API}/me").mock(side_effect=fake.answer_me)
        yield fake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """SQLite, or as `on_both_engines` says."""
    async with fresh_dsn(getattr(request, "param", "sqlite"), tmp_path) as dsn:
        yield dsn


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(dsn, timeout_s=10)
    await migrate(opened)
    yield opened
    await close_database(opened)


@pytest.fixture
async def app(database: Database, clock: Clock) -> AsyncIterator[SpotifyApp]:
    async with httpx.AsyncClient() as http:
        yield app_on(database, http, clock)


def app_on(database: Database, http: httpx.AsyncClient, clock: Clock) -> SpotifyApp:
    """An app as one process has it."""
    ids = itertools.count(1)

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0.001)

    return SpotifyApp(
        config=config(),
        http=http,
        database=database,
        now=clock,
        sleep=sleep,
        chance=lambda: 0.5,
        new_id=lambda: f"{id(http):x}-{next(ids)}",
    )


def config() -> SpotifyConfig:
    return SpotifyConfig(
        client_id="client1",
        client_secret=None,
        redirect_uri=REDIRECT_URI,
        token_keys=KEYS,
        market=None,
        api_url=API,
        accounts_url=ACCOUNTS,
        open_url="https://open.spotify.test",
        timeout_s=5,
        attempts=3,
        retry_after_max_s=5,
        calls_per_turn=8,
        calls_per_day={"user": 1_000},
        sign_in_minutes=10,
        link_days=7,
        undo_days=7,
        save_max_tracks=500,
        text_to_model=False,
    )


def configured(app: SpotifyApp, **changes) -> SpotifyApp:
    """The same app with other settings."""
    return replace(app, config=replace(app.config, **changes))


def account(listener: str = "local", **changes) -> Account:
    """An account whose access token is good for an hour from `NOW`."""
    connected = Account(
        listener=listener,
        sign_in_id="sign-in-0",
        account_id="acc1",
        user_id="user1",
        scopes=("playlist-read-private",),
        access_token="planted-access-0",
        access_expires_at=NOW + timedelta(hours=1),
        refresh_token="planted-refresh-0",
        authorized_at=NOW,
    )
    return replace(connected, **changes)


@pytest.fixture
async def connected(app: SpotifyApp) -> Account:
    """`account()`, stored."""
    await store_connected(app, account())
    return account()


def state_of(sign_in: SignIn) -> str:
    """The state in the address of the consent page."""
    return parse_qs(urlsplit(sign_in.authorize_url).query)["state"][0]
