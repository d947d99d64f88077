"""Undoing a save: a new playlist leaves the library, a changed one gets its previous list back."""

import asyncio
import copy
from collections.abc import Sequence
from typing import Final

from src.errors import Conflict
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import connected_account, read_account_state
from src.spotify.client.requests import library_contains, remove_from_library
from src.spotify.errors import Forbidden, MissingScope, SpotifyError, SpotifyUnavailable
from src.spotify.identifiers import uri_of
from src.spotify.sync.budget import calls_allowed, moves_allowed
from src.spotify.sync.create import find_playlist_made
from src.spotify.sync.entries import read_entries
from src.spotify.sync.goals import has_written, undo_planner_of, wanted_uris
from src.spotify.sync.models.save import SaveDocument, SaveReport
from src.spotify.sync.steps import Step, changed_by_others, steps_to_list
from src.spotify.sync.store import claim, get_save, stored_report
from src.spotify.sync.work import Work, call, keep, lease_of, note_cut_short, problem_of, release
from src.spotify.sync.write import write_until

# Seconds before each look whether a playlist has left the library.
_LOOK_WAITS_S: Final = (0.0, 2.0)


async def undo_save(app: SpotifyApp, listener: str, save_id: str, *, force: bool = False) -> SaveReport:
    """Undo a save; the same call again returns the report, or resumes an undo that stopped.

    A new playlist leaves the library, since Spotify has no other deletion. Tracks added by an append are
    removed. A replaced or reordered playlist gets exactly its previous list. `force`: also where the playlist
    was changed since; entries of others are then lost, except after an append.

    `nothing_to_undo`, `playlist_changed` (without `force`), `local_files`, `save_under_way` are its
    conflicts; a failure of Spotify is raised before the first change, and reported after it.
    """
    async with app.locks.setdefault(f"undo {listener} {save_id}", asyncio.Lock()):
        save = await get_save(app.database, listener, save_id, app.now())
        document = save.document
        if document["state"] == "undone":
            return stored_report(save)
        if not has_written(document):
            raise Conflict("This save wrote nothing, so there is nothing to undo.", code="nothing_to_undo")
        account = connected_account(await read_account_state(app, listener))
        before = copy.deepcopy(document)
        claim(save, app.now(), lease_of(app.config))
        written = max(len(wanted_uris(document)), len(document.get("before", [])))
        caller = Caller(
            app, listener, calls_allowed(0, written=written, moves=moves_allowed(document["mode"]))
        )
        work = Work(caller, save, account.user_id, document["calls_made"])
        work.doubtful = document["state"] == "unconfirmed" or before["under_way"]
        document["undo_forced"] = force or (document["undoing"] and document["undo_forced"])
        document["undoing"] = True
        document.pop("problem", None)
        await keep(work)
        return await _run(work, before)


async def _run(work: Work, before: SaveDocument) -> SaveReport:
    """Undo until the end, or until it stops; refused before a first change, the save is as it was."""
    document = work.document
    try:
        if document["mode"] == "create":
            await _remove_playlist(work)
        else:
            await _put_back(work)
        document["state"] = "undone"
    except (SpotifyError, Conflict) as error:
        if isinstance(error, Conflict) and error.code == "save_under_way":
            raise
        if not document["undo_written"]:
            work.save.document = before
            await release(work)
            raise
        unsure = isinstance(error, SpotifyUnavailable) and error.outcome_unknown
        document["state"] = "unconfirmed" if unsure or "stands" not in document else "failed"
        document["problem"] = problem_of(work.caller.app, error)
    except (Exception, asyncio.CancelledError):
        note_cut_short(document)
        await release(work)
        raise
    await release(work)
    return stored_report(work.save)


async def _put_back(work: Work) -> None:
    document = work.document
    entries = None
    if not document["undo_written"]:
        entries = await _read_unchanged(work)
    document["stands"] = await write_until(work, undo_planner_of(document), entries)
    document["others_changed"] = document["stands"] != document.get("before", [])


async def _read_unchanged(work: Work) -> list[str]:
    """The present entries; `playlist_changed` when they are not as the save left them."""
    document = work.document
    left = document.get("stands") if document["confirmed"] else None
    entries = await read_entries(work.caller, work.playlist_id)
    if not document["undo_forced"] and not _is_as_left(document, left, entries):
        raise changed_by_others()
    return entries


def _is_as_left(document: SaveDocument, left: Sequence[str] | None, entries: Sequence[str]) -> bool:
    """A save that stopped has left something between the old list and the new one."""
    if left is not None:
        return list(left) == list(entries)
    known = frozenset(wanted_uris(document)) | frozenset(document.get("before", []))
    return all(entry in known for entry in entries)


async def _remove_playlist(work: Work) -> None:
    document = work.document
    if "playlist" not in document and not await find_playlist_made(work):
        raise Conflict(
            "Whether the playlist was made is not known, and it cannot be seen at Spotify: try again later.",
            code="nothing_to_undo",
        )
    if not document["undo_written"]:
        await _read_unchanged(work)
    document["undo_written"] = True
    document.pop("stands", None)
    document["state"] = "undoing"
    await keep(work)
    uri = uri_of("playlist", work.playlist_id)
    try:
        await call(work, remove_from_library([uri]))
    except (MissingScope, Forbidden):
        document["undo_note"] = (
            "Spotify did not let it be taken out of the library, so its tracks were taken out instead: "
            "delete the empty playlist in Spotify."
        )
        document["stands"] = await write_until(work, _emptied, None)
        return
    except SpotifyUnavailable as error:
        if not error.outcome_unknown:
            raise
    await _look_whether_gone(work, uri)


def _emptied(entries: Sequence[str]) -> list[Step]:
    return steps_to_list(entries, ())


async def _look_whether_gone(work: Work, uri: str) -> None:
    for wait in _LOOK_WAITS_S:
        await work.caller.app.sleep(wait)
        there = await call(work, library_contains([uri]))
        if not any(there):
            return
    raise SpotifyUnavailable("The playlist is still in the library: try again later.", outcome_unknown=True)
