"""Jobs through RabbitMQ: the queues, and a worker that does one job a message."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from faststream import AckPolicy
from faststream.exceptions import IncorrectState, SubscriberNotFound
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from loguru import logger
from pydantic import ValidationError

from src.errors import DomainError
from src.jobs.models.messages import JobMessage
from src.jobs.running import JobHandlers
from src.jobs.worker import Dead, Jobs, Later, Settled, Settlement, finish_or_return, handle_job

REASON_HEADER: Final = "x-segue-reason"
TRACE_HEADER: Final = "traceparent"
REASON_CHARACTERS: Final = 300
# A broker that is there confirms within milliseconds.
PUBLISH_TIMEOUT_S: Final = 5.0
CONNECT_TIMEOUT_S: Final = 10.0
RECONNECT_S: Final = 2.0
CLOSE_TIMEOUT_S: Final = 3.0
# A connection that is known to be lost is not waited for.
_PING_S: Final = 0.2

_FAILURES: Final = (*CONNECTION_EXCEPTIONS, TimeoutError, IncorrectState, SubscriberNotFound)


class BrokerUnavailable(DomainError):
    """The message broker does not answer, or does not confirm a message."""

    status = 503
    code = "broker_unavailable"


@dataclass(frozen=True, slots=True)
class JobQueues:
    """Every queue there is. The name of a waiting queue bears its wait: another one is another queue."""

    delays: tuple[float, ...]
    name: str

    @property
    def main(self) -> RabbitQueue:
        """Jobs to be done now."""
        return RabbitQueue(self.name, durable=True)

    @property
    def dead(self) -> RabbitQueue:
        """What nobody can do."""
        return RabbitQueue(f"{self.name}.dead", durable=True)

    def waiting(self, delay_s: float) -> RabbitQueue:
        """Jobs to be done after this wait, which must be one of `delays`."""
        delay_ms = round(delay_s * 1_000)
        return RabbitQueue(
            f"{self.name}.retry.{delay_ms}",
            durable=True,
            arguments={
                "x-message-ttl": delay_ms,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": self.name,
            },
        )

    @property
    def all(self) -> tuple[RabbitQueue, ...]:
        """The queues that must be there before anything is sent."""
        return (self.main, self.dead, *map(self.waiting, self.delays))


@dataclass(frozen=True, slots=True)
class JobBroker:
    """A broker with its queues; `connect_broker` opens the connection."""

    broker: RabbitBroker
    queues: JobQueues
    publish_timeout_s: float = PUBLISH_TIMEOUT_S


def make_broker(
    url: str,
    queues: JobQueues,
    *,
    reconnect_s: float = RECONNECT_S,
    publish_timeout_s: float = PUBLISH_TIMEOUT_S,
) -> JobBroker:
    """A broker that is not connected yet.

    Args:
        url: `amqp://user:password@host:5672/` or `amqps://…`.
        reconnect_s: seconds between two attempts to connect, also after a connection was lost.
        publish_timeout_s: seconds for the broker to confirm a message.
    """
    broker = RabbitBroker(
        url,
        timeout=CONNECT_TIMEOUT_S,
        reconnect_interval=reconnect_s,
        # A worker that ends waits for its jobs itself.
        graceful_timeout=None,
        # A message that no queue takes is an error, and not a loss.
        default_channel=Channel(publisher_confirms=True, on_return_raises=True),
        logger=None,
    )
    return JobBroker(broker, queues, publish_timeout_s)


async def connect_broker(
    broker: JobBroker,
    *,
    retry_s: float = RECONNECT_S,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Connect, for as long as it takes, and declare the queues; from then on the connection mends itself."""
    while True:
        try:
            await broker.broker.connect()
            for queue in broker.queues.all:
                await broker.broker.declare_queue(queue)
        except _FAILURES as error:
            logger.warning("The message broker cannot be reached: {}", type(error).__name__)
            await sleep(retry_s)
        else:
            return


async def close_broker(broker: JobBroker) -> None:
    """Close the connection; one that is lost is not waited for."""
    await within_close(broker.broker.stop())


async def within_close(closing: Awaitable[object]) -> None:
    """Let something end, which on a connection that is lost would wait until it is back."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await closing
    except _FAILURES as error:
        logger.warning("The message broker was away at the end: {}", type(error).__name__)


async def send_job(
    broker: JobBroker, message: JobMessage, *, delay_s: float | None = None, traceparent: str | None = None
) -> None:
    """Send a message and wait until the broker has it.

    Args:
        delay_s: how long it waits first; one of the queues' `delays`.
        traceparent: the trace to which the job belongs.

    Raises:
        BrokerUnavailable: the broker did not confirm it; it may be there nevertheless.
    """
    queue = broker.queues.main if delay_s is None else broker.queues.waiting(delay_s)
    headers = {TRACE_HEADER: traceparent} if traceparent else {}
    await _publish(broker, message.model_dump_json().encode(), queue, headers)


async def send_dead(broker: JobBroker, body: bytes, reason: str) -> None:
    """Put away what nobody can do, as it came.

    Raises:
        BrokerUnavailable: the broker did not confirm it; it may be there nevertheless.
    """
    await _publish(broker, body, broker.queues.dead, {REASON_HEADER: reason[:REASON_CHARACTERS]})


async def _publish(broker: JobBroker, body: bytes, queue: RabbitQueue, headers: dict[str, str]) -> None:
    try:
        if not await broker.broker.ping(_PING_S):
            raise _away()
        async with asyncio.timeout(broker.publish_timeout_s):
            await broker.broker.publish(
                body, queue, persist=True, headers=dict(headers), content_type="application/json"
            )
    except _FAILURES as error:
        raise _away() from error
    except asyncio.CancelledError:
        # The driver cancels what waits for a connection that is lost.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise _away() from None


def _away() -> BrokerUnavailable:
    return BrokerUnavailable("The message broker does not answer: look at BROKER_URL.")


# Before a message goes back to the head of its queue because nothing could be sent.
_GIVE_BACK_AFTER_S: Final = 1.0


@dataclass(slots=True)
class _Running:
    """What is being worked on. A lost connection ends the wait for a job, and not the job."""

    slots: asyncio.Semaphore
    tasks: set[asyncio.Task[Settlement]] = field(default_factory=set)
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
        broker: a broker that is not connected yet; it is connected here, and closed at the end.
        at_once: how many jobs run at the same time.
        retry_s: seconds between two attempts to connect.
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


async def _send_on(broker: JobBroker, body: bytes, message: RabbitMessage, verdict: Settlement) -> None:
    match verdict:
        case Later():
            again = JobMessage.model_validate_json(body).model_copy(update={"attempt": verdict.attempt})
            trace = message.headers.get(TRACE_HEADER)
            await send_job(
                broker, again, delay_s=verdict.delay_s, traceparent=trace if isinstance(trace, str) else None
            )
        case Dead():
            await send_dead(broker, body, verdict.reason)
        case Settled():
            pass


async def _work(jobs: Jobs, handlers: JobHandlers, running: _Running, contract: JobMessage) -> Settlement:
    async def work() -> Settlement:
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
