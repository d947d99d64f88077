"""What the listener wants done with a list: saved to Spotify, or the last save undone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from src.chat.clients import Agent, OpenTurn
from src.chat.external import ExternalCandidates, handle_number
from src.chat.models.answer import ANSWER, Answer, OwnPlaylist
from src.chat.reply import say
from src.chat.state import Draft, TurnTask, with_list
from src.chat.tools import spotify as tools
from src.constraints.describe import describe
from src.constraints.models.brief import Brief
from src.conversations.store import get_conversation
from src.errors import DomainError, InvalidInput, NotFound
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import load_account
from src.spotify.client.paging import playlist_total
from src.spotify.errors import SignInNeeded
from src.spotify.identifiers import page_of, playlist_id_of
from src.spotify.matching.cache import load_handles
from src.spotify.sync.models.save import SaveMode, SaveReport
from src.spotify.sync.order import HandleItem, SaveItem, SaveOrder
from src.spotify.sync.plan import plan_save
from src.spotify.sync.save import run_save
from src.spotify.sync.store import find_save, latest_save
from src.spotify.sync.undo import undo_save
from src.storage.database import uninterrupted
from src.understanding.commands import MAX_NAME, Command

_UNNAMED = "Segue"
# How often one list can be saved and undone in one conversation.
_MAX_AGAIN = 20
_MAX_TITLE = 60
_TITLE_KINDS = frozenset({"genre", "mood", "tag", "years", "artist", "track", "own_listening", "country"})


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """The result of a command: a sentence for the listener, and the report where something was saved."""

    sentence: str
    report: SaveReport | None = None


@uninterrupted
async def act(turn: OpenTurn, draft: Draft, task: TurnTask) -> ActionOutcome:
    """Do what the turn's command says. A failure is a sentence: the rest of the answer is not affected."""
    app, access = turn.agent.spotify, task.spotify
    if app is None:
        return ActionOutcome(say("spotify_absent", task.language))
    if access is None or not access.connected:
        return ActionOutcome(say("spotify_unconnected", task.language))
    command = draft.command
    assert command is not None
    try:
        if command.kind == "undo":
            return await _undo(app, turn, command, task.language)
        return await _save(app, access.caller, turn, command, draft, task)
    except DomainError as error:
        return ActionOutcome(error.message)


async def _undo(app: SpotifyApp, turn: OpenTurn, command: Command, language: str) -> ActionOutcome:
    """Undo the save of this name, or the last save of this conversation."""
    listener = turn.request.listener
    save = await latest_save(app.database, listener, turn.conversation["id"], app.now(), name=command.name)
    if save is None:
        if command.name:
            return ActionOutcome(say("no_such_save", language, name=command.name))
        return ActionOutcome(say("nothing_to_undo", language))
    # A client may change an own playlist without a name.
    name = save.document["name"] or save.document.get("playlist", {"url": ""})["url"]
    try:
        report = await undo_save(app, listener, save.id, force=command.force)
    except DomainError as error:
        hint = ""
        if error.code == "playlist_changed":
            what = f"the save of “{command.name}”" if command.name else "the save"
            hint = say("undo_anyway", language, command=f"undo {what} anyway")
        return ActionOutcome(f"{name}: {error.message} {hint}".strip())
    return ActionOutcome(f"{name}: {report['message']}", report)


async def _save(
    app: SpotifyApp, caller: Caller, turn: OpenTurn, command: Command, draft: Draft, task: TurnTask
) -> ActionOutcome:
    items = _items(draft, task.last_list)
    if not items:
        return ActionOutcome(say("nothing_to_save", task.language))
    about = task.brief if draft.chosen or task.last_list is None else task.last_list["brief"]
    name, playlist_id = command.name or _title_of(about), None
    if command.onto:
        playlist, _ = await tools.find_playlist(caller, command.onto)
        if playlist is None:
            return ActionOutcome(say("no_such_playlist", task.language, name=command.onto))
        name, playlist_id = command.onto, playlist.get("id")
    hash_ = _order_hash([name, playlist_id or ""], items)
    order = SaveOrder(
        listener=turn.request.listener,
        key=await _free_key(app, turn, hash_),
        request_hash=hash_,
        name=name[:MAX_NAME],
        items=items,
        mode="append" if playlist_id else "create",
        playlist_id=playlist_id,
        conversation_id=turn.conversation["id"],
    )
    report = await (plan_save(app, order) if command.dry_run else run_save(app, order))
    return ActionOutcome(f"{order.name}: {report['message']}", report)


async def _free_key(app: SpotifyApp, turn: OpenTurn, hash_: str) -> str:
    """The key of this save: a list is saved once in a conversation, and again when that save was undone."""
    key = f"chat {turn.request.idempotency_key or turn.conversation['id']} {hash_[:12]}"
    for number in range(_MAX_AGAIN):
        numbered = f"{key} {number}" if number else key
        save = await find_save(app.database, turn.request.listener, numbered, app.now())
        if save is None or save.document["state"] != "undone":
            return numbered
    return key


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
    """The list of a stored answer, without the tracks whose handles are no longer stored."""
    tracks: list[SaveItem] = [pick["track"] for pick in answer["recommendations"]]
    ids = [(pick["handle"], external.spotify_id(pick["handle"])) for pick in answer.get("from_spotify", [])]
    return tracks + [HandleItem(handle, id_) for handle, id_ in ids if id_]


def _by_handle(draft: Draft, handle: str) -> SaveItem | None:
    if handle_number(handle) is not None:
        id_ = draft.external.spotify_id(handle)
        return HandleItem(handle, id_) if id_ else None
    candidate = draft.pool.by_handle(handle.strip("[] "))
    return candidate.track if candidate is not None else None


def _order_hash(parts: Sequence[str], items: Sequence[SaveItem], positions: Sequence[int] = ()) -> str:
    """A digest of all that is saved: the same idempotency key with another digest is a mistake."""
    ids = [item.spotify_id if isinstance(item, HandleItem) else item["id"] for item in items]
    text = "\x1f".join([*parts, *ids, *map(str, positions)])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What a client wants saved: tracks by id, the last list of a conversation, or a new order of a playlist.

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
        request_hash=_order_hash(parts, items, wanted.positions),
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
    """The listener's own playlists, among the first 100 that they have or follow.

    Raises:
        SignInNeeded: no account is connected.
        SpotifyError: they cannot be had; the message says what to do.
    """
    if await load_account(app, listener) is None:
        raise SignInNeeded("Connect Spotify first: `segue spotify login`, or /v1/spotify/login.")
    playlists = await tools.own_playlists(Caller(app, listener, app.config.calls_per_turn))
    return [
        {
            "id": id_,
            "name": playlist.get("name") or "",
            "tracks": playlist_total(playlist) or 0,
            "url": page_of(app.config.open_url, "playlist", id_),
        }
        for playlist in playlists
        if (id_ := playlist.get("id"))
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
    lists = with_list([ANSWER.validate_json(turn["answer"]) for turn in stored["turns"]])
    if not lists:
        raise InvalidInput("This conversation has no list yet.")
    return items_of(lists[-1], ExternalCandidates(ids, last))
