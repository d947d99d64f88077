"""The files of the Conversational Playlist Curation Dataset (CPCD), as published.

Source: github.com/google-research-datasets/cpcd, `README.md` (schema), `data.py` and `eval.py` (the file of
tracks, and what its script scores). Fields that nothing here reads are let pass.
"""

from typing import NotRequired, TypedDict

from pydantic import TypeAdapter

from src.schema import documented


@documented
class CpcdTrack(TypedDict):
    """A track, in the file of tracks or within a dialogue."""

    track_ids: str
    """Its id, a YouTube video's."""
    track_titles: str
    """Title as published."""
    track_artists: list[str]
    """Credited artists, as published."""
    track_release_titles: NotRequired[str | None]
    """Its album or single."""
    track_cluster_ids: NotRequired[str]
    """Shared by tracks of nearly the same title and artists; some dialogue files leave it out."""


@documented
class CpcdTurn(TypedDict):
    """What the listener said, and what came of it."""

    user_query: str
    """What the listener said."""
    system_response: str
    """What the human in the system's place answered."""
    liked_results: list[str]
    """Tracks shown and liked."""
    disliked_results: list[str]
    """Tracks shown and disliked."""


@documented
class CpcdDialogue(TypedDict):
    """One line of `dialogs.*.jsonl`."""

    id: str
    """Unique in the data set."""
    turns: list[CpcdTurn]
    """The turns of the dialogue, in order."""
    tracks: dict[str, CpcdTrack]
    """The tracks that the turns name, by id."""
    goal_playlist: list[str]
    """Every track that the listener liked by the end."""


@documented
class CpcdNeighbour(TypedDict):
    """A track of a ranking."""

    docid: str
    """Id of the track."""


@documented
class CpcdResult(TypedDict):
    """One line of a model's output, as the data set's script reads it."""

    docid: str
    """`DIALOGUE:TURN`, the turn counted from 0."""
    neighbor: list[CpcdNeighbour]
    """The ranking, best first."""


CPCD_TRACK = TypeAdapter(CpcdTrack)
CPCD_DIALOGUE = TypeAdapter(CpcdDialogue)
CPCD_RESULT = TypeAdapter(CpcdResult)
