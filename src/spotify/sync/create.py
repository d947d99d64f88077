"""A new playlist, created once: after a lost answer it is found by the marker in its description."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from src.spotify.client.paging import playlist_total
from src.spotify.client.request import MAX_PAGE
from src.spotify.client.requests import create_playlist, my_playlists, remove_from_library
from src.spotify.errors import SpotifyError, SpotifyUnavailable
from src.spotify.identifiers import page_of, uri_of
from src.spotify.models.api import SpotifyPlaylist
from src.spotify.sync.budget import further
from src.spotify.sync.models.save import SavedPlaylist
from src.spotify.sync.order import MAX_DESCRIPTION
from src.spotify.sync.work import Work, call, keep

# Seconds before each search for the playlist after a lost answer.
LOOK_WAITS_S: Final = (0.0, 2.0, 5.0)
# Spotify lists the newest first, but its users may reorder the list: all of it is searched.
MAX_LOOK_PAGES: Final = 10
# A playlist that cannot be seen this long after the call was never created.
CREATE_LOST_AFTER: Final = timedelta(minutes=2)


class PlaylistNotSeen(SpotifyUnavailable):
    """The answer to the creation was lost, and the playlist cannot be seen yet."""

    code = "spotify_playlist_not_seen"


@dataclass(slots=True)
class _Search:
    """Playlists with the marker, and whether all of the listener's playlists were searched."""

    found: list[SpotifyPlaylist] = field(default_factory=list)
    complete: bool = False


def marker_of(save_id: str) -> str:
    """The end of the description, after a middle dot: `segue` and eight hexadecimal digits of its hash."""
    return f"segue {hashlib.sha256(save_id.encode()).hexdigest()[:8]}"


def description_with_marker(description: str, save_id: str) -> str:
    """The description with the marker, shortened where both do not fit."""
    marker = f"· {marker_of(save_id)}"
    text = description.strip()
    room = MAX_DESCRIPTION - len(marker) - 1
    if len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return f"{text} {marker}".strip()


async def ensure_playlist(work: Work) -> bool:
    """Create the playlist, unless an earlier call has created it. True when it is certainly empty.

    Raises:
        PlaylistNotSeen: it may have been created, and cannot be seen yet.
        SpotifyError: as of `send`; where nothing can have been created, the document no longer has the call.
    """
    document = work.document
    if document["creates_sent"]:
        work.doubtful = True
        search = await _search_with_waits(work)
        if "playlist" in document:
            return False
        _refuse_unless_lost(work, search)
    document["creates_sent"].append(work.caller.app.now().astimezone(UTC).isoformat())
    document["state"] = "creating"
    await keep(work)
    request = create_playlist(
        document["name"], description=document["description"], public=document["public"]
    )
    try:
        made = await call(work, request)
    except SpotifyError as error:
        if not (isinstance(error, SpotifyUnavailable) and error.outcome_unknown):
            document["creates_sent"].pop()
            raise
        made = {}
    if made.get("id"):
        await _adopt(work, made)
    else:
        work.doubtful = True
        await _search_with_waits(work)
    if "playlist" not in document:
        raise _not_seen()
    return True


async def find_playlist_made(work: Work) -> bool:
    """Search for the playlist whose id is not known; True when it was found."""
    if (search := await _search_once(work)).found:
        await _adopt(work, search.found[0])
    return bool(search.found)


async def remove_twins(work: Work) -> None:
    """Remove empty playlists with the same marker from the library: a creation that arrived late."""
    if len(work.document["creates_sent"]) < 2:
        return
    for playlist in (await _search_once(work)).found:
        id_ = playlist.get("id")
        if id_ and id_ != work.playlist_id and playlist_total(playlist) == 0:
            await call(work, remove_from_library([uri_of("playlist", id_)]))


async def _search_with_waits(work: Work) -> _Search:
    """Search until the playlist is seen, and adopt it; returns the last search."""
    search = _Search()
    for wait in LOOK_WAITS_S:
        await work.caller.app.sleep(wait)
        search = await _search_once(work)
        if search.found:
            await _adopt(work, search.found[0])
            break
    return search


async def _search_once(work: Work) -> _Search:
    """Search the listener's playlists for the marker."""
    marker = marker_of(work.save.id)
    search = _Search()
    offset = 0
    for page_number in range(MAX_LOOK_PAGES):
        page = await call(work, my_playlists(offset=offset))
        playlists = page.get("items") or []
        total = page.get("total") or 0
        if page_number == 0:
            work.caller.calls_left += min(further(total, MAX_PAGE), MAX_LOOK_PAGES - 1)
        search.found += [
            playlist for playlist in playlists if playlist and marker in (playlist.get("description") or "")
        ]
        offset += len(playlists)
        if not playlists or offset >= total:
            search.complete = offset >= total
            return search
    return search


async def _adopt(work: Work, playlist: SpotifyPlaylist) -> None:
    id_ = playlist.get("id") or ""
    work.document["playlist"] = playlist_ref(work.caller.app.config.open_url, id_)
    work.snapshot = playlist.get("snapshot_id")
    await keep(work)


def playlist_ref(open_url: str, playlist_id: str) -> SavedPlaylist:
    """The playlist as a report names it."""
    return {"id": playlist_id, "url": page_of(open_url, "playlist", playlist_id)}


def _refuse_unless_lost(work: Work, search: _Search) -> None:
    last = datetime.fromisoformat(work.document["creates_sent"][-1])
    if not search.complete or work.caller.app.now() - last < CREATE_LOST_AFTER:
        raise _not_seen()


def _not_seen() -> PlaylistNotSeen:
    return PlaylistNotSeen(
        "The playlist may show at Spotify in a minute or two.",
        outcome_unknown=True,
        retry_after_s=CREATE_LOST_AFTER.total_seconds(),
    )
