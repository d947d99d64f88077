"""The entries of a playlist: reading, adding, replacing, moving, removing."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query

from src.fake_spotify.catalogue import Market, market_for
from src.fake_spotify.models.answers import Page
from src.fake_spotify.models.playlist import AddBody, PlaylistEntry, RemoveBody, ReplaceBody, Snapshot
from src.fake_spotify.music import is_id, split_uri
from src.fake_spotify.paging import Number, page_of, read_part
from src.fake_spotify.playlists import find_playlist, may_read, playlist_to_change
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.rendering import show_entry
from src.fake_spotify.tokens import VisitorOf, WorldOf
from src.fake_spotify.world import FakeEntry, FakePlaylist, World, entry_of, touch

router = APIRouter(prefix="/v1/playlists/{playlist_id}/items")

Uris = Annotated[str | None, Query()]

_MOST: Final = 100


@router.get("")
async def read(
    playlist_id: str,
    world: WorldOf,
    visitor: VisitorOf,
    market: Market = None,
    limit: Number = None,
    offset: Number = None,
) -> Page[PlaylistEntry]:
    """The entries in order, for the owner and collaborators."""
    user = visitor.needs("playlist-read-private")
    part = read_part(limit, offset, default=20, most=50)
    country = market_for(visitor, market)
    playlist = find_playlist(world, playlist_id)
    if not may_read(playlist, user):
        raise ApiProblem(403, "Forbidden")
    url = f"{world.origin}/v1/playlists/{playlist_id}/items"
    return page_of(playlist.entries, part, lambda entry: show_entry(world, entry, country), url)


@router.post("", status_code=201)
async def add(
    playlist_id: str,
    world: WorldOf,
    visitor: VisitorOf,
    body: AddBody | None = None,
    uris: Uris = None,
    position: Number = None,
) -> Snapshot:
    """Add entries before a position, or at the end. URIs in the query make the body ignored."""
    playlist = playlist_to_change(world, visitor, playlist_id)
    sent: AddBody = body or {}
    if uris is not None:
        sent = {"uris": uris.split(",")}
        if position is not None:
            sent["position"] = read_part(None, position, default=1, most=1).offset
    if "uris" not in sent:
        raise ApiProblem(400, "Missing required field: uris")
    at = sent.get("position", len(playlist.entries))
    if not 0 <= at <= len(playlist.entries):
        raise ApiProblem(400, "Index out of bounds.")
    playlist.entries[at:at] = _entries(world, sent["uris"], visitor.user.id)
    return {"snapshot_id": touch(playlist)}


@router.put("")
async def replace_or_move(
    playlist_id: str, world: WorldOf, visitor: VisitorOf, body: ReplaceBody | None = None, uris: Uris = None
) -> Snapshot:
    """Replace all entries, or move some; never both."""
    playlist = playlist_to_change(world, visitor, playlist_id)
    sent: ReplaceBody = {"uris": uris.split(",") if uris else []} if uris is not None else body or {}
    moves = sent.keys() & {"range_start", "insert_before", "range_length"}
    if ("uris" in sent) == bool(moves):
        raise ApiProblem(400, "Either uris, or range_start and insert_before, must be given")
    _check_snapshot(playlist, sent.get("snapshot_id"))
    if "uris" in sent:
        playlist.entries = _entries(world, sent["uris"], visitor.user.id)
    else:
        _move(playlist, sent)
    return {"snapshot_id": touch(playlist)}


@router.delete("")
async def remove(playlist_id: str, world: WorldOf, visitor: VisitorOf, body: RemoveBody) -> Snapshot:
    """Remove every entry that holds one of these URIs."""
    playlist = playlist_to_change(world, visitor, playlist_id)
    gone = [item["uri"] for item in body["items"]]
    if len(gone) > _MOST:
        raise ApiProblem(400, f"You can remove a maximum of {_MOST} items per request.")
    for uri in gone:
        _check_uri(uri)
    _check_snapshot(playlist, body.get("snapshot_id"))
    playlist.entries = [entry for entry in playlist.entries if entry.uri not in gone]
    return {"snapshot_id": touch(playlist)}


def _entries(world: World, uris: Sequence[str], added_by: str) -> list[FakeEntry]:
    if len(uris) > _MOST:
        raise ApiProblem(400, f"You can add a maximum of {_MOST} items per request.")
    for uri in uris:
        kind, thing_id = _check_uri(uri)
        if kind == "track" and thing_id not in world.tracks:
            raise ApiProblem(400, "Payload contains a non-existing ID")
    return [entry_of(world, uri, added_by) for uri in uris]


def _check_uri(uri: str) -> tuple[str, str]:
    pair = split_uri(uri)
    if pair is None or pair[0] not in ("track", "episode") or not is_id(pair[1]):
        raise ApiProblem(400, "Invalid track uri")
    return pair


def _check_snapshot(playlist: FakePlaylist, snapshot_id: str | None) -> None:
    # An earlier state is accepted: Spotify applies the change to what has become of it.
    if snapshot_id is not None and snapshot_id not in playlist.snapshots:
        raise ApiProblem(400, "Invalid snapshot id")


def _move(playlist: FakePlaylist, body: ReplaceBody) -> None:
    if "range_start" not in body or "insert_before" not in body:
        raise ApiProblem(400, "range_start and insert_before must both be given")
    start, before, length = body["range_start"], body["insert_before"], body.get("range_length", 1)
    entries = playlist.entries
    if start < 0 or length < 1 or start + length > len(entries) or not 0 <= before <= len(entries):
        raise ApiProblem(400, "Index out of bounds.")
    moved = entries[start : start + length]
    rest = entries[:start] + entries[start + length :]
    # In front of a place before or inside of the moved block, nothing has gone.
    at = before - length if before >= start + length else min(before, start)
    playlist.entries = rest[:at] + moved + rest[at:]
