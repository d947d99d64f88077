"""A save in the hands of this process: its calls, and how it is stored on the way and at the end."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

from loguru import logger

from src.errors import Conflict, DomainError
from src.schema import with_present
from src.spotify.app import Caller, SpotifyApp, SpotifyConfig
from src.spotify.client.request import ApiRequest
from src.spotify.client.send import send
from src.spotify.errors import QuotaExceeded
from src.spotify.sync.models.save import SaveDocument, SaveProblem
from src.spotify.sync.store import StoredSave, update_save

# During a longer series of reads the save is stored in between, so that its lease goes on.
_HEARTBEAT: Final = timedelta(seconds=20)


@dataclass(slots=True)
class Work:
    """A save in the hands of this process.

    `user_id`: Spotify's id of the account. `earlier_calls`: made by earlier runs. `doubtful`: an answer was
    lost, so that a write may still arrive. `snapshot`: of the last known list.
    """

    caller: Caller
    save: StoredSave
    user_id: str
    earlier_calls: int
    doubtful: bool = False
    lost_answers: int = 0
    snapshot: str | None = None

    @property
    def document(self) -> SaveDocument:
        """The present document of the save."""
        return self.save.document

    @property
    def playlist_id(self) -> str:
        """The playlist's id; it must be known by now."""
        return self.document["playlist"]["id"]


def lease_of(config: SpotifyConfig) -> timedelta:
    """How long a save belongs to the process that stored it last: longer than any call."""
    longest_call = 2 * config.attempts * (config.timeout_s + config.retry_after_max_s)
    return _HEARTBEAT + timedelta(seconds=longest_call)


async def keep(work: Work) -> None:
    """Store the present document.

    Raises:
        Conflict: `save_under_way`: another process has taken the save over.
    """
    work.document["calls_made"] = work.earlier_calls + work.caller.calls_made
    await update_save(work.caller.app.database, work.save, work.caller.app.now())
    logger.info(
        "save kept", save=work.save.id, state=work.document["state"], calls=work.document["calls_made"]
    )


async def call[T](work: Work, request: ApiRequest[T]) -> T:
    """Make a call of this save, and renew its lease if that is due."""
    if work.caller.app.now() - work.save.updated_at > _HEARTBEAT:
        await keep(work)
    return await send(work.caller, request)


def note_cut_short(document: SaveDocument) -> None:
    """Note that the run was interrupted: the same request resumes it."""
    document["state"] = "unconfirmed"
    document["problem"] = {
        "code": "cut_short",
        "message": "It was cut short: send the same request again, and it goes on where it was.",
    }


def problem_of(app: SpotifyApp, error: DomainError) -> SaveProblem:
    """An error as a report shows it."""
    retry_at = error.retry_at if isinstance(error, QuotaExceeded) else None
    if retry_at is None and error.retry_after_s is not None:
        retry_at = app.now() + timedelta(seconds=error.retry_after_s)
    problem: SaveProblem = {"code": error.code, "message": error.message}
    return with_present(problem, retry_at=retry_at and retry_at.astimezone(UTC).isoformat())


async def release(work: Work) -> None:
    """Store the save and end its lease; if another process has taken it over, that one goes on with it."""
    work.document["under_way"] = False
    try:
        await keep(work)
    except Conflict:
        if work.document["state"] in ("done", "undone"):
            raise
