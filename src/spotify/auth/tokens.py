"""Access tokens: of the app itself, and of the listeners; renewed shortly before they run out."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from loguru import logger

from src.errors import StorageUnavailable
from src.spotify.app import SpotifyApp
from src.spotify.auth.accounts import connected_account, read_account_state
from src.spotify.auth.encryption import store_insisting
from src.spotify.auth.leases import Lease, end_consent, lease_s, release_lease, store_renewed, take_lease
from src.spotify.auth.token_endpoint import DEFAULT_LIFETIME_S, GrantRefused, request_tokens
from src.spotify.errors import SignInNeeded, SpotifyNotConfigured, SpotifyUnavailable
from src.spotify.models.account import Account, TokenAnswer
from src.storage.database import uninterrupted

# A token is renewed when it has no more than this to live: a call on its way must not outlive it.
RENEW_BEFORE = timedelta(seconds=60)
# How often another process's renewal is looked for.
LEASE_POLL_S = 0.25


async def access_token(app: SpotifyApp, listener: str | None, *, refused: str | None = None) -> str:
    """A token that calls may be made with.

    Args:
        listener: whose account; None for the app itself, which reads the catalogue alone.
        refused: a token that Spotify answered with 401; another one is given.

    Raises:
        SignInNeeded: no account is connected, or its consent has ended.
        SpotifyNotConfigured: the app's own token needs a client secret, or Spotify does not know the client.
        RateLimited, SpotifyUnavailable, MalformedAnswer: no new token can be had now; nothing is lost.
    """
    if listener is None:
        return await _app_token(app, refused)
    account = connected_account(await read_account_state(app, listener))
    if _serves(app, account.access_token, account.access_expires_at, refused):
        return account.access_token
    async with _one_round(app, f"spotify tokens of {listener}"):
        return (await _renewed(app, account)).access_token


def expiry_of(app: SpotifyApp, answer: TokenAnswer) -> datetime:
    """When a token received now runs out, on this machine's clock."""
    lifetime_s = answer.get("expires_in")
    return app.now() + timedelta(seconds=DEFAULT_LIFETIME_S if lifetime_s is None else lifetime_s)


async def _app_token(app: SpotifyApp, refused: str | None) -> str:
    if app.config.client_secret is None:
        raise SpotifyNotConfigured(
            "SPOTIFY_CLIENT_SECRET is not set: without it Spotify is read through a connected account alone."
        )
    held = app.app_token
    async with _one_round(app, "spotify token of the app"):
        if held.expires_at is None or not _serves(app, held.token, held.expires_at, refused):
            answer = await request_tokens(app, {"grant_type": "client_credentials"})
            held.token, held.expires_at = answer["access_token"], expiry_of(app, answer)
        return held.token


def _serves(app: SpotifyApp, token: str, expires_at: datetime, refused: str | None) -> bool:
    return token != refused and expires_at > app.now() + RENEW_BEFORE


@asynccontextmanager
async def _one_round(app: SpotifyApp, name: str) -> AsyncIterator[None]:
    """One round of asking for a token at a time. Who waited for a round that came to nothing fails with it:
    one after another they would each wait through a round of their own.
    """
    before, _ = app.token_rounds.get(name, (0, None))
    async with app.locks.setdefault(name, asyncio.Lock()):
        rounds, failure = app.token_rounds.get(name, (0, None))
        if rounds != before and failure is not None:
            raise failure
        failure = None
        try:
            yield
        except SpotifyUnavailable as error:
            failure = error
            raise
        finally:
            app.token_rounds[name] = (rounds + 1, failure)


async def _renewed(app: SpotifyApp, seen: Account) -> Account:
    """The account with other tokens than those `seen`: renewed here, or by another process."""
    for _ in range(math.ceil(lease_s(app) / LEASE_POLL_S) + 1):
        account = await _renew(app, seen)
        if account is not None:
            return account
        await app.sleep(LEASE_POLL_S)
    raise SpotifyUnavailable("Another process has been renewing this sign-in to Spotify for long; try again.")


@uninterrupted
async def _renew(app: SpotifyApp, seen: Account) -> Account | None:
    """Renew the tokens, unless they are others by now; None while another process does it.

    Once the request has left, a single-use refresh token may be spent: whoever goes away, the answer is
    awaited and stored.
    """
    taken = await take_lease(app, seen)
    if not isinstance(taken, Lease):
        return taken
    try:
        answer = await request_tokens(
            app, {"grant_type": "refresh_token", "refresh_token": taken.account.refresh_token}
        )
    except GrantRefused:
        return await _after_refusal(app, taken)
    except BaseException:
        with suppress(StorageUnavailable):
            await release_lease(app, taken)
        raise
    return await _stored(app, taken, answer)


async def _after_refusal(app: SpotifyApp, lease: Lease) -> Account:
    account = await end_consent(app, lease)
    if account is not None:
        return account
    logger.warning("spotify consent ended")
    raise SignInNeeded("The consent on Spotify has ended: sign in to Spotify again.")


async def _stored(app: SpotifyApp, lease: Lease, answer: TokenAnswer) -> Account:
    account = lease.account
    renewed = replace(
        account,
        access_token=answer["access_token"],
        access_expires_at=expiry_of(app, answer),
        refresh_token=answer.get("refresh_token") or account.refresh_token,
    )
    stored = await store_insisting(app, lambda: store_renewed(app, lease, renewed))
    logger.info("spotify tokens renewed", rotated=renewed.refresh_token != account.refresh_token)
    return stored
