"""Search, tracks, albums and artists."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request

from src.fake_spotify.models.answers import Album, Artist, Page, SearchAnswer, SimplifiedTrack, Track
from src.fake_spotify.music import FakeTrack, is_id
from src.fake_spotify.paging import Number, Part, PartOf, page_of, read_part
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.rendering import show_album, show_artist, show_short_track, show_track
from src.fake_spotify.search import find_tracks, read_query
from src.fake_spotify.tokens import Visitor, VisitorOf, WorldOf, visitor_of
from src.fake_spotify.world import World


def market_for(visitor: Visitor, asked: str | None) -> str | None:
    """The country, if one was requested (else 400); an account's own goes before the requested one."""
    if asked is None:
        return None
    if not (len(asked) == 2 and asked.isascii() and asked.isalpha() and asked.isupper()):
        raise ApiProblem(400, "Invalid market code")
    return asked if visitor.account is None else visitor.account.country


router = APIRouter(prefix="/v1")

Market = Annotated[str | None, Query()]

_SEARCH_MOST: Final = 10
_SEARCH_DEFAULT: Final = 5
_SEARCH_LAST_OFFSET: Final = 1000
_TYPES: Final = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
# What a whole album holds of its tracks.
_ALBUM_PART: Final = Part(50, 0)


@router.get("/search")
async def search(
    world: WorldOf,
    visitor: VisitorOf,
    q: Annotated[str, Query()] = "",
    type_: Annotated[str, Query(alias="type")] = "",
    market: Market = None,
    limit: Number = None,
    offset: Number = None,
) -> SearchAnswer:
    """One part of the tracks that match; of other types nothing is found here."""
    if not q.strip():
        raise ApiProblem(400, "No search query")
    if not type_:
        raise ApiProblem(400, "Missing parameter type")
    types = type_.split(",")
    if not set(types) <= set(_TYPES):
        raise ApiProblem(400, "Bad search type field")
    part = read_part(
        limit, offset, default=_SEARCH_DEFAULT, most=_SEARCH_MOST, last_offset=_SEARCH_LAST_OFFSET
    )
    country = market_for(visitor, market)
    if "track" not in types:
        return {}
    sent = {"q": q, "type": type_, **({} if market is None else {"market": market})}
    tracks = find_tracks(world, read_query(q))
    url = f"{world.origin}/v1/search"
    return {"tracks": page_of(tracks, part, lambda track: show_track(world, track, country), url, sent)}


@router.get("/tracks/{track_id}")
async def read_track(track_id: str, world: WorldOf, visitor: VisitorOf, market: Market = None) -> Track:
    """One track."""
    country = market_for(visitor, market)
    _check_id(track_id)
    if track_id not in world.tracks:
        raise _unknown()
    return show_track(world, world.tracks[track_id], country)


@router.get("/albums/{album_id}")
async def read_album(album_id: str, world: WorldOf, visitor: VisitorOf, market: Market = None) -> Album:
    """One album with its first tracks."""
    country = market_for(visitor, market)
    return show_album(world, _tracks_of(world, album_id), country, _ALBUM_PART)


@router.get("/albums/{album_id}/tracks")
async def read_album_tracks(
    album_id: str, world: WorldOf, visitor: VisitorOf, part: PartOf, market: Market = None
) -> Page[SimplifiedTrack]:
    """An album's tracks, without their codes."""
    country = market_for(visitor, market)
    tracks = _tracks_of(world, album_id)
    url = f"{world.origin}/v1/albums/{album_id}/tracks"
    return page_of(tracks, part, lambda track: show_short_track(world, track, country), url)


@router.get("/artists/{artist_id}", dependencies=[Depends(visitor_of)])
async def read_artist(artist_id: str, world: WorldOf) -> Artist:
    """One artist."""
    _check_id(artist_id)
    artist = world.artist(artist_id)
    if artist is None:
        raise _unknown()
    return show_artist(world, artist)


def _tracks_of(world: World, album_id: str) -> list[FakeTrack]:
    _check_id(album_id)
    tracks = world.album_tracks(album_id)
    if not tracks:
        raise _unknown()
    return tracks


def _check_id(text: str) -> None:
    if not is_id(text):
        raise ApiProblem(400, "Invalid base62 id")


def _unknown() -> ApiProblem:
    return ApiProblem(404, "Resource not found")


_METHODS: Final = ["GET", "POST", "PUT", "DELETE"]
_REMOVED: Final = tuple(
    (methods, re.compile(pattern))
    for methods, pattern in (
        ("GET", r"(tracks|albums|artists|episodes|shows|audiobooks|chapters)"),
        ("GET", r"artists/[^/]+/(top-tracks|related-artists)"),
        ("GET", r"markets"),
        ("GET", r"browse/(new-releases|featured-playlists|categories(/[^/]+(/playlists)?)?)"),
        ("GET", r"recommendations(/.*)?"),
        ("GET", r"audio-(features|analysis)(/[^/]+)?"),
        ("GET", r"users/[^/]+"),
        ("GET POST", r"users/[^/]+/playlists"),
        ("PUT DELETE", r"me/(tracks|albums|episodes|shows|audiobooks|following)"),
        ("GET", r"me/(tracks|albums|episodes|shows|audiobooks|following)/contains"),
        ("GET PUT DELETE", r"playlists/[^/]+/followers(/contains)?"),
        ("GET POST PUT DELETE", r"playlists/[^/]+/tracks"),
    )
)


@router.api_route(
    "/{path:path}", methods=_METHODS, dependencies=[Depends(visitor_of)], include_in_schema=False
)
async def answer_nothing(path: str, request: Request) -> None:
    """403 for what was removed, 404 for what never was."""
    if any(request.method in methods.split() and pattern.fullmatch(path) for methods, pattern in _REMOVED):
        raise ApiProblem(403, "Forbidden")
    raise ApiProblem(404, "Service not found")
