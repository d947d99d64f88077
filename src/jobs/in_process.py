"""Jobs in this process, without a broker: the rows are the queue.

Nothing is kept in memory that would be lost: what waits, what waits for another attempt and what a process
that was killed left behind are found in the database, at the start and whenever something may be due.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from loguru import logger

from src.errors import StorageUnavailable
from src.jobs.lease_store import JobTicket, due_jobs, next_due
from src.jobs.running import JobHandlers
from src.jobs.worker import Jobs, Later, finish_or_return, handle_job

# Another process on the same database may have left something.
LOOK_EVERY_S: Final = 5.0

# Waits until the event is set, or for so many seconds.
type Pause = Callable[[asyncio.Event, float], Awaitable[None]]


async def pause(woken: asyncio.Event, timeout_s: float) -> None:
    """Wait until the event is set, for `timeout_s` at most."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await woken.wait()


@dataclass(frozen=True, slots=True)
class InProcess:
    """The worker of this process; `send` of a `Dispatch` is its `wake`.

    `resting` holds jobs that could not even be looked at, until when they are left alone.
    """

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)

    async def wake(self, _ticket: JobTicket) -> None:
        """A new job is stored: look for it."""
        self.woken.set()


@asynccontextmanager
async def in_process_worker(
    jobs: Jobs, handlers: JobHandlers, *, at_once: int, grace_s: float, pause: Pause = pause
) -> AsyncIterator[InProcess]:
    """Do jobs until the block ends.

    Then no new one is started; those under way have `grace_s` to finish, and are given back after that.

    Args:
        at_once: how many jobs run at the same time.
    """
    worker = InProcess()
    loop = asyncio.create_task(_look(jobs, handlers, worker, at_once, pause))
    try:
        yield worker
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await finish_or_return(jobs, set(worker.running.values()), grace_s)


async def _look(jobs: Jobs, handlers: JobHandlers, worker: InProcess, at_once: int, pause: Pause) -> None:
    while True:
        worker.woken.clear()
        wait_s = LOOK_EVERY_S
        try:
            if len(worker.running) < at_once:
                await _start_due(jobs, handlers, worker, at_once)
                wait_s = await _until_next(jobs)
        except StorageUnavailable:
            logger.warning("The database was away while jobs were looked for")
        await pause(worker.woken, wait_s)


async def _start_due(jobs: Jobs, handlers: JobHandlers, worker: InProcess, at_once: int) -> None:
    now = jobs.now()
    for job_id in [job_id for job_id, until in worker.resting.items() if until <= now]:
        del worker.resting[job_id]
    # Those under way may be among them: a lease can run out while the database is away.
    passed_over = len(worker.running) + len(worker.resting)
    for ticket in await due_jobs(jobs.db, now, limit=at_once + passed_over):
        if len(worker.running) == at_once:
            return
        if ticket.id not in worker.running and ticket.id not in worker.resting:
            worker.running[ticket.id] = asyncio.create_task(_work(jobs, handlers, worker, ticket))


async def _until_next(jobs: Jobs) -> float:
    due = await next_due(jobs.db)
    if due is None:
        return LOOK_EVERY_S
    # What is due already waits for a job to end, which wakes the worker, or rests.
    return min(max((due - jobs.now()).total_seconds(), 0.0) or LOOK_EVERY_S, LOOK_EVERY_S)


async def _work(jobs: Jobs, handlers: JobHandlers, worker: InProcess, ticket: JobTicket) -> None:
    try:
        verdict = await handle_job(jobs, handlers, ticket.message)
        if isinstance(verdict, Later):
            worker.resting[ticket.id] = jobs.now() + timedelta(seconds=verdict.delay_s)
    finally:
        del worker.running[ticket.id]
        worker.woken.set()
