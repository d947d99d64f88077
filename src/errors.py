"""One error family: what a listener, a developer or the model may read. Everything else is a bug."""

from typing import Literal

type ModelFailure = Literal[
    "auth",
    "rate_limited",
    "timeout",
    "connection",
    "server_error",
    "bad_request",
    "model_not_found",
    "refused",
    "empty",
    "tools_rejected",
    "malformed",
]


class DomainError(Exception):
    """A failure with a message that is safe to show.

    The message never holds secrets, and never echoes input. `code` is stable: clients may branch on it.
    """

    status = 500
    code = "internal_error"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


class InvalidInput(DomainError):
    """What was sent cannot be read or is out of its bounds."""

    status = 422
    code = "invalid_input"


class NotFound(DomainError):
    """It does not exist, or belongs to somebody else."""

    status = 404
    code = "not_found"


class Conflict(DomainError):
    """Something else has changed or locked what this call needs."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, *, code: str = "conflict") -> None:
        super().__init__(message)
        self.code = code


class Unauthorized(DomainError):
    """No bearer token, or one that names no listener."""

    status = 401
    code = "unauthorized"


class Busy(DomainError):
    """The service is at its limit; `retry_after_s` says when to come back."""

    status = 503
    code = "busy"


class CatalogueInUse(DomainError):
    """Another process owns this embedded catalogue."""

    status = 503
    code = "catalogue_in_use"

    def __init__(self, message: str, *, pid: int, address: str | None) -> None:
        super().__init__(message)
        self.pid = pid
        self.address = address


class EmbeddingMismatch(DomainError):
    """The catalogue was filled by another embedding model than the one configured."""

    status = 503
    code = "embedding_mismatch"


class EmbeddingUnavailable(DomainError):
    """The embedding endpoint failed, timed out or answered nonsense."""

    status = 503
    code = "embedding_unavailable"


class ModelUnavailable(DomainError):
    """The language model does not answer: the turn goes on with the rules planner and says so.

    `reason` is stable: the agent branches on it, logs and spans carry it.
    """

    status = 503
    code = "model_unavailable"

    def __init__(self, message: str, *, reason: ModelFailure, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.reason = reason


class TurnTimeout(DomainError):
    """The whole turn took longer than its deadline."""

    status = 504
    code = "turn_timeout"


class StorageUnavailable(DomainError):
    """The database does not answer, or is locked for longer than the time-out."""

    status = 503
    code = "storage_unavailable"
