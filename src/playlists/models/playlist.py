"""Playlists as they are stored: the present state, the versions, and what changed from one to the next."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.constraints.models.spec import MAX_DURATION_S, MAX_TRACKS, MIN_DURATION_S, GrowRequest, PlaylistSpec
from src.playlists.models.result import PlaylistResult
from src.schema import documented

type PlaylistMode = Literal["fresh", "frozen"]
type VersionCause = Literal["created", "edited", "refreshed", "restored"]


@documented
class ChangedEntry(TypedDict):
    """A track that was added or removed."""

    position: int
    """Its position, from 1: in the new list if added, in the old list if removed."""
    track_id: str
    """Id of the track in the catalogue."""
    title: str
    """Title of the track."""
    artists: list[str]
    """Artists of the track, the main one first."""
    why: str
    """The reason, in a sentence."""


@documented
class MovedEntry(TypedDict):
    """A track that stayed in the list and changed its order among the others."""

    track_id: str
    """Id of the track in the catalogue."""
    title: str
    """Title of the track."""
    artists: list[str]
    """Artists of the track, the main one first."""
    from_position: int
    """Position in the old list, from 1."""
    to_position: int
    """Position in the new list, from 1."""
    why: str
    """The reason, in a sentence."""


@documented
class PlaylistDiff(TypedDict):
    """What changed from one version to the next.

    To get the new list, take `removed` and `moved` out of the old one, put `added` and `moved` at their
    positions, and fill the other positions with the rest in its order.
    """

    added: list[ChangedEntry]
    """Added tracks, in the order of the new list."""
    removed: list[ChangedEntry]
    """Removed tracks, in the order of the old list."""
    moved: list[MovedEntry]
    """Moved tracks, in the order of the new list. A track that only shifted as others came and went, or that
    has its old position, has not moved."""
    kept: int
    """How many tracks stayed and have not moved."""
    pinned_kept: int
    """How many of these are pinned."""


@documented
class StoredPlaylist(TypedDict):
    """A playlist in its present state."""

    id: str
    """Id of the playlist."""
    listener: str
    """The owner of the playlist."""
    title: str
    """Its name: the title of the spec."""
    created_at: datetime
    """When it was made, in UTC."""
    updated_at: datetime
    """When its list or its refreshing was last changed, in UTC."""
    version: int
    """Number of the present version, from 1; a change must name it."""
    mode: PlaylistMode
    """`fresh`: a refresh may renew it. `frozen`: it changes by edits alone."""
    schedule: str | None
    """When it is refreshed, as a cron expression of five fields; None when it is by request alone."""
    schedule_zone: str
    """IANA time zone of the schedule: `Europe/Berlin`."""
    next_refresh_at: datetime | None
    """The next refresh by the schedule, in UTC; None without a schedule and while frozen."""
    spec: PlaylistSpec
    """What the list was made from."""
    result: PlaylistResult
    """The list, with its pins."""
    from_conversation: str | None
    """Id of the conversation that it was made from; None when it was made otherwise."""
    created_by_job: str | None
    """Id of the job that made it; None when no job did."""


@documented
class NewPlaylist(TypedDict):
    """A playlist to store."""

    id: str
    """Id of the playlist."""
    listener: str
    """The owner of the playlist."""
    created_at: datetime
    """When it was made, with its time zone."""
    mode: PlaylistMode
    """Whether a refresh may renew it."""
    spec: PlaylistSpec
    """What the list was made from."""
    result: PlaylistResult
    """The list."""
    from_conversation: str | None
    """Id of the conversation that it was made from; None when it was made otherwise."""
    created_by_job: str | None
    """Id of the job that made it: each makes one playlist, however often it is run."""


@documented
class NewVersion(TypedDict):
    """A change to store."""

    listener: str
    """The owner of the playlist."""
    playlist_id: str
    """Id of the playlist."""
    version: int
    """The version that the change was made from: it must still be the present one."""
    made_at: datetime
    """When the change was made, with its time zone."""
    cause: VersionCause
    """What made the version."""
    words: str
    """The listener's words; empty when there were none."""
    spec: PlaylistSpec
    """What the list is to be from now on."""
    result: PlaylistResult
    """The list after the change."""
    diff: PlaylistDiff
    """What changed."""


@documented
class VersionSummary(TypedDict):
    """A line of the list of versions."""

    number: int
    """Number of the version, from 1."""
    made_at: datetime
    """When it was made, in UTC."""
    cause: VersionCause
    """What made the version."""
    words: str
    """The listener's words of the edit; empty when there were none."""
    tracks: int
    """How many tracks the list had."""
    diff: PlaylistDiff | None
    """What changed since the version before; None for the first."""


@documented
class PlaylistVersion(TypedDict):
    """One version as it was."""

    number: int
    """Number of the version, from 1."""
    made_at: datetime
    """When it was made, in UTC."""
    cause: VersionCause
    """What made the version."""
    words: str
    """The listener's words of the edit; empty when there were none."""
    spec: PlaylistSpec
    """What the list was to be."""
    result: PlaylistResult
    """The list."""
    diff: PlaylistDiff | None
    """What changed since the version before; None for the first."""


@documented
class VersionPage(TypedDict):
    """Versions of a playlist, the newest first."""

    versions: list[VersionSummary]
    """The entries of this page."""
    next_cursor: str | None
    """Send it as `before` for the next page; None on the last one."""


@documented
class PlaylistSummary(TypedDict):
    """A line of the list of playlists."""

    id: str
    """Id of the playlist."""
    title: str
    """Its name."""
    created_at: datetime
    """When it was made, in UTC."""
    updated_at: datetime
    """When its list or its refreshing was last changed, in UTC."""
    version: int
    """Number of the present version."""
    mode: PlaylistMode
    """`fresh` or `frozen`."""
    schedule: str | None
    """When it is refreshed, as a cron expression; None when it is by request alone."""
    next_refresh_at: datetime | None
    """The next refresh by the schedule, in UTC."""
    tracks: int
    """How many tracks it has."""


@documented
class PlaylistPage(TypedDict):
    """Playlists, the last changed first."""

    playlists: list[PlaylistSummary]
    """The entries of this page."""
    next_cursor: str | None
    """Send it as `before` for the next page; None on the last one."""


@documented
class DuePlaylist(TypedDict):
    """A playlist whose scheduled refresh is due, claimed by a single process."""

    id: str
    """Id of the playlist."""
    listener: str
    """The owner of the playlist."""
    due_at: datetime
    """When it was due, in UTC: with the id it identifies the refresh, so that one job is made of it."""


DIFF = TypeAdapter(PlaylistDiff)


@documented
class PlaylistRequest(TypedDict, closed=True):
    """One of a prompt, a spec, a conversation or examples to grow from; a prompt may come with a conversation
    or examples.
    """

    prompt: NotRequired[
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=4000,
                examples=["a ninety-minute dinner list, starts calm, ends dancing, mostly soul"],
            ),
        ]
    ]
    """The listener's words."""
    spec: NotRequired[PlaylistSpec]
    """The whole spec; a prompt is then ignored."""
    conversation_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """The brief and the likes of a conversation."""
    grow: NotRequired[GrowRequest]
    """Examples to grow from."""
    title: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """Name of the list; made from the prompt when left out."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS, strict=True)]]
    """The exact number of tracks, whatever the words say."""
    minutes: NotRequired[Annotated[float, Field(ge=MIN_DURATION_S / 60, le=MAX_DURATION_S / 60)]]
    """The total length in minutes, whatever the words say."""
    seed: NotRequired[Annotated[int, Field(ge=0, le=2**31 - 1)]]
    """The same seed makes the same list; 1 when left out."""
    mode: NotRequired[Literal["fresh", "frozen"]]
    """Whether a refresh may change it; `fresh` when left out."""


@documented
class RefreshRequest(TypedDict, closed=True):
    """Which playlist is to be refreshed."""

    playlist_id: Annotated[str, Field(min_length=1, max_length=64)]
    """Id of the playlist to refresh."""


PLAYLIST_REQUEST = TypeAdapter(PlaylistRequest)
