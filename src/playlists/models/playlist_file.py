"""A list as a JSON file of this service: every field of every track."""

from typing import Literal

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
