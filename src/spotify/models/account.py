"""A connected account: held in memory, encrypted and stored, and its state as clients see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@dataclass(frozen=True, slots=True)
class Account:
    """A listener's connected account.

    `sign_in_id` tells one sign-in from the next; `version` counts the stores. Times are in UTC.
    """

    listener: str
    sign_in_id: str
    account_id: str
    user_id: str
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    authorized_at: datetime
    version: int = 1


@documented
class AccountDocument(TypedDict):
    """The encrypted part of an account: all but the time of the consent, which is needed to warn."""

    listener: str
    """The owner: an encrypted text that was moved to another listener's row is not accepted."""
    sign_in_id: str
    """Id of the sign-in that it came from."""
    account_id: str
    """Spotify's lasting id of the account, or its user id where Spotify names no other."""
    user_id: str
    """Spotify's user id, which playlists name as their owner."""
    scopes: list[str]
    """The scopes that the listener allowed."""
    access_token: str
    """For calls; empty when the consent has ended."""
    access_expires_at: str
    """ISO time in UTC at which it runs out."""
    refresh_token: str
    """For new access tokens; empty when the consent has ended."""


@documented
class SignInDocument(TypedDict):
    """The encrypted part of a sign-in that is under way."""

    listener: str
    """Who signs in."""
    verifier: str
    """The PKCE verifier."""
    cookie_hash: str
    """SHA-256 of the cookie of the browser that began."""
    redirect_uri: str
    """Where Spotify sends the browser; the exchange of the code must name the same."""
    scopes: list[str]
    """The requested scopes."""


type _Id = Annotated[str, Field(max_length=256)]


@documented
class OwnerAnswer(TypedDict):
    """The owner of the tokens, from the answer of `GET /me`."""

    account_id: NotRequired[_Id | None]
    """Spotify's lasting id of the account."""
    id: NotRequired[_Id | None]
    """The user id."""


OWNER_ANSWER = TypeAdapter(OwnerAnswer)
ACCOUNT = TypeAdapter(AccountDocument)
SIGN_IN = TypeAdapter(SignInDocument)


# Visible ASCII: anything else could not stand in a header, and httpx quotes such a header in its error.
type Token = Annotated[str, Field(min_length=1, max_length=4_096, pattern=r"^[\x21-\x7e]+$")]


@documented
class TokenAnswer(TypedDict):
    """New tokens."""

    access_token: Token
    """The token that calls are made with."""
    refresh_token: NotRequired[Token | None]
    """For new access tokens; absent after a refresh when the old one goes on."""
    expires_in: NotRequired[Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False)] | None]
    """Seconds that the access token is good for."""
    scope: NotRequired[str | None]
    """What was allowed, with blanks between."""


@documented
class TokenRefusal(TypedDict):
    """An error of the token endpoint (RFC 6749, 5.2)."""

    error: str
    """Such as `invalid_grant` or `invalid_client`."""


TOKEN_ANSWER = TypeAdapter(TokenAnswer)
TOKEN_REFUSAL = TypeAdapter(TokenRefusal)


@documented
class ConnectionStatus(TypedDict):
    """Whether a Spotify account is connected, what it allows, and until when."""

    configured: bool
    """True when accounts can be connected here: the service has a key to encrypt their tokens with."""
    connected: bool
    """True when an account is connected."""
    taste: bool
    """True when the consent covers what was played and saved."""
    scopes: list[str]
    """What the consent covers, in Spotify's words."""
    authorized_at: NotRequired[str]
    """ISO time in UTC of the consent; absent when no account was connected."""
    consent_expires_at: NotRequired[str]
    """ISO time in UTC at which Spotify ends the consent, six months after it was given."""
    expires_soon: bool
    """True when that is at most 14 days away, or past."""
    message: str
    """How it stands and what to do, in words."""


@documented
class SignInStarted(TypedDict):
    """Where to go to connect an account."""

    authorize_url: str
    """Spotify's consent page, to be opened in the browser that holds the cookie of this answer."""
    expires_at: str
    """ISO time in UTC until which the sign-in can be finished."""


CONNECTION_STATUS = TypeAdapter(ConnectionStatus)
SIGN_IN_STARTED = TypeAdapter(SignInStarted)


@documented
class BucketStatus(TypedDict):
    """One group of calls."""

    bucket: str
    """Its name here; Spotify's own groups are unpublished."""
    calls_today: int
    """Calls of the last 24 hours, by every listener of this service."""
    calls_per_day: int
    """As many are allowed here."""
    closed_until: NotRequired[str]
    """ISO time in UTC until which Spotify's quota is used up."""
