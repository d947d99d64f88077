"""What clients send of playlists and jobs, and what they are answered."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.constraints.models.edit import MAX_OPERATIONS, Operation
from src.constraints.models.spec import PlaylistSpec
from src.jobs.models.job import JobProblem, JobStatus
from src.jobs.models.messages import JobKind
from src.playlists.models.imports import MatchReport
from src.playlists.models.playlist import PlaylistDiff, PlaylistMode, VersionCause
from src.playlists.models.result import PlaylistResult
from src.schema import documented


@documented
class PlaylistAnswer(TypedDict):
    """A playlist as it is now."""

    id: str
    """Id of the playlist, as its routes take it."""
    title: str
    """Name that the prompt or the request gave it."""
    version: int
    """Send it with an edit: an edit of an older one is refused."""
    created_at: str
    """ISO time of the first version."""
    updated_at: str
    """ISO time of the last version."""
    mode: PlaylistMode
    """`fresh`: refreshes change it; `frozen`: nothing but an edit does."""
    schedule: NotRequired[str]
    """Cron expression of its refreshes; absent when it has none."""
    schedule_zone: NotRequired[str]
    """Time zone of the schedule, such as `Europe/Berlin`; absent without one."""
    next_refresh_at: NotRequired[str]
    """ISO time of the next refresh; absent without a schedule."""
    spec: PlaylistSpec
    """What the list is to be: number, length, parts, constraints."""
    result: PlaylistResult
    """The tracks in order, a verdict on each constraint, and the scores."""
    links: dict[str, str]
    """`self`, `versions`, `picture` (SVG of its contour), and `export` by format."""


@documented
class PlaylistLine(TypedDict):
    """A line of the list of playlists."""

    id: str
    """Id of the playlist, as its routes take it."""
    title: str
    """Name that the prompt or the request gave it."""
    version: int
    """Number of the present version."""
    updated_at: str
    """ISO time of the last version."""
    mode: PlaylistMode
    """Whether refreshes change it."""
    tracks: int
    """How many tracks it has."""


@documented
class PlaylistLines(TypedDict):
    """The listener's playlists, the last changed first."""

    playlists: list[PlaylistLine]
    """One page of them."""
    next: NotRequired[str]
    """Send it as `before` for the next page; absent on the last one."""


@documented
class PlaylistPatch(TypedDict, closed=True):
    """A change: in words or by operations or by a whole spec, of the version named; or of its settings."""

    version: NotRequired[Annotated[int, Field(ge=1)]]
    """The version that the edit is made for; needed with words, operations and a spec."""
    words: NotRequired[Annotated[str, Field(min_length=1, max_length=1000)]]
    """`swap number 3`, `less electronic in the second half`, `keep 1, 5 and 9`, `undo`."""
    operations: NotRequired[Annotated[list[Operation], Field(min_length=1, max_length=MAX_OPERATIONS)]]
    """In their order; positions are those of the version named."""
    spec: NotRequired[PlaylistSpec]
    """A whole spec in place of the old one."""
    mode: NotRequired[PlaylistMode]
    """Whether refreshes may change it."""
    schedule: NotRequired[Annotated[str, Field(max_length=100)] | None]
    """Cron expression of its refreshes; null ends them."""
    schedule_zone: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """Time zone of the schedule, such as `Europe/Berlin`; UTC when left out."""


@documented
class VersionLine(TypedDict):
    """A version of a playlist, and what it changed."""

    number: int
    """Number of the version, from 1."""
    made_at: str
    """ISO time at which it was stored."""
    cause: VersionCause
    """What made the version: the request, an edit, a refresh, a restored version."""
    words: str
    """The words of the edit; empty otherwise."""
    tracks: int
    """How many tracks it has."""
    diff: PlaylistDiff | None
    """What changed from the version before; null of the first."""


@documented
class VersionLines(TypedDict):
    """Versions of a playlist, the latest first."""

    versions: list[VersionLine]
    """One page of them."""
    next: NotRequired[str]
    """Send it as `before` for the next page; absent on the last one."""


@documented
class VersionAnswer(TypedDict):
    """One version, whole."""

    number: int
    """Number of the version, from 1."""
    made_at: str
    """ISO time at which it was stored."""
    cause: VersionCause
    """What made the version: the request, an edit, a refresh, a restored version."""
    words: str
    """The words of the edit; empty otherwise."""
    spec: PlaylistSpec
    """What the list was to be."""
    result: PlaylistResult
    """The list as it was."""
    diff: PlaylistDiff | None
    """What changed from the version before; null of the first."""


@documented
class JobAnswer(TypedDict):
    """A job as its listener sees it."""

    id: str
    """Id of the job, as `/v1/jobs/{id}` takes it."""
    kind: JobKind
    """What it does: make a list, refresh one, run an evaluation."""
    status: JobStatus
    """`queued`, `running`, `done`, `failed` or `cancelled`."""
    progress: float
    """Part that is done, 0 to 1."""
    step: str
    """The present step, in words."""
    problem: JobProblem | None
    """Why it or its last attempt failed; null when nothing did."""
    result: dict[str, object] | None
    """Ids of what it made; null until it is done."""
    links: dict[str, str]
    """`self`, `events`, and `result` once it is done."""


@documented
class JobAnswers(TypedDict):
    """The listener's jobs, the latest first."""

    jobs: list[JobAnswer]
    """As many as were asked for."""


@documented
class ImportAnswer(TypedDict):
    """A foreign list matched to the catalogue, and the job that makes a playlist of what was found."""

    title: str
    """The list's name in the file."""
    notes: list[str]
    """What in the file could not be read as it was, in sentences."""
    report: MatchReport
    """Line by line: matched, ambiguous or missing, and why."""
    track_ids: list[str]
    """The matched tracks: what a playlist can grow from."""


type ExportFormat = Literal["m3u8", "xspf", "jspf", "csv", "json"]

PLAYLIST_ANSWER = TypeAdapter(PlaylistAnswer)
PLAYLIST_LINES = TypeAdapter(PlaylistLines)
VERSION_LINES = TypeAdapter(VersionLines)
JOB_ANSWER = TypeAdapter(JobAnswer)
IMPORT_ANSWER = TypeAdapter(ImportAnswer)
