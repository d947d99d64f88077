"""The files of the RecSys Challenge 2026, Music-CRS, as published.

Source: the data sets `talkpl-ai/TalkPlayData-Challenge-Dataset`, `…-Blind-A`, `…-Blind-B` and
`…-Track-Metadata`, described in `docs/data.md` of github.com/npatta01/music-crs-2026 and in
`docs/dataset_overview.md` of github.com/tmp-friends/music-crs-challenge-2026; predictions in `readme.md` of
github.com/nlp4musa/music-crs-evaluator. Fields that nothing here reads are let pass.
"""

from typing import Literal, NotRequired, TypedDict

from pydantic import TypeAdapter

from src.schema import documented


@documented
class CrsMessage(TypedDict):
    """A part of a turn: what the listener says, the track that is played, or what is said of it."""

    turn_number: int
    """From 1, shared by the parts of a turn."""
    role: Literal["user", "music", "assistant"]
    """Whose part it is."""
    content: str
    """The words; with `music`, the track's id."""


@documented
class CrsSession(TypedDict):
    """One conversation."""

    session_id: str
    """Unique in the data set."""
    user_id: NotRequired[str | None]
    """Whose it is; the second blind set leaves half of them out."""
    conversations: list[CrsMessage]
    """In order. A blind session ends with the words that await an answer."""


@documented
class CrsTrack(TypedDict):
    """A track of the metadata; names come as lists of spellings or of several artists."""

    track_id: str
    """The data set's id of the track."""
    track_name: list[str]
    """Spellings of the title, the usual one first."""
    artist_name: list[str]
    """Credited artists, or spellings of one."""
    album_name: NotRequired[list[str] | None]
    """Albums that the track is on."""
    tag_list: NotRequired[list[str] | None]
    """Genres, moods and other tags, mixed."""
    popularity: NotRequired[float | None]
    """Popularity, 0 to 100."""
    release_date: NotRequired[str | None]
    """Day of release, as ISO date."""
    duration: NotRequired[int | float | None]
    """In milliseconds, as in the published sample."""
    ISRC: NotRequired[list[str] | None]
    """International Standard Recording Codes."""


@documented
class CrsPrediction(TypedDict):
    """One entry of a predictions file: one a session and turn."""

    session_id: str
    """Id of the session."""
    user_id: str
    """Whose it is; empty where the data set does not say."""
    turn_number: int
    """Number of the turn, from 1."""
    predicted_track_ids: list[str]
    """At most 20 tracks, best first, none twice."""
    predicted_response: str
    """What is said to the listener."""


@documented
class CrsTruth(TypedDict):
    """The track that was played in a turn."""

    session_id: str
    """Id of the session."""
    turn_number: int
    """Number of the turn, from 1."""
    ground_truth_track_id: str
    """Id of the track that was played."""


CRS_SESSION = TypeAdapter(CrsSession)
CRS_TRACK = TypeAdapter(CrsTrack)
CRS_PREDICTIONS = TypeAdapter(list[CrsPrediction])
