"""What Development Mode has no more: 403, where another path is not found."""

import re
from typing import Final

from fastapi import APIRouter, Depends, Request

from src.fake_spotify.access import visitor_of
from src.fake_spotify.problems import ApiProblem

router = APIRouter(prefix="/v1")

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
