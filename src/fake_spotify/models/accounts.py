"""What the fake accounts pages answer."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from src.schema import documented


@documented
class TokenAnswer(TypedDict):
    """Tokens."""

    access_token: str
    """For calls of the API."""
    token_type: Literal["Bearer"]
    """How it is sent."""
    scope: NotRequired[str]
    """What it may do, separated by spaces; absent for the app itself."""
    expires_in: int
    """Seconds."""
    refresh_token: NotRequired[str]
    """For the next access token; absent where the old one goes on."""


@documented
class AccountsError(TypedDict):
    """Why there is no token."""

    error: str
    """A word for programs."""
    error_description: str
    """Words for people."""
