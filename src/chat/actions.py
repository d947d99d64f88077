"""What the listener wants done with a list: saved to Spotify, or the last save undone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from src.chat.clients import Agent
from src.chat.external import ExternalCandidates, handle_number
from src.chat.models.answer import ANSWER, Answer, OwnPlaylist
from src.chat.reply import say
from src.chat.state import Draft, TurnTask
from src.chat.tools.context import SpotifyAccess
from src.chat.tools.spotify import find_playlist
from src.constraints.describe import describe
from src.constraints.models.brief import Brief
from src.conversations.store import get_conversation
from src.errors import DomainError, InvalidInput, NotFound
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import load_account
from src.spotify.client.paging import all_items, playlist_total
from src.spotify.client.requests import my_playlists
from src.spotify.errors import SignInNeeded
from src.spotify.identifiers import page_of, playlist_id_of
from src.spotify.matching.cache import load_handles
from src.spotify.sync.models.save import SaveDocument, SaveMode, SaveReport
from src.spotify.sync.order import HandleItem, SaveItem, SaveOrder
from src.spotify.sync.plan import plan_save
from src.spotify.sync.save import run_save
from src.spotify.sync.store import find_save, latest_save
from src.spotify.sync.undo import undo_save
from src.storage.database import uninterrupted
from src.understanding.commands import MAX_NAME, Command

_UNNAMED = "Segue"
# Times that one list can be saved and undone again in one conversation.
_MAX_AGAIN = 20
_MAX_TITLE = 60
_TITLE_KINDS = frozenset({"genre", "mood", "tag", "years", "artist", "track", "own_listening", "country"})


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What came of a command: a sentence for the listener, and the report where something was saved."""

    sentence: str
    report: SaveReport | None = None


@uninterrupted
async def act(
    app: SpotifyApp | None, listener: str, conversation_id: str, key: str, draft: Draft, request: TurnTask
) -> ActionOutcome:
    """Do what the turn's command says; a failure is a sentence, for the rest of the answer stands.

    Args:
        conversation_id: what is saved belongs to it, and only that does a bare `undo` take back.
        key: of the conversation or the request: one list is saved once under it, however often it is said.
    """
    command, access = draft.command, request.spotify
    assert command is not None
    if app is None:
        return ActionOutcome(say("spotify_absent", request.language))
    if access is None or not access.connected:
        return ActionOutcome(say("spotify_unconnected", request.language))
    try:
        if command.kind == "undo":
            return await _undo(app, listener, conversation_id, command, request.language)
        return await _save(app, access, listener, conversation_id, key, command, draft, request)
    except DomainError as error:
        return ActionOutcome(error.message)


async def _undo(
    app: SpotifyApp, listener: str, conversation_id: str, command: Command, language: str
) -> ActionOutcome:
    save = await latest_save(app.database, listener, conversation_id, app.now(), name=command.name)
    if save is None:
        if command.name:
            return ActionOutcome(say("no_such_save", language, name=command.name))
        return ActionOutcome(say("nothing_to_undo", language))
    name = _name_of(save.document)
    try:
        report = await undo_save(app, listener, save.id, force=command.force)
    except DomainError as error:
        hint = ""
        if error.code == "playlist_changed":
            what = f"the save of “{command.name}”" if command.name else "the save"
            hint = say("undo_anyway", language, command=f"undo {what} anyway")
        return ActionOutcome(f"{name}: {error.message} {hint}".strip())
    return ActionOutcome(f"{name}: {report['message']}", report)


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
    request: TurnTask,
) -> ActionOutcome:
    items = _items(draft, request.last_list)
    if not items:
        return ActionOutcome(say("nothing_to_save", request.language))
    about = request.brief if draft.chosen or request.last_list is None else request.last_list["brief"]
    name = command.name or _title_of(about)
    playlist_id = None
    if command.onto:
        playlist, _ = await find_playlist(access.caller, command.onto)
        if playlist is None:
            return ActionOutcome(say("no_such_playlist", request.language, name=command.onto))
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
    return ActionOutcome(f"{order.name}: {report['message']}", report)


def _title_of(brief: Brief) -> str:
    """What the list is about, in a few words."""
    about = [describe(constraint) for constraint in brief["wishes"] if constraint["kind"] in _TITLE_KINDS]
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
        return own + [HandleItem(item.handle, item.spotify_id) for item in draft.external_picks]
    return items_of(last, draft.external) if last is not None else []


def items_of(answer: Answer, external: ExternalCandidates) -> list[SaveItem]:
    """The list of a stored answer; what its handles stood for may be forgotten by now, and is left out."""
    tracks: list[SaveItem] = [pick["track"] for pick in answer["recommendations"]]
    ids = [(pick["handle"], external.spotify_id(pick["handle"])) for pick in answer.get("from_spotify", [])]
    return tracks + [HandleItem(handle, id_) for handle, id_ in ids if id_]


def _by_handle(draft: Draft, handle: str) -> SaveItem | None:
    if handle_number(handle) is not None:
        id_ = draft.external.spotify_id(handle)
        return HandleItem(handle, id_) if id_ else None
    candidate = draft.pool.by_handle(handle.strip("[] "))
    return candidate.track if candidate is not None else None


def item_key(item: SaveItem) -> str:
    """The id of a track, of the catalogue or of Spotify."""
    return item.spotify_id if isinstance(item, HandleItem) else item["id"]


def order_hash(parts: Sequence[str]) -> str:
    """What an idempotency key stands for: the same key with another order is a mistake."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


_PAGES = 2


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What a client wants saved: tracks by id, or the last list of a conversation; or a new order.

    `playlist` is the id, URI or address of an own playlist, for every mode but `create`.
    """

    name: str
    description: str
    track_ids: Sequence[str] | None
    conversation_id: str | None
    positions: Sequence[int]
    mode: SaveMode
    playlist: str | None
    dry_run: bool


async def save_list(agent: Agent, app: SpotifyApp, listener: str, key: str, wanted: ListOrder) -> SaveReport:
    """Save what a client named.

    Raises:
        NotFound: no such conversation of this listener, or no such track.
        InvalidInput: the conversation has no list, or the playlist is none.
        SpotifyError: nothing was written; the message says what to do.
    """
    items = await _listed_items(agent, listener, wanted)
    playlist_id = playlist_id_of(wanted.playlist) if wanted.playlist else None
    parts = [wanted.name, wanted.description, wanted.mode, playlist_id or ""]
    order = SaveOrder(
        listener=listener,
        key=key,
        request_hash=order_hash([*parts, *map(item_key, items), *map(str, wanted.positions)]),
        positions=wanted.positions,
        name=wanted.name,
        description=wanted.description,
        items=items,
        mode=wanted.mode,
        playlist_id=playlist_id,
        conversation_id=wanted.conversation_id,
    )
    return await (plan_save(app, order) if wanted.dry_run else run_save(app, order))


async def own_playlists(app: SpotifyApp, listener: str) -> list[OwnPlaylist]:
    """The listener's own playlists, among their first 100, with what Spotify shows of them now.

    Raises:
        SignInNeeded: no account is connected.
        SpotifyError: they cannot be had; the message says what to do.
    """
    account = await load_account(app, listener)
    if account is None:
        raise SignInNeeded("Connect Spotify first: `segue spotify login`, or /v1/spotify/login.")
    playlists = await all_items(
        Caller(app, listener, app.config.calls_per_turn),
        lambda offset: my_playlists(offset=offset),
        max_pages=_PAGES,
    )
    return [
        {
            "id": id_,
            "name": playlist.get("name") or "",
            "tracks": playlist_total(playlist) or 0,
            "url": page_of(app.config.open_url, "playlist", id_),
        }
        for playlist in playlists
        if (id_ := playlist.get("id")) and (playlist.get("owner") or {}).get("id") == account.user_id
    ]


async def _listed_items(agent: Agent, listener: str, wanted: ListOrder) -> list[SaveItem]:
    if wanted.positions:
        return []
    if wanted.track_ids is not None:
        async with agent.catalogue.use() as catalogue:
            tracks = await catalogue.engine.fetch(list(wanted.track_ids))
        if missing := [id_ for id_ in wanted.track_ids if id_ not in tracks]:
            raise NotFound(f"{len(missing)} of the tracks are not in the catalogue.")
        return [tracks[id_] for id_ in wanted.track_ids]
    conversation_id = wanted.conversation_id or ""
    stored = await get_conversation(agent.database, listener, conversation_id)
    ids, last = await load_handles(agent.database, listener, conversation_id, agent.now())
    answers = [ANSWER.validate_json(turn["answer"]) for turn in stored["turns"]]
    lists = [answer for answer in answers if answer["recommendations"] or answer.get("from_spotify")]
    if not lists:
        raise InvalidInput("This conversation has no list yet.")
    return items_of(lists[-1], ExternalCandidates(ids, last))
