"""Calls that read Spotify's catalogue, and its open pages."""

from collections.abc import Sequence
from typing import Final, Literal

from src.errors import InvalidInput
from src.spotify.api_request import ApiRequest
from src.spotify.identifiers import check_id
from src.spotify.models.api import (
    ALBUM,
    ALBUM_PAGE,
    ARTIST,
    OEMBED,
    SEARCH_ANSWER,
    TRACK,
    TRACK_PAGE,
    AlbumPage,
    OEmbed,
    SearchAnswer,
    SpotifyAlbum,
    SpotifyArtist,
    SpotifyTrack,
    TrackPage,
)
from src.spotify.query_params import MAX_PAGE, market_param, page_params, sendable

MAX_SEARCH_PAGE: Final = 10
MAX_SEARCH_OFFSET: Final = 1_000
MAX_ARTIST_ALBUMS_PAGE: Final = 10

type SearchType = Literal["track", "artist", "album"]
type AlbumGroup = Literal["album", "single", "appears_on", "compilation"]


def search_tracks(
    query: str, *, market: str | None = None, limit: int = MAX_SEARCH_PAGE, offset: int = 0
) -> ApiRequest[SearchAnswer]:
    """Search tracks by a query of `queries.search_query`; at most 10 a page."""
    return _search("track", query, market, limit, offset)


def search_artists(
    query: str, *, market: str | None = None, limit: int = MAX_SEARCH_PAGE, offset: int = 0
) -> ApiRequest[SearchAnswer]:
    """Search artists; at most 10 a page."""
    return _search("artist", query, market, limit, offset)


def search_albums(
    query: str, *, market: str | None = None, limit: int = MAX_SEARCH_PAGE, offset: int = 0
) -> ApiRequest[SearchAnswer]:
    """Search releases; at most 10 a page."""
    return _search("album", query, market, limit, offset)


def get_track(track_id: str, *, market: str | None = None) -> ApiRequest[SpotifyTrack]:
    """One track."""
    path = f"/tracks/{check_id(track_id)}"
    return ApiRequest("get track", "catalogue", "GET", path, TRACK, market_param(market))


def get_album(album_id: str, *, market: str | None = None) -> ApiRequest[SpotifyAlbum]:
    """One release with the first of its tracks."""
    path = f"/albums/{check_id(album_id)}"
    return ApiRequest("get album", "catalogue", "GET", path, ALBUM, market_param(market))


def album_tracks(
    album_id: str, *, market: str | None = None, limit: int = MAX_PAGE, offset: int = 0
) -> ApiRequest[TrackPage]:
    """Tracks of a release; they bear no codes."""
    path = f"/albums/{check_id(album_id)}/tracks"
    params = (*market_param(market), *page_params(limit, offset))
    return ApiRequest("album tracks", "catalogue", "GET", path, TRACK_PAGE, params)


def get_artist(artist_id: str) -> ApiRequest[SpotifyArtist]:
    """One artist."""
    return ApiRequest("get artist", "catalogue", "GET", f"/artists/{check_id(artist_id)}", ARTIST)


def artist_albums(
    artist_id: str,
    *,
    groups: Sequence[AlbumGroup] = ("album", "single"),
    market: str | None = None,
    limit: int = MAX_ARTIST_ALBUMS_PAGE,
    offset: int = 0,
) -> ApiRequest[AlbumPage]:
    """Releases of an artist; at most 10 a page. No groups: of every kind."""
    path = f"/artists/{check_id(artist_id)}/albums"
    chosen = (("include_groups", ",".join(groups)),) if groups else ()
    page = page_params(limit, offset, most=MAX_ARTIST_ALBUMS_PAGE)
    params = (*chosen, *market_param(market), *page)
    return ApiRequest("artist albums", "artist_albums", "GET", path, ALBUM_PAGE, params)


def oembed(open_url: str, page: str) -> ApiRequest[OEmbed]:
    """What there is to show of a page, without a token.

    Args:
        open_url: address of Spotify's pages.
        page: address of one of them.
    """
    return ApiRequest("oembed", None, "GET", f"{open_url}/oembed", OEMBED, (("url", page),))


def _search(
    kind: SearchType, query: str, market: str | None, limit: int, offset: int
) -> ApiRequest[SearchAnswer]:
    if not query.strip():
        raise InvalidInput("Say what to search for.")
    page = page_params(limit, offset, most=MAX_SEARCH_PAGE, last_offset=MAX_SEARCH_OFFSET)
    params = (("q", sendable(query)), ("type", kind), *market_param(market), *page)
    return ApiRequest(f"search {kind}s", "search", "GET", "/search", SEARCH_ANSWER, params)
