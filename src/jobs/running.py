"""What a handler of jobs is given, and what it gives back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

# What else is stored in the transaction that makes the job done; the result says where it is.
type Beside = Callable[[AsyncConnection], Awaitable[None]]


class JobStopped(Exception):
    """Raised by a handler that saw `should_stop` and left its work."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One attempt at a job.

    `report` takes the share that is done and what is being done now. `should_stop` turns true when the result
    is no longer wanted, or the process ends: work in a thread has to ask it, the rest is cancelled.
    """

    job_id: str
    listener: str
    kind: str
    request: dict[str, object]
    attempt: int
    traceparent: str | None
    report: Callable[[float, str], Awaitable[None]]
    should_stop: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """The result, and what is stored together with it or not at all."""

    result: dict[str, object]
    beside: Beside | None = None


type JobHandler = Callable[[JobRun], Awaitable[JobOutcome]]
type JobHandlers = Mapping[str, JobHandler]
