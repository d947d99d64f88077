"""Playlists: their details, covers and entries."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from src.fake_spotify.catalogue import Market, market_for
from src.fake_spotify.models.answers import Image, Page
from src.fake_spotify.models.playlist import (
    AddBody,
    CreateBody,
    DetailsBody,
    Playlist,
    PlaylistEntry,
    RemoveBody,
    ReplaceBody,
    SimplifiedPlaylist,
    Snapshot,
)
from src.fake_spotify.music import is_id, split_uri
from src.fake_spotify.paging import Number, PartOf, page_of, read_part
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.rendering import images_of, show_entry, show_playlist, show_simplified
from src.fake_spotify.tokens import Visitor, VisitorOf, WorldOf, visitor_of
from src.fake_spotify.world import FakeEntry, FakePlaylist, FakeUser, World, add_playlist, entry_of, touch


def find_playlist(world: World, playlist_id: str) -> FakePlaylist:
    """The playlist; 400 without an id, 404 without such a playlist."""
    if not is_id(playlist_id):
        raise ApiProblem(400, "Invalid base62 id")
    playlist = world.playlists.get(playlist_id)
    if playlist is None:
        raise ApiProblem(404, "Resource not found")
    return playlist


def may_read(playlist: FakePlaylist, user: FakeUser) -> bool:
    """Whether this user sees the entries."""
    return user.id == playlist.owner or user.id in playlist.collaborators


def playlist_to_change(world: World, visitor: Visitor, playlist_id: str) -> FakePlaylist:
    """The playlist, if the user may change it: 403 without the scope or the right to it."""
    playlist = find_playlist(world, playlist_id)
    user = visitor.needs(scope_to_change(public=playlist.public))
    if not may_read(playlist, user):
        raise ApiProblem(403, "You cannot change a playlist you don't own.")
    return playlist


def scope_to_change(*, public: bool) -> str:
    """The scope for changing such a playlist."""
    return "playlist-modify-public" if public else "playlist-modify-private"


router = APIRouter(prefix="/v1")

_COVER_MOST: Final = 256 * 1024
_JPEG: Final = b"\xff\xd8"


@router.get("/me/playlists")
async def read_mine(world: WorldOf, visitor: VisitorOf, part: PartOf) -> Page[SimplifiedPlaylist]:
    """The playlists that the user follows, their own among them, the latest first."""
    user = visitor.needs("playlist-read-private")
    followed = [world.playlists.get(playlist_id) for playlist_id in user.playlists]
    collaborative = "playlist-read-collaborative" in visitor.scopes
    shown = [playlist for playlist in followed if playlist and (collaborative or not playlist.collaborative)]
    url = f"{world.origin}/v1/me/playlists"
    return page_of(shown, part, lambda playlist: show_simplified(world, playlist), url)


@router.post("/me/playlists", status_code=201)
async def create(world: WorldOf, visitor: VisitorOf, body: CreateBody) -> Playlist:
    """A new playlist; public, unless the body says otherwise."""
    public = body.get("public", True)
    collaborative = body.get("collaborative", False)
    user = visitor.needs(scope_to_change(public=public))
    if public and collaborative:
        raise ApiProblem(400, "Collaborative playlists can only be private.")
    playlist = add_playlist(
        world,
        user.id,
        body["name"],
        public=public,
        description=body.get("description") or "",
        collaborative=collaborative,
    )
    return show_playlist(world, playlist, None, whole=True)


@router.get("/playlists/{playlist_id}")
async def read_one(playlist_id: str, world: WorldOf, visitor: VisitorOf, market: Market = None) -> Playlist:
    """A playlist; its entries for the owner and collaborators alone."""
    country = market_for(visitor, market)
    playlist = find_playlist(world, playlist_id)
    whole = visitor.account is not None and may_read(playlist, visitor.account)
    return show_playlist(world, playlist, country, whole=whole)


@router.put("/playlists/{playlist_id}")
async def change(playlist_id: str, world: WorldOf, visitor: VisitorOf, body: DetailsBody) -> Response:
    """Change its name, its words, and who sees it."""
    playlist = playlist_to_change(world, visitor, playlist_id)
    public = body.get("public", playlist.public)
    collaborative = body.get("collaborative", playlist.collaborative)
    if public and collaborative:
        raise ApiProblem(400, "Collaborative playlists can only be private.")
    playlist.name = body.get("name", playlist.name)
    playlist.description = body.get("description", playlist.description) or ""
    playlist.public, playlist.collaborative = public, collaborative
    touch(playlist)
    return Response(status_code=200)


@router.put("/playlists/{playlist_id}/images")
async def set_cover(
    playlist_id: str,
    world: WorldOf,
    visitor: VisitorOf,
    request: Request,
    content_type: Annotated[str, Header()] = "",
) -> Response:
    """Set the cover: a JPEG as base 64."""
    visitor.needs("ugc-image-upload")
    playlist = playlist_to_change(world, visitor, playlist_id)
    if content_type.partition(";")[0].strip().lower() != "image/jpeg":
        raise ApiProblem(400, "The content type must be image/jpeg")
    body = await request.body()
    if len(body) > _COVER_MOST:
        raise ApiProblem(413, "The image is too large")
    try:
        picture = base64.b64decode(body, validate=True)
    except binascii.Error:
        raise ApiProblem(400, "The image is not valid base64") from None
    if not picture.startswith(_JPEG):
        raise ApiProblem(400, "The image is no JPEG")
    playlist.cover = picture
    return Response(status_code=202)


@router.get("/playlists/{playlist_id}/images", dependencies=[Depends(visitor_of)])
async def read_cover(playlist_id: str, world: WorldOf) -> list[Image]:
    """The cover in its sizes; nothing when none was set."""
    playlist = find_playlist(world, playlist_id)
    return images_of(world, playlist.id) if playlist.cover else []


Uris = Annotated[str | None, Query()]

_MOST: Final = 100


@router.get("/playlists/{playlist_id}/items")
async def read_entries(
    playlist_id: str, world: WorldOf, visitor: VisitorOf, part: PartOf, market: Market = None
) -> Page[PlaylistEntry]:
    """The entries in order, for the owner and collaborators."""
    user = visitor.needs("playlist-read-private")
    country = market_for(visitor, market)
    playlist = find_playlist(world, playlist_id)
    if not may_read(playlist, user):
        raise ApiProblem(403, "Forbidden")
    url = f"{world.origin}/v1/playlists/{playlist_id}/items"
    return page_of(playlist.entries, part, lambda entry: show_entry(world, entry, country), url)


@router.post("/playlists/{playlist_id}/items", status_code=201)
async def add_entries(
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


@router.put("/playlists/{playlist_id}/items")
async def replace_or_move_entries(
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


@router.delete("/playlists/{playlist_id}/items")
async def remove_entries(playlist_id: str, world: WorldOf, visitor: VisitorOf, body: RemoveBody) -> Snapshot:
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
