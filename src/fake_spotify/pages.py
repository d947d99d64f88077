"""The open pages, which take no token: links and pictures."""

import html

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from src.fake_spotify.tokens import WorldOf
from src.fake_spotify.world import World

router = APIRouter()


@router.get("/image/{thing_id}/{size}")
async def image(thing_id: str, size: int) -> Response:
    """A picture: one colour, made from the id."""
    hue = sum(thing_id.encode()) % 360
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">'
        f'<rect width="100%" height="100%" fill="hsl({hue} 60% 50%)"/></svg>'
    )
    return Response(drawing, media_type="image/svg+xml")


@router.get("/embed/{kind}/{thing_id}")
@router.get("/{kind}/{thing_id}")
async def page(kind: str, thing_id: str, world: WorldOf) -> HTMLResponse:
    """The page of a thing."""
    if kind == "search":
        return _html(f"Search: {thing_id}")
    title = _title(world, kind, thing_id)
    if title is None:
        return _html("There is no such page.", 404)
    return _html(title)


def _title(world: World, kind: str, thing_id: str) -> str | None:
    match kind:
        case "track" if thing_id in world.tracks:
            return world.tracks[thing_id].title
        case "album" if tracks := world.album_tracks(thing_id):
            return tracks[0].album.title
        case "artist" if artist := world.artist(thing_id):
            return artist.name
        case "playlist" if thing_id in world.playlists and world.playlists[thing_id].public:
            return world.playlists[thing_id].name
        case "user" if thing_id in world.users:
            return world.users[thing_id].display_name
        case _:
            return None


def _html(text: str, status: int = 200) -> HTMLResponse:
    shown = html.escape(text)
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{shown}</title><h1>{shown}</h1>', status
    )
