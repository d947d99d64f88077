"""Wiring of jobs as the settings say: through RabbitMQ with `BROKER_URL`, in this process without it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from loguru import logger
from pydantic import SecretStr

from src.errors import DomainError
from src.jobs.dispatch import Dispatch, SendTicket, sweep
from src.jobs.in_process import in_process_worker
from src.jobs.lease_store import JobTicket
from src.jobs.running import JobHandlers
from src.jobs.worker import JobLimits, Jobs
from src.settings import Settings
from src.storage.database import Database

if TYPE_CHECKING:
    from src.jobs.rabbit import JobBroker

# How long a job may go on after the process was asked to end.
GRACE_S: Final = 20.0
SWEEP_EVERY_S: Final = 15.0


def open_work(settings: Settings, database: Database) -> Jobs:
    """What doing jobs needs."""
    return Jobs(
        db=database,
        limits=JobLimits(
            attempts=settings.job_attempts,
            retry_first_s=settings.job_retry_first_s,
            retry_max_s=settings.job_retry_max_s,
            lease_s=settings.job_lease_s,
            timeout_s=settings.job_timeout_s,
        ),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )


@asynccontextmanager
async def open_dispatch(
    settings: Settings, database: Database, handlers: JobHandlers
) -> AsyncIterator[Dispatch]:
    """Where the service asks for jobs; without `BROKER_URL` they are done here, by `handlers`."""
    jobs = open_work(settings, database)
    if settings.broker_url is None:
        async with (
            in_process_worker(jobs, handlers, at_once=settings.jobs_at_once, grace_s=GRACE_S) as worker,
            _swept(_dispatch(settings, jobs, worker.wake)) as dispatch,
        ):
            yield dispatch
        return
    async with (
        _sender(settings, settings.broker_url, jobs) as send,
        _swept(_dispatch(settings, jobs, send)) as dispatch,
    ):
        yield dispatch


@asynccontextmanager
async def open_rabbit_worker(
    settings: Settings, database: Database, handlers: JobHandlers, broker_url: SecretStr
) -> AsyncIterator[Dispatch]:
    """Do jobs from the broker until the block ends; yields where further ones are asked for."""
    from src.jobs.rabbit import rabbit_worker

    jobs = open_work(settings, database)
    broker = _make_broker(settings, broker_url, jobs)

    async with (
        rabbit_worker(jobs, handlers, broker, at_once=settings.jobs_at_once, grace_s=GRACE_S),
        _swept(_dispatch(settings, jobs, _send_to(broker))) as dispatch,
    ):
        yield dispatch


def _dispatch(settings: Settings, jobs: Jobs, send: SendTicket) -> Dispatch:
    return Dispatch(
        db=jobs.db,
        send=send,
        queued_max=settings.jobs_queued_max,
        kept=timedelta(days=settings.jobs_kept_days),
        now=jobs.now,
        new_id=jobs.new_id,
    )


@asynccontextmanager
async def _sender(settings: Settings, broker_url: SecretStr, jobs: Jobs) -> AsyncIterator[SendTicket]:
    """Sends to a broker that may come and go: requests are answered meanwhile."""
    from src.jobs.rabbit import close_broker, connect_broker

    broker = _make_broker(settings, broker_url, jobs)

    connecting = asyncio.create_task(connect_broker(broker))
    try:
        yield _send_to(broker)
    finally:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await close_broker(broker)


def _make_broker(settings: Settings, broker_url: SecretStr, jobs: Jobs) -> "JobBroker":
    from src.jobs.rabbit import JobQueues, make_broker

    queues = JobQueues(jobs.limits.delays, settings.jobs_queue)
    return make_broker(broker_url.get_secret_value(), queues)


def _send_to(broker: "JobBroker") -> SendTicket:
    from src.jobs.rabbit import send_job

    async def send(ticket: JobTicket) -> None:
        await send_job(broker, ticket.message, traceparent=ticket.traceparent)

    return send


@asynccontextmanager
async def _swept(dispatch: Dispatch) -> AsyncIterator[Dispatch]:
    """Send again what was not sent, at the start and from time to time."""
    sweeping = asyncio.create_task(_sweep_forever(dispatch))
    try:
        yield dispatch
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def _sweep_forever(dispatch: Dispatch) -> None:
    while True:
        try:
            await sweep(dispatch)
        except DomainError as error:
            logger.warning("Jobs could not be looked over: {}", error.code)
        await asyncio.sleep(SWEEP_EVERY_S)
