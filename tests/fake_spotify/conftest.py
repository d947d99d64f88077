"""A world whose clock stands still, and clients of it: in process, and over a port of its own."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx
import pytest

from src.fake_spotify.accounts import SCOPES
from src.fake_spotify.app import create_fake_spotify, serve_fake
from src.fake_spotify.world import AccessGrant, Consent, RefreshGrant, World
from src.fake_spotify.worlds import LISTENER, make_world

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    time: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def go(self, **amount: float) -> None:
        self.time += timedelta(**amount)


class TokenOf(Protocol):
    """The header of a new token."""

    def __call__(self, user: str = ..., scopes: Iterable[str] = ...) -> dict[str, str]: ...


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return make_world(clock=clock)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_fake_spotify(world))
    async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
        yield client


@pytest.fixture
async def wired(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client over a socket."""
    async with serve_fake(world) as base_url, httpx.AsyncClient(base_url=base_url, timeout=5) as client:
        yield client


@pytest.fixture
def token(world: World) -> TokenOf:
    """The header of a user's token; with every scope unless told."""

    def make(user: str = LISTENER, scopes: Iterable[str] = SCOPES) -> dict[str, str]:
        consent = Consent(user, frozenset(scopes), world.clock())
        world.sign_ins.refresh[world.fresh("fakerefresh")] = RefreshGrant(consent, public_client=False)
        access_token = world.fresh("fakeaccess")
        expires_at = world.clock() + timedelta(seconds=world.access_seconds)
        world.sign_ins.access[access_token] = AccessGrant(consent, expires_at)
        return bearer(access_token)

    return make


@pytest.fixture
def auth(token: TokenOf) -> dict[str, str]:
    return token()


def revoke_consents(world: World, user: str) -> None:
    """Take back every consent of a user, as the account page does."""
    for grant in world.sign_ins.refresh.values():
        if grant.consent.user == user:
            grant.consent.revoked = True


def bearer(access_token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access_token}"}


def message_of(answer: httpx.Response) -> str:
    """The message of an API failure, whose status must be said in the body too."""
    error = answer.json()["error"]
    assert error["status"] == answer.status_code
    return str(error["message"])
