"""A save as it is stored before its first write and after each step: enough to go on in another process."""

from typing import NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.saving.models.report import ReportedTrack, SavedPlaylist, SaveMode, SaveProblem, SaveState
from src.schema import documented


@documented
class SaveDocument(TypedDict):
    """One save. Entries of a playlist are URIs or the stand-ins of `src/saving/entries.py`: never text of
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
