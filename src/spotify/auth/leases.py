"""Who may renew a listener's tokens: one process at a time, since a refresh token may be good for one use."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, update

from src.retries import backoff_s
from src.spotify.app import SpotifyApp
from src.spotify.auth.accounts import (
    account_state_of,
    connected_account,
    encrypted_account,
    lock_row,
    open_document,
    write_document,
)
from src.spotify.models.account import Account
from src.storage.database import uninterrupted, write
from src.storage.tables import spotify_accounts

# Beyond the requests: the time that storing may take.
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


def lease_s(app: SpotifyApp) -> float:
    """Seconds that a lease lasts: longer than a renewal with all its attempts."""
    waits = sum(backoff_s(attempt, 1.0) for attempt in range(1, app.config.attempts))
    return app.config.attempts * app.config.timeout_s + waits + _STORING_S


@uninterrupted
async def take_lease(app: SpotifyApp, seen: Account) -> Lease | Account | None:
    """The lease; the account, where it is another than `seen` by now; None while another has the lease.

    Raises:
        SignInNeeded: there is no account any more.
    """
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
    """Let the next one try."""
    own = {"of_listener": lease.account.listener, "of_lease": lease.id}
    async with write(app.database) as connection:
        await connection.execute(_RELEASE, own)


@uninterrupted
async def store_renewed(app: SpotifyApp, lease: Lease, renewed: Account) -> Account:
    """Store renewed tokens, which ends the lease; gives the account to go on with.

    An account that was disconnected meanwhile stays so, and one that signed in anew stays as it is. A new
    refresh token is stored even after the lease ran out: Spotify may have ended every other one.

    Raises:
        SignInNeeded: the account was disconnected meanwhile.
    """
    before, listener = lease.account, renewed.listener
    async with write(app.database) as connection:
        row = await lock_row(connection, listener)
        document = None if row is None else open_document(app, listener, row.sealed)
        if row is None or document is None or document["sign_in_id"] != before.sign_in_id:
            return connected_account(account_state_of(app, listener, row))
        if row.version == before.version or renewed.refresh_token != before.refresh_token:
            await write_document(
                connection, row, listener, encrypted_account(app, renewed), before.authorized_at
            )
        return renewed


@uninterrupted
async def end_consent(app: SpotifyApp, lease: Lease) -> Account | None:
    """Drop the tokens that Spotify refused; gives the account where another process renewed it meanwhile.

    Raises:
        SignInNeeded: the account was disconnected meanwhile.
    """
    before = lease.account
    ended = replace(before, user_id="", scopes=(), access_token="", refresh_token="")
    async with write(app.database) as connection:
        row = await lock_row(connection, before.listener)
        account = connected_account(account_state_of(app, before.listener, row))
        assert row is not None
        if row.version != before.version:
            return account
        await write_document(
            connection, row, before.listener, encrypted_account(app, ended), before.authorized_at
        )
        return None
