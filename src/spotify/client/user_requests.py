"""Calls about the account that is signed in: who it is, what it plays, and its library."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

from src.errors import InvalidInput
from src.spotify.client.request import MAX_PAGE, ApiRequest, Params, limit_param, market_param, page_params
from src.spotify.identifiers import UriKind, check_uri
from src.spotify.models.api import (
    ARTIST_PAGE,
    CONTAINS,
    NOTHING,
    PLAYED_PAGE,
    SAVED_PAGE,
    TRACK_PAGE,
    USER,
    ArtistPage,
    PlayedPage,
    SavedPage,
    SpotifyUser,
    TrackPage,
)

MAX_LIBRARY_URIS: Final = 40
_KEPT: Final[frozenset[UriKind]] = frozenset({"track", "album", "episode", "show", "audiobook", "playlist"})

type TimeRange = Literal["short_term", "medium_term", "long_term"]


def get_me() -> ApiRequest[SpotifyUser]:
    """The account that is signed in."""
    return ApiRequest("get me", "user", "GET", "/me", USER)


def top_tracks(
    time_range: TimeRange = "medium_term", *, limit: int = MAX_PAGE, offset: int = 0
) -> ApiRequest[TrackPage]:
    """What the account plays most, over about four weeks, six months or a year."""
    params = (("time_range", time_range), *page_params(limit, offset))
    return ApiRequest("top tracks", "user", "GET", "/me/top/tracks", TRACK_PAGE, params)


def top_artists(
    time_range: TimeRange = "medium_term", *, limit: int = MAX_PAGE, offset: int = 0
) -> ApiRequest[ArtistPage]:
    """Whom the account plays most."""
    params = (("time_range", time_range), *page_params(limit, offset))
    return ApiRequest("top artists", "user", "GET", "/me/top/artists", ARTIST_PAGE, params)


def recently_played(
    *, limit: int = MAX_PAGE, after: int | None = None, before: int | None = None
) -> ApiRequest[PlayedPage]:
    """The last tracks played, at most about 50 in all.

    Args:
        after, before: Unix milliseconds; one of them.

    Raises:
        InvalidInput: both are given.
    """
    if after is not None and before is not None:
        raise InvalidInput("Ask for what was played after a time, or before one.")
    cursor = [("after", after), ("before", before)]
    times = tuple((name, str(max(value, 0))) for name, value in cursor if value is not None)
    params = (limit_param(limit), *times)
    return ApiRequest("recently played", "user", "GET", "/me/player/recently-played", PLAYED_PAGE, params)


def saved_tracks(
    *, limit: int = MAX_PAGE, offset: int = 0, market: str | None = None
) -> ApiRequest[SavedPage]:
    """Tracks in the library, the latest first."""
    params = (*market_param(market), *page_params(limit, offset))
    return ApiRequest("saved tracks", "library", "GET", "/me/tracks", SAVED_PAGE, params)


def add_to_library(uris: Sequence[str]) -> ApiRequest[None]:
    """Save up to 40 things; they go in the query, Spotify reads no body here."""
    return ApiRequest("add to library", "library", "PUT", "/me/library", NOTHING, _uris(uris, _KEPT))


def remove_from_library(uris: Sequence[str]) -> ApiRequest[None]:
    """Take up to 40 things out of the library; of a playlist this is how it is deleted."""
    return ApiRequest("remove from library", "library", "DELETE", "/me/library", NOTHING, _uris(uris, _KEPT))


def library_contains(uris: Sequence[str]) -> ApiRequest[list[bool]]:
    """Whether each of up to 40 things is in the library, in their order; an artist is when followed."""
    params = _uris(uris, {*_KEPT, "artist"})
    return ApiRequest("library contains", "library", "GET", "/me/library/contains", CONTAINS, params)


def _uris(uris: Sequence[str], kinds: Collection[UriKind]) -> Params:
    if not 1 <= len(uris) <= MAX_LIBRARY_URIS:
        raise InvalidInput(f"Between 1 and {MAX_LIBRARY_URIS} things go into one call.")
    return (("uris", ",".join(check_uri(uri, kinds) for uri in uris)),)
