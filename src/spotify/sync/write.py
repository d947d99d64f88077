"""Writing a playlist until what is read back is what was wanted.

Every write is planned from a known list, noted before it is sent, and never sent again before the list was
read: so a lost answer, a late landing or a crash costs calls, but never a track.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from src.errors import Conflict
from src.spotify.client.request import ApiRequest
from src.spotify.client.requests import add_items, remove_items, reorder_items, replace_items
from src.spotify.errors import SpotifyError, SpotifyUnavailable
from src.spotify.models.api import Snapshot
from src.spotify.sync.entries import read_entries
from src.spotify.sync.goals import StepPlanner, wanted_uris
from src.spotify.sync.models.save import SaveDocument
from src.spotify.sync.steps import AddBlock, Move, RemoveEvery, ReplaceAll, Step, apply_step
from src.spotify.sync.work import Work, call, keep

# Seconds before each reading after a lost answer; a write mostly shows at once.
UNKNOWN_WAITS_S: Final = (1.0, 3.0)
# Before a list that differs from the written one is repaired: reads may lag behind writes.
LAG_WAIT_S: Final = 2.0
# Before the last reading of a save in which an answer was lost: a later arrival is not seen.
LATE_WAIT_S: Final = 5.0
MAX_ROUNDS: Final = 8
MAX_LOST_ANSWERS: Final = 4


async def write_until(work: Work, plan: StepPlanner, entries: Sequence[str] | None) -> list[str]:
    """Write until a reading of the list needs no further step; returns that reading.

    `entries` is the list if it is known. Fails when answers were lost too often, or the list keeps changing.
    """
    known = list(entries) if entries is not None else await _read(work)
    was_read = entries is None
    looked_twice = not work.doubtful
    for _ in range(MAX_ROUNDS):
        if steps := plan(known):
            known, was_read = await _carry_out(work, steps, known), False
            looked_twice = not work.doubtful
        elif not was_read:
            known, was_read = await _read_back(work, plan), True
        elif not looked_twice:
            await work.caller.app.sleep(LATE_WAIT_S)
            known, looked_twice = await _read(work), True
        else:
            return known
    raise SpotifyUnavailable(
        "The playlist does not come to rest: send the same request again later.", outcome_unknown=True
    )


async def _carry_out(work: Work, steps: Sequence[Step], known: Sequence[str]) -> list[str]:
    """The list after the steps; after a lost answer, the list as far as it is known."""
    now = list(known)
    for step in steps:
        noted = await _note(work, step, now)
        request = _request(work, step)
        made = work.caller.calls_made
        try:
            answer = await call(work, request)
        except SpotifyError as error:
            if _may_have_landed(error, request, work.caller.calls_made - made):
                return await _after_lost_answer(work, error, step, now)
            noted.take_back(work.document)
            raise
        # An attempt before the one that was answered may still land.
        work.doubtful |= request.is_repeatable and work.caller.calls_made - made > 1
        work.snapshot = answer.get("snapshot_id")
        now = apply_step(now, step)
    return now


def _may_have_landed(error: SpotifyError, request: ApiRequest[Snapshot], attempts: int) -> bool:
    """Whether a failed call may have been carried out: an error tells of the last attempt alone."""
    unknown = isinstance(error, SpotifyUnavailable) and error.outcome_unknown
    return unknown or (request.is_repeatable and attempts > 1)


async def _after_lost_answer(work: Work, error: SpotifyError, step: Step, known: Sequence[str]) -> list[str]:
    """Read whether the step was carried out; after the last reading it counts as not carried out."""
    work.doubtful = True
    work.snapshot = None
    work.lost_answers += 1
    if work.lost_answers > MAX_LOST_ANSWERS:
        raise error
    app = work.caller.app
    after = known if isinstance(step, AddBlock) else ()
    for wait in UNKNOWN_WAITS_S:
        await app.sleep(wait)
        seen = await read_entries(work.caller, work.playlist_id, after=after)
        if seen != list(known):
            return seen
    return list(known)


async def _read_back(work: Work, plan: StepPlanner) -> list[str]:
    """The list as read after the last write, a second time if it is not the written one."""
    work.document["state"] = "undoing" if work.document["undoing"] else "reading_back"
    await keep(work)
    seen = await _read(work)
    if _needs_steps(plan, seen):
        await work.caller.app.sleep(LAG_WAIT_S)
        seen = await _read(work)
    return seen


async def _read(work: Work) -> list[str]:
    seen = await read_entries(work.caller, work.playlist_id)
    work.document["stands"] = seen
    return seen


def _needs_steps(plan: StepPlanner, seen: Sequence[str]) -> bool:
    try:
        return bool(plan(seen))
    except Conflict:
        return True


@dataclass(frozen=True, slots=True)
class _Before:
    """The parts of the document before a step was noted."""

    written: bool
    undo_written: bool
    sent: int

    def take_back(self, document: SaveDocument) -> None:
        """Note that the step was refused, so that nothing of it was carried out."""
        document["written"] = self.written
        document["undo_written"] = self.undo_written
        document["sent"] = self.sent


async def _note(work: Work, step: Step, known: Sequence[str]) -> _Before:
    """Store that this step is about to be sent."""
    document = work.document
    before = _Before(document["written"], document["undo_written"], document["sent"])
    mends = isinstance(step, RemoveEvery | ReplaceAll) and document["mode"] != "reorder"
    if document["undoing"]:
        document["undo_written"] = True
    else:
        if mends and document["written"] and list(known) != document.get("before", []):
            document["repaired"] = True
        document["written"] = True
        document["state"] = "writing"
        document["sent"] = max(document["sent"], _reach(step, wanted_uris(document)))
    document.pop("stands", None)
    await keep(work)
    return before


def _reach(step: Step, wanted: Sequence[str]) -> int:
    """How many of the wanted URIs, from the first, are sent once this step is."""
    if isinstance(step, ReplaceAll | AddBlock):
        sent = frozenset(step.uris)
        return max((place + 1 for place, uri in enumerate(wanted) if uri in sent), default=0)
    return len(wanted) if isinstance(step, Move) else 0


def _request(work: Work, step: Step) -> ApiRequest[Snapshot]:
    match step:
        case ReplaceAll(uris):
            return replace_items(work.playlist_id, uris)
        case AddBlock(uris, position):
            return add_items(work.playlist_id, uris, position=position)
        case RemoveEvery(uris):
            return remove_items(work.playlist_id, uris)
        case Move(start, before, length):
            return reorder_items(
                work.playlist_id,
                range_start=start,
                insert_before=before,
                range_length=length,
                snapshot_id=work.snapshot,
            )
