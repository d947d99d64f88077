"""A save as it is stored before its first write and after each step: enough to go on in another process."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented
from src.spotify.matching.models.link import NotLookedUpCause

type SaveMode = Literal["create", "append", "replace", "reorder"]
type SaveState = Literal[
    "planned", "creating", "writing", "reading_back", "done", "unconfirmed", "failed", "undoing", "undone"
]
type TrackStatus = Literal[
    "planned",
    "saved",
    "not_found",
    "wrong_version",
    "not_playable",
    "not_looked_up",
    "already_there",
    "not_written",
    "unconfirmed",
    "undone",
]


@documented
class ReportedTrack(TypedDict):
    """One track of a save."""

    position: int
    """Position in the list that was to be saved, from 1."""
    track_id: NotRequired[str]
    """The catalogue's track."""
    handle: NotRequired[str]
    """Handle of a track that only Spotify has."""
    status: TrackStatus
    """`planned`: it would be written. `saved`: written, and read back. `not_found`, `wrong_version`,
    `not_playable`, `not_looked_up`: Spotify has no such track, has only another version, does not play it in
    this market, or was not searched for it. `already_there`: it stands there already, or earlier in this
    list, and is not added again. `not_written`: it does not stand there. `unconfirmed`: it was sent, and
    could not be read back. `undone`: written, and taken back."""
    method: NotRequired[Literal["isrc", "name", "handle"]]
    """How it was found at Spotify."""
    confidence: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """How sure it is the same recording."""
    detail: NotRequired[str]
    """Why the status is what it is, where that needs words."""
    cause: NotRequired[NotLookedUpCause]
    """Why it was not looked up, as a code: `no_calls_left`, or `failed`; absent of what was."""


@documented
class SaveCounts(TypedDict):
    """How many tracks have each status."""

    planned: int
    """Would be written."""
    saved: int
    """Written, and read back."""
    not_found: int
    """Not found at Spotify."""
    wrong_version: int
    """Only another version was found."""
    not_playable: int
    """Not played in this market."""
    not_looked_up: int
    """Not searched for."""
    already_there: int
    """Stood there already."""
    not_written: int
    """Not in the playlist, though asked for."""
    unconfirmed: int
    """Sent, and not read back."""
    undone: int
    """Written, and taken back."""


@documented
class SavedPlaylist(TypedDict):
    """The playlist at Spotify."""

    id: str
    """Spotify's id of the playlist."""
    url: str
    """Its page."""


@documented
class SaveEffect(TypedDict):
    """What a save would do, or did."""

    stands_there: int
    """Entries of the playlist before."""
    to_write: int
    """Tracks to be written, or to be moved."""
    to_remove: int
    """Entries to be taken out."""
    first_position: int
    """Position of the first written track in the playlist, from 1."""
    calls: int
    """Calls to Spotify that writing and reading back take when nothing fails."""


@documented
class SaveProblem(TypedDict):
    """What stopped a save."""

    code: str
    """The error's stable code."""
    message: str
    """What it is and what to do."""
    retry_at: NotRequired[str]
    """ISO time in UTC before which trying again is of no use."""


@documented
class SaveReport(TypedDict):
    """A save, track by track: as it would be, as far as it came, or as it was read back."""

    save_id: NotRequired[str]
    """Its id; absent when nothing was stored, as for a dry run."""
    state: SaveState
    """`planned`: nothing is written. `done`: written and read back. `unconfirmed`: what stands at Spotify is
    not known for certain. `failed`: it stopped before its end. `undone`: the previous state is back. The
    others: under way."""
    mode: SaveMode
    """A new playlist, or a change of an own one."""
    playlist: NotRequired[SavedPlaylist]
    """The playlist, as soon as it is known."""
    name: str
    """The name in the listener's own words; may be empty where no playlist is created."""
    tracks: list[ReportedTrack]
    """In the order asked for; empty when an order was given by positions."""
    counts: SaveCounts
    """How many tracks have each status."""
    effect: NotRequired[SaveEffect]
    """What it does to the playlist; absent before that is known."""
    calls_made: int
    """Calls to Spotify for this save so far, retries and an undo included."""
    message: str
    """What happened and what to do, in a sentence or two."""
    problem: NotRequired[SaveProblem]
    """What stopped it."""
    resumable: bool
    """Whether the same request with the same key goes on where this one stopped."""
    undo_until: NotRequired[str]
    """ISO time in UTC until which it can be undone."""


@documented
class SaveDocument(TypedDict):
    """One save. Entries of a playlist are URIs or the stand-ins of `spotify/sync/entries.py`: never text of
    Spotify's.
    """

    state: SaveState
    """How far it has come."""
    mode: SaveMode
    """What it does."""
    name: str
    """The listener's words."""
    conversation_id: NotRequired[str]
    """The conversation whose list was saved, in which `undo` takes it back; absent for tracks that a client
    named by id."""
    description: str
    """The description of a new playlist, with the marker at its end."""
    public: bool
    """Whether a new playlist shows on the listener's profile."""
    tracks: list[ReportedTrack]
    """As resolved, in the order asked for; `planned` stands for what is to be written."""
    uris: list[str | None]
    """For each of the tracks, the URI to be written; None where nothing is."""
    under_way: bool
    """Whether a process works on it, as long as its lease lasts."""
    calls_made: int
    """Calls so far."""
    creates_sent: list[str]
    """ISO times of the calls that create the playlist."""
    playlist: NotRequired[SavedPlaylist]
    """The playlist, as soon as it is known."""
    positions: NotRequired[list[int]]
    """The new order, where it was given by positions, from 1."""
    written: bool
    """Whether a change of the playlist's entries was ever sent."""
    sent: int
    """How many of the URIs to be written were sent, from the first."""
    before: NotRequired[list[str]]
    """The entries before the first write."""
    target: NotRequired[list[str]]
    """For a new order: the entries as they shall stand."""
    rewriting: bool
    """Whether a new order is made by writing the whole list."""
    stands: NotRequired[list[str]]
    """The entries as they were read after the last write; absent while that has not been read."""
    confirmed: bool
    """Whether `stands` is what was wanted."""
    repaired: bool
    """Whether something that stood there twice or in a wrong place was put right."""
    others_changed: bool
    """Whether entries of somebody else came between."""
    undoing: bool
    """Whether an undo has begun."""
    undo_forced: bool
    """Whether the undo goes on where others changed the list."""
    undo_written: bool
    """Whether a change was sent by the undo."""
    undo_note: str
    """What the undo could not do; empty otherwise."""
    problem: NotRequired[SaveProblem]
    """What stopped it last."""


SAVE_DOCUMENT = TypeAdapter(SaveDocument)
