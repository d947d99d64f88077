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
    """A track that came in or went out."""

    position: int
    """Its place, from 1: in the new list for one that came in, in the old list for one that went out."""
    track_id: str
    """The catalogue's track."""
    title: str
    """Its title."""
    artists: list[str]
    """Its artists, the main one first."""
    why: str
    """One sentence."""


@documented
class MovedEntry(TypedDict):
    """A track that stands elsewhere among those that stayed."""

    track_id: str
    """The catalogue's track."""
    title: str
    """Its title."""
    artists: list[str]
    """Its artists, the main one first."""
    from_position: int
    """Its place in the old list, from 1."""
    to_position: int
    """Its place in the new list, from 1."""
    why: str
    """One sentence."""


@documented
class PlaylistDiff(TypedDict):
    """What changed from one version to the next.

    Whoever takes `removed` and `moved` out of the old list, puts `added` and `moved` at their places and
    fills the other places with the rest in its order, has the new list.
    """

    added: list[ChangedEntry]
    """Came in, in the order of the new list."""
    removed: list[ChangedEntry]
    """Went out, in the order of the old list."""
    moved: list[MovedEntry]
    """Stand elsewhere, in the order of the new list. What only shifted by others' coming and going, and
    what has the number it had, has not moved."""
    kept: int
    """How many stayed and have not moved."""
    pinned_kept: int
    """How many of these are pinned."""


@documented
class StoredPlaylist(TypedDict):
    """A playlist in its present state."""

    id: str
    """The playlist."""
    listener: str
    """Whose it is."""
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
    """What the list is to be."""
    result: PlaylistResult
    """The list, with its pins."""
    from_conversation: str | None
    """The conversation it was made from."""
    created_by_job: str | None
    """The job that made it."""


@documented
class NewPlaylist(TypedDict):
    """A playlist to store."""

    id: str
    """The playlist."""
    listener: str
    """Whose it is."""
    created_at: datetime
    """When it was made, with its time zone."""
    mode: PlaylistMode
    """Whether a refresh may renew it."""
    spec: PlaylistSpec
    """What the list is to be."""
    result: PlaylistResult
    """The list."""
    from_conversation: str | None
    """The conversation it was made from."""
    created_by_job: str | None
    """The job that made it: each makes one playlist, however often it is run."""


@documented
class NewVersion(TypedDict):
    """A change to store."""

    listener: str
    """Whose playlist it is."""
    playlist_id: str
    """The playlist."""
    version: int
    """The version that the change was made from: it must still be the present one."""
    made_at: datetime
    """When the change was made, with its time zone."""
    cause: VersionCause
    """What made it."""
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
    """From 1."""
    made_at: datetime
    """When it was made, in UTC."""
    cause: VersionCause
    """What made it."""
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
    """From 1."""
    made_at: datetime
    """When it was made, in UTC."""
    cause: VersionCause
    """What made it."""
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
    """This page."""
    next_cursor: str | None
    """Send it as `before` for the next page; None on the last one."""


@documented
class PlaylistSummary(TypedDict):
    """A line of the list of playlists."""

    id: str
    """The playlist."""
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
    """This page."""
    next_cursor: str | None
    """Send it as `before` for the next page; None on the last one."""


@documented
class DuePlaylist(TypedDict):
    """A playlist whose scheduled refresh has come; whoever holds this is the only one who does."""

    id: str
    """The playlist."""
    listener: str
    """Whose it is."""
    due_at: datetime
    """When it was due, in UTC: with the id it names this refresh, so that a job of it is made once."""


DIFF = TypeAdapter(PlaylistDiff)


@documented
class PlaylistRequest(TypedDict, closed=True):
    """One of a prompt, a spec, a conversation or examples to grow from; a conversation and examples also come
    with a prompt.
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
    """The whole spec; a prompt beside it is not read."""
    conversation_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """The brief and the likes of a conversation."""
    grow: NotRequired[GrowRequest]
    """Examples to grow from."""
    title: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """Name of the list; made from the prompt when left out."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS, strict=True)]]
    """Exactly so many, whatever the words say."""
    minutes: NotRequired[Annotated[float, Field(ge=MIN_DURATION_S / 60, le=MAX_DURATION_S / 60)]]
    """So long, whatever the words say."""
    seed: NotRequired[Annotated[int, Field(ge=0, le=2**31 - 1)]]
    """The same one gives the same list; 1 when left out."""
    mode: NotRequired[Literal["fresh", "frozen"]]
    """Whether a refresh may change it; `fresh` when left out."""


@documented
class RefreshRequest(TypedDict, closed=True):
    """Which playlist is to be refreshed."""

    playlist_id: Annotated[str, Field(min_length=1, max_length=64)]
    """The playlist."""


PLAYLIST_REQUEST = TypeAdapter(PlaylistRequest)
