"""Parts of lists, and the limits that Development Mode puts on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Query

from src.fake_spotify.models.answers import Page
from src.fake_spotify.problems import ApiProblem

# Read as text: what is no number is answered in the API's own way.
Number = Annotated[str | None, Query()]

_MAX_OFFSET: Final = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list was asked for."""

    limit: int
    offset: int


def read_part(
    limit: str | None, offset: str | None, *, default: int, most: int, last_offset: int = _MAX_OFFSET
) -> Part:
    """The part that a query names; 400 when a number is out of its bounds."""
    return Part(
        _number(limit, default, 1, most, "Invalid limit"),
        _number(offset, 0, 0, last_offset, "Invalid offset"),
    )


async def _list_part(limit: Number = None, offset: Number = None) -> Part:
    return read_part(limit, offset, default=20, most=50)


# The part that most lists answer: 20 items unless the query says otherwise, and 50 at most.
PartOf = Annotated[Part, Depends(_list_part)]


def read_limit(limit: str | None, *, default: int, most: int) -> int:
    """How many items a query asks for; 400 unless it is a number from 1 to `most`."""
    return _number(limit, default, 1, most, "Invalid limit")


def page_of[S, T](
    items: Sequence[S], part: Part, render: Callable[[S], T], url: str, query: Mapping[str, str] | None = None
) -> Page[T]:
    """One part of a whole list; `url` and `query` are those of the call, for the links to the other parts."""

    def link(offset: int) -> str:
        return f"{url}?{urlencode({**(query or {}), 'offset': offset, 'limit': part.limit})}"

    end = part.offset + part.limit
    return {
        "href": link(part.offset),
        "limit": part.limit,
        "next": link(end) if end < len(items) else None,
        "offset": part.offset,
        "previous": link(max(0, part.offset - part.limit)) if part.offset else None,
        "total": len(items),
        "items": [render(item) for item in items[part.offset : end]],
    }


def _number(text: str | None, default: int, least: int, most: int, message: str) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ApiProblem(400, message)
    return int(text)
