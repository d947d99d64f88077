"""The open pages, which take no token: links, pictures, oEmbed."""

import html
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from src.fake_spotify.models.control import OEmbed
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.tokens import WorldOf
from src.fake_spotify.world import World

router = APIRouter()

_PATH: Final = re.compile(r"(?:/intl-[a-z-]+)?/(track|album|artist|playlist)/([0-9A-Za-z]{22})")


@router.get("/oembed")
async def oembed(world: WorldOf, url: Annotated[str, Query()] = "") -> OEmbed:
    """How the page of a track, album, artist or public playlist can be embedded."""
    found = _PATH.fullmatch(urlsplit(url).path)
    title = _title(world, found[1], found[2]) if found else None
    if found is None or title is None:
        raise ApiProblem(404, "Not found")
    frame = f"{world.origin}/embed/{found[1]}/{found[2]}"
    return {
        "html": f'<iframe src="{frame}" width="100%" height="152" loading="lazy"></iframe>',
        "width": 456,
        "height": 152,
        "version": "1.0",
        "provider_name": "Spotify",
        "provider_url": world.origin,
        "type": "rich",
        "title": title,
        "thumbnail_url": f"{world.origin}/image/{found[2]}/300",
        "thumbnail_width": 300,
        "thumbnail_height": 300,
    }


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
