"""Spotify's JSON, as far as it is read. Any field may be absent: what Development Mode leaves out changes.

Field sets: `shared/spotify.md` and the official OpenAPI description of 2026-05-30. Playlist entries carry the
track as `item` or, as before February 2026, as `track`; playlists count them under `items` or `tracks`.
"""

from typing import Annotated, TypedDict

from pydantic import TypeAdapter, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from src.schema import documented


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """One part that cannot be read is as good as none: the others of its page stay."""
    try:
        return read(value)
    except ValidationError:
        return None


OR_NONE = WrapValidator(_or_none)


@documented
class Image(TypedDict, total=False):
    """A picture."""

    url: str | None
    """Its address; those of playlists expire within a day."""
    height: int | None
    """Pixels."""
    width: int | None
    """Pixels."""


@documented
class ExternalIds(TypedDict, total=False):
    """Codes of the recording or the release."""

    isrc: str | None
    """International Standard Recording Code."""
    upc: str | None
    """Universal Product Code."""


@documented
class Restrictions(TypedDict, total=False):
    """Why something is not played."""

    reason: str | None
    """`market`, `product`, `explicit`, …"""


@documented
class SimplifiedArtist(TypedDict, total=False):
    """An artist as credited."""

    id: str | None
    """Base-62 id; null for local files."""
    uri: str | None
    """`spotify:artist:…`."""
    name: str | None
    """Name as shown."""


@documented
class SpotifyArtist(TypedDict, total=False):
    """An artist."""

    id: str | None
    """Base-62 id."""
    uri: str | None
    """`spotify:artist:…`."""
    name: str | None
    """Name as shown."""
    images: list[Image] | None
    """Its pictures in several sizes."""


@documented
class SimplifiedAlbum(TypedDict, total=False):
    """The release that a track is on."""

    id: str | None
    """Base-62 id."""
    uri: str | None
    """`spotify:album:…`."""
    name: str | None
    """Title."""
    album_type: str | None
    """`album`, `single` or `compilation`."""
    total_tracks: int | None
    """How many tracks it has."""
    release_date: str | None
    """`1981`, `1981-12` or `1981-12-15`."""
    images: list[Image] | None
    """Its cover in several sizes."""
    artists: list[Annotated[SimplifiedArtist | None, OR_NONE]] | None
    """Artists of the release."""


@documented
class SpotifyTrack(TypedDict, total=False):
    """A track; one in an album's list has no album and no codes."""

    id: str | None
    """Base-62 id; null for local files."""
    uri: str | None
    """`spotify:track:…`."""
    name: str | None
    """Title as shown."""
    type: str | None
    """`track`; an episode says `episode`."""
    artists: list[Annotated[SimplifiedArtist | None, OR_NONE]] | None
    """As credited, the main one first."""
    album: Annotated[SimplifiedAlbum | None, OR_NONE]
    """The release that it is on."""
    duration_ms: int | None
    """Length in milliseconds."""
    explicit: bool | None
    """Whether the words are marked as explicit."""
    external_ids: ExternalIds | None
    """ISRC of a track, UPC of a release."""
    is_local: bool | None
    """A file on the listener's device."""
    is_playable: bool | None
    """Whether it plays in the market asked for; absent without a market."""
    restrictions: Restrictions | None
    """Why it does not play; absent when it does."""


@documented
class SpotifyOwner(TypedDict, total=False):
    """Who made a playlist."""

    id: str | None
    """User id."""


@documented
class EntryCount(TypedDict, total=False):
    """How many entries a playlist has."""

    total: int | None
    """The number of entries."""


@documented
class SpotifyPlaylist(TypedDict, total=False):
    """A playlist without its entries."""

    id: str | None
    """Base-62 id."""
    uri: str | None
    """`spotify:playlist:…`."""
    name: str | None
    """Title as shown."""
    description: str | None
    """The owner's description."""
    owner: SpotifyOwner | None
    """Who made it."""
    public: bool | None
    """Whether it shows on the owner's profile."""
    collaborative: bool | None
    """Whether others may change it."""
    snapshot_id: str | None
    """Changes with every write."""
    images: list[Image] | None
    """Its cover in several sizes."""
    items: EntryCount | None
    """The number of its entries."""
    tracks: EntryCount | None
    """The same, in the older spelling."""


@documented
class PlaylistEntry(TypedDict, total=False):
    """An entry of a playlist: a track, an episode, a local file, or nothing any more."""

    is_local: bool | None
    """A file on the listener's device."""
    item: Annotated[SpotifyTrack | None, OR_NONE]
    """The track or episode."""
    track: Annotated[SpotifyTrack | None, OR_NONE]
    """The same, in the older spelling."""


@documented
class SavedTrack(TypedDict, total=False):
    """A track that the listener saved."""

    track: Annotated[SpotifyTrack | None, OR_NONE]
    """The track that was saved, whole."""


@documented
class PlayedTrack(TypedDict, total=False):
    """A track that the listener played."""

    track: Annotated[SpotifyTrack | None, OR_NONE]
    """The track that was played, whole."""


@documented
class Snapshot(TypedDict, total=False):
    """The answer to a write to a playlist."""

    snapshot_id: str | None
    """The playlist's version after it."""


@documented
class Page[T](TypedDict, total=False):
    """A list that comes in pages."""

    items: list[Annotated[T | None, OR_NONE]] | None
    """This page; what cannot be read, or is gone, is null."""
    next: str | None
    """Null on the last page."""
    total: int | None
    """Of all pages; not to be relied on for searches."""


type TrackPage = Page[SpotifyTrack]
type PlaylistPage = Page[SpotifyPlaylist]
type EntryPage = Page[PlaylistEntry]
type SavedPage = Page[SavedTrack]
type PlayedPage = Page[PlayedTrack]


@documented
class SpotifyAlbum(TypedDict, total=False):
    """A release with its tracks."""

    id: str | None
    """Base-62 id."""
    uri: str | None
    """`spotify:album:…`."""
    name: str | None
    """Title."""
    album_type: str | None
    """`album`, `single` or `compilation`."""
    total_tracks: int | None
    """How many tracks it has."""
    release_date: str | None
    """`1981`, `1981-12` or `1981-12-15`."""
    artists: list[Annotated[SimplifiedArtist | None, OR_NONE]] | None
    """Artists of the release."""
    external_ids: ExternalIds | None
    """ISRC of a track, UPC of a release."""
    tracks: TrackPage | None
    """The first of its tracks."""


@documented
class SearchAnswer(TypedDict, total=False):
    """What a search for tracks found."""

    tracks: TrackPage | None
    """The matches, best first."""


@documented
class ErrorBody(TypedDict, total=False):
    """Spotify's error object."""

    message: Annotated[str | None, OR_NONE]
    """Spotify's message, which is compared and never shown."""
    reason: Annotated[str | None, OR_NONE]
    """`QUOTA_EXCEEDED`, and reasons of the player."""


@documented
class ErrorAnswer(TypedDict, total=False):
    """What the Web API answers to a call that failed."""

    error: ErrorBody | None
    """What went wrong, as Spotify says it."""


NOTHING: TypeAdapter[None] = TypeAdapter(None)
SEARCH_ANSWER = TypeAdapter(SearchAnswer)
TRACK = TypeAdapter(SpotifyTrack)
ALBUM = TypeAdapter(SpotifyAlbum)
ARTIST = TypeAdapter(SpotifyArtist)
TRACK_PAGE = TypeAdapter(Page[SpotifyTrack])
PLAYLIST = TypeAdapter(SpotifyPlaylist)
PLAYLIST_PAGE = TypeAdapter(Page[SpotifyPlaylist])
ENTRY_PAGE = TypeAdapter(Page[PlaylistEntry])
SAVED_PAGE = TypeAdapter(Page[SavedTrack])
PLAYED_PAGE = TypeAdapter(Page[PlayedTrack])
SNAPSHOT = TypeAdapter(Snapshot)
CONTAINS = TypeAdapter(list[bool])
ERROR_ANSWER = TypeAdapter(ErrorAnswer)
