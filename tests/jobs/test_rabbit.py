"""The worker on FastStream's test broker: what is acknowledged, sent on, or put away, and when."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from faststream.rabbit import RabbitMessage, TestRabbitBroker
from faststream.rabbit.message import RabbitMessage as AckedMessage

from src.errors import Busy
from src.jobs.lease_store import claim_job
from src.jobs.rabbit import (
    REASON_HEADER,
    TRACE_HEADER,
    BrokerUnavailable,
    JobBroker,
    JobQueues,
    connect_broker,
    make_broker,
    rabbit_worker,
    send_dead,
    send_job,
)
from src.jobs.store import create_job, get_job
from src.storage.database import Database
from tests.jobs.handlers import Handler, message
from tests.jobs.scene import LEASE, LIMITS, NOW, Clock, jobs_of, new_job


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One engine is enough here: the statements run on both in `test_store.py`."""
    return sqlite_db


URL = "amqp://guest:guest@127.0.0.1:1/"


@dataclass
class Seen:
    """What reached the other queues, and what was done with the messages."""

    broker: JobBroker
    waiting: list[tuple[float, dict[str, object], dict[str, object]]] = field(default_factory=list)
    dead: list[tuple[bytes, str]] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)


@asynccontextmanager
async def worker(
    db: Database, clock: Clock, handler: Handler | None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Seen]:
    broker = make_broker(URL, JobQueues(LIMITS.delays, "segue.jobs"), publish_timeout_s=5)
    seen = Seen(broker)

    def watch_waiting(delay_s: float) -> None:
        @broker.broker.subscriber(broker.queues.waiting(delay_s))
        async def waits(body: dict[str, object], message: RabbitMessage) -> None:
            seen.waiting.append((delay_s, body, dict(message.headers)))

    for delay_s in broker.queues.delays:
        watch_waiting(delay_s)

    @broker.broker.subscriber(broker.queues.dead, decoder=raw)
    async def dead(body: bytes, message: RabbitMessage) -> None:
        seen.dead.append((body, message.headers[REASON_HEADER]))

    def watch(name: str) -> None:
        async def act(self: AckedMessage, **_options: object) -> None:
            if self.raw_message.routing_key == broker.queues.main.name:
                seen.acts.append(name)

        # The test broker's own messages count as acknowledged from the start.
        monkeypatch.setattr(AckedMessage, name, act)

    for name in ("ack", "nack", "reject"):
        watch(name)

    async def sleep(seconds: float) -> None:
        seen.slept.append(seconds)

    handlers = {} if handler is None else {"playlist": handler}
    async with (
        TestRabbitBroker(broker.broker, connect_only=True),
        rabbit_worker(jobs_of(db, clock), handlers, broker, at_once=1, grace_s=5, sleep=sleep),
    ):
        yield seen


async def raw(message: RabbitMessage) -> bytes:
    return message.body


async def create(db: Database) -> None:
    await create_job(db, new_job(), queued_max=9)


async def test_rabbit_worker_acknowledges_once_the_result_is_stored(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)
    async with worker(db, clock, Handler(), monkeypatch) as seen:
        await send_job(seen.broker, message())
        assert (await get_job(db, "ann", "j1"))["status"] == "done"
        assert seen.acts == ["ack"]
        await send_job(seen.broker, message())
        assert seen.acts == ["ack", "ack"]
    assert (await get_job(db, "ann", "j1"))["attempts"] == 1
    assert (seen.waiting, seen.dead) == ([], [])


async def test_rabbit_worker_sends_what_failed_on_with_growing_waits_and_puts_it_away_at_last(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)
    async with worker(db, clock, Handler(failures=[Busy("full")] * 9), monkeypatch) as seen:
        await send_job(seen.broker, message(), traceparent="00-a-b-01")
        clock.move(5)
        await send_job(seen.broker, message(attempt=2))
        clock.move(10)
        await send_job(seen.broker, message(attempt=3))
    assert [(delay_s, body["attempt"]) for delay_s, body, _ in seen.waiting] == [(5, 2), (10, 3)]
    assert seen.waiting[0][2][TRACE_HEADER] == "00-a-b-01"
    assert seen.dead == [(message(attempt=3).model_dump_json().encode(), "busy: attempt 3 of 3 failed")]
    assert seen.acts == ["ack"] * 3


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "invalid_message: message: Invalid JSON"),
        (b"", "invalid_message: message: Invalid JSON"),
        (b"\xff\xfe", "invalid_message: message: Invalid JSON"),
        (b"[]", "invalid_message: message: "),
        (json.dumps({**message().model_dump(), "version": 2}).encode(), "invalid_message: version: "),
        (json.dumps({**message().model_dump(), "kind": "secret"}).encode(), "invalid_message: kind: "),
        (json.dumps({**message().model_dump(), "extra": "secret"}).encode(), "invalid_message: extra: "),
        (message("elsewhere").model_dump_json().encode(), "unknown_job: "),
    ],
)
async def test_rabbit_worker_puts_a_message_away_at_once_that_nobody_can_do(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, body: bytes, says: str
):
    await create(db)
    handler = Handler()
    async with worker(db, clock, handler, monkeypatch) as seen:
        await seen.broker.broker.publish(body, seen.broker.queues.main, content_type="application/json")
    assert [dead for dead, _ in seen.dead] == [body]
    reason = seen.dead[0][1]
    assert reason.startswith(says)
    assert "secret" not in reason.partition("Input should")[0]
    assert (seen.acts, seen.waiting, handler.runs) == (["ack"], [], [])


async def test_rabbit_worker_puts_a_kind_away_that_it_does_not_serve(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)
    async with worker(db, clock, None, monkeypatch) as seen:
        await send_job(seen.broker, message())
    assert seen.dead[0][1].startswith("kind_not_served")
    assert (await get_job(db, "ann", "j1"))["status"] == "failed"


async def test_rabbit_worker_looks_again_when_the_lease_of_another_may_be_over(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)
    await claim_job(db, "j1", lease="of the dead", now=NOW, until=NOW + LEASE)
    async with worker(db, clock, Handler(), monkeypatch) as seen:
        await send_job(seen.broker, message())
        assert [delay_s for delay_s, *_ in seen.waiting] == [40]
        clock.move(60)
        await send_job(seen.broker, message())
    assert (await get_job(db, "ann", "j1"))["status"] == "done"


async def test_rabbit_worker_gives_a_message_back_when_it_cannot_be_sent_on(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)
    async with worker(db, clock, Handler(failures=[Busy("full")]), monkeypatch) as seen:
        publish = seen.broker.broker.publish

        async def only_to_main(body, queue, **options):
            if queue.name != seen.broker.queues.main.name:
                raise ConnectionError
            return await publish(body, queue, **options)

        monkeypatch.setattr(seen.broker.broker, "publish", only_to_main)
        await send_job(seen.broker, message())
    assert seen.acts == ["nack"]
    assert seen.slept == [1.0]


async def test_send_job_when_never_connected_says_so():
    broker = make_broker(URL, JobQueues(LIMITS.delays, "segue.jobs"))
    for sending in (send_job(broker, message()), send_dead(broker, b"{", "why")):
        with pytest.raises(BrokerUnavailable) as caught:
            await sending
        assert "guest" not in caught.value.message


async def test_send_job_whose_connection_is_lost_meanwhile_says_so(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    async def lost(*_args, **_options) -> None:
        raise asyncio.CancelledError

    async with worker(db, clock, None, monkeypatch) as seen:
        monkeypatch.setattr(seen.broker.broker, "publish", lost)
        with pytest.raises(BrokerUnavailable):
            await send_job(seen.broker, message())


async def test_send_job_that_is_cancelled_is_cancelled(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    publishing = asyncio.Event()

    async def slow(*_args, **_options) -> None:
        publishing.set()
        await asyncio.Event().wait()

    async with worker(db, clock, None, monkeypatch) as seen:
        monkeypatch.setattr(seen.broker.broker, "publish", slow)
        task = asyncio.create_task(send_job(seen.broker, message()))
        await publishing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_send_dead_shortens_its_reason(db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    async with worker(db, clock, None, monkeypatch) as seen:
        await send_dead(seen.broker, b"{", "x" * 1_000)
    assert len(seen.dead[0][1]) == 300


async def test_connect_broker_goes_on_until_the_broker_answers(monkeypatch: pytest.MonkeyPatch):
    broker = make_broker(URL, JobQueues(LIMITS.delays, "segue.jobs"))
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            # From now on it answers.
            test = TestRabbitBroker(broker.broker, connect_only=True)
            await test.__aenter__()

    await connect_broker(broker, retry_s=3, sleep=sleep)
    assert slept == [3, 3]


def test_job_queues_are_durable_and_fall_back_into_the_main_one():
    queues = JobQueues((5.0, 0.25), "q")
    assert [queue.name for queue in queues.all] == ["q", "q.dead", "q.retry.5000", "q.retry.250"]
    assert all(queue.durable for queue in queues.all)
    arguments = queues.waiting(0.25).arguments
    assert arguments["x-message-ttl"] == 250
    assert arguments["x-dead-letter-routing-key"] == "q"
