"""What Spotify says when it refuses a call, and the error that it is here."""

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from src.spotify.errors import (
    BadSpotifyRequest,
    Forbidden,
    MissingScope,
    NotAllowlisted,
    OwnerNeedsPremium,
    SignInNeeded,
    SpotifyError,
    SpotifyNotFound,
)
from src.spotify.models.api import ERROR_ANSWER, ErrorBody

if TYPE_CHECKING:
    import httpx

# The longest that was seen.
MAX_QUOTA_WAIT_S: Final = 86_400.0
# As much as holds any of the sentences below.
_MAX_SAID: Final = 1_000
_NOT_ALLOWLISTED: Final = (
    "This Spotify account is not on the app's allow-list: its owner adds it in the developer dashboard, "
    "under User Management, with name and e-mail."
)
_FORBIDDEN: Final[tuple[tuple[str, type[SpotifyError], str], ...]] = (
    (
        "premium subscription required for the owner",
        OwnerNeedsPremium,
        "Spotify stopped this app: its owner needs an active Premium subscription.",
    ),
    ("user not registered", NotAllowlisted, _NOT_ALLOWLISTED),
    ("not registered in the developer dashboard", NotAllowlisted, _NOT_ALLOWLISTED),
    ("user may not be registered", NotAllowlisted, _NOT_ALLOWLISTED),
    (
        "insufficient client scope",
        MissingScope,
        "The consent on Spotify does not cover this: sign in again, with `--taste` for what was played.",
    ),
)


def error_of(response: "httpx.Response") -> ErrorBody:
    """Spotify's error; so is a sentence without JSON around it, as strangers get one."""
    try:
        return ERROR_ANSWER.validate_json(response.content).get("error") or {}
    except ValidationError:
        return {"message": response.content[:_MAX_SAID].decode("utf-8", "replace")}


def refusal(status: int, error: ErrorBody) -> SpotifyError:
    """The error of a call that Spotify refused; what Spotify said is matched, and not repeated."""
    match status:
        case 401:
            return SignInNeeded("Spotify refuses the sign-in: sign in to Spotify again.")
        case 403:
            said = (error.get("message") or "").lower()
            for words, kind, message in _FORBIDDEN:
                if words in said:
                    return kind(message)
            return Forbidden("Spotify does not allow this to this account, or to this app.")
        case 404:
            return SpotifyNotFound("Spotify has no such thing, or does not show it to this account.")
        case _:
            return BadSpotifyRequest(f"Spotify did not accept the request (status {status}).")


def retry_after_s(response: "httpx.Response") -> float | None:
    """Seconds that the answer asks to wait, of which more than a day is a day; None where it names none."""
    text = response.headers.get("retry-after", "").strip()
    return min(float(text), MAX_QUOTA_WAIT_S) if text.isascii() and text.isdigit() else None


def is_out_of_quota(response: "httpx.Response") -> bool:
    """Whether a 429 is about the quota of a day, and not about the rate."""
    return error_of(response).get("reason") == "QUOTA_EXCEEDED"
