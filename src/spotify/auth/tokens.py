"""Access tokens of the app and of the listeners, renewed shortly before they run out.

A refresh token may work only once: a lease on the account's row lets one process at a time renew its tokens.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from loguru import logger
from sqlalchemy import bindparam, update

from src.errors import StorageUnavailable
from src.retries import backoff_s
from src.spotify.app import SpotifyApp
from src.spotify.auth.accounts import (
    account_state_of,
    connected_account,
    decrypt_document,
    encrypt_account,
    lock_row,
    read_account_state,
    store_insisting,
    write_document,
)
from src.spotify.auth.token_endpoint import DEFAULT_LIFETIME_S, GrantRefused, request_tokens
from src.spotify.errors import SignInNeeded, SpotifyNotConfigured, SpotifyUnavailable
from src.spotify.models.account import Account, TokenAnswer
from src.storage.database import uninterrupted, write
from src.storage.tables import spotify_accounts

# A token is renewed when it has no more than this left, so that it does not run out during a call.
RENEW_BEFORE = timedelta(seconds=60)
# Seconds between two looks for another process's renewal.
LEASE_POLL_S = 0.25


# Beyond the requests: the time for storing.
_STORING_S = 15.0

_OWN = spotify_accounts.c.listener == bindparam("of_listener")
_TAKE = (
    update(spotify_accounts)
    .where(_OWN)
    .values(lease_by=bindparam("new_lease_by"), lease_until=bindparam("new_lease_until"))
)
_RELEASE = (
    update(spotify_accounts)
    .where(_OWN & (spotify_accounts.c.lease_by == bindparam("of_lease")))
    .values(lease_by=None, lease_until=None)
)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to renew the tokens of this account until the lease runs out."""

    id: str
    account: Account


async def access_token(app: SpotifyApp, listener: str | None, *, refused: str | None = None) -> str:
    """A token that calls may be made with.

    Args:
        listener: whose account; None for the app itself, which reads the catalogue alone.
        refused: a token that Spotify answered with 401; another one is returned.

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
    """One request for a token at a time. Who waited for one that failed fails with it: otherwise each would
    wait through a request of its own, one after another.
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
    """The account with newer tokens than the `seen` ones, renewed here or by another process."""
    for _ in range(math.ceil(lease_s(app) / LEASE_POLL_S) + 1):
        account = await _renew(app, seen)
        if account is not None:
            return account
        await app.sleep(LEASE_POLL_S)
    raise SpotifyUnavailable("Another process has been renewing this sign-in to Spotify for long; try again.")


@uninterrupted
async def _renew(app: SpotifyApp, seen: Account) -> Account | None:
    """Renew the tokens, unless they are newer by now; None while another process does it.

    Once the request has left, a single-use refresh token may be spent: the answer is awaited and stored even
    if the caller is cancelled.
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


def lease_s(app: SpotifyApp) -> float:
    """Seconds that a lease lasts: longer than a renewal with all its attempts."""
    waits = sum(backoff_s(attempt, 1.0) for attempt in range(1, app.config.attempts))
    return app.config.attempts * app.config.timeout_s + waits + _STORING_S


@uninterrupted
async def take_lease(app: SpotifyApp, seen: Account) -> Lease | Account | None:
    """The lease; the account, if it is no longer the `seen` one; None while another process has the lease."""
    now, listener = app.now(), seen.listener
    async with write(app.database) as connection:
        row = await lock_row(connection, listener)
        account = connected_account(account_state_of(app, listener, row))
        assert row is not None
        if account.version != seen.version or account.sign_in_id != seen.sign_in_id:
            return account
        if row.lease_by is not None and row.lease_until is not None and row.lease_until > now:
            return None
        lease = Lease(app.new_id(), account)
        await connection.execute(
            _TAKE,
            {
                "of_listener": listener,
                "new_lease_by": lease.id,
                "new_lease_until": now + timedelta(seconds=lease_s(app)),
            },
        )
        return lease


@uninterrupted
async def release_lease(app: SpotifyApp, lease: Lease) -> None:
    """End the lease without new tokens."""
    own = {"of_listener": lease.account.listener, "of_lease": lease.id}
    async with write(app.database) as connection:
        await connection.execute(_RELEASE, own)


@uninterrupted
async def store_renewed(app: SpotifyApp, lease: Lease, renewed: Account) -> Account:
    """Store renewed tokens, which ends the lease; returns the account to use.

    An account that was signed in anew meanwhile stays as it is, and one that was disconnected is a
    `SignInNeeded`. A new refresh token is stored even after the lease ran out: Spotify may have ended every
    other one.
    """
    before, listener = lease.account, renewed.listener
    async with write(app.database) as connection:
        row = await lock_row(connection, listener)
        document = None if row is None else decrypt_document(app, listener, row.sealed)
        if row is None or document is None or document["sign_in_id"] != before.sign_in_id:
            return connected_account(account_state_of(app, listener, row))
        if row.version == before.version or renewed.refresh_token != before.refresh_token:
            await write_document(
                connection, row, listener, encrypt_account(app, renewed), before.authorized_at
            )
        return renewed


@uninterrupted
async def end_consent(app: SpotifyApp, lease: Lease) -> Account | None:
    """Delete the tokens that Spotify refused; returns the account if another process renewed it meanwhile."""
    before = lease.account
    ended = replace(before, user_id="", scopes=(), access_token="", refresh_token="")
    async with write(app.database) as connection:
        row = await lock_row(connection, before.listener)
        account = connected_account(account_state_of(app, before.listener, row))
        assert row is not None
        if row.version != before.version:
            return account
        await write_document(
            connection, row, before.listener, encrypt_account(app, ended), before.authorized_at
        )
        return None
