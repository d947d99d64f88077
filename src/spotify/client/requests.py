"""The endpoints of the Web API that are used: each function returns a call.

They are those that Development Mode has in 2026, and they keep within its limits: Spotify answers 400 beyond.
Addresses, parameters and bodies follow the official OpenAPI description of 2026-05-30 without what it marks
as deprecated.
"""

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from pydantic import TypeAdapter

from src.errors import InvalidInput
from src.spotify.client.request import (
    MAX_PAGE,
    ApiRequest,
    Method,
    Params,
    limit_param,
    market_param,
    page_params,
    sendable,
)
from src.spotify.identifiers import PLAYABLE, UriKind, check_id, check_uri
from src.spotify.models import api

MAX_SEARCH_PAGE: Final = 10
MAX_SEARCH_OFFSET: Final = 1_000
MAX_PLAYLIST_OFFSET: Final = 100_000
MAX_ITEMS_WRITTEN: Final = 100
MAX_LIBRARY_URIS: Final = 40
MAX_COVER_BYTES: Final = 256 * 1024
_JPEG_START: Final = b"\xff\xd8\xff"
_LIBRARY_KINDS: Final[frozenset[UriKind]] = frozenset(
    {"track", "album", "episode", "show", "audiobook", "playlist"}
)

type TimeRange = Literal["short_term", "medium_term", "long_term"]


def search_tracks(
    query: str, *, market: str | None = None, limit: int = MAX_SEARCH_PAGE, offset: int = 0
) -> ApiRequest[api.SearchAnswer]:
    """Search tracks by a query of `search_query`; at most 10 a page."""
    if not query.strip():
        raise InvalidInput("Say what to search for.")
    page = page_params(limit, offset, most=MAX_SEARCH_PAGE, last_offset=MAX_SEARCH_OFFSET)
    params = (("q", sendable(query)), ("type", "track"), *market_param(market), *page)
    return ApiRequest("search tracks", "search", "GET", "/search", api.SEARCH_ANSWER, params)


def get_track(track_id: str, *, market: str | None = None) -> ApiRequest[api.SpotifyTrack]:
    """One track."""
    path = f"/tracks/{check_id(track_id)}"
    return ApiRequest("get track", "catalogue", "GET", path, api.TRACK, market_param(market))


def get_album(album_id: str, *, market: str | None = None) -> ApiRequest[api.SpotifyAlbum]:
    """One release with the first of its tracks."""
    path = f"/albums/{check_id(album_id)}"
    return ApiRequest("get album", "catalogue", "GET", path, api.ALBUM, market_param(market))


def album_tracks(
    album_id: str, *, market: str | None = None, limit: int = MAX_PAGE, offset: int = 0
) -> ApiRequest[api.TrackPage]:
    """Tracks of a release, without their ISRCs."""
    path = f"/albums/{check_id(album_id)}/tracks"
    params = (*market_param(market), *page_params(limit, offset))
    return ApiRequest("album tracks", "catalogue", "GET", path, api.TRACK_PAGE, params)


def get_artist(artist_id: str) -> ApiRequest[api.SpotifyArtist]:
    """One artist."""
    return ApiRequest("get artist", "catalogue", "GET", f"/artists/{check_id(artist_id)}", api.ARTIST)


def top_tracks(
    time_range: TimeRange = "medium_term", *, limit: int = MAX_PAGE, offset: int = 0
) -> ApiRequest[api.TrackPage]:
    """The tracks that the account plays most, over about four weeks, six months or a year."""
    params = (("time_range", time_range), *page_params(limit, offset))
    return ApiRequest("top tracks", "user", "GET", "/me/top/tracks", api.TRACK_PAGE, params)


def recently_played(
    *, limit: int = MAX_PAGE, after: int | None = None, before: int | None = None
) -> ApiRequest[api.PlayedPage]:
    """The last tracks played, about 50 at most; `after` or `before`, not both, in Unix milliseconds."""
    if after is not None and before is not None:
        raise InvalidInput("Ask for what was played after a time, or before one.")
    cursor = [("after", after), ("before", before)]
    times = tuple((name, str(max(value, 0))) for name, value in cursor if value is not None)
    params = (limit_param(limit), *times)
    return ApiRequest("recently played", "user", "GET", "/me/player/recently-played", api.PLAYED_PAGE, params)


def saved_tracks(
    *, limit: int = MAX_PAGE, offset: int = 0, market: str | None = None
) -> ApiRequest[api.SavedPage]:
    """Tracks in the library, the latest first."""
    params = (*market_param(market), *page_params(limit, offset))
    return ApiRequest("saved tracks", "library", "GET", "/me/tracks", api.SAVED_PAGE, params)


def add_to_library(uris: Sequence[str]) -> ApiRequest[None]:
    """Save up to 40 things; their URIs go in the query, since Spotify reads no body here."""
    return ApiRequest(
        "add to library", "library", "PUT", "/me/library", api.NOTHING, _uris(uris, _LIBRARY_KINDS)
    )


def remove_from_library(uris: Sequence[str]) -> ApiRequest[None]:
    """Take up to 40 things out of the library; this is also how a playlist is deleted."""
    return ApiRequest(
        "remove from library", "library", "DELETE", "/me/library", api.NOTHING, _uris(uris, _LIBRARY_KINDS)
    )


def library_contains(uris: Sequence[str]) -> ApiRequest[list[bool]]:
    """Whether each of up to 40 things is in the library, in their order; an artist: whether followed."""
    params = _uris(uris, {*_LIBRARY_KINDS, "artist"})
    return ApiRequest("library contains", "library", "GET", "/me/library/contains", api.CONTAINS, params)


def my_playlists(*, limit: int = MAX_PAGE, offset: int = 0) -> ApiRequest[api.PlaylistPage]:
    """Playlists that the account made or follows."""
    params = page_params(limit, offset, last_offset=MAX_PLAYLIST_OFFSET)
    return ApiRequest("my playlists", "playlist_reads", "GET", "/me/playlists", api.PLAYLIST_PAGE, params)


def create_playlist(
    name: str, *, description: str = "", public: bool = False
) -> ApiRequest[api.SpotifyPlaylist]:
    """Create an empty playlist. Without `public: false` Spotify would show it on the profile."""
    body: dict[str, object] = {"name": _checked_name(name), "public": public}
    if description:
        body["description"] = sendable(description)
    return _write("create playlist", "POST", "/me/playlists", api.PLAYLIST, body)


def get_playlist(playlist_id: str, *, market: str | None = None) -> ApiRequest[api.SpotifyPlaylist]:
    """A playlist with its owner and version, without its entries."""
    path = f"/playlists/{check_id(playlist_id)}"
    return ApiRequest("get playlist", "playlist_reads", "GET", path, api.PLAYLIST, market_param(market))


def change_details(
    playlist_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    public: bool | None = None,
    collaborative: bool | None = None,
) -> ApiRequest[None]:
    """Rename a playlist, or change who sees it; None leaves a value as it is."""
    fields: dict[str, object | None] = {
        "name": None if name is None else _checked_name(name),
        "description": None if description is None else sendable(description),
        "public": public,
        "collaborative": collaborative,
    }
    body = {key: value for key, value in fields.items() if value is not None}
    if not body:
        raise InvalidInput("Say what to change of the playlist.")
    return _write("change details", "PUT", f"/playlists/{check_id(playlist_id)}", api.NOTHING, body)


def playlist_items(
    playlist_id: str, *, limit: int = MAX_PAGE, offset: int = 0, market: str | None = None
) -> ApiRequest[api.EntryPage]:
    """Entries of a playlist that the account owns or shares."""
    # Without these types Spotify returns episodes as if they were tracks.
    params = (
        *market_param(market),
        *page_params(limit, offset, last_offset=MAX_PLAYLIST_OFFSET),
        ("additional_types", "track,episode"),
    )
    return ApiRequest(
        "playlist items", "playlist_reads", "GET", _items_path(playlist_id), api.ENTRY_PAGE, params
    )


def add_items(
    playlist_id: str, uris: Sequence[str], *, position: int | None = None
) -> ApiRequest[api.Snapshot]:
    """Put up to 100 items into a playlist, at its end or before a position from 0."""
    if not uris:
        raise InvalidInput("Say what to add to the playlist.")
    body: dict[str, object] = {"uris": _checked_uris(uris)}
    if position is not None:
        body["position"] = _position(position)
    return _write("add items", "POST", _items_path(playlist_id), api.SNAPSHOT, body)


def replace_items(playlist_id: str, uris: Sequence[str]) -> ApiRequest[api.Snapshot]:
    """Make up to 100 items the whole playlist; none empties it."""
    return _write(
        "replace items", "PUT", _items_path(playlist_id), api.SNAPSHOT, {"uris": _checked_uris(uris)}
    )


def reorder_items(
    playlist_id: str,
    *,
    range_start: int,
    insert_before: int,
    range_length: int = 1,
    snapshot_id: str | None = None,
) -> ApiRequest[api.Snapshot]:
    """Move a run of items before another position, both from 0; sent twice, it moves two runs."""
    if range_length < 1:
        raise InvalidInput("At least one item is moved.")
    body: dict[str, object] = {
        "range_start": _position(range_start),
        "insert_before": _position(insert_before),
        "range_length": range_length,
    }
    if snapshot_id is not None:
        body["snapshot_id"] = snapshot_id
    return _write("reorder items", "PUT", _items_path(playlist_id), api.SNAPSHOT, body, is_relative=True)


def remove_items(
    playlist_id: str, uris: Sequence[str], *, snapshot_id: str | None = None
) -> ApiRequest[api.Snapshot]:
    """Take up to 100 items out of a playlist, at every position."""
    if not uris:
        raise InvalidInput("Say what to take out of the playlist.")
    body: dict[str, object] = {"items": [{"uri": uri} for uri in _checked_uris(uris)]}
    if snapshot_id is not None:
        body["snapshot_id"] = snapshot_id
    return _write("remove items", "DELETE", _items_path(playlist_id), api.SNAPSHOT, body)


def upload_cover(playlist_id: str, jpeg: bytes) -> ApiRequest[None]:
    """Set the cover of a playlist: a JPEG of at most 256 KB in base 64."""
    content = base64.b64encode(jpeg)
    if not jpeg.startswith(_JPEG_START) or len(content) > MAX_COVER_BYTES:
        raise InvalidInput("A cover is a JPEG of at most 192 KB.")
    return ApiRequest(
        "upload cover",
        "playlist_writes",
        "PUT",
        f"/playlists/{check_id(playlist_id)}/images",
        api.NOTHING,
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


def _items_path(playlist_id: str) -> str:
    return f"/playlists/{check_id(playlist_id)}/items"


def _checked_uris(uris: Sequence[str]) -> list[str]:
    if len(uris) > MAX_ITEMS_WRITTEN:
        raise InvalidInput(f"At most {MAX_ITEMS_WRITTEN} items go into one call.")
    return [check_uri(uri, PLAYABLE) for uri in uris]


def _position(position: int) -> int:
    if position < 0:
        raise InvalidInput("Places of a playlist count from 0.")
    return position


def _checked_name(name: str) -> str:
    if not name.strip():
        raise InvalidInput("A playlist needs a name.")
    return sendable(name)


def _uris(uris: Sequence[str], kinds: Collection[UriKind]) -> Params:
    if not 1 <= len(uris) <= MAX_LIBRARY_URIS:
        raise InvalidInput(f"Between 1 and {MAX_LIBRARY_URIS} things go into one call.")
    return (("uris", ",".join(check_uri(uri, kinds) for uri in uris)),)


# Spotify answers 400 to a longer one.
MAX_QUERY: Final = 250
_MAX_VALUE: Final = 120
# Quotes of any script end a quoted value, and a colon makes a filter of the word before it.
_SYNTAX: Final = frozenset('":“”„‟＂：')
_OPERATORS: Final = frozenset({"AND", "OR", "NOT"})
_LAST_YEAR: Final = 9999


def search_query(
    *,
    words: str = "",
    title: str = "",
    artist: str = "",
    album: str = "",
    year: int | tuple[int, int] | None = None,
    genre: str = "",
    isrc: str = "",
) -> str:
    """Field filters and plain words as one query of at most 250 characters; empty without any value.

    Quotes and colons are removed from every value: the syntax cannot escape them, and a value must not become
    a filter. A query that is too long is cut, the longest value first.
    """
    values = {
        "": _plain(words),
        "isrc": "".join(character for character in isrc if character.isascii() and character.isalnum()),
        "track": _plain(title),
        "artist": _plain(artist),
        "album": _plain(album),
        "genre": _plain(genre),
    }
    while (excess := len(query := _joined(values, year)) - MAX_QUERY) > 0:
        longest = max(values, key=lambda name: len(values[name]))
        # At most half at a time: another value may be the longest by then.
        kept = len(values[longest]) - min(excess, max(1, len(values[longest]) // 2))
        values[longest] = values[longest][:kept].strip()
    return query


def _joined(values: dict[str, str], year: int | tuple[int, int] | None) -> str:
    filters = [_filter(name, value) for name, value in values.items() if value]
    return " ".join([*filters, *_years(year)])


def _filter(name: str, value: str) -> str:
    if not name:
        return value
    is_one_word = value.isalnum() and value.isascii() and value.upper() not in _OPERATORS
    return f"{name}:{value}" if is_one_word else f'{name}:"{value}"'


def _years(year: int | tuple[int, int] | None) -> list[str]:
    if year is None:
        return []
    years = sorted(min(max(each, 0), _LAST_YEAR) for each in (year if isinstance(year, tuple) else (year,)))
    return ["year:" + "-".join(str(each) for each in dict.fromkeys(years))]


def _plain(value: str) -> str:
    # Unprintable characters find nothing, and half of a surrogate pair cannot even be sent.
    cleaned = "".join(
        " " if character in _SYNTAX or not character.isprintable() else character for character in value
    )
    return " ".join(cleaned.split())[:_MAX_VALUE].strip()
