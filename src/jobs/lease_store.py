"""Jobs in the database as workers see them: which may be started, and who works on which.

A job is worked on under a lease. Whoever starts it writes a lease of its own into the row, in one statement,
and every later change names that lease: of two workers one wins, and one that lost its lease changes nothing
more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import Row, Update, and_, bindparam, func, null, or_, select, update

from src.jobs.models.job import JOB_JSON, JOB_PROBLEM, JobProblem
from src.jobs.models.messages import JobKind, JobMessage
from src.jobs.store import FINAL_STATUSES, JOB_BY_ID
from src.schema import to_json
from src.storage.database import Beside, Database, read, uninterrupted, write
from src.storage.tables import jobs

# A job that took this many workers with it is given up: it is what kills them.
STARTS_MAX: Final = 20
STEP_CHARACTERS: Final = 200

_WORKER_LOST: Final[JobProblem] = {
    "code": "worker_lost",
    "detail": "The job ended its worker each time it was started. Ask for something smaller.",
}

_MOMENT = jobs.c.due_at.type
_NOW = bindparam("now", type_=_MOMENT)
_AT: Final = bindparam("at", type_=_MOMENT)
_WAITS = and_(jobs.c.status == "queued", jobs.c.due_at <= _NOW)
_LEFT = and_(jobs.c.status == "running", jobs.c.lease_until <= _NOW)
_MAY_START = or_(_WAITS, _LEFT)
_NO_LEASE = {"lease_by": null(), "lease_until": null()}

_CLAIM = (
    update(jobs)
    .where(JOB_BY_ID, _MAY_START)
    .values(
        status="running",
        starts=jobs.c.starts + 1,
        lease_by=bindparam("new_lease"),
        lease_until=bindparam("new_until"),
        updated_at=_NOW,
    )
    .returning(*jobs.c)
)
_GET = select(jobs).where(JOB_BY_ID)
_HELD = update(jobs).where(JOB_BY_ID, jobs.c.status == "running", jobs.c.lease_by == bindparam("of_lease"))
_RENEW = _HELD.values(lease_until=bindparam("new_until"))
_PROGRESS = _HELD.values(progress=bindparam("new_progress"), step=bindparam("new_step"), updated_at=_AT)
_FINISH = _HELD.values(
    status="done",
    progress=1.0,
    result=bindparam("new_result"),
    problem=null(),
    updated_at=_AT,
    finished_at=_AT,
    **_NO_LEASE,
)
_FAIL = _HELD.values(
    status="failed",
    failures=jobs.c.failures + 1,
    problem=bindparam("new_problem"),
    updated_at=_AT,
    finished_at=_AT,
    **_NO_LEASE,
)
_RETRY = _HELD.values(
    status="queued",
    failures=jobs.c.failures + 1,
    problem=bindparam("new_problem"),
    due_at=bindparam("new_due"),
    updated_at=_AT,
    **_NO_LEASE,
)
_RETURN = _HELD.values(status="queued", starts=jobs.c.starts - 1, updated_at=_AT, **_NO_LEASE)
_SENT = update(jobs).where(JOB_BY_ID).values(sent_at=_AT)

_TICKETS = (
    select(jobs.c.id, jobs.c.kind, jobs.c.starts, jobs.c.traceparent)
    .order_by(jobs.c.created_at, jobs.c.id)
    .limit(bindparam("limit"))
)
_DUE = _TICKETS.where(_MAY_START)
_LOST_BEFORE = bindparam("lost_before", type_=_MOMENT)
# Sent again: what was never sent; what a dead worker left and was not sent since; what waits for so long that
# the broker must have lost it.
_UNSENT = _TICKETS.where(
    or_(
        and_(_WAITS, or_(jobs.c.sent_at.is_(None), jobs.c.sent_at <= _LOST_BEFORE)),
        and_(_LEFT, or_(jobs.c.sent_at.is_(None), jobs.c.sent_at <= jobs.c.lease_until)),
    )
)
_NEXT = select(
    func.min(jobs.c.due_at, type_=_MOMENT).filter(jobs.c.status == "queued"),
    func.min(jobs.c.lease_until, type_=_MOMENT).filter(jobs.c.status == "running"),
)


class LeaseLost(Exception):
    """The job is no longer this worker's: it was cancelled, or another took it over."""


@dataclass(frozen=True, slots=True)
class JobTicket:
    """What a message says of a job."""

    id: str
    kind: JobKind
    attempt: int
    traceparent: str | None = None

    @property
    def message(self) -> JobMessage:
        """The message for a worker."""
        return JobMessage(version=1, job_id=self.id, kind=self.kind, attempt=self.attempt)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is this worker's now."""

    id: str
    listener: str
    kind: JobKind
    request: dict[str, object]
    starts: int
    failures: int
    traceparent: str | None
    lease: str


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """Why a job cannot be worked on now; `until` says when it may be, for `held` and `not_due`."""

    why: Literal["unknown", "finished", "held", "not_due", "given_up"]
    until: datetime | None = None


@uninterrupted
async def claim_job(
    db: Database, job_id: str, *, lease: str, now: datetime, until: datetime
) -> Claimed | NotClaimed:
    """Start the job under `lease`, which no other claim may bear; or say why that cannot be."""
    values = {"of_job": job_id, "now": now, "new_lease": lease, "new_until": until}
    async with write(db) as connection:
        row = (await connection.execute(_CLAIM, values)).one_or_none()
        if row is None:
            return _why_not((await connection.execute(_GET, {"of_job": job_id})).one_or_none())
        if row.starts > STARTS_MAX:
            problem = to_json(JOB_PROBLEM, _WORKER_LOST)
            held = {"of_job": job_id, "of_lease": lease}
            await connection.execute(_FAIL, {**held, "new_problem": problem, "at": now})
            return NotClaimed("given_up")
    return Claimed(
        id=row.id,
        listener=row.listener,
        kind=row.kind,
        request=JOB_JSON.validate_json(row.request),
        starts=row.starts,
        failures=row.failures,
        traceparent=row.traceparent,
        lease=lease,
    )


@uninterrupted
async def renew_lease(db: Database, claimed: Claimed, until: datetime) -> bool:
    """Keep the job for longer; False when it is no longer this worker's."""
    return await _changes_one(db, _RENEW, {**_held(claimed), "new_until": until})


@uninterrupted
async def report_progress(
    db: Database, claimed: Claimed, *, progress: float, step: str, now: datetime
) -> bool:
    """Show how far the job is; False when it is no longer this worker's."""
    shown = {"new_progress": min(max(progress, 0.0), 1.0), "new_step": step[:STEP_CHARACTERS]}
    return await _changes_one(db, _PROGRESS, {**_held(claimed), **shown, "at": now})


@uninterrupted
async def finish_job(
    db: Database, claimed: Claimed, *, result: dict[str, object], now: datetime, beside: Beside | None = None
) -> None:
    """Store the result of the job, and what `beside` stores, in one transaction.

    Raises:
        LeaseLost: the job is no longer this worker's; nothing was stored.
    """
    values = {**_held(claimed), "new_result": to_json(JOB_JSON, result), "at": now}
    async with write(db) as connection:
        changed = await connection.execute(_FINISH, values)
        if changed.rowcount == 0:
            raise LeaseLost
        if beside is not None:
            await beside(connection)


@uninterrupted
async def fail_job(db: Database, claimed: Claimed, *, problem: JobProblem, now: datetime) -> bool:
    """Give the job up; False when it is no longer this worker's."""
    new = {"new_problem": to_json(JOB_PROBLEM, problem), "at": now}
    return await _changes_one(db, _FAIL, {**_held(claimed), **new})


@uninterrupted
async def retry_job(
    db: Database, claimed: Claimed, *, problem: JobProblem, due_at: datetime, now: datetime
) -> bool:
    """Let the job wait for another attempt; False when it is no longer this worker's."""
    new = {"new_problem": to_json(JOB_PROBLEM, problem), "new_due": due_at, "at": now}
    return await _changes_one(db, _RETRY, {**_held(claimed), **new})


@uninterrupted
async def return_job(db: Database, job_id: str, lease: str, now: datetime) -> bool:
    """Put the job back as if it had not been started; False when it is no longer this worker's."""
    return await _changes_one(db, _RETURN, {"of_job": job_id, "of_lease": lease, "at": now})


@uninterrupted
async def mark_sent(db: Database, job_id: str, at: datetime) -> None:
    """Note that the broker has confirmed a message for the job."""
    async with write(db) as connection:
        await connection.execute(_SENT, {"of_job": job_id, "at": at})


@uninterrupted
async def due_jobs(db: Database, now: datetime, limit: int) -> list[JobTicket]:
    """The jobs that may be started, the oldest first."""
    async with read(db) as connection:
        rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).all()
    return [_ticket(row) for row in rows]


@uninterrupted
async def next_due(db: Database) -> datetime | None:
    """When the next job may be started if no new one comes; this may be in the past."""
    async with read(db) as connection:
        row = (await connection.execute(_NEXT)).one()
    return min((moment for moment in row if moment is not None), default=None)


@uninterrupted
async def unsent_jobs(db: Database, now: datetime, *, lost_before: datetime, limit: int) -> list[JobTicket]:
    """Jobs whose message was never sent or may be lost, the oldest first.

    Args:
        lost_before: a job that still waits although its message was sent before this is sent again.
    """
    values = {"now": now, "lost_before": lost_before, "limit": limit}
    async with read(db) as connection:
        rows = (await connection.execute(_UNSENT, values)).all()
    return [_ticket(row) for row in rows]


async def _changes_one(db: Database, statement: Update, values: dict[str, object]) -> bool:
    async with write(db) as connection:
        changed = await connection.execute(statement, values)
    return changed.rowcount == 1


def _held(claimed: Claimed) -> dict[str, object]:
    return {"of_job": claimed.id, "of_lease": claimed.lease}


def _ticket(row: Row[str, str, int, str | None]) -> JobTicket:
    return JobTicket(row.id, cast("JobKind", row.kind), row.starts + 1, row.traceparent)


def _why_not(row: Row[*tuple[object, ...]] | None) -> NotClaimed:
    if row is None:
        return NotClaimed("unknown")
    if row.status in FINAL_STATUSES:
        return NotClaimed("finished")
    if row.status == "running":
        return NotClaimed("held", row.lease_until)
    return NotClaimed("not_due", row.due_at)
