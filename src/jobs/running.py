"""What a handler of jobs receives and returns, and how long a job waits before its next attempt."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from src.storage.database import Beside


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


def delay_steps(first_s: float, max_s: float) -> tuple[float, ...]:
    """Every wait there is, the shortest first: `first_s` doubled until `max_s`."""
    steps = [first_s]
    while steps[-1] < max_s:
        steps.append(min(steps[-1] * 2.0, max_s))
    return tuple(steps)


def retry_delay_s(steps: tuple[float, ...], failures: int) -> float:
    """The wait after failure number `failures`, from 1."""
    return steps[min(failures, len(steps)) - 1]


def delay_until(steps: tuple[float, ...], now: datetime, moment: datetime | None) -> float:
    """The step that comes nearest to a moment without passing it; the first one when it is near or past."""
    wanted = (moment - now).total_seconds() if moment is not None else 0.0
    return max((step for step in steps if step <= wanted), default=steps[0])
