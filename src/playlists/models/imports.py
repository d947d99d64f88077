"""What a file from elsewhere holds, and what became of each of its tracks."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
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


type MatchStatus = Literal["matched", "ambiguous", "missing"]
type MatchMethod = Literal["id", "isrc", "name"]
type MatchScore = Annotated[float, Field(ge=0, le=1)]


@documented
class MatchCandidate(TypedDict):
    """A track of the catalogue that may be meant."""

    track_id: str
    """Its id."""
    title: str
    """As the catalogue has it."""
    artists: list[str]
    """As the catalogue credits them."""
    score: MatchScore
    """How sure it is; 0 where names and length do not suffice to say."""


@documented
class MatchLine(TypedDict):
    """One track of the file."""

    line: int
    """Where it stood: its line in M3U8, CSV and XSPF, its number in JSPF and JSON."""
    title: str
    """As the file writes it."""
    artists: list[str]
    """As the file credits them."""
    status: MatchStatus
    """`matched`: it is this track. `ambiguous`: it may be one of `candidates`, which is for the listener to
    say. `missing`: the catalogue does not have it."""
    track_id: NotRequired[str]
    """The catalogue's, of what is matched."""
    method: NotRequired[MatchMethod]
    """What told it: the id of this catalogue, the recording's code, or title, artist and length."""
    score: MatchScore
    """How sure it is. 1: id or code and names agree; 0.95: names and length do; about 0.8: names do, and the
    length is unknown; 0 of what is not matched."""
    why: str
    """The reason, in plain words."""
    candidates: list[MatchCandidate]
    """Best first, of what is ambiguous."""


@documented
class MatchReport(TypedDict):
    """The whole file."""

    matched: int
    """Number of tracks."""
    ambiguous: int
    """Number of tracks."""
    missing: int
    """Number of tracks."""
    lines: list[MatchLine]
    """One a track of the file, in its order."""


MATCH_REPORT = TypeAdapter(MatchReport)
