"""Connected accounts, stored encrypted: one for each listener."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from loguru import logger
from pydantic import ValidationError
from sqlalchemy import Row, bindparam, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import StorageUnavailable
from src.retries import backoff_s
from src.schema import to_json
from src.spotify.app import SpotifyApp
from src.spotify.auth.encryption import decrypt, encrypt, unreadable
from src.spotify.errors import SignInNeeded, SpotifyNotConfigured
from src.spotify.models.account import ACCOUNT, Account, AccountDocument
from src.storage.database import read, uninterrupted, write
from src.storage.tables import spotify_accounts, spotify_handles, spotify_saves, spotify_sign_ins

# The first of the two numbers of an advisory lock on PostgreSQL; the second is the listener.
_ADVISORY_LOCK = 1_846_203_378

_OWN = spotify_accounts.c.listener == bindparam("of_listener")
_GET = select(
    spotify_accounts.c.sealed,
    spotify_accounts.c.authorized_at,
    spotify_accounts.c.version,
    spotify_accounts.c.lease_by,
    spotify_accounts.c.lease_until,
).where(_OWN)
_LOCK = _GET.with_for_update()
_INSERT = insert(spotify_accounts)
_REPLACE = (
    update(spotify_accounts)
    .where(_OWN)
    .values(
        sealed=bindparam("new_sealed"),
        authorized_at=bindparam("new_authorized_at"),
        version=bindparam("new_version"),
        lease_by=None,
        lease_until=None,
    )
)
_DELETE_ACCOUNT = delete(spotify_accounts).where(_OWN)
_DELETE_SIGN_INS = delete(spotify_sign_ins).where(spotify_sign_ins.c.listener == bindparam("of_listener"))
# Emptied and not deleted: a number is never used again in its conversation.
_EMPTY_HANDLES = (
    update(spotify_handles)
    .where(spotify_handles.c.listener == bindparam("of_listener"))
    .values(spotify_id="")
)
_DELETE_SAVES = delete(spotify_saves).where(spotify_saves.c.listener == bindparam("of_listener"))

type StoredRow = Row[str, datetime, int, str | None, datetime | None]


@dataclass(frozen=True, slots=True)
class AccountState:
    """The stored account of a listener.

    `unreadable`: no key decrypts it; `ended`: Spotify ended the consent. `account` is set when `connected`.
    """

    kind: Literal["absent", "connected", "ended", "unreadable"]
    account: Account | None = None
    authorized_at: datetime | None = None


async def load_account(app: SpotifyApp, listener: str) -> Account | None:
    """The connected account; None when there is none, its consent has ended, or no key decrypts it."""
    return (await read_account_state(app, listener)).account


@uninterrupted
async def read_account_state(app: SpotifyApp, listener: str) -> AccountState:
    """The stored account of a listener, or why there is none to use."""
    async with read(app.database) as connection:
        row = (await connection.execute(_GET, {"of_listener": listener})).one_or_none()
    return account_state_of(app, listener, row)


async def lock_row(connection: AsyncConnection, listener: str) -> StoredRow | None:
    """The row of a listener, locked until the transaction ends."""
    return (await connection.execute(_LOCK, {"of_listener": listener})).one_or_none()


def account_state_of(app: SpotifyApp, listener: str, row: StoredRow | None) -> AccountState:
    """The state that a row describes."""
    if row is None:
        return AccountState("absent")
    document = decrypt_document(app, listener, row.sealed)
    if document is None:
        return AccountState("unreadable", authorized_at=row.authorized_at)
    if not document["refresh_token"]:
        return AccountState("ended", authorized_at=row.authorized_at)
    account = Account(
        listener=listener,
        sign_in_id=document["sign_in_id"],
        account_id=document["account_id"],
        user_id=document["user_id"],
        scopes=tuple(document["scopes"]),
        access_token=document["access_token"],
        access_expires_at=datetime.fromisoformat(document["access_expires_at"]),
        refresh_token=document["refresh_token"],
        authorized_at=row.authorized_at,
        version=row.version,
    )
    return AccountState("connected", account, row.authorized_at)


def decrypt_document(app: SpotifyApp, listener: str, sealed: str) -> AccountDocument | None:
    """The document of an account; None when no key decrypts it, or it is not this listener's."""
    try:
        document = ACCOUNT.validate_json(decrypt(app.config.token_keys, sealed))
    except (SignInNeeded, SpotifyNotConfigured, ValidationError):
        return None
    return document if document["listener"] == listener else None


def connected_account(account_state: AccountState) -> Account:
    """The account; `SignInNeeded` says why there is none to use."""
    if account_state.account is not None:
        return account_state.account
    match account_state.kind:
        case "ended":
            raise SignInNeeded("The consent on Spotify has ended: sign in to Spotify again.")
        case "unreadable":
            raise unreadable()
        case _:
            raise SignInNeeded("No Spotify account is connected: sign in to Spotify first.")


@uninterrupted
async def store_connected(app: SpotifyApp, account: Account) -> None:
    """Store a new sign-in in place of the previous one.

    Saves and handles of another Spotify account are deleted with it.
    """
    own = {"of_listener": account.listener}
    sealed = encrypt_account(app, account)
    async with write(app.database) as connection:
        await _lock_listener(connection, app, account.listener)
        row = await lock_row(connection, account.listener)
        if row is None:
            new = {"listener": account.listener, "sealed": sealed, "authorized_at": account.authorized_at}
            await connection.execute(_INSERT, {**new, "version": 1})
            return
        await write_document(connection, row, account.listener, sealed, account.authorized_at)
        before = decrypt_document(app, account.listener, row.sealed)
        if before is not None and before["account_id"] != account.account_id:
            await connection.execute(_EMPTY_HANDLES, own)
            await connection.execute(_DELETE_SAVES, own)


async def write_document(
    connection: AsyncConnection, row: StoredRow, listener: str, sealed: str, authorized_at: datetime
) -> None:
    """Replace the encrypted text of a locked row, and end its lease."""
    await connection.execute(
        _REPLACE,
        {
            "of_listener": listener,
            "new_sealed": sealed,
            "new_authorized_at": authorized_at,
            "new_version": row.version + 1,
        },
    )


@uninterrupted
async def delete_listener(app: SpotifyApp, listener: str) -> None:
    """Delete everything that is stored of the listener's Spotify account, in one transaction."""
    own = {"of_listener": listener}
    async with write(app.database) as connection:
        for statement in (_DELETE_ACCOUNT, _DELETE_SIGN_INS, _EMPTY_HANDLES, _DELETE_SAVES):
            await connection.execute(statement, own)


async def _lock_listener(connection: AsyncConnection, app: SpotifyApp, listener: str) -> None:
    """One sign-in of a listener at a time: without a row to lock, two at once would both insert."""
    if not app.database.is_sqlite:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock, hashtext(:listener))"),
            {"lock": _ADVISORY_LOCK, "listener": listener},
        )


def encrypt_account(app: SpotifyApp, account: Account) -> str:
    """The encrypted text of an account."""
    document: AccountDocument = {
        "listener": account.listener,
        "sign_in_id": account.sign_in_id,
        "account_id": account.account_id,
        "user_id": account.user_id,
        "scopes": list(account.scopes),
        "access_token": account.access_token,
        "access_expires_at": account.access_expires_at.astimezone(UTC).isoformat(),
        "refresh_token": account.refresh_token,
    }
    return encrypt(app.config.token_keys, to_json(ACCOUNT, document))


STORE_ATTEMPTS = 5


async def store_insisting[T](app: SpotifyApp, store: Callable[[], Awaitable[T]]) -> T:
    """Store new tokens, and try again while the database does not answer, at most 5 times in all.

    Raises:
        StorageUnavailable: the last attempt failed as well.
    """
    for attempt in range(1, STORE_ATTEMPTS):
        try:
            return await store()
        except StorageUnavailable:
            logger.warning("spotify tokens not stored yet", attempt=attempt)
            await app.sleep(backoff_s(attempt, app.chance()))
    return await store()
