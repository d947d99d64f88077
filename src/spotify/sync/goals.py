"""What the playlist of a save shall be, and after an undo, as the planner of the next steps."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from loguru import logger

from src.errors import Conflict
from src.spotify.app import Caller, SpotifyConfig
from src.spotify.client.request import ApiRequest
from src.spotify.client.send import send
from src.spotify.sync.document import wanted_uris
from src.spotify.sync.models.save import SaveDocument
from src.spotify.sync.steps import (
    Move,
    Step,
    changed_by_others,
    is_lost_by_rewriting,
    is_masked,
    lost_files,
    steps_beside,
    steps_to_append,
    steps_to_create,
    steps_to_list,
    steps_to_order,
    steps_to_replace,
)
from src.spotify.sync.store import StoredSave, update_save


def planner_of(document: SaveDocument) -> Callable[[Sequence[str]], list[Step]]:
    """From the entries that stand to the steps towards what is wanted.

    The planner raises `Conflict` where no step leads there without loss.
    """
    wanted = wanted_uris(document)
    before = document.get("before", [])
    match document["mode"]:
        case "create":
            return lambda account_state: steps_to_create(account_state, wanted)
        case "append":
            return lambda account_state: steps_to_append(account_state, before, wanted)
        case "replace":
            return lambda account_state: steps_to_replace(account_state, before, wanted)
        case "reorder":
            target = document.get("target", [])
            return lambda account_state: steps_to_order(
                account_state, target, rewriting=document["rewriting"]
            )


def undo_planner_of(document: SaveDocument) -> Callable[[Sequence[str]], list[Step]]:
    """From the entries that stand to the steps back to what stood before the save.

    What an append added is taken out, whatever else stands there by now. The others get the whole list back.
    """
    wanted = wanted_uris(document)
    before = document.get("before", [])
    known = frozenset(before) | frozenset(wanted)

    def put_back(account_state: Sequence[str]) -> list[Step]:
        if is_masked(account_state, before):
            return []
        same = document["mode"] == "reorder" and Counter(account_state) == Counter(before)
        if same and not document["rewriting"]:
            return steps_to_order(account_state, before, rewriting=False)
        if any(is_lost_by_rewriting(entry) for entry in [*account_state, *before]):
            raise lost_files()
        if not document["undo_forced"] and any(entry not in known for entry in account_state):
            raise changed_by_others()
        return steps_to_list(account_state, before)

    if document["mode"] == "append":
        return lambda account_state: steps_beside(account_state, (), frozenset(wanted))
    return put_back


def steps_planned(document: SaveDocument, before: Sequence[str]) -> list[Step]:
    """The writes of a plan.

    Raises:
        Conflict: as of the planner.
    """
    return planner_of(document)(before)


def is_rewrite(document: SaveDocument, before: Sequence[str]) -> bool:
    """Whether a new order is made by writing the list anew, which may leave a part of it standing."""
    if document["mode"] != "reorder":
        return False
    try:
        steps = steps_planned(document, before)
    except Conflict:
        return False
    return any(not isinstance(step, Move) for step in steps)


def target_of(document: SaveDocument, before: Sequence[str]) -> list[str]:
    """The entries in their new order: those that were named first, the others behind them as they stand."""
    if positions := document.get("positions"):
        places = [position - 1 for position in positions]
    else:
        places = _places(wanted_uris(document), before)
    named = frozenset(places)
    rest = [place for place in range(len(before)) if place not in named]
    return [before[place] for place in [*places, *rest]]


def _places(wanted: Sequence[str], before: Sequence[str]) -> list[int]:
    """Where each wanted entry stands, for the first time."""
    first: dict[str, int] = {}
    for place, entry in enumerate(before):
        first.setdefault(entry, place)
    return [first[uri] for uri in wanted if uri in first]


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
