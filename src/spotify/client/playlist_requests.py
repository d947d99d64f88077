"""Calls that read and write playlists."""

import base64
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import TypeAdapter

from src.errors import InvalidInput
from src.spotify.client.request import MAX_PAGE, ApiRequest, Method, market_param, page_params, sendable
from src.spotify.identifiers import PLAYABLE, check_id, check_uri
from src.spotify.models.api import (
    ENTRY_PAGE,
    NOTHING,
    PLAYLIST,
    PLAYLIST_PAGE,
    SNAPSHOT,
    EntryPage,
    PlaylistPage,
    Snapshot,
    SpotifyPlaylist,
)

MAX_PLAYLIST_OFFSET: Final = 100_000
MAX_ITEMS_WRITTEN: Final = 100
MAX_COVER_BYTES: Final = 256 * 1024
_JPEG_START: Final = b"\xff\xd8\xff"


def my_playlists(*, limit: int = MAX_PAGE, offset: int = 0) -> ApiRequest[PlaylistPage]:
    """Playlists that the account made or follows."""
    params = page_params(limit, offset, last_offset=MAX_PLAYLIST_OFFSET)
    return ApiRequest("my playlists", "playlist_reads", "GET", "/me/playlists", PLAYLIST_PAGE, params)


def create_playlist(name: str, *, description: str = "", public: bool = False) -> ApiRequest[SpotifyPlaylist]:
    """Make an empty playlist. Without `public: false` Spotify would show it on the profile.

    Raises:
        InvalidInput: the name is blank, or a text cannot be sent.
    """
    body: dict[str, object] = {"name": _named(name), "public": public}
    if description:
        body["description"] = sendable(description)
    return _write("create playlist", "POST", "/me/playlists", PLAYLIST, body)


def get_playlist(playlist_id: str, *, market: str | None = None) -> ApiRequest[SpotifyPlaylist]:
    """A playlist; its owner and its version."""
    path = f"/playlists/{check_id(playlist_id)}"
    return ApiRequest("get playlist", "playlist_reads", "GET", path, PLAYLIST, market_param(market))


def change_details(
    playlist_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    public: bool | None = None,
    collaborative: bool | None = None,
) -> ApiRequest[None]:
    """Rename a playlist, or change who sees it; what is None stays.

    Raises:
        InvalidInput: nothing is to change, the name is blank, or a text cannot be sent.
    """
    fields: dict[str, object | None] = {
        "name": None if name is None else _named(name),
        "description": None if description is None else sendable(description),
        "public": public,
        "collaborative": collaborative,
    }
    body = {key: value for key, value in fields.items() if value is not None}
    if not body:
        raise InvalidInput("Say what to change of the playlist.")
    return _write("change details", "PUT", f"/playlists/{check_id(playlist_id)}", NOTHING, body)


def playlist_items(
    playlist_id: str, *, limit: int = MAX_PAGE, offset: int = 0, market: str | None = None
) -> ApiRequest[EntryPage]:
    """Entries of a playlist that the account owns or shares."""
    # Without the types Spotify gives episodes as if they were tracks.
    params = (
        *market_param(market),
        *page_params(limit, offset, last_offset=MAX_PLAYLIST_OFFSET),
        ("additional_types", "track,episode"),
    )
    return ApiRequest("playlist items", "playlist_reads", "GET", _items(playlist_id), ENTRY_PAGE, params)


def add_items(playlist_id: str, uris: Sequence[str], *, position: int | None = None) -> ApiRequest[Snapshot]:
    """Put up to 100 items into a playlist, at its end or before a position from 0."""
    if not uris:
        raise InvalidInput("Say what to add to the playlist.")
    body: dict[str, object] = {"uris": _written(uris)}
    if position is not None:
        body["position"] = _place(position)
    return _write("add items", "POST", _items(playlist_id), SNAPSHOT, body)


def replace_items(playlist_id: str, uris: Sequence[str]) -> ApiRequest[Snapshot]:
    """Make up to 100 items the whole playlist; none empties it."""
    return _write("replace items", "PUT", _items(playlist_id), SNAPSHOT, {"uris": _written(uris)})


def reorder_items(
    playlist_id: str,
    *,
    range_start: int,
    insert_before: int,
    range_length: int = 1,
    snapshot_id: str | None = None,
) -> ApiRequest[Snapshot]:
    """Move a run of items before another position, both from 0; sent twice, it moves two runs."""
    if range_length < 1:
        raise InvalidInput("At least one item is moved.")
    body: dict[str, object] = {
        "range_start": _place(range_start),
        "insert_before": _place(insert_before),
        "range_length": range_length,
    }
    if snapshot_id is not None:
        body["snapshot_id"] = snapshot_id
    return _write("reorder items", "PUT", _items(playlist_id), SNAPSHOT, body, is_relative=True)


def remove_items(
    playlist_id: str, uris: Sequence[str], *, snapshot_id: str | None = None
) -> ApiRequest[Snapshot]:
    """Take up to 100 items out of a playlist, wherever they stand."""
    if not uris:
        raise InvalidInput("Say what to take out of the playlist.")
    body: dict[str, object] = {"items": [{"uri": uri} for uri in _written(uris)]}
    if snapshot_id is not None:
        body["snapshot_id"] = snapshot_id
    return _write("remove items", "DELETE", _items(playlist_id), SNAPSHOT, body)


def upload_cover(playlist_id: str, jpeg: bytes) -> ApiRequest[None]:
    """Give a playlist a cover.

    Raises:
        InvalidInput: it is no JPEG, or too large once it is encoded.
    """
    content = base64.b64encode(jpeg)
    if not jpeg.startswith(_JPEG_START) or len(content) > MAX_COVER_BYTES:
        raise InvalidInput("A cover is a JPEG of at most 192 KB.")
    return ApiRequest(
        "upload cover",
        "playlist_writes",
        "PUT",
        f"/playlists/{check_id(playlist_id)}/images",
        NOTHING,
        content=content,
        content_type="image/jpeg",
    )


def _write[T](
    name: str,
    method: Method,
    path: str,
    answer: TypeAdapter[T],
    body: Mapping[str, object],
    *,
    is_relative: bool = False,
) -> ApiRequest[T]:
    return ApiRequest(name, "playlist_writes", method, path, answer, json=body, is_relative=is_relative)


def _items(playlist_id: str) -> str:
    return f"/playlists/{check_id(playlist_id)}/items"


def _written(uris: Sequence[str]) -> list[str]:
    if len(uris) > MAX_ITEMS_WRITTEN:
        raise InvalidInput(f"At most {MAX_ITEMS_WRITTEN} items go into one call.")
    return [check_uri(uri, PLAYABLE) for uri in uris]


def _place(position: int) -> int:
    if position < 0:
        raise InvalidInput("Places of a playlist count from 0.")
    return position


def _named(name: str) -> str:
    if not name.strip():
        raise InvalidInput("A playlist needs a name.")
    return sendable(name)
