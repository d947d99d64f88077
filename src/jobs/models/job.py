"""A job: work done in the background, followed by its listener."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.jobs.models.messages import JobKind
from src.schema import documented

type JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]


@documented
class JobProblem(TypedDict):
    """Why a job failed, or why its last attempt did."""

    code: str
    """Stable code of the error."""
    detail: str
    """What happened and what to do, in a sentence that is safe to show."""


@documented
class JobDocument(TypedDict):
    """A job as its listener sees it."""

    id: str
    """Id of the job, by which it is followed."""
    listener: str
    """Whose it is."""
    kind: JobKind
    """What it does."""
    status: JobStatus
    """`queued` waits (also for its next attempt), `running` is worked on; the others are final."""
    progress: Annotated[float, Field(ge=0, le=1)]
    """How much is done, 0 to 1."""
    step: str
    """What is being done, in words; empty before the start."""
    request: dict[str, object]
    """What was asked for; its form belongs to the kind."""
    result: dict[str, object] | None
    """What came out, once it is done; its form belongs to the kind."""
    problem: JobProblem | None
    """Why it failed; while it waits for another attempt, why the last one did."""
    attempts: int
    """How often it was started."""
    created_at: str
    """When it was asked for."""
    updated_at: str
    """When something about it last changed."""
    finished_at: str | None
    """When it came to its end."""


JOB_JSON: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
JOB_PROBLEM: TypeAdapter[JobProblem] = TypeAdapter(JobProblem)
