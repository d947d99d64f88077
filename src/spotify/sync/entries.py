"""Reading a playlist: its entries as keys that can be compared, stored and mostly written again."""

import hashlib
from collections.abc import Sequence
from typing import Final

from src.errors import Conflict
from src.spotify.app import Caller
from src.spotify.client.paging import entry_content
from src.spotify.client.request import MAX_PAGE
from src.spotify.client.requests import playlist_items
from src.spotify.client.send import send
from src.spotify.errors import MalformedAnswer, SpotifyUnavailable
from src.spotify.models.api import EntryPage, PlaylistEntry
from src.spotify.sync.budget import further
from src.spotify.sync.steps import EMPTY, LOCAL

# Longer playlists are not changed: reading them would take the calls of many saves.
MAX_CHANGED: Final = 2_000
# Spotify's own bound is about 11,000.
_MAX_READ: Final = 12_000
_READINGS: Final = 2


def entry_key(entry: PlaylistEntry | None) -> str:
    """The entry's URI; a substitute for a local file, whose URI holds its names, and for an empty entry."""
    item = entry_content(entry)
    if not entry or not item:
        return EMPTY
    uri = item.get("uri") or ""
    if entry.get("is_local") or item.get("is_local") or uri.startswith("spotify:local:"):
        return f"{LOCAL}{hashlib.sha256(uri.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return uri or EMPTY


async def read_entries(
    caller: Caller, playlist_id: str, *, after: Sequence[str] = (), most: int = _MAX_READ
) -> list[str]:
    """All entries of a playlist.

    They are read without a market: with one, Spotify may show another track in place of the real one.

    Args:
        caller: each page beyond the first adds to the calls that it may make.
        after: the known first entries: only those that follow are read.
        most: the playlist may not be longer.

    Raises:
        Conflict: `playlist_too_long`.
        SpotifyUnavailable: the list changed with each reading.
        SpotifyError: as of `send`.
    """
    for _ in range(_READINGS):
        entries = await _read_once(caller, playlist_id, after, most)
        if entries is None and after:
            entries = await _read_once(caller, playlist_id, (), most)
        if entries is not None:
            return entries
    raise SpotifyUnavailable("The playlist changed while it was read: send the same request again later.")


async def _read_once(caller: Caller, playlist_id: str, after: Sequence[str], most: int) -> list[str] | None:
    """The entries; None when the pages are inconsistent."""
    entries = list(after)
    total = -1
    while total < 0 or len(entries) < total:
        page = await send(caller, playlist_items(playlist_id, offset=len(entries)))
        there = _total(page)
        if total < 0:
            total = there
            if total > most:
                raise Conflict(
                    f"The playlist has more than {most} entries: choose a shorter one, or make a new one.",
                    code="playlist_too_long",
                )
            caller.calls_left += further(total - len(entries), MAX_PAGE)
        read = [entry_key(entry) for entry in page.get("items") or []]
        if there != total or len(entries) + len(read) > total or (not read and len(entries) < total):
            return None
        entries += read
    return entries


def _total(page: EntryPage) -> int:
    total = page.get("total")
    if total is None:
        raise MalformedAnswer("Spotify's answer does not say how long the playlist is: try again later.")
    return total
