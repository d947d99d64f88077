"""Connecting a Spotify account: to the consent page and back (authorization code with PKCE)."""

import base64
import calendar
import hashlib
import hmac
import re
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from loguru import logger
from pydantic import ValidationError
from sqlalchemy import bindparam, delete, insert, select

from src.schema import to_json
from src.spotify.app import SpotifyApp
from src.spotify.auth.accounts import (
    connected_account,
    delete_listener,
    read_account_state,
    store_connected,
    store_insisting,
)
from src.spotify.auth.encryption import decrypt, encrypt, require_keys
from src.spotify.auth.probe import probe_owner
from src.spotify.auth.redirect import check_redirect_uri
from src.spotify.auth.token_endpoint import GrantRefused, request_tokens
from src.spotify.auth.tokens import expiry_of
from src.spotify.errors import MalformedAnswer, SignInFailed, SignInNeeded, SpotifyNotConfigured
from src.spotify.models.account import SIGN_IN, Account, ConnectionStatus, SignInDocument, TokenAnswer
from src.storage.database import uninterrupted, write
from src.storage.tables import spotify_sign_ins

# Of one listener; a further one takes the place of the oldest.
MAX_PENDING = 5

_OF_STATE = spotify_sign_ins.c.state_hash == bindparam("of_state")
_INSERT = insert(spotify_sign_ins)
_TAKE = delete(spotify_sign_ins).where(_OF_STATE).returning(*spotify_sign_ins.c)
_PURGE = delete(spotify_sign_ins).where(
    spotify_sign_ins.c.expires_at <= bindparam("now", type_=spotify_sign_ins.c.expires_at.type)
)
_NEWEST = (
    select(spotify_sign_ins.c.state_hash)
    .where(spotify_sign_ins.c.listener == bindparam("of_listener"))
    .order_by(spotify_sign_ins.c.expires_at.desc(), spotify_sign_ins.c.state_hash)
    .limit(MAX_PENDING - 1)
)
_MAKE_ROOM = delete(spotify_sign_ins).where(
    (spotify_sign_ins.c.listener == bindparam("of_listener")) & spotify_sign_ins.c.state_hash.not_in(_NEWEST)
)


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in as it is stored; the state itself is known to the browser alone."""

    state_hash: str
    listener: str
    sealed: str
    expires_at: datetime


@uninterrupted
async def put_pending(app: SpotifyApp, sign_in: PendingSignIn) -> None:
    """Store a sign-in; of the listener's others the newest stay, and what has expired goes."""
    async with write(app.database) as connection:
        await connection.execute(_PURGE, {"now": app.now()})
        await connection.execute(_MAKE_ROOM, {"of_listener": sign_in.listener})
        await connection.execute(_INSERT, asdict(sign_in))


@uninterrupted
async def take_pending(app: SpotifyApp, state_hash: str) -> PendingSignIn | None:
    """The sign-in, which is gone from then on; None when there is none."""
    async with write(app.database) as connection:
        row = (await connection.execute(_TAKE, {"of_state": state_hash})).one_or_none()
    if row is None:
        return None
    return PendingSignIn(row.state_hash, row.listener, row.sealed, row.expires_at)


@uninterrupted
async def purge_pending(app: SpotifyApp) -> None:
    """Delete what has expired."""
    async with write(app.database) as connection:
        await connection.execute(_PURGE, {"now": app.now()})


PLAYLIST_SCOPES = ("playlist-read-private", "playlist-modify-private", "playlist-modify-public")
TASTE_SCOPES = ("user-top-read", "user-library-read", "user-read-recently-played")
CONSENT_MONTHS = 6
WARN_BEFORE = timedelta(days=14)

_STATE_BYTES = 32
_COOKIE_BYTES = 32
# 86 characters; RFC 7636 asks for 43 to 128.
_VERIFIER_BYTES = 64
_PARAMETER = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that has begun: the address to send the browser to, and the cookie that binds it."""

    authorize_url: str = field(repr=False)
    cookie: str = field(repr=False)
    expires_at: datetime


async def begin_sign_in(
    app: SpotifyApp, listener: str, *, taste: bool, redirect_uri: str | None = None
) -> SignIn:
    """Begin to connect an account; `taste` also asks for what was played and saved."""
    redirect_uri = redirect_uri or app.config.redirect_uri
    check_redirect_uri(redirect_uri)
    scopes = [*PLAYLIST_SCOPES, *TASTE_SCOPES] if taste else [*PLAYLIST_SCOPES]
    state, cookie = secrets.token_urlsafe(_STATE_BYTES), secrets.token_urlsafe(_COOKIE_BYTES)
    verifier = secrets.token_urlsafe(_VERIFIER_BYTES)
    document: SignInDocument = {
        "listener": listener,
        "verifier": verifier,
        "cookie_hash": _hash(cookie),
        "redirect_uri": redirect_uri,
        "scopes": scopes,
    }
    expires_at = app.now() + timedelta(minutes=app.config.sign_in_minutes)
    sealed = encrypt(app.config.token_keys, to_json(SIGN_IN, document))
    await put_pending(app, PendingSignIn(_hash(state), listener, sealed, expires_at))
    query = {
        "client_id": app.config.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge_method": "S256",
        "code_challenge": _challenge(verifier),
        # Without the dialogue a page elsewhere could lead a browser through unseen, and nobody could
        # choose another account.
        "show_dialog": "true",
    }
    url = f"{app.config.accounts_url}/authorize?{urlencode(query, quote_via=quote)}"
    return SignIn(url, cookie, expires_at)


@uninterrupted
async def finish_sign_in(
    app: SpotifyApp, *, state: str | None, code: str | None, error: str | None, cookie: str | None
) -> ConnectionStatus:
    """Connect the account that the browser brings back; an account connected before stays until then.

    Args:
        state, code, error: what Spotify put into the address.
        cookie: the browser's.

    Raises:
        SignInFailed: the browser brings nothing that fits; the message says what to do.
        NotAllowlisted: the account is not on the app's allow-list.
        SpotifyError: Spotify does not exchange the code, or does not answer.
    """
    pending = await _take(app, state, cookie)
    if error is not None:
        raise SignInFailed(
            "You did not allow the access on Spotify's page, so nothing was changed."
            if error == "access_denied"
            else "Spotify ended the sign-in with an error, so nothing was changed: start again."
        )
    if code is None or not _PARAMETER.fullmatch(code):
        raise _failed("Spotify sent no code")
    try:
        answer = await request_tokens(
            app,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": pending["redirect_uri"],
                "code_verifier": pending["verifier"],
            },
        )
    except GrantRefused:
        raise _failed("The code from Spotify has expired or was used already") from None
    account = await _account(app, pending, answer)
    await store_insisting(app, lambda: store_connected(app, account))
    logger.info("spotify account connected", scopes=len(account.scopes))
    return await connection_status(app, account.listener)


async def connection_status(app: SpotifyApp, listener: str) -> ConnectionStatus:
    """The status of the listener's connection, from the database alone."""
    account = (account_state := await read_account_state(app, listener)).account
    scopes = list(account.scopes) if account else []
    status: ConnectionStatus = {
        "configured": bool(app.config.token_keys),
        "connected": account is not None,
        "taste": set(scopes) >= set(TASTE_SCOPES),
        "scopes": scopes,
        "expires_soon": False,
        "message": "Connected.",
    }
    try:
        require_keys(app.config.token_keys)
        authorized_at = connected_account(account_state).authorized_at
    except (SpotifyNotConfigured, SignInNeeded) as reason:
        status["message"] = reason.message
        return status
    expires_at = add_months(authorized_at, CONSENT_MONTHS)
    status["authorized_at"] = authorized_at.isoformat()
    status["consent_expires_at"] = expires_at.isoformat()
    if app.now() >= expires_at - WARN_BEFORE:
        status["expires_soon"] = True
        status["message"] = (
            f"Connected, but Spotify ends the consent on {expires_at:%Y-%m-%d}: sign in again before."
            if app.now() < expires_at
            else "Connected, but the consent of six months is over: sign in again."
        )
    return status


async def disconnect(app: SpotifyApp, listener: str) -> None:
    """Delete everything that is stored of the listener's Spotify account."""
    await delete_listener(app, listener)
    logger.info("spotify account disconnected")


def add_months(moment: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the last day of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


async def _take(app: SpotifyApp, state: str | None, cookie: str | None) -> SignInDocument:
    """The sign-in that this browser began; whatever comes of it, the state is spent."""
    if state is None or not _PARAMETER.fullmatch(state):
        raise _failed("Spotify sent no state")
    pending = await take_pending(app, _hash(state))
    if pending is None:
        raise _failed("This sign-in is not known here, or was used already")
    if pending.expires_at <= app.now():
        raise _failed("This sign-in took too long")
    try:
        document = SIGN_IN.validate_json(decrypt(app.config.token_keys, pending.sealed))
    except (SignInNeeded, ValidationError):
        raise _failed("This sign-in can no longer be read") from None
    foreign = cookie is None or not hmac.compare_digest(
        _hash(cookie).encode(), document["cookie_hash"].encode()
    )
    if foreign or document["listener"] != pending.listener:
        raise _failed("This sign-in was begun in another browser")
    return document


async def _account(app: SpotifyApp, pending: SignInDocument, answer: TokenAnswer) -> Account:
    """The account that the new tokens are for."""
    refresh_token = answer.get("refresh_token")
    if not refresh_token:
        raise MalformedAnswer("Spotify sent no lasting token, so nothing was changed: sign in again.")
    expires_at = expiry_of(app, answer)
    account_id, user_id = await probe_owner(app, answer["access_token"])
    scope = answer.get("scope")
    return Account(
        listener=pending["listener"],
        sign_in_id=app.new_id(),
        account_id=account_id,
        user_id=user_id,
        # An answer that names no scope allows what was asked for (RFC 6749, 5.1).
        scopes=tuple(pending["scopes"] if scope is None else scope.split()),
        access_token=answer["access_token"],
        access_expires_at=expires_at,
        refresh_token=refresh_token,
        authorized_at=app.now(),
    )


def _failed(reason: str) -> SignInFailed:
    return SignInFailed(f"{reason}, so nothing was changed: start again.")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2: the S256 challenge, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
