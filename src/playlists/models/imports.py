"""The content of an imported file, and the match of each of its tracks."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.schema import documented


@documented
class ForeignTrack(TypedDict):
    """One track as the file names it."""

    title: str
    """Title as written; empty where the file has only a code or an id."""
    artists: list[str]
    """As credited, the main one first; one credit may name several artists. Empty where there are none."""
    album: NotRequired[str]
    """Name of the album as written; absent where the file has none."""
    duration_ms: NotRequired[Annotated[int, Field(gt=0)]]
    """Length in milliseconds; absent where the file has none."""
    isrc: NotRequired[str]
    """Code of the recording, upper case without hyphens; absent where the file has none."""
    identifiers: list[str]
    """URIs that name it, as written: `urn:uuid:…` of this catalogue, `spotify:track:…`, pages of others."""
    line: int
    """Where it is in the file: its line in M3U8, CSV and XSPF, its number in JSPF and JSON."""


@documented
class ForeignList(TypedDict):
    """The list of an imported file."""

    title: str
    """Name of the list; empty where the file has none."""
    tracks: list[ForeignTrack]
    """The tracks, in the file's order."""
    notes: list[str]
    """Notes on the reading, as on a guessed encoding."""


type MatchStatus = Literal["matched", "ambiguous", "missing"]
type MatchMethod = Literal["id", "isrc", "name"]
type MatchScore = Annotated[float, Field(ge=0, le=1)]


@documented
class MatchCandidate(TypedDict):
    """A track of the catalogue that may be the one in the file."""

    track_id: str
    """Id of the track in the catalogue."""
    title: str
    """Title in the catalogue."""
    artists: list[str]
    """Artists in the catalogue, the main one first."""
    score: MatchScore
    """Confidence from 0 to 1; 0 where names or length differ."""


@documented
class MatchLine(TypedDict):
    """The match of one track of the file."""

    line: int
    """Where it is in the file: its line in M3U8, CSV and XSPF, its number in JSPF and JSON."""
    title: str
    """Title as written in the file."""
    artists: list[str]
    """Artists as credited in the file."""
    status: MatchStatus
    """`matched`: it is `track_id`. `ambiguous`: it may be one of `candidates`, and the listener decides.
    `missing`: the catalogue does not have it."""
    track_id: NotRequired[str]
    """Id in the catalogue; absent unless matched."""
    method: NotRequired[MatchMethod]
    """How it was matched: by id, by the recording's code, or by names and length; absent unless matched."""
    score: MatchScore
    """Confidence. 1: id or code and names agree; 0.95: names and length agree; about 0.8: names agree, and
    the length is unknown; 0 unless matched."""
    why: str
    """The reason for the status, in a sentence."""
    candidates: list[MatchCandidate]
    """Possible tracks, best first; empty unless ambiguous."""


@documented
class MatchReport(TypedDict):
    """The matches of a whole file."""

    matched: int
    """How many tracks are matched."""
    ambiguous: int
    """How many tracks may be one of several."""
    missing: int
    """How many tracks the catalogue does not have."""
    lines: list[MatchLine]
    """One line a track, in the file's order."""
