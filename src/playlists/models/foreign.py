"""What a file from elsewhere tells of a list, before the catalogue is asked."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.schema import documented


@documented
class ForeignTrack(TypedDict):
    """One track as the file names it."""

    title: str
    """As written; empty where the file has a code or an id alone."""
    artists: list[str]
    """As credited, the main one first; one credit may name several. Empty where the file does not tell."""
    album: NotRequired[str]
    """As written."""
    duration_ms: NotRequired[Annotated[int, Field(gt=0)]]
    """Length in milliseconds."""
    isrc: NotRequired[str]
    """Upper case without hyphens."""
    identifiers: list[str]
    """URIs that name it, as written: `urn:uuid:…` of this catalogue, `spotify:track:…`, pages of others."""
    line: int
    """Where it stood: its line in M3U8, CSV and XSPF, its number in JSPF and JSON."""


@documented
class ForeignList(TypedDict):
    """A list from elsewhere."""

    title: str
    """Its name; empty where the file has none."""
    tracks: list[ForeignTrack]
    """In the file's order."""
    notes: list[str]
    """What must be said of how it was read."""
