"""Asking for a job: its row is stored first, then its message is sent. What was not sent is sent again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from loguru import logger

from src.errors import DomainError
from src.jobs.lease_store import JobTicket, mark_sent, unsent_jobs
from src.jobs.models.job import JobDocument
from src.jobs.models.messages import JobKind
from src.jobs.store import NewJob, create_job, purge_jobs
from src.storage.database import Database

# A message that waited for so long was lost with its broker, or is far back: one too many does no harm.
MESSAGE_LOST_AFTER: Final = timedelta(minutes=30)
SENT_AT_ONCE: Final = 100
PURGED_AT_ONCE: Final = 500

# Hands a job to whoever does it; a `DomainError` says that it was not handed over.
type SendTicket = Callable[[JobTicket], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Where jobs are asked for."""

    db: Database
    send: SendTicket
    queued_max: int
    kept: timedelta
    now: Callable[[], datetime]
    new_id: Callable[[], str]


async def submit(
    dispatch: Dispatch,
    *,
    listener: str,
    kind: JobKind,
    request: dict[str, object],
    idempotency_key: str | None = None,
    request_hash: str = "",
    traceparent: str | None = None,
) -> JobDocument:
    """Store a job and send its message; returns the earlier job where one was made with this key.

    A broker that is away is no failure: the job waits, and is sent when `sweep` runs next.

    Raises:
        Busy: too many jobs wait already.
        Conflict: `idempotency_key_reused` when the key came with another request.
    """
    job = NewJob(
        id=dispatch.new_id(),
        listener=listener,
        kind=kind,
        request=request,
        created_at=dispatch.now(),
        idempotency_key=idempotency_key,
        request_hash=request_hash,
        traceparent=traceparent,
    )
    document, made = await create_job(dispatch.db, job, queued_max=dispatch.queued_max)
    if made:
        await _send(dispatch, JobTicket(job.id, kind, 1, traceparent))
    return document


async def sweep(dispatch: Dispatch) -> int:
    """Send every job whose message was never sent or may be lost, and delete finished jobs that are too old.

    Returns:
        How many were sent.
    """
    now = dispatch.now()
    sent = 0
    for ticket in await unsent_jobs(
        dispatch.db, now, lost_before=now - MESSAGE_LOST_AFTER, limit=SENT_AT_ONCE
    ):
        if not await _send(dispatch, ticket):
            break
        sent += 1
    await purge_jobs(dispatch.db, finished_before=now - dispatch.kept, limit=PURGED_AT_ONCE)
    return sent


async def _send(dispatch: Dispatch, ticket: JobTicket) -> bool:
    try:
        await dispatch.send(ticket)
        await mark_sent(dispatch.db, ticket.id, dispatch.now())
    except DomainError as error:
        logger.bind(job_id=ticket.id).warning("A job was not sent yet: {}", error.code)
        return False
    return True
