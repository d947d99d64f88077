"""What a listener, a client and the model are told of a save: ids and the listener's own words alone."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.linking.models.link import NotLookedUpCause
from src.schema import documented

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
    """Place in the list that was to be saved, from 1."""
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
    """Not there."""
    unconfirmed: int
    """Sent, and not read back."""
    undone: int
    """Written, and taken back."""


@documented
class SavedPlaylist(TypedDict):
    """The playlist at Spotify."""

    id: str
    """Its id."""
    url: str
    """Its page."""


@documented
class SaveEffect(TypedDict):
    """What a save would do, or did."""

    stands_there: int
    """Entries of the playlist before."""
    to_write: int
    """Tracks to be written, or to be put in another place."""
    to_remove: int
    """Entries to be taken out."""
    first_position: int
    """Place of the first written track in the playlist, from 1."""
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
    """Of the tracks."""
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
