"""The worker on a real RabbitMQ, with queues of the test's own; skipped when none answers."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest

from src.errors import Busy
from src.jobs.dispatch import Dispatch, submit, sweep
from src.jobs.lease_store import JobTicket, claim_job
from src.jobs.models.messages import JobMessage
from src.jobs.rabbit import (
    REASON_HEADER,
    TRACE_HEADER,
    JobBroker,
    JobQueues,
    connect_broker,
    make_broker,
    rabbit_worker,
    send_job,
)
from src.jobs.running import JobHandlers
from src.jobs.store import create_job, get_job
from src.jobs.worker import JobLimits, Jobs
from src.storage.database import Database
from tests.jobs.handlers import Handler, message
from tests.jobs.scene import new_job


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One engine is enough here: the statements run on both in `test_store.py`."""
    return sqlite_db


HOST, PORT = "127.0.0.1", 5672
LIMITS = JobLimits(attempts=3, retry_first_s=0.05, retry_max_s=0.2, lease_s=0.3, timeout_s=30)
DEADLINE_S = 30


@pytest.fixture
async def queues() -> AsyncIterator[JobQueues]:
    """Queues that nobody else has, deleted afterwards."""
    try:
        connection = await aio_pika.connect(f"amqp://guest:guest@{HOST}:{PORT}/", timeout=3)
    except (OSError, aio_pika.exceptions.AMQPError, TimeoutError):
        pytest.skip("no RabbitMQ on 127.0.0.1:5672 that lets guest in")
    mine = JobQueues(LIMITS.delays, f"segue.test.{uuid.uuid4().hex}")
    yield mine
    async with connection:
        channel = await connection.channel()
        for queue in mine.all:
            await channel.queue_delete(queue.name)


def broker_of(queues: JobQueues, port: int = PORT) -> JobBroker:
    return make_broker(f"amqp://guest:guest@{HOST}:{port}/", queues, reconnect_s=0.02, publish_timeout_s=5)


def jobs_of(db: Database) -> Jobs:
    return Jobs(db=db, limits=LIMITS, now=lambda: datetime.now(UTC), new_id=lambda: uuid.uuid4().hex)


@asynccontextmanager
async def dispatching(db: Database, queues: JobQueues, port: int = PORT) -> AsyncIterator[Dispatch]:
    broker = broker_of(queues, port)

    async def send(ticket: JobTicket) -> None:
        await send_job(broker, ticket.message, traceparent=ticket.traceparent)

    await connect_broker(broker)
    yield Dispatch(
        db=db,
        send=send,
        queued_max=100,
        kept=timedelta(days=1),
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )
    await broker.broker.stop()


def working(db: Database, queues: JobQueues, handlers: JobHandlers, *, grace_s=20.0, port=PORT, at_once=1):
    return rabbit_worker(
        jobs_of(db), handlers, broker_of(queues, port), at_once=at_once, grace_s=grace_s, retry_s=0.02
    )


async def ask(dispatch: Dispatch) -> str:
    job = await submit(dispatch, listener="ann", kind="playlist", request={}, traceparent="00-a-b-01")
    return job["id"]


async def until(db: Database, *ids: str, status="done") -> None:
    async with asyncio.timeout(DEADLINE_S):
        for id_ in ids:
            while (await get_job(db, "ann", id_))["status"] != status:
                await asyncio.sleep(0)


async def left(queues: JobQueues, name: str) -> list[aio_pika.abc.AbstractIncomingMessage]:
    """The messages that are in a queue."""
    found = []
    async with await aio_pika.connect(f"amqp://guest:guest@{HOST}:{PORT}/") as connection:
        queue = await (await connection.channel()).get_queue(name)
        while (message := await queue.get(no_ack=True, fail=False)) is not None:
            found.append(message)
    return found


async def test_jobs_are_done_once_and_nothing_is_left(db: Database, queues: JobQueues):
    handler = Handler()
    async with (
        dispatching(db, queues) as dispatch,
        working(db, queues, {"playlist": handler}, at_once=3),
        working(db, queues, {"playlist": handler}, at_once=3),
    ):
        ids = [await ask(dispatch) for _ in range(20)]
        for id_ in ids[:5]:
            # A second message for a job does no harm.
            await dispatch.send(JobTicket(id_, "playlist", 1))
        await until(db, *ids)
    assert sorted(run.job_id for run in handler.runs) == sorted(ids)
    assert {run.traceparent for run in handler.runs} == {"00-a-b-01"}
    for queue in queues.all:
        assert await left(queues, queue.name) == []


async def test_job_that_fails_comes_back_after_its_wait_and_is_put_away_at_last(
    db: Database, queues: JobQueues
):
    mended, broken = Handler(failures=[Busy("full"), ValueError()]), Handler(failures=[Busy("full")] * 9)
    async with dispatching(db, queues) as dispatch:
        async with working(db, queues, {"playlist": mended}):
            await until(db, await ask(dispatch))
        async with working(db, queues, {"playlist": broken}):
            id_ = await ask(dispatch)
            await until(db, id_, status="failed")
    assert (len(mended.runs), len(broken.runs)) == (3, 3)
    (dead,) = await left(queues, queues.dead.name)
    assert JobMessage.model_validate_json(dead.body).job_id == id_
    assert dead.headers[REASON_HEADER] == "busy: attempt 3 of 3 failed"
    assert dead.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


async def test_message_of_another_version_is_put_away_and_the_next_one_is_done(
    db: Database, queues: JobQueues
):
    handler = Handler()
    async with dispatching(db, queues) as dispatch, working(db, queues, {"playlist": handler}):
        async with await aio_pika.connect(f"amqp://guest:guest@{HOST}:{PORT}/") as connection:
            channel = await connection.channel()
            for body in (b'{"version": 2, "job_id": "x"}', b"{"):
                await channel.default_exchange.publish(aio_pika.Message(body), queues.main.name)
        await until(db, await ask(dispatch))
    dead = await left(queues, queues.dead.name)
    reasons = {one.body: str(one.headers[REASON_HEADER]).split(":")[:2] for one in dead}
    assert reasons == {
        b'{"version": 2, "job_id": "x"}': ["invalid_message", " version"],
        b"{": ["invalid_message", " message"],
    }


async def test_job_of_a_worker_that_is_gone_is_taken_over(db: Database, queues: JobQueues):
    now = datetime.now(UTC)
    await create_job(db, new_job(at=now), queued_max=9)
    await claim_job(db, "j1", lease="of the dead", now=now, until=now + timedelta(seconds=LIMITS.lease_s))
    handler = Handler()
    async with dispatching(db, queues) as dispatch, working(db, queues, {"playlist": handler}):
        await dispatch.send(JobTicket("j1", "playlist", 1, "00-c-d-01"))
        await until(db, "j1")
    assert datetime.now(UTC) >= now + timedelta(seconds=LIMITS.lease_s)
    assert (await get_job(db, "ann", "j1"))["attempts"] == 2


async def test_job_that_waits_keeps_its_trace(db: Database, queues: JobQueues):
    await create_job(db, new_job(at=datetime.now(UTC) + timedelta(hours=1)), queued_max=9)
    broker = broker_of(queues)
    await connect_broker(broker)
    # Nobody works: it stays in the queue of its wait, falls back, and is seen there.
    await send_job(broker, message(), delay_s=0.05, traceparent="00-c-d-01")
    async with asyncio.timeout(DEADLINE_S):
        while not (back := await left(queues, queues.main.name)):
            pass
    await broker.broker.stop()
    assert back[0].headers[TRACE_HEADER] == "00-c-d-01"
    assert back[0].headers["x-first-death-queue"] == queues.waiting(0.05).name


async def test_worker_that_ends_gives_its_job_to_the_next(db: Database, queues: JobQueues):
    stuck, handler = Handler(go=asyncio.Event()), Handler()
    async with dispatching(db, queues) as dispatch:
        async with working(db, queues, {"playlist": stuck}, grace_s=0.01):
            ids = [await ask(dispatch) for _ in range(3)]
            await stuck.started.wait()
        assert {(await get_job(db, "ann", id_))["status"] for id_ in ids} == {"queued"}
        async with working(db, queues, {"playlist": handler}):
            await until(db, *ids)
    assert sorted(run.job_id for run in handler.runs) == sorted(ids)


async def test_worker_that_ends_lets_its_job_finish_and_acknowledges_it(db: Database, queues: JobQueues):
    handler = Handler(go=asyncio.Event())
    async with dispatching(db, queues) as dispatch, working(db, queues, {"playlist": handler}):
        id_ = await ask(dispatch)
        await handler.started.wait()
        assert handler.go
        asyncio.get_running_loop().call_soon(handler.go.set)
    assert (await get_job(db, "ann", id_))["status"] == "done"
    assert await left(queues, queues.main.name) == []


class Proxy:
    """Between the parts under test and the broker: it can be cut."""

    def __init__(self) -> None:
        self.cut = False
        self.writers: set[asyncio.StreamWriter] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(HOST, PORT)
        self.writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self.pump(source, sink))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()

    def go_away(self) -> None:
        self.cut = True
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    def come_back(self) -> None:
        self.cut = False


@asynccontextmanager
async def proxy() -> AsyncIterator[tuple[Proxy, int]]:
    between = Proxy()
    server = await asyncio.start_server(between.join, HOST, 0)
    yield between, server.sockets[0].getsockname()[1]
    between.go_away()
    server.close()
    await asyncio.gather(*between.tasks, return_exceptions=True)
    await server.wait_closed()


async def test_worker_that_ends_while_the_broker_is_away_gives_its_job_back(db: Database, queues: JobQueues):
    stuck, handler = Handler(go=asyncio.Event()), Handler()
    async with dispatching(db, queues) as dispatch:
        async with (
            proxy() as (between, port),
            asyncio.timeout(DEADLINE_S),
            working(db, queues, {"playlist": stuck}, grace_s=0.01, port=port),
        ):
            id_ = await ask(dispatch)
            await stuck.started.wait()
            between.go_away()
        assert (await get_job(db, "ann", id_))["status"] == "queued"
        async with working(db, queues, {"playlist": handler}):
            await until(db, id_)
    assert len(handler.runs) == 1


async def test_broker_that_goes_away_and_comes_back_loses_and_doubles_nothing(
    db: Database, queues: JobQueues
):
    handler = Handler(go=asyncio.Event())
    async with AsyncExitStack() as stack:
        between, port = await stack.enter_async_context(proxy())
        dispatch = await stack.enter_async_context(dispatching(db, queues, port))
        await stack.enter_async_context(working(db, queues, {"playlist": handler}, port=port))
        running, waiting = await ask(dispatch), await ask(dispatch)
        await handler.started.wait()
        between.go_away()
        # The job under way goes on, and ends while nobody can be told.
        asked_meanwhile = await ask(dispatch)
        assert handler.go
        handler.go.set()
        await until(db, running)
        assert (await get_job(db, "ann", asked_meanwhile))["status"] == "queued"
        between.come_back()
        async with asyncio.timeout(DEADLINE_S):
            while not await sweep(dispatch):
                await asyncio.sleep(0)
        await until(db, waiting, asked_meanwhile)
    assert sorted(run.job_id for run in handler.runs) == sorted([running, waiting, asked_meanwhile])
    assert await left(queues, queues.main.name) == []
