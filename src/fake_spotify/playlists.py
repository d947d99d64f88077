"""Playlists: listing, creating, reading, their details and covers."""

import base64
import binascii
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Request, Response

from src.fake_spotify.access import VisitorOf, WorldOf, visitor_of
from src.fake_spotify.catalogue import Market
from src.fake_spotify.markets import market_for
from src.fake_spotify.models.answers import Image, Page
from src.fake_spotify.models.playlist import CreateBody, DetailsBody, Playlist, SimplifiedPlaylist
from src.fake_spotify.paging import Number, page_of, read_part
from src.fake_spotify.playlist_access import find_playlist, may_read, playlist_to_change, scope_to_change
from src.fake_spotify.playlist_rendering import show_playlist, show_simplified
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.rendering import images_of
from src.fake_spotify.world import add_playlist, touch

router = APIRouter(prefix="/v1")

_COVER_MOST: Final = 256 * 1024
_JPEG: Final = b"\xff\xd8"


@router.get("/me/playlists")
async def read_mine(
    world: WorldOf, visitor: VisitorOf, limit: Number = None, offset: Number = None
) -> Page[SimplifiedPlaylist]:
    """The playlists that the user follows, their own among them, the latest first."""
    user = visitor.needs("playlist-read-private")
    part = read_part(limit, offset, default=20, most=50)
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
