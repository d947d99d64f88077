"""Lists that a client saves: tracks of the catalogue by id, or the last list of a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.agent.agent import Agent
from src.agent.models.answer import ANSWER
from src.agent.models.own_playlists import OwnPlaylist
from src.agent.saving import item_key, items_of, order_hash
from src.agent.shelf import Shelf
from src.conversations.store import get_conversation
from src.errors import InvalidInput, NotFound
from src.linking.handles import load_handles
from src.saving.models.report import SaveMode, SaveReport
from src.saving.order import SaveItem, SaveOrder
from src.saving.planning import plan_save
from src.saving.saving import run_save
from src.spotify.accounts import load_account
from src.spotify.app import Caller, SpotifyApp
from src.spotify.errors import SignInNeeded
from src.spotify.identifiers import page_of, playlist_id_of
from src.spotify.paging import all_items
from src.spotify.reading import playlist_total
from src.spotify.requests import my_playlists

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
    items = await _items(agent, listener, wanted)
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


async def _items(agent: Agent, listener: str, wanted: ListOrder) -> list[SaveItem]:
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
    return items_of(lists[-1], Shelf(ids, last))
