"""What the listener wants done with a list: saved to their Spotify account, or the last save undone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from src.agent.models.answer import Answer
from src.agent.replies import say
from src.agent.shelf import Shelf, handle_number
from src.agent.state import Draft, Request
from src.errors import DomainError
from src.saving.models.report import SaveReport
from src.saving.order import HandleItem, SaveItem, SaveOrder
from src.saving.saving import run_save
from src.saving.store import latest_save
from src.saving.undoing import undo_save
from src.spotify.app import SpotifyApp
from src.tools.context import SpotifyAccess
from src.tools.spotify_tools import find_playlist
from src.wishes.commands import MAX_NAME, Command

_UNNAMED = "Segue"


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What came of a command: a sentence for the listener, and the report where something was saved."""

    sentence: str
    report: SaveReport | None = None


async def obey(app: SpotifyApp | None, listener: str, key: str, draft: Draft, request: Request) -> Obeyed:
    """Do what the turn's command says; a failure is a sentence, for the rest of the answer stands.

    Args:
        key: the same for every attempt of one turn, so that nothing is written twice.
    """
    command, access = draft.command, request.spotify
    assert command is not None
    if app is None:
        return Obeyed(say("spotify_absent", request.language))
    if access is None or not access.connected:
        return Obeyed(say("spotify_unconnected", request.language))
    try:
        if command.kind == "undo":
            return await _undo(app, listener, request.language)
        return await _save(app, access, listener, key, command, draft, request)
    except DomainError as error:
        return Obeyed(error.message)


async def _undo(app: SpotifyApp, listener: str, language: str) -> Obeyed:
    save_id = await latest_save(app.database, listener, app.now())
    if save_id is None:
        return Obeyed(say("nothing_to_undo", language))
    report = await undo_save(app, listener, save_id)
    return Obeyed(report["message"], report)


async def _save(
    app: SpotifyApp,
    access: SpotifyAccess,
    listener: str,
    key: str,
    command: Command,
    draft: Draft,
    request: Request,
) -> Obeyed:
    items = _items(draft, request.last_list)
    if not items:
        return Obeyed(say("nothing_to_save", request.language))
    name = command.name or request.brief["text"][:60].strip() or _UNNAMED
    playlist_id = None
    if command.onto:
        playlist, _ = await find_playlist(access.caller, command.onto)
        if playlist is None:
            return Obeyed(say("no_such_playlist", request.language, name=command.onto))
        playlist_id = playlist.get("id")
        name = command.onto
    order = SaveOrder(
        listener=listener,
        key=key,
        request_hash=order_hash([name, playlist_id or "", *(item_key(item) for item in items)]),
        name=name[:MAX_NAME],
        description="",
        items=items,
        mode="append" if playlist_id else "create",
        playlist_id=playlist_id,
    )
    report = await run_save(app, order)
    return Obeyed(f"{order.name}: {report['message']}", report)


def _items(draft: Draft, last: Answer | None) -> list[SaveItem]:
    """The tracks that the command is about, in order: those named by handle, or the list of this turn, or the
    last list.
    """
    if draft.command_handles:
        by_handle = [_by_handle(draft, handle) for handle in draft.command_handles]
        return [item for item in by_handle if item is not None]
    if draft.chosen:
        own: list[SaveItem] = [pick["track"] for pick in draft.picks]
        return own + [HandleItem(item.handle, item.spotify_id) for item in draft.shelved]
    return items_of(last, draft.shelf) if last is not None else []


def items_of(answer: Answer, shelf: Shelf) -> list[SaveItem]:
    """The list of a stored answer; what its handles stood for may be forgotten by now, and is left out."""
    tracks: list[SaveItem] = [pick["track"] for pick in answer["recommendations"]]
    ids = [(pick["handle"], shelf.spotify_id(pick["handle"])) for pick in answer.get("from_spotify", [])]
    return tracks + [HandleItem(handle, id_) for handle, id_ in ids if id_]


def _by_handle(draft: Draft, handle: str) -> SaveItem | None:
    if handle_number(handle) is not None:
        id_ = draft.shelf.spotify_id(handle)
        return HandleItem(handle, id_) if id_ else None
    candidate = draft.pool.by_handle(handle.strip("[] "))
    return candidate.track if candidate is not None else None


def item_key(item: SaveItem) -> str:
    """The id of a track, of the catalogue or of Spotify."""
    return item.spotify_id if isinstance(item, HandleItem) else item["id"]


def order_hash(parts: Sequence[str]) -> str:
    """What an idempotency key stands for: the same key with another order is a mistake."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
