"""A save from beginning to end, or from where it stopped."""

import asyncio
import copy
from contextlib import suppress
from datetime import timedelta

from src.errors import Conflict, DomainError
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import connected_account, read_account_state
from src.spotify.errors import SpotifyError, SpotifyUnavailable
from src.spotify.sync.budget import calls_allowed, moves_allowed
from src.spotify.sync.create import ensure_playlist, remove_twins
from src.spotify.sync.entries import MAX_CHANGED, read_entries
from src.spotify.sync.goals import has_written, is_rewrite, planner_of, wanted_uris
from src.spotify.sync.models.save import SaveDocument, SaveReport
from src.spotify.sync.order import SaveOrder, check_order
from src.spotify.sync.plan import caller_for, check_own_playlist, look_at, new_document, why_not_looked_up
from src.spotify.sync.report import count, judge, report_of
from src.spotify.sync.store import StoredSave, claim, find_save, insert_save, stored_report, update_save
from src.spotify.sync.work import Work, keep, lease_of, note_cut_short, problem_of, release
from src.spotify.sync.write import write_until


class NotLookedUp(SpotifyError):
    """Spotify failed while the tracks were searched for, so nothing was written."""

    status = 503
    code = "spotify_not_looked_up"


async def run_save(app: SpotifyApp, order: SaveOrder) -> SaveReport:
    """Save a list, read it back, and report track by track.

    The same order with the same key resumes a save that stopped, or returns the report of one that is done;
    nothing is ever written twice.

    Conflicts: `idempotency_key_reused` (the key came with another order), `save_under_way` (in another
    process), `local_files`, `playlist_too_long` and `too_many_moves` (the playlist cannot be changed so). A
    failure of Spotify is raised before the first write, and reported after it.
    """
    check_order(order, app.config)
    async with app.locks.setdefault(f"save {order.listener} {order.key}", asyncio.Lock()):
        save = await find_save(app.database, order.listener, order.key, app.now())
        if save is not None:
            _check_same_request(save, order)
            if order.conversation_id is not None:
                await _follow(app, save, order.conversation_id)
            if save.document["state"] in ("done", "undone"):
                return stored_report(save)
        account = connected_account(await read_account_state(app, order.listener))
        if save is None:
            return await _begin(app, order, account.user_id)
        return await _resume(app, save, account.user_id)


async def _follow(app: SpotifyApp, save: StoredSave, conversation_id: str) -> None:
    """Let the save belong to the conversation in which it was requested again.

    A first message that was cut short begins another conversation when it is sent again.
    """
    if save.document.get("conversation_id") == conversation_id:
        return
    save.document["conversation_id"] = conversation_id
    # One that goes on is stored as it does.
    if save.document["state"] in ("done", "undone"):
        await update_save(app.database, save, app.now())


async def _begin(app: SpotifyApp, order: SaveOrder, user_id: str) -> SaveReport:
    caller = caller_for(app, order)
    snapshot = None
    if order.playlist_id is not None:
        snapshot = await check_own_playlist(caller, order.playlist_id, user_id)
    save_id = app.new_id()
    document = await new_document(caller, order, save_id)
    document["calls_made"] = caller.calls_made
    if (reason := why_not_looked_up(document)) is not None:
        raise NotLookedUp(
            f"Nothing was written, because not all tracks could be looked up. {reason} Then send the same "
            "request again: what was found is kept."
        )
    if not order.positions and not wanted_uris(document):
        document["state"] = "done"
        return report_of(document)
    document["under_way"] = True
    now = app.now()
    save = StoredSave(
        id=save_id,
        listener=order.listener,
        key=order.key,
        request_hash=order.request_hash,
        version=1,
        document=document,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(days=app.config.undo_days),
    )
    await insert_save(app.database, save, now)
    return await _run(Work(caller, save, user_id, 0, snapshot=snapshot))


async def _resume(app: SpotifyApp, save: StoredSave, user_id: str) -> SaveReport:
    document = save.document
    if document["undoing"]:
        raise Conflict("This save is being undone: undo it again to go on with that.", code="undo_under_way")
    crashed = document["under_way"]
    claim(save, app.now(), lease_of(app.config))
    document.pop("problem", None)
    caller = Caller(
        app,
        save.listener,
        calls_allowed(0, written=len(wanted_uris(document)), moves=moves_allowed(document["mode"])),
    )
    work = Work(caller, save, user_id, document["calls_made"])
    work.doubtful = crashed or document["state"] == "unconfirmed"
    await keep(work)
    return await _run(work)


async def _run(work: Work) -> SaveReport:
    """Go on until the end, or until it stops; either way the lease ends."""
    document = work.document
    at_first = copy.deepcopy(document)
    try:
        await _write(work)
        _conclude(document)
    except (SpotifyError, Conflict) as error:
        if isinstance(error, Conflict) and error.code == "save_under_way":
            raise
        if not has_written(document):
            work.save.document = {**at_first, "state": "planned"}
            await release(work)
            raise
        await _stop(work, error)
    except (Exception, asyncio.CancelledError):
        note_cut_short(document)
        await release(work)
        raise
    await release(work)
    return stored_report(work.save)


async def _write(work: Work) -> None:
    document = work.document
    entries: list[str] | None = None
    if document["mode"] == "create":
        if "playlist" not in document and await ensure_playlist(work):
            entries = []
    elif not document["written"]:
        entries = await read_entries(work.caller, work.playlist_id, most=MAX_CHANGED)
        look_at(document, entries)
        document["rewriting"] = is_rewrite(document, entries)
        if document["mode"] != "reorder" and not wanted_uris(document):
            document["stands"] = entries
            return
    document["stands"] = await write_until(work, planner_of(document), entries)
    await remove_twins(work)


def _conclude(document: SaveDocument) -> None:
    """Note the end, as far as it could be seen."""
    known = frozenset(document.get("before", [])) | frozenset(wanted_uris(document))
    document["others_changed"] = any(entry not in known for entry in document.get("stands", []))
    document["confirmed"] = True
    document["state"] = "done"
    if count(judge(document))["unconfirmed"]:
        document["state"] = "unconfirmed"
        document["problem"] = {
            "code": "playlist_unreadable",
            "message": "Spotify shows entries of the playlist without their tracks.",
        }


async def _stop(work: Work, error: SpotifyError | Conflict) -> None:
    """Note why it stopped, and the present entries if they can still be read."""
    document = work.document
    if "playlist" in document and "stands" not in document:
        with suppress(DomainError):
            document["stands"] = await read_entries(work.caller, work.playlist_id)
    unknown = "stands" not in document and (document["sent"] > 0 or "playlist" not in document)
    unsure = isinstance(error, SpotifyUnavailable) and error.outcome_unknown
    document["state"] = "unconfirmed" if unknown or unsure else "failed"
    document["problem"] = problem_of(work.caller.app, error)


def _check_same_request(save: StoredSave, order: SaveOrder) -> None:
    if save.request_hash != order.request_hash:
        raise Conflict(
            "This Idempotency-Key came with another request: use a new key for each request.",
            code="idempotency_key_reused",
        )
