"""The queues of jobs on RabbitMQ.

A message that has to wait goes to a queue of its wait, where it expires and falls back into the main queue:
no plugin is needed. What nobody can do goes to a queue of its own, with the reason.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from faststream.exceptions import IncorrectState, SubscriberNotFound
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from loguru import logger

from src.errors import DomainError
from src.messaging.models.job_message import JobMessage

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
        queues: the queues.
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
        broker: the broker.
        message: the message.
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
