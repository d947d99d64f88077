"""How a listener's connection to Spotify stands."""

from typing import NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@documented
class ConnectionStatus(TypedDict):
    """Whether a Spotify account is connected, what it allows, and until when."""

    configured: bool
    """True when accounts can be connected here: the service has a key to seal their tokens with."""
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
