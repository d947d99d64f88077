"""A save that is being worked on: its calls, and its document, stored at each step."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from loguru import logger

from src.saving.models.save import SaveDocument
from src.saving.store import StoredSave, update_save
from src.spotify.api_request import ApiRequest
from src.spotify.app import Caller, SpotifyConfig
from src.spotify.send import send

# A longer row of reads tells other processes in between that the save is still under way.
_HEARTBEAT: Final = timedelta(seconds=20)


@dataclass(slots=True)
class Work:
    """A save in the hands of this process.

    `user_id` is Spotify's own of the account. `earlier_calls` were made by runs before. `doubtful`: an answer
    was lost, so that something may still land. `snapshot` is that of the list as it is known here.
    """

    caller: Caller
    save: StoredSave
    user_id: str
    earlier_calls: int
    doubtful: bool = False
    lost_answers: int = 0
    snapshot: str | None = field(default=None)

    @property
    def document(self) -> SaveDocument:
        """The save as it is."""
        return self.save.document

    @property
    def playlist_id(self) -> str:
        """The playlist's id, which is known by now."""
        return self.document["playlist"]["id"]


def lease_of(config: SpotifyConfig) -> timedelta:
    """How long a save belongs to the process that stored it last: longer than one call can take."""
    longest_call = 2 * config.attempts * (config.timeout_s + config.retry_after_max_s)
    return _HEARTBEAT + timedelta(seconds=longest_call)


async def keep(work: Work) -> None:
    """Store the save as it is.

    Raises:
        Conflict: `save_under_way`: another process has taken it over.
    """
    work.document["calls_made"] = work.earlier_calls + work.caller.calls_made
    await update_save(work.caller.app.database, work.save, work.caller.app.now())
    logger.info(
        "save kept", save=work.save.id, state=work.document["state"], calls=work.document["calls_made"]
    )


async def call[T](work: Work, request: ApiRequest[T]) -> T:
    """Make a call of this save.

    Raises:
        SpotifyError: as of `send`.
    """
    if work.caller.app.now() - work.save.updated_at > _HEARTBEAT:
        await keep(work)
    return await send(work.caller, request)
