"""Jobs in the database: what is another listener's is not found.

A job is worked on under a lease. Whoever starts it writes a lease of its own into the row, in one statement,
and every later change names that lease: of two workers one wins, and one that lost its lease changes nothing
more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import Row, and_, bindparam, delete, func, insert, null, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import Busy, Conflict, NotFound
from src.jobs.models.job import (
    JOB_JSON,
    JOB_PROBLEM,
    JobDocument,
    JobProblem,
    JobStatus,
)
from src.jobs.models.messages import JobKind
from src.jobs.running import Beside
from src.schema import to_json
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import jobs

# A job that took this many workers with it is given up: it is what kills them.
STARTS_MAX: Final = 20
# What a client is told to wait when the queue is full.
QUEUE_FULL_RETRY_S: Final = 15.0
STEP_CHARACTERS: Final = 200

_FINAL: Final[tuple[JobStatus, ...]] = ("done", "failed", "cancelled")
_WORKER_LOST: Final[JobProblem] = {
    "code": "worker_lost",
    "detail": "The job ended its worker each time it was started. Ask for something smaller.",
}

_MOMENT = jobs.c.due_at.type
_NOW = bindparam("now", type_=_MOMENT)
_BY_ID = jobs.c.id == bindparam("of_job")
_OWN = and_(_BY_ID, jobs.c.listener == bindparam("of_listener"))
_HELD = and_(_BY_ID, jobs.c.status == "running", jobs.c.lease_by == bindparam("of_lease"))
_UNHELD = {"lease_by": null(), "lease_until": null()}
_WAITS = and_(jobs.c.status == "queued", jobs.c.due_at <= _NOW)
_LEFT = and_(jobs.c.status == "running", jobs.c.lease_until <= _NOW)

_INSERT = insert(jobs)
_COUNT_QUEUED = select(func.count()).select_from(jobs).where(jobs.c.status == "queued")
_GET = select(jobs).where(_OWN)
_GET_ANY = select(jobs).where(_BY_ID)
_FIND_KEY = select(jobs).where(
    jobs.c.listener == bindparam("of_listener"), jobs.c.idempotency_key == bindparam("of_key")
)
_LIST = (
    select(jobs)
    .where(jobs.c.listener == bindparam("of_listener"))
    .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    .limit(bindparam("limit"))
)
_SENT = update(jobs).where(_BY_ID).values(sent_at=bindparam("at"))
_CLAIM = (
    update(jobs)
    .where(_BY_ID, or_(_WAITS, _LEFT))
    .values(
        status="running",
        starts=jobs.c.starts + 1,
        lease_by=bindparam("new_lease"),
        lease_until=bindparam("new_until"),
        updated_at=_NOW,
    )
    .returning(*jobs.c)
)
_RENEW = update(jobs).where(_HELD).values(lease_until=bindparam("new_until"))
_PROGRESS = (
    update(jobs)
    .where(_HELD)
    .values(progress=bindparam("new_progress"), step=bindparam("new_step"), updated_at=bindparam("at"))
)
_FINISH = (
    update(jobs)
    .where(_HELD)
    .values(
        status="done",
        progress=1.0,
        result=bindparam("new_result"),
        problem=null(),
        updated_at=bindparam("at"),
        finished_at=bindparam("at"),
        **_UNHELD,
    )
)
_FAIL = (
    update(jobs)
    .where(_HELD)
    .values(
        status="failed",
        failures=jobs.c.failures + 1,
        problem=bindparam("new_problem"),
        updated_at=bindparam("at"),
        finished_at=bindparam("at"),
        **_UNHELD,
    )
)
_RETRY = (
    update(jobs)
    .where(_HELD)
    .values(
        status="queued",
        failures=jobs.c.failures + 1,
        problem=bindparam("new_problem"),
        due_at=bindparam("new_due"),
        updated_at=bindparam("at"),
        **_UNHELD,
    )
)
_RETURN = (
    update(jobs)
    .where(_HELD)
    .values(status="queued", starts=jobs.c.starts - 1, updated_at=bindparam("at"), **_UNHELD)
)
_CANCEL = (
    update(jobs)
    .where(_OWN, jobs.c.status.in_(("queued", "running")))
    .values(status="cancelled", updated_at=bindparam("at"), finished_at=bindparam("at"), **_UNHELD)
)
_DUE = (
    select(jobs.c.id, jobs.c.kind, jobs.c.starts)
    .where(or_(_WAITS, _LEFT))
    .order_by(jobs.c.created_at, jobs.c.id)
    .limit(bindparam("limit"))
)
_NEXT = select(
    func.min(jobs.c.due_at, type_=_MOMENT).filter(jobs.c.status == "queued"),
    func.min(jobs.c.lease_until, type_=_MOMENT).filter(jobs.c.status == "running"),
)
_LOST_BEFORE = bindparam("lost_before", type_=_MOMENT)
# Sent again: what was never sent; what a dead worker left and was not sent since; what waits for so long that
# the broker must have lost it.
_UNSENT = (
    select(jobs.c.id, jobs.c.kind, jobs.c.starts, jobs.c.traceparent)
    .where(
        or_(
            and_(_WAITS, or_(jobs.c.sent_at.is_(None), jobs.c.sent_at <= _LOST_BEFORE)),
            and_(_LEFT, or_(jobs.c.sent_at.is_(None), jobs.c.sent_at <= jobs.c.lease_until)),
        )
    )
    .order_by(jobs.c.created_at, jobs.c.id)
    .limit(bindparam("limit"))
)
_PURGE = delete(jobs).where(
    jobs.c.id.in_(
        select(jobs.c.id)
        .where(
            jobs.c.status.in_(_FINAL),
            jobs.c.finished_at <= bindparam("finished_before", type_=_MOMENT),
        )
        .order_by(jobs.c.finished_at, jobs.c.id)
        .limit(bindparam("limit"))
    )
)

type _JobRow = Row[*tuple[object, ...]]


class LeaseLost(Exception):
    """The job is no longer this worker's: it was cancelled, or another took it over."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be."""

    id: str
    listener: str
    kind: JobKind
    request: dict[str, object]
    created_at: datetime
    idempotency_key: str | None = None
    request_hash: str = ""
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class JobTicket:
    """What a message says of a job."""

    id: str
    kind: JobKind
    attempt: int
    traceparent: str | None = None


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
async def create_job(db: Database, job: NewJob, *, queued_max: int) -> tuple[JobDocument, bool]:
    """Store a new job; gives it with True, or the one that was made with the same key with False.

    Raises:
        Busy: `queued_max` jobs wait already.
        Conflict: `idempotency_key_reused` when the key came with another request.
    """
    try:
        async with write(db) as connection:
            made = await _find_by_key(connection, job)
            if made is None:
                if (await connection.scalar(_COUNT_QUEUED) or 0) >= queued_max:
                    raise Busy(
                        "Too many jobs wait already: try again later.", retry_after_s=QUEUE_FULL_RETRY_S
                    )
                await insert_job_in(connection, job)
            row = (await connection.execute(_GET_ANY, {"of_job": made or job.id})).one()
    except IntegrityError:
        # Another process stored a job with this key between our look and our insert.
        async with read(db) as connection:
            made = await _find_by_key(connection, job)
            if made is None:
                raise
            row = (await connection.execute(_GET_ANY, {"of_job": made})).one()
    return _document(row), made is None


async def insert_job_in(connection: AsyncConnection, job: NewJob) -> None:
    """Store a new job in a transaction that is under way; its message is sent by the next sweep."""
    await connection.execute(_INSERT, _new_row(job))


async def delete_jobs_of(connection: AsyncConnection, listener: str, conversation_id: str) -> None:
    """Delete the jobs that were asked for from a conversation, in a transaction under way.

    One that is running finds its lease gone, and stores nothing.
    """
    # The text is our own JSON, and an id holds nothing that JSON would escape.
    named = jobs.c.request.contains(f'"conversation_id":"{conversation_id}"', autoescape=True)
    await connection.execute(delete(jobs).where(jobs.c.listener == listener, named))


@uninterrupted
async def mark_sent(db: Database, job_id: str, at: datetime) -> None:
    """Note that a message for the job was confirmed by the broker."""
    async with write(db) as connection:
        await connection.execute(_SENT, {"of_job": job_id, "at": at})


@uninterrupted
async def claim_job(
    db: Database, job_id: str, *, lease: str, now: datetime, until: datetime
) -> Claimed | NotClaimed:
    """Start the job under `lease`, which no other claim may bear; or say why that cannot be."""
    values = {"of_job": job_id, "now": now, "new_lease": lease, "new_until": until}
    async with write(db) as connection:
        row = (await connection.execute(_CLAIM, values)).one_or_none()
        if row is None:
            left = (await connection.execute(_GET_ANY, {"of_job": job_id})).one_or_none()
            return _why_not(left)
        if row.starts > STARTS_MAX:
            await connection.execute(
                _FAIL,
                {
                    "of_job": job_id,
                    "of_lease": lease,
                    "new_problem": to_json(JOB_PROBLEM, _WORKER_LOST),
                    "at": now,
                },
            )
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
    async with write(db) as connection:
        changed = await connection.execute(_RENEW, {**_held(claimed), "new_until": until})
    return changed.rowcount == 1


@uninterrupted
async def report_progress(
    db: Database, claimed: Claimed, *, progress: float, step: str, now: datetime
) -> bool:
    """Show how far the job is; False when it is no longer this worker's."""
    values = {
        "new_progress": min(max(progress, 0.0), 1.0),
        "new_step": step[:STEP_CHARACTERS],
        "at": now,
    }
    async with write(db) as connection:
        changed = await connection.execute(_PROGRESS, {**_held(claimed), **values})
    return changed.rowcount == 1


@uninterrupted
async def finish_job(
    db: Database, claimed: Claimed, *, result: dict[str, object], now: datetime, beside: Beside | None = None
) -> None:
    """Make the job done, with its result and with what `beside` stores, in one transaction.

    Raises:
        LeaseLost: the job is no longer this worker's; nothing was stored.
    """
    async with write(db) as connection:
        changed = await connection.execute(
            _FINISH, {**_held(claimed), "new_result": to_json(JOB_JSON, result), "at": now}
        )
        if changed.rowcount == 0:
            raise LeaseLost
        if beside is not None:
            await beside(connection)


@uninterrupted
async def fail_job(db: Database, claimed: Claimed, *, problem: JobProblem, now: datetime) -> bool:
    """Give the job up; False when it is no longer this worker's."""
    values = {"new_problem": to_json(JOB_PROBLEM, problem), "at": now}
    async with write(db) as connection:
        changed = await connection.execute(_FAIL, {**_held(claimed), **values})
    return changed.rowcount == 1


@uninterrupted
async def retry_job(
    db: Database, claimed: Claimed, *, problem: JobProblem, due_at: datetime, now: datetime
) -> bool:
    """Let the job wait for another attempt; False when it is no longer this worker's."""
    values = {"new_problem": to_json(JOB_PROBLEM, problem), "new_due": due_at, "at": now}
    async with write(db) as connection:
        changed = await connection.execute(_RETRY, {**_held(claimed), **values})
    return changed.rowcount == 1


@uninterrupted
async def return_job(db: Database, job_id: str, lease: str, now: datetime) -> bool:
    """Give the job back as if it had not been started; False when it is no longer this worker's."""
    async with write(db) as connection:
        changed = await connection.execute(_RETURN, {"of_job": job_id, "of_lease": lease, "at": now})
    return changed.rowcount == 1


@uninterrupted
async def cancel_job(db: Database, listener: str, job_id: str, now: datetime) -> JobDocument:
    """Cancel a job that is not finished; one that is cancelled already stays so.

    Raises:
        NotFound: there is no such job, or it is another listener's.
        Conflict: `job_finished` when it is done or has failed.
    """
    own = {"of_job": job_id, "of_listener": listener}
    async with write(db) as connection:
        await connection.execute(_CANCEL, {**own, "at": now})
        row = (await connection.execute(_GET, own)).one_or_none()
    document = _found(row)
    if document["status"] != "cancelled":
        raise Conflict("This job has come to its end already.", code="job_finished")
    return document


@uninterrupted
async def get_job(db: Database, listener: str, job_id: str) -> JobDocument:
    """One job.

    Raises:
        NotFound: there is no such job, or it is another listener's.
    """
    async with read(db) as connection:
        row = (await connection.execute(_GET, {"of_job": job_id, "of_listener": listener})).one_or_none()
    return _found(row)


@uninterrupted
async def list_jobs(db: Database, listener: str, limit: int) -> list[JobDocument]:
    """The listener's jobs, the latest first."""
    async with read(db) as connection:
        rows = (await connection.execute(_LIST, {"of_listener": listener, "limit": limit})).all()
    return [_document(row) for row in rows]


@uninterrupted
async def count_queued(db: Database) -> int:
    """How many jobs wait, of all listeners."""
    async with read(db) as connection:
        return await connection.scalar(_COUNT_QUEUED) or 0


@uninterrupted
async def due_jobs(db: Database, now: datetime, limit: int) -> list[JobTicket]:
    """The jobs that may be started, the oldest first."""
    async with read(db) as connection:
        rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).all()
    return [JobTicket(row.id, cast("JobKind", row.kind), row.starts + 1) for row in rows]


@uninterrupted
async def next_due(db: Database) -> datetime | None:
    """When the next job may be started, if nothing new comes: it may be in the past."""
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
    return [
        JobTicket(row.id, cast("JobKind", row.kind), row.starts + 1, traceparent=row.traceparent)
        for row in rows
    ]


@uninterrupted
async def purge_jobs(db: Database, *, finished_before: datetime, limit: int) -> int:
    """Delete finished jobs, the oldest first; gives how many."""
    async with write(db) as connection:
        deleted = await connection.execute(_PURGE, {"finished_before": finished_before, "limit": limit})
    return deleted.rowcount


async def _find_by_key(connection: AsyncConnection, job: NewJob) -> str | None:
    if job.idempotency_key is None:
        return None
    row = (
        await connection.execute(_FIND_KEY, {"of_listener": job.listener, "of_key": job.idempotency_key})
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != job.request_hash:
        raise Conflict(
            "This Idempotency-Key came with another request: use a new key for each request.",
            code="idempotency_key_reused",
        )
    return str(row.id)


def _new_row(job: NewJob) -> dict[str, object]:
    return {
        "id": job.id,
        "listener": job.listener,
        "kind": job.kind,
        "status": "queued",
        "progress": 0.0,
        "step": "",
        "request": to_json(JOB_JSON, job.request),
        "starts": 0,
        "failures": 0,
        "created_at": job.created_at,
        "updated_at": job.created_at,
        "due_at": job.created_at,
        "traceparent": job.traceparent,
        "idempotency_key": job.idempotency_key,
        "request_hash": job.request_hash,
    }


def _held(claimed: Claimed) -> dict[str, object]:
    return {"of_job": claimed.id, "of_lease": claimed.lease}


def _why_not(row: _JobRow | None) -> NotClaimed:
    if row is None:
        return NotClaimed("unknown")
    if row.status in _FINAL:
        return NotClaimed("finished")
    if row.status == "running":
        return NotClaimed("held", row.lease_until)
    return NotClaimed("not_due", row.due_at)


def _found(row: _JobRow | None) -> JobDocument:
    if row is None:
        raise NotFound("There is no such job.")
    return _document(row)


def _document(row: _JobRow) -> JobDocument:
    return {
        "id": row.id,
        "listener": row.listener,
        "kind": row.kind,
        "status": row.status,
        "progress": row.progress,
        "step": row.step,
        "request": JOB_JSON.validate_json(row.request),
        "result": JOB_JSON.validate_json(row.result) if row.result is not None else None,
        "problem": JOB_PROBLEM.validate_json(row.problem) if row.problem is not None else None,
        "attempts": row.starts,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at is not None else None,
    }
