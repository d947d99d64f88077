"""Playlists as JSON files: this service's own, and JSPF."""

from typing import Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.playlists.models.result import PlaylistEntry
from src.schema import documented


@documented
class PlaylistFile(TypedDict):
    """The whole file."""

    format: Literal["segue-playlist"]
    """What it is."""
    version: Literal[1]
    """Of the format."""
    title: str
    """Name of the list."""
    entries: list[PlaylistEntry]
    """In order."""
    links: dict[str, str]
    """Where a track can be heard, by its id, as far as known."""


PLAYLIST_FILE = TypeAdapter(PlaylistFile)


@documented
class JspfEntry(TypedDict):
    """What this service says of a track beside the format."""

    position: int
    """From 1."""
    pinned: bool
    """Whether a refresh leaves it where it is."""
    artists: list[str]
    """As credited, the main one first."""


@documented
class JspfTrack(TypedDict):
    """One track."""

    identifier: list[str]
    """URIs that name it."""
    title: str
    """Title as released."""
    creator: str
    """Everybody credited, in one text."""
    annotation: NotRequired[str]
    """Why it stands here."""
    info: NotRequired[str]
    """A page to hear it at."""
    album: NotRequired[str]
    """Album, or the single."""
    duration: NotRequired[int]
    """Length in milliseconds."""
    extension: dict[str, list[JspfEntry]]
    """By application."""


@documented
class JspfPlaylist(TypedDict):
    """The list."""

    title: str
    """Its name."""
    track: list[JspfTrack]
    """In order."""


@documented
class JspfFile(TypedDict):
    """The whole file."""

    playlist: JspfPlaylist
    """The one list."""


JSPF_FILE = TypeAdapter(JspfFile)
