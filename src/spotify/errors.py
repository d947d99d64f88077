"""What can go wrong with Spotify, each with a message that says what to do."""

from datetime import datetime

from src.errors import DomainError


class SpotifyError(DomainError):
    """Spotify refused or failed; `code` says how.

    `outcome_unknown`: the call may have been carried out all the same; read before writing again.
    """

    status = 502
    code = "spotify_failed"
    outcome_unknown = False


class SpotifyNotConfigured(SpotifyError):
    """This service has no Spotify app, or lacks a setting that this call needs."""

    status = 404
    code = "spotify_not_configured"


class SignInNeeded(SpotifyError):
    """The listener has not connected an account, or the consent is gone: sign in again."""

    status = 403
    code = "spotify_sign_in_needed"


class SignInFailed(SpotifyError):
    """The way through the consent page came to nothing; nothing was changed."""

    status = 400
    code = "spotify_sign_in_failed"


class MissingScope(SpotifyError):
    """The consent does not cover this: sign in again and allow it."""

    status = 403
    code = "spotify_missing_scope"


class OwnerNeedsPremium(SpotifyError):
    """The owner of the Spotify app has no Premium, so Spotify stopped the app."""

    status = 503
    code = "spotify_owner_needs_premium"


class NotAllowlisted(SpotifyError):
    """The account is not on the app's allow-list in the developer dashboard."""

    status = 403
    code = "spotify_not_allowlisted"


class Forbidden(SpotifyError):
    """Spotify does not let this account, or this app, do this."""

    status = 403
    code = "spotify_forbidden"


class SpotifyNotFound(SpotifyError):
    """Spotify has no such track, album, artist or playlist, or does not show it to this account."""

    status = 404
    code = "spotify_not_found"


class BadSpotifyRequest(SpotifyError):
    """Spotify did not accept the request: a fault of this service, or a rule of Spotify that changed."""

    status = 502
    code = "spotify_bad_request"


class RateLimited(SpotifyError):
    """Too many calls in a short time, and the wait asked for is longer than allowed here."""

    status = 503
    code = "spotify_rate_limited"


class QuotaExceeded(SpotifyError):
    """Spotify's quota of a group of calls is used up until `retry_at`."""

    status = 503
    code = "spotify_quota_exceeded"

    def __init__(self, message: str, *, retry_at: datetime, retry_after_s: float) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.retry_at = retry_at


class BudgetSpent(SpotifyError):
    """This service's own limit of calls is reached, of the day or of this turn."""

    status = 503
    code = "spotify_budget_spent"


class SpotifyUnavailable(SpotifyError):
    """Spotify does not answer, or answers with its own failure."""

    status = 503
    code = "spotify_unavailable"

    def __init__(
        self, message: str, *, outcome_unknown: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.outcome_unknown = outcome_unknown


class MalformedAnswer(SpotifyUnavailable):
    """Spotify answered with something that cannot be read: HTML, half a document."""

    code = "spotify_malformed_answer"
