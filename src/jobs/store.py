"""Jobs in the database as their listener sees them: what is another listener's is not found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, and_, bindparam, delete, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import Busy, Conflict, NotFound
from src.jobs.models.job import JOB_JSON, JOB_PROBLEM, JobDocument, JobStatus
from src.jobs.models.messages import JobKind
from src.schema import to_json
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import jobs

# How long a client is asked to wait when the queue is full.
QUEUE_FULL_RETRY_S: Final = 15.0

FINAL_STATUSES: Final[tuple[JobStatus, ...]] = ("done", "failed", "cancelled")

JOB_BY_ID = jobs.c.id == bindparam("of_job")
_OWN = and_(JOB_BY_ID, jobs.c.listener == bindparam("of_listener"))

_INSERT = insert(jobs)
_COUNT_QUEUED = select(func.count()).select_from(jobs).where(jobs.c.status == "queued")
_GET = select(jobs).where(_OWN)
_GET_ANY = select(jobs).where(JOB_BY_ID)
_FIND_KEY = select(jobs).where(
    jobs.c.listener == bindparam("of_listener"), jobs.c.idempotency_key == bindparam("of_key")
)
_LIST = (
    select(jobs)
    .where(jobs.c.listener == bindparam("of_listener"))
    .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    .limit(bindparam("limit"))
)
_CANCEL = (
    update(jobs)
    .where(_OWN, jobs.c.status.in_(("queued", "running")))
    .values(
        status="cancelled",
        updated_at=bindparam("at"),
        finished_at=bindparam("at"),
        lease_by=null(),
        lease_until=null(),
    )
)
_PURGE = delete(jobs).where(
    jobs.c.id.in_(
        select(jobs.c.id)
        .where(
            jobs.c.status.in_(FINAL_STATUSES),
            jobs.c.finished_at <= bindparam("finished_before", type_=jobs.c.finished_at.type),
        )
        .order_by(jobs.c.finished_at, jobs.c.id)
        .limit(bindparam("limit"))
    )
)

type _JobRow = Row[*tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to store."""

    id: str
    listener: str
    kind: JobKind
    request: dict[str, object]
    created_at: datetime
    idempotency_key: str | None = None
    request_hash: str = ""
    traceparent: str | None = None


@uninterrupted
async def create_job(db: Database, job: NewJob, *, queued_max: int) -> tuple[JobDocument, bool]:
    """Store a new job and return it with True, or with False the one that was made with the same key.

    Raises:
        Busy: `queued_max` jobs wait already.
        Conflict: `idempotency_key_reused` when the key came with another request.
    """
    try:
        async with write(db) as connection:
            earlier = await _find_by_key(connection, job)
            if earlier is not None:
                return earlier, False
            if (await connection.scalar(_COUNT_QUEUED) or 0) >= queued_max:
                raise Busy("Too many jobs wait already: try again later.", retry_after_s=QUEUE_FULL_RETRY_S)
            await insert_job_in(connection, job)
            row = (await connection.execute(_GET_ANY, {"of_job": job.id})).one()
            return _document(row), True
    except IntegrityError:
        # Another process stored a job with this key between our look and our insert.
        async with read(db) as connection:
            earlier = await _find_by_key(connection, job)
        if earlier is None:
            raise
        return earlier, False


async def insert_job_in(connection: AsyncConnection, job: NewJob) -> None:
    """Store a new job in a transaction that writes; the next sweep sends its message."""
    row: dict[str, object] = {
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
    await connection.execute(_INSERT, row)


async def delete_jobs_of(connection: AsyncConnection, listener: str, conversation_id: str) -> None:
    """Delete the jobs that were asked for from a conversation, in a transaction that writes.

    A worker that is doing one of them finds its lease gone, and stores nothing.
    """
    # The text is our own JSON, and an id holds nothing that JSON would escape.
    named = jobs.c.request.contains(f'"conversation_id":"{conversation_id}"', autoescape=True)
    await connection.execute(delete(jobs).where(jobs.c.listener == listener, named))


@uninterrupted
async def cancel_job(db: Database, listener: str, job_id: str, now: datetime) -> JobDocument:
    """Cancel a job that is not finished; one that is cancelled already stays cancelled.

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
async def purge_jobs(db: Database, *, finished_before: datetime, limit: int) -> int:
    """Delete finished jobs, the oldest first; returns how many."""
    async with write(db) as connection:
        deleted = await connection.execute(_PURGE, {"finished_before": finished_before, "limit": limit})
    return deleted.rowcount


async def _find_by_key(connection: AsyncConnection, job: NewJob) -> JobDocument | None:
    if job.idempotency_key is None:
        return None
    values = {"of_listener": job.listener, "of_key": job.idempotency_key}
    row = (await connection.execute(_FIND_KEY, values)).one_or_none()
    if row is None:
        return None
    if row.request_hash != job.request_hash:
        raise Conflict(
            "This Idempotency-Key came with another request: use a new key for each request.",
            code="idempotency_key_reused",
        )
    return _document(row)


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
