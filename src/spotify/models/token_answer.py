"""What the token endpoint answers."""

from typing import Annotated, NotRequired, TypedDict

from pydantic import Field, TypeAdapter

from src.schema import documented

# Visible ASCII: anything else could not stand in a header, and httpx quotes such a header in its error.
type Token = Annotated[str, Field(min_length=1, max_length=4_096, pattern=r"^[\x21-\x7e]+$")]


@documented
class TokenAnswer(TypedDict):
    """New tokens."""

    access_token: Token
    """For calls."""
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
