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
from src.saving.models.save import SaveDocument
from src.saving.order import HandleItem, SaveItem, SaveOrder
from src.saving.planning import plan_save
from src.saving.saving import run_save
from src.saving.store import find_save, latest_save
from src.saving.undoing import undo_save
from src.spotify.app import SpotifyApp
from src.storage.database import uninterrupted
from src.tools.context import SpotifyAccess
from src.tools.spotify_tools import find_playlist
from src.wishes.commands import MAX_NAME, Command
from src.wishes.models.brief import Brief
from src.wishes.plain import describe

_UNNAMED = "Segue"
# Times that one list can be saved and undone again in one conversation.
_MAX_AGAIN = 20
_MAX_TITLE = 60
_TITLE_KINDS = frozenset({"genre", "mood", "tag", "years", "artist", "track", "own_listening", "country"})


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What came of a command: a sentence for the listener, and the report where something was saved."""

    sentence: str
    report: SaveReport | None = None


@uninterrupted
async def obey(
    app: SpotifyApp | None, listener: str, conversation_id: str, key: str, draft: Draft, request: Request
) -> Obeyed:
    """Do what the turn's command says; a failure is a sentence, for the rest of the answer stands.

    Args:
        conversation_id: what is saved belongs to it, and only that does a bare `undo` take back.
        key: of the conversation or the request: one list is saved once under it, however often it is said.
    """
    command, access = draft.command, request.spotify
    assert command is not None
    if app is None:
        return Obeyed(say("spotify_absent", request.language))
    if access is None or not access.connected:
        return Obeyed(say("spotify_unconnected", request.language))
    try:
        if command.kind == "undo":
            return await _undo(app, listener, conversation_id, command, request.language)
        return await _save(app, access, listener, conversation_id, key, command, draft, request)
    except DomainError as error:
        return Obeyed(error.message)


async def _undo(
    app: SpotifyApp, listener: str, conversation_id: str, command: Command, language: str
) -> Obeyed:
    save = await latest_save(app.database, listener, conversation_id, app.now(), name=command.name)
    if save is None:
        if command.name:
            return Obeyed(say("no_such_save", language, name=command.name))
        return Obeyed(say("nothing_to_undo", language))
    name = _name_of(save.document)
    try:
        report = await undo_save(app, listener, save.id, force=command.force)
    except DomainError as error:
        hint = ""
        if error.code == "playlist_changed":
            what = f"the save of “{command.name}”" if command.name else "the save"
            hint = say("undo_anyway", language, command=f"undo {what} anyway")
        return Obeyed(f"{name}: {error.message} {hint}".strip())
    return Obeyed(f"{name}: {report['message']}", report)


def _name_of(document: SaveDocument) -> str:
    """What the list was saved as; a client may change an own playlist without a word for it."""
    return document["name"] or document.get("playlist", {"url": ""})["url"]


async def _free_key(app: SpotifyApp, listener: str, key: str) -> str:
    """The key of a save; another one where the save of this key was undone, so that it can be had again."""
    for number in range(_MAX_AGAIN):
        numbered = f"{key} {number}" if number else key
        save = await find_save(app.database, listener, numbered, app.now())
        if save is None or save.document["state"] != "undone":
            return numbered
    return key


async def _save(
    app: SpotifyApp,
    access: SpotifyAccess,
    listener: str,
    conversation_id: str,
    key: str,
    command: Command,
    draft: Draft,
    request: Request,
) -> Obeyed:
    items = _items(draft, request.last_list)
    if not items:
        return Obeyed(say("nothing_to_save", request.language))
    about = request.brief if draft.chosen or request.last_list is None else request.last_list["brief"]
    name = command.name or _title_of(about)
    playlist_id = None
    if command.onto:
        playlist, _ = await find_playlist(access.caller, command.onto)
        if playlist is None:
            return Obeyed(say("no_such_playlist", request.language, name=command.onto))
        playlist_id = playlist.get("id")
        name = command.onto
    hash_ = order_hash([name, playlist_id or "", *map(item_key, items)])
    order = SaveOrder(
        listener=listener,
        key=await _free_key(app, listener, f"{key} {hash_[:12]}"),
        request_hash=hash_,
        name=name[:MAX_NAME],
        description="",
        items=items,
        mode="append" if playlist_id else "create",
        playlist_id=playlist_id,
        conversation_id=conversation_id,
    )
    report = await (plan_save(app, order) if command.dry_run else run_save(app, order))
    return Obeyed(f"{order.name}: {report['message']}", report)


def _title_of(brief: Brief) -> str:
    """What the list is about, in a few words."""
    about = [describe(wish) for wish in brief["wishes"] if wish["kind"] in _TITLE_KINDS]
    return (
        ", ".join(about)[:_MAX_TITLE].rstrip(", ") or " ".join(brief["text"].split())[:_MAX_TITLE] or _UNNAMED
    )


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
