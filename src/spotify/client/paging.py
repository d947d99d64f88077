"""All items of a paged list, and the parts of Spotify's answers that are read."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from src.spotify.app import Caller
from src.spotify.client.request import ApiRequest
from src.spotify.client.send import send
from src.spotify.errors import MalformedAnswer
from src.spotify.models.api import Page, PlaylistEntry, SearchAnswer, SpotifyPlaylist, SpotifyTrack


async def all_items[T](
    caller: Caller, page_at: Callable[[int], ApiRequest[Page[T]]], *, max_pages: int
) -> list[T]:
    """The readable items of all pages in order; each page is a call, and at most `max_pages` are read."""
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
    """Offset of the next page; None after the last. A page may be shorter than its limit."""
    if count == 0:
        return None
    following = page.get("next")
    if following is not None:
        return max(_named_offset(following), offset + count)
    total = page.get("total")
    is_last = "next" in page or (total is not None and offset + count >= total)
    return None if is_last else offset + count


def _named_offset(address: str) -> int:
    """The offset in an address of Spotify's; 0 without one."""
    try:
        values = parse_qs(urlsplit(address).query).get("offset", [""])
    except ValueError:
        return 0
    return int(values[0]) if values[0].isascii() and values[0].isdigit() and len(values[0]) < 8 else 0


def entry_content(entry: PlaylistEntry | None) -> SpotifyTrack | None:
    """The content of a playlist entry of any kind; None for an empty one."""
    if not entry:
        return None
    return entry.get("item") or entry.get("track")


def entry_track(entry: PlaylistEntry | None) -> SpotifyTrack | None:
    """The track of a playlist entry; None for an episode, a local file, or an empty entry."""
    content = entry_content(entry)
    if entry is None or content is None or entry.get("is_local") or content.get("is_local"):
        return None
    is_track = content.get("type") in (None, "track") and (content.get("uri") or "spotify:track:").startswith(
        "spotify:track:"
    )
    return content if is_track and content.get("id") else None


def found_tracks(answer: SearchAnswer) -> list[SpotifyTrack]:
    """The tracks of a search, best first."""
    return [item for item in (answer.get("tracks") or {}).get("items") or [] if item]


def artist_names(item: SpotifyTrack) -> list[str]:
    """Names of all credited artists, the main one first."""
    return [name for artist in item.get("artists") or [] if artist and (name := artist.get("name"))]


def playlist_total(playlist: SpotifyPlaylist) -> int | None:
    """The number of entries of a playlist; None where Spotify does not say."""
    for count in (playlist.get("items"), playlist.get("tracks")):
        if count and count.get("total") is not None:
            return count["total"]
    return None
