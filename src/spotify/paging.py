"""Every item of a list that comes in pages, up to a cap of pages."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from src.spotify.api_request import ApiRequest
from src.spotify.app import Caller
from src.spotify.errors import MalformedAnswer
from src.spotify.models.api import Page
from src.spotify.send import send


async def all_items[T](
    caller: Caller, page_at: Callable[[int], ApiRequest[Page[T]]], *, max_pages: int
) -> list[T]:
    """The items of all pages in order; what cannot be read is left out. Each page is a call.

    Args:
        page_at: gives the call for the page that begins at an offset.
        max_pages: no more are read, however many there are.

    Raises:
        SpotifyError: a page cannot be had, or it has no list in it.
    """
    items: list[T] = []
    offset = 0
    for _ in range(max_pages):
        page = await send(caller, page_at(offset))
        entries = page.get("items")
        if entries is None:
            raise MalformedAnswer("Spotify answered with a page without a list; try again later.")
        items += [entry for entry in entries if entry is not None]
        following = _next_offset(page, offset, len(entries))
        if following is None:
            break
        offset = following
    return items


def _next_offset[T](page: Page[T], offset: int, count: int) -> int | None:
    """Where the page after this one begins; None after the last.

    A page may be shorter than what was asked for, so that its length does not say where the next one begins.
    """
    if count == 0:
        return None
    following = page.get("next")
    if following is not None:
        return max(_named_offset(following), offset + count)
    total = page.get("total")
    is_last = "next" in page or (total is not None and offset + count >= total)
    return None if is_last else offset + count


def _named_offset(address: str) -> int:
    """The offset in an address of Spotify's; 0 where it names none."""
    try:
        values = parse_qs(urlsplit(address).query).get("offset", [""])
    except ValueError:
        return 0
    return int(values[0]) if values[0].isascii() and values[0].isdigit() and len(values[0]) < 8 else 0
