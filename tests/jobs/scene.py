"""A clock that stands still until it is moved, ids in order, and jobs to be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from src.jobs.dispatch import Dispatch
from src.jobs.lease_store import Claimed, JobTicket, claim_job
from src.jobs.rabbit import BrokerUnavailable
from src.jobs.store import NewJob, create_job
from src.jobs.worker import JobLimits, Jobs
from src.storage.database import Database, close_database, open_database
from tests.storage.databases import migrated_dsn

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
LIMITS = JobLimits(attempts=3, retry_first_s=5, retry_max_s=40, lease_s=60, timeout_s=30)


@dataclass(slots=True)
class Clock:
    """The time, as the parts under test see it."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """The time."""
        return self.moment

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


@dataclass(slots=True)
class Broker:
    """Takes tickets, unless it is away."""

    away: bool = False
    sent: list[JobTicket] = field(default_factory=list)

    async def send(self, ticket: JobTicket) -> None:
        """Take one."""
        if self.away:
            raise BrokerUnavailable("away")
        self.sent.append(ticket)


async def never(_seconds: float) -> None:
    """A sleep that does not end: the lease is not renewed."""
    await asyncio.Event().wait()


def new_job(id_="j1", listener="ann", key=None, at=NOW, **changes) -> NewJob:
    return NewJob(
        id=id_,
        listener=listener,
        kind="playlist",
        request={"prompt": "soul"},
        created_at=at,
        idempotency_key=key,
        **{"request_hash": "h1", **changes},
    )


def jobs_of(db: Database, clock: Clock, *, limits: JobLimits = LIMITS, sleep=never) -> Jobs:
    ids = count(1)
    return Jobs(db=db, limits=limits, now=clock.now, new_id=lambda: f"lease{next(ids)}", sleep=sleep)


def dispatch_of(db: Database, clock: Clock, send, *, queued_max=10) -> Dispatch:
    ids = count(1)
    return Dispatch(
        db=db,
        send=send,
        queued_max=queued_max,
        kept=timedelta(days=30),
        now=clock.now,
        new_id=lambda: f"j{next(ids)}",
    )


async def claimed(db: Database, id_="j1", lease="mine", now=NOW) -> Claimed:
    """The job, which must be free."""
    found = await claim_job(db, id_, lease=lease, now=now, until=now + LEASE)
    assert isinstance(found, Claimed)
    return found


@asynccontextmanager
async def opened(engine: str, folder: Path) -> AsyncIterator[Database]:
    """A fresh database with its tables."""
    async with migrated_dsn(engine, folder) as dsn:
        db = await open_database(dsn, timeout_s=10)
        try:
            yield db
        finally:
            await close_database(db)


async def create(db: Database, *ids: str, **changes) -> None:
    """Store new jobs of these ids; `j1` when there is none."""
    for id_ in ids or ("j1",):
        await create_job(db, new_job(id_, **changes), queued_max=100)
