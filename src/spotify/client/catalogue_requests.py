"""Calls that read Spotify's catalogue, and its open pages."""

from collections.abc import Sequence
from typing import Final, Literal

from src.errors import InvalidInput
from src.spotify.client.request import MAX_PAGE, ApiRequest, market_param, page_params, sendable
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
    """Field filters and plain words as one query of at most 250 characters; empty when nothing is given.

    Quotes and colons are taken out of every value: the language has no way to escape them, and a value must
    not become a filter. What is too long is cut, the longest value first.
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
        # Never cut to nothing at once: another value may be the longest by then.
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
    # What cannot be printed cannot be looked for, and half of a surrogate pair cannot even be sent.
    cleaned = "".join(
        " " if character in _SYNTAX or not character.isprintable() else character for character in value
    )
    return " ".join(cleaned.split())[:_MAX_VALUE].strip()
