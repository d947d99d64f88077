"""A worker on RabbitMQ: one message, one job."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitMessage
from loguru import logger
from pydantic import ValidationError

from src.jobs.running import JobHandlers
from src.messaging.broker import (
    RECONNECT_S,
    TRACE_HEADER,
    JobBroker,
    close_broker,
    connect_broker,
    send_dead,
    send_job,
    within_close,
)
from src.messaging.models.job_message import JobMessage
from src.workers.handling import Dead, Jobs, Later, Settled, Verdict, finish_or_return, handle_job

# Before a message goes back to the head of its queue because nothing could be sent.
_GIVE_BACK_AFTER_S: Final = 1.0


@dataclass(slots=True)
class _Running:
    """What is being worked on. A lost connection ends the wait for a job, and not the job."""

    slots: asyncio.Semaphore
    tasks: set[asyncio.Task[Verdict]] = field(default_factory=set)
    answers: set[asyncio.Task[None]] = field(default_factory=set)


@asynccontextmanager
async def rabbit_worker(
    jobs: Jobs,
    handlers: JobHandlers,
    broker: JobBroker,
    *,
    at_once: int,
    grace_s: float,
    retry_s: float = RECONNECT_S,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """Do jobs until the block ends.

    Then no new one is started; those under way have `grace_s` to finish, and are given back after that.

    Args:
        jobs: what doing jobs needs.
        handlers: the handler of each kind.
        broker: a broker that is not connected yet; it is connected here, and closed at the end.
        at_once: how many jobs run at the same time.
        grace_s: seconds.
        retry_s: seconds between two attempts to connect.
        sleep: how to wait.
    """
    running = _Running(asyncio.Semaphore(at_once))
    subscriber = broker.broker.subscriber(
        broker.queues.main,
        # A channel of its own: what it sends does not count as being worked on.
        channel=Channel(prefetch_count=at_once),
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
        no_reply=True,
    )

    @subscriber
    async def on_message(body: bytes, message: RabbitMessage) -> None:
        answer = asyncio.create_task(_answer(jobs, handlers, broker, running, body, message, sleep))
        running.answers.add(answer)
        answer.add_done_callback(running.answers.discard)
        await answer

    try:
        await connect_broker(broker, retry_s=retry_s, sleep=sleep)
        await broker.broker.start()
        logger.info("This worker waits for jobs")
        yield
    finally:
        await within_close(subscriber.stop())
        await finish_or_return(jobs, set(running.tasks), grace_s)
        if running.answers:
            await asyncio.wait(set(running.answers), timeout=broker.publish_timeout_s)
        await close_broker(broker)


async def _undecoded(message: RabbitMessage) -> bytes:
    """The body as it came: what cannot be read has to be put away with a reason, and not be thrown."""
    return message.body


async def _answer(
    jobs: Jobs,
    handlers: JobHandlers,
    broker: JobBroker,
    running: _Running,
    body: bytes,
    message: RabbitMessage,
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    contract = _read(body)
    verdict = contract if isinstance(contract, Dead) else await _work(jobs, handlers, running, contract)
    try:
        await _send_on(broker, body, message, verdict)
    except Exception as error:  # noqa: BLE001 - a message that is neither taken nor given back blocks its slot
        logger.warning("What came of a message could not be sent: {}", type(error).__name__)
        await sleep(_GIVE_BACK_AFTER_S)
        # On a connection that was lost the broker has done so by itself.
        with suppress(*CONNECTION_EXCEPTIONS):
            await message.nack(requeue=True)
    else:
        with suppress(*CONNECTION_EXCEPTIONS):
            await message.ack()


def _read(body: bytes) -> JobMessage | Dead:
    try:
        return JobMessage.model_validate_json(body)
    except ValidationError as error:
        reason = _what_is_wrong(error)
    logger.warning("A message was refused: {}", reason)
    return Dead(reason)


async def _send_on(broker: JobBroker, body: bytes, message: RabbitMessage, verdict: Verdict) -> None:
    match verdict:
        case Later():
            again = JobMessage.model_validate_json(body).model_copy(update={"attempt": verdict.attempt})
            trace = message.headers.get(TRACE_HEADER)
            await send_job(
                broker,
                again,
                delay_s=verdict.delay_s,
                traceparent=trace if isinstance(trace, str) else None,
            )
        case Dead():
            await send_dead(broker, body, verdict.reason)
        case Settled():
            pass


async def _work(jobs: Jobs, handlers: JobHandlers, running: _Running, contract: JobMessage) -> Verdict:
    async def work() -> Verdict:
        async with running.slots:
            return await handle_job(jobs, handlers, contract)

    task = asyncio.create_task(work())
    running.tasks.add(task)
    task.add_done_callback(running.tasks.discard)
    return await asyncio.shield(task)


def _what_is_wrong(error: ValidationError) -> str:
    """Which field and why, without what it held."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "message"
    return f"invalid_message: {where}: {first['msg']}"
