"""Doing one job: claim it, run its handler under a lease that is kept, store what came of it.

The same holds for a message of the broker and for a row found in the database. The verdict (`Settled`,
`Later`, `Dead`) is returned after everything is stored: then a message may be acknowledged, and one that is
delivered again finds the job as it is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from loguru import logger

from src.errors import DomainError, StorageUnavailable
from src.jobs.lease_store import (
    Claimed,
    LeaseLost,
    NotClaimed,
    claim_job,
    fail_job,
    finish_job,
    renew_lease,
    report_progress,
    retry_job,
    return_job,
)
from src.jobs.models.job import JobProblem
from src.jobs.models.messages import JobMessage
from src.jobs.running import (
    JobHandler,
    JobHandlers,
    JobOutcome,
    JobRun,
    JobStopped,
    delay_steps,
    delay_until,
    retry_delay_s,
)
from src.storage.database import Database

# A lease is renewed this often within its time: two renewals may fail.
_RENEWALS: Final = 3
_PROGRESS_EVERY: Final = timedelta(seconds=0.5)
# From here on an error is the service's, below it the request's.
_FIRST_SERVER_STATUS: Final = 500

_UNEXPECTED: Final[JobProblem] = {
    "code": "internal_error",
    "detail": "Something unexpected went wrong. It was logged.",
}
_TIMED_OUT: Final[JobProblem] = {
    "code": "job_timeout",
    "detail": "The job took longer than JOB_TIMEOUT_S. Ask for something smaller.",
}
_NO_HANDLER: Final[JobProblem] = {
    "code": "kind_not_served",
    "detail": "No worker here does jobs of this kind.",
}


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Bounds of one job; `.env.example` explains each."""

    attempts: int = 4
    retry_first_s: float = 5.0
    retry_max_s: float = 300.0
    lease_s: float = 60.0
    timeout_s: float = 900.0

    @property
    def delays(self) -> tuple[float, ...]:
        """Every wait between two attempts."""
        return delay_steps(self.retry_first_s, self.retry_max_s)


@dataclass(frozen=True, slots=True)
class Jobs:
    """What doing jobs needs. `stopping` is set when the process ends and its grace is over."""

    db: Database
    limits: JobLimits
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is left to do for this message."""


@dataclass(frozen=True, slots=True)
class Later:
    """The job has to be looked at again after `delay_s`."""

    delay_s: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Dead:
    """Nobody can do this: it belongs where a person looks at it, with the reason."""

    reason: str


type Settlement = Settled | Later | Dead


async def handle_job(jobs: Jobs, handlers: JobHandlers, message: JobMessage) -> Settlement:
    """Do the job that a message names, as far as that can be done now.

    When the caller is cancelled the job is put back, for the next worker to start.
    """
    with logger.contextualize(job_id=message.job_id, kind=message.kind):
        try:
            return await _handle(jobs, handlers, message)
        except StorageUnavailable:
            # The row says `running` at worst: the lease runs out, and the next look takes the job over.
            logger.warning("The database was away while a job was looked at")
            return Later(jobs.limits.retry_first_s, message.attempt)
        except Exception:  # noqa: BLE001 - the job is not to blame, and its message must not be lost
            logger.exception("A job could not be looked at")
            return Later(jobs.limits.delays[-1], message.attempt)


async def finish_or_return[T](jobs: Jobs, tasks: set[asyncio.Task[T]], grace_s: float) -> None:
    """Let the jobs under way finish within `grace_s`, then end them, which puts them back."""
    if tasks:
        await asyncio.wait(tasks, timeout=grace_s)
    jobs.stopping.set()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _handle(jobs: Jobs, handlers: JobHandlers, message: JobMessage) -> Settlement:
    lease, now = jobs.new_id(), jobs.now()
    until = now + timedelta(seconds=jobs.limits.lease_s)
    try:
        claimed = await claim_job(jobs.db, message.job_id, lease=lease, now=now, until=until)
        if isinstance(claimed, NotClaimed):
            return _not_now(jobs, claimed, message)
        return await _do(jobs, handlers, claimed)
    except asyncio.CancelledError:
        await return_job(jobs.db, message.job_id, lease, jobs.now())
        raise


async def _do(jobs: Jobs, handlers: JobHandlers, claimed: Claimed) -> Settlement:
    handler = handlers.get(claimed.kind)
    if handler is None:
        await fail_job(jobs.db, claimed, problem=_NO_HANDLER, now=jobs.now())
        return Dead(f"kind_not_served: no worker here does jobs of the kind {claimed.kind}")
    try:
        outcome = await _attempt(jobs, handler, claimed)
        await finish_job(jobs.db, claimed, result=outcome.result, now=jobs.now(), beside=outcome.beside)
    except LeaseLost:
        logger.info("A job was cancelled, or taken over by another worker")
        return Settled()
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is the end of this attempt alone
        return await _store_failure(jobs, claimed, error)
    return Settled()


def _not_now(jobs: Jobs, refusal: NotClaimed, message: JobMessage) -> Settlement:
    match refusal.why:
        case "finished":
            return Settled()
        case "held" | "not_due":
            delay_s = delay_until(jobs.limits.delays, jobs.now(), refusal.until)
            return Later(delay_s, message.attempt)
        case "unknown":
            return Dead("unknown_job: there is no job of this id in the database of this worker")
        case "given_up":
            return Dead("worker_lost: the job ended its worker each time it was started")


async def _attempt(jobs: Jobs, handler: JobHandler, claimed: Claimed) -> JobOutcome:
    """Run the handler while the lease is kept.

    Raises:
        LeaseLost: the job is no longer this worker's; the handler was cancelled.
        TimeoutError: the handler took too long, and was cancelled.
    """
    over = asyncio.Event()
    last_step: str | None = None
    last_at: datetime | None = None

    async def report(progress: float, step: str) -> None:
        nonlocal last_step, last_at
        now = jobs.now()
        if step == last_step and last_at is not None and now - last_at < _PROGRESS_EVERY:
            return
        last_step, last_at = step, now
        try:
            await report_progress(jobs.db, claimed, progress=progress, step=step, now=now)
        except StorageUnavailable:
            logger.warning("The progress of a job could not be stored")

    run = JobRun(
        job_id=claimed.id,
        listener=claimed.listener,
        kind=claimed.kind,
        request=claimed.request,
        attempt=claimed.starts,
        traceparent=claimed.traceparent,
        report=report,
        should_stop=lambda: over.is_set() or jobs.stopping.is_set(),
    )
    work = asyncio.ensure_future(handler(run))
    heart = asyncio.create_task(_keep_lease(jobs, claimed))
    try:
        await asyncio.wait({work, heart}, timeout=jobs.limits.timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if work.cancelled():
            raise JobStopped
        if work.done():
            return work.result()
        if heart.done():
            raise LeaseLost
        raise TimeoutError
    finally:
        over.set()
        work.cancel()
        heart.cancel()
        await asyncio.gather(work, heart, return_exceptions=True)


async def _keep_lease(jobs: Jobs, claimed: Claimed) -> None:
    """Renew the lease while it is this worker's; return when it is not."""
    while True:
        await jobs.sleep(jobs.limits.lease_s / _RENEWALS)
        until = jobs.now() + timedelta(seconds=jobs.limits.lease_s)
        try:
            if not await renew_lease(jobs.db, claimed, until):
                return
        except StorageUnavailable:
            logger.warning("The lease of a job could not be renewed")


async def _store_failure(jobs: Jobs, claimed: Claimed, error: Exception) -> Settlement:
    if isinstance(error, JobStopped):
        await return_job(jobs.db, claimed.id, claimed.lease, jobs.now())
        return Later(jobs.limits.retry_first_s, claimed.starts)
    problem, final = _read_failure(error)
    failures = claimed.failures + 1
    if final:
        logger.info("A job failed for its request: {}", problem["code"])
        await fail_job(jobs.db, claimed, problem=problem, now=jobs.now())
        return Settled()
    logger.opt(exception=None if isinstance(error, DomainError | TimeoutError) else error).warning(
        "Attempt {} at a job failed: {}", failures, problem["code"]
    )
    if failures >= jobs.limits.attempts:
        if not await fail_job(jobs.db, claimed, problem=problem, now=jobs.now()):
            return Settled()
        return Dead(f"{problem['code']}: attempt {failures} of {jobs.limits.attempts} failed")
    delay_s = retry_delay_s(jobs.limits.delays, failures)
    now = jobs.now()
    due_at = now + timedelta(seconds=delay_s)
    if not await retry_job(jobs.db, claimed, problem=problem, due_at=due_at, now=now):
        return Settled()
    return Later(delay_s, claimed.starts + 1)


def _read_failure(error: Exception) -> tuple[JobProblem, bool]:
    """What the listener reads, and whether another attempt would fail in the same way."""
    if isinstance(error, DomainError):
        return {"code": error.code, "detail": error.message}, error.status < _FIRST_SERVER_STATUS
    if isinstance(error, TimeoutError):
        return _TIMED_OUT, False
    return _UNEXPECTED, False
