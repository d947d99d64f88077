"""The plan of a save: each item matched, and the playlist read; nothing is written here."""

from collections.abc import Collection, Sequence

from src.errors import InvalidInput
from src.schema import with_present
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import connected_account, read_account_state
from src.spotify.client.requests import get_playlist
from src.spotify.client.send import send
from src.spotify.errors import Forbidden
from src.spotify.matching.models.link import Link
from src.spotify.matching.resolve import resolve_tracks
from src.spotify.sync.budget import calls_allowed, calls_needed, kept_for_writing, moves_allowed
from src.spotify.sync.create import description_with_marker, playlist_ref
from src.spotify.sync.entries import MAX_CHANGED, read_entries
from src.spotify.sync.goals import planner_of, target_of, wanted_uris
from src.spotify.sync.models.save import ReportedTrack, SaveDocument, SaveEffect, SaveReport, TrackStatus
from src.spotify.sync.order import HandleItem, SaveItem, SaveOrder, check_order
from src.spotify.sync.report import report_of
from src.spotify.sync.steps import Move, is_lost_by_rewriting, lost_files


async def plan_save(app: SpotifyApp, order: SaveOrder) -> SaveReport:
    """A dry run: track by track what a save would write, and its effect on the playlist.

    Tracks that are not cached are searched for; the save itself then finds them in the cache. It raises what
    `run_save` would raise before its first write.
    """
    check_order(order, app.config)
    account = connected_account(await read_account_state(app, order.listener))
    caller = caller_for(app, order)
    if order.playlist_id is not None:
        await check_own_playlist(caller, order.playlist_id, account.user_id)
    document = await new_document(caller, order, save_id="")
    if order.playlist_id is not None:
        look_at(document, await read_entries(caller, order.playlist_id, most=MAX_CHANGED))
    document["calls_made"] = caller.calls_made
    return report_of(document, effect=effect_of(document))


def caller_for(app: SpotifyApp, order: SaveOrder) -> Caller:
    """The caller of a new save, with the calls that it may make."""
    searches = sum(not isinstance(item, HandleItem) for item in order.items)
    allowed = calls_allowed(searches, written=len(order.items), moves=moves_allowed(order.mode))
    return Caller(app, order.listener, allowed)


async def check_own_playlist(caller: Caller, playlist_id: str, user_id: str) -> str | None:
    """The playlist's snapshot id, if it is the account's own; a collaborative one is `Forbidden`."""
    playlist = await send(caller, get_playlist(playlist_id))
    owner = playlist.get("owner") or {}
    if owner.get("id") != user_id:
        raise Forbidden("This playlist belongs to somebody else: choose one of your own, or save a new one.")
    return playlist.get("snapshot_id")


async def new_document(caller: Caller, order: SaveOrder, save_id: str) -> SaveDocument:
    """The document of a save before its first write."""
    reserved = kept_for_writing(len(order.items), moves_allowed(order.mode))
    tracks, uris = await _resolve(caller, order.items, reserved)
    creates = order.mode == "create"
    document: SaveDocument = {
        "state": "planned",
        "mode": order.mode,
        "name": order.name.strip(),
        "description": description_with_marker(order.description, save_id) if creates else "",
        "public": order.public,
        "tracks": tracks,
        "uris": uris,
        "under_way": False,
        "calls_made": 0,
        "creates_sent": [],
        "written": False,
        "sent": 0,
        "rewriting": False,
        "confirmed": False,
        "repaired": False,
        "others_changed": False,
        "undoing": False,
        "undo_forced": False,
        "undo_written": False,
        "undo_note": "",
    }
    id_ = order.playlist_id
    return with_present(
        document,
        conversation_id=order.conversation_id,
        positions=list(order.positions) or None,
        playlist=None if id_ is None else playlist_ref(caller.app.config.open_url, id_),
    )


def why_not_looked_up(document: SaveDocument) -> str | None:
    """The failure that kept a track from being looked up; None when there was none.

    A track for which merely no second search was left is no failure.
    """
    failed = (track for track in document["tracks"] if track.get("cause") == "failed")
    return next((track.get("detail", "") for track in failed), None)


def look_at(document: SaveDocument, before: Sequence[str]) -> None:
    """Compare a save with the entries before it, and note them.

    `local_files`: the change would lose entries that cannot be written again.
    """
    document["before"] = list(before)
    match document["mode"]:
        case "append":
            _skip(document, frozenset(before), "already_there", "It is in the playlist already.")
        case "replace":
            if any(is_lost_by_rewriting(entry) for entry in before):
                raise lost_files()
        case "reorder":
            missing = frozenset(wanted_uris(document)) - frozenset(before)
            _skip(document, missing, "not_written", "It is not in the playlist.")
            if max(document.get("positions", [0])) > len(before):
                raise InvalidInput(f"The playlist has {len(before)} entries: name positions up to that.")
            document["target"] = target_of(document, before)
        case "create":
            pass


def effect_of(document: SaveDocument) -> SaveEffect:
    """The effect of a plan on the playlist."""
    before = document.get("before", [])
    wanted = wanted_uris(document)
    steps = planner_of(document)(before) if wanted or document["mode"] == "reorder" else []
    match document["mode"]:
        case "append":
            first, to_write, to_remove, after = len(before) + 1, len(wanted), 0, len(before) + len(wanted)
        case "reorder":
            moved = sum(step.length for step in steps if isinstance(step, Move))
            first, to_write, to_remove, after = 1, moved or len(before) * bool(steps), 0, len(before)
        case "create" | "replace":
            gone = sum(entry not in frozenset(wanted) for entry in before)
            first, to_write, to_remove, after = 1, len(wanted), gone, len(wanted)
    return {
        "stands_there": len(before),
        "to_write": to_write,
        "to_remove": to_remove,
        "first_position": first,
        "calls": calls_needed(
            creates=document["mode"] == "create", writes=len(steps), before=len(before), after=after
        ),
    }


async def _resolve(
    caller: Caller, items: Sequence[SaveItem], reserved: int
) -> tuple[list[ReportedTrack], list[str | None]]:
    """Each item with its status, and its URI where it is to be written, which a repeated track is not.

    Searches leave the `reserved` calls.
    """
    searching = Caller(caller.app, caller.listener, max(0, caller.calls_left - reserved))
    try:
        links = await resolve_tracks(searching, [item for item in items if not isinstance(item, HandleItem)])
    finally:
        caller.calls_left -= searching.calls_made
        caller.calls_made += searching.calls_made
    found = iter(links)
    tracks: list[ReportedTrack] = []
    uris: list[str | None] = []
    position_of: dict[str, int] = {}
    uri: str | None
    for position, item in enumerate(items, 1):
        if isinstance(item, HandleItem):
            track, uri = _track_of_handle(position, item), item.uri
        else:
            track, uri = _track_of_link(position, next(found))
        if uri is not None and (earlier := position_of.setdefault(uri, position)) != position:
            detail = f"The same as number {earlier} of this list."
            track, uri = {**track, "status": "already_there", "detail": detail}, None
        tracks.append(track)
        uris.append(uri)
    return tracks, uris


def _track_of_handle(position: int, item: HandleItem) -> ReportedTrack:
    track: ReportedTrack = {"position": position, "handle": item.handle, "status": "planned"}
    return {**track, "method": "handle", "confidence": 1.0}


def _track_of_link(position: int, link: Link) -> tuple[ReportedTrack, str | None]:
    track: ReportedTrack = {
        "position": position,
        "track_id": link["track_id"],
        "status": "planned" if link["status"] == "resolved" else link["status"],
        "confidence": link["confidence"],
        "detail": link["detail"],
    }
    return with_present(track, method=link.get("method"), cause=link.get("cause")), link.get("uri")


def _skip(document: SaveDocument, uris: Collection[str], status: TrackStatus, detail: str) -> None:
    """Do not write these URIs, and report their tracks with this status."""
    for index, uri in enumerate(document["uris"]):
        if uri is not None and uri in uris:
            document["uris"][index] = None
            document["tracks"][index] = {**document["tracks"][index], "status": status, "detail": detail}
