"""Playlists as JSON files: this service's own, and JSPF."""

from typing import Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.playlists.models.result import PlaylistEntry
from src.schema import documented


@documented
class PlaylistFile(TypedDict):
    """The file of this service: a whole list."""

    format: Literal["segue-playlist"]
    """Marks a file of this service."""
    version: Literal[1]
    """Version of the format."""
    title: str
    """Name of the list."""
    entries: list[PlaylistEntry]
    """The tracks in order, with their reasons and pins."""
    links: dict[str, str]
    """Where a track can be heard, by its id, as far as known."""


PLAYLIST_FILE = TypeAdapter(PlaylistFile)


@documented
class JspfEntry(TypedDict):
    """What this service adds to a track of the format."""

    position: int
    """Position in the list, from 1."""
    pinned: bool
    """Whether a refresh leaves it where it is."""
    artists: list[str]
    """As credited, the main one first."""


@documented
class JspfTrack(TypedDict):
    """One track of a JSPF file."""

    identifier: list[str]
    """URIs that name the track: `urn:uuid:…`, `urn:isrc:…`, its page at MusicBrainz."""
    title: str
    """Title as released."""
    creator: str
    """All credited artists, in one text."""
    annotation: NotRequired[str]
    """The reason for the track; absent when there is none."""
    info: NotRequired[str]
    """A page to hear the track at; absent when none is known."""
    album: NotRequired[str]
    """Name of the album or single; absent when not on record."""
    duration: NotRequired[int]
    """Length in milliseconds; absent when not on record."""
    extension: dict[str, list[JspfEntry]]
    """Extensions by application: this service's own alone."""


@documented
class JspfPlaylist(TypedDict):
    """The list of a JSPF file."""

    title: str
    """Name of the list."""
    track: list[JspfTrack]
    """The tracks, in the order of the list."""


@documented
class JspfFile(TypedDict):
    """A JSPF file."""

    playlist: JspfPlaylist
    """The one list of the file."""


JSPF_FILE = TypeAdapter(JspfFile)
