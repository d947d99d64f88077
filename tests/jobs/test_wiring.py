"""Jobs as the settings say: in this process, or through a broker that may be away."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest
from pydantic import SecretStr

from src.errors import StorageUnavailable
from src.jobs import wiring as opening
from src.jobs.dispatch import submit
from src.jobs.rabbit import JobQueues
from src.jobs.running import delay_steps
from src.jobs.store import create_job, get_job
from src.jobs.wiring import open_dispatch, open_rabbit_worker, open_work
from src.settings import Settings
from src.storage.database import Database
from tests.jobs.handlers import Handler
from tests.jobs.scene import new_job


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One engine is enough here: the statements run on both in `test_store.py`."""
    return sqlite_db


BROKER = "amqp://guest:guest@127.0.0.1:5672/"


async def until_done(db: Database, *ids: str) -> None:
    async with asyncio.timeout(30):
        for id_ in ids:
            while (await get_job(db, "ann", id_))["status"] != "done":
                await asyncio.sleep(0)


def test_open_work_takes_its_limits_from_the_settings(settings: Settings, db: Database):
    limits = open_work(settings.model_copy(update={"job_attempts": 7, "job_lease_s": 9.0}), db).limits
    assert (limits.attempts, limits.lease_s, limits.timeout_s) == (7, 9.0, 900.0)
    assert limits.delays == (5, 10, 20, 40, 80, 160, 300)


async def test_open_dispatch_without_a_broker_does_the_jobs_here(settings: Settings, db: Database):
    await create_job(db, new_job("left", at=datetime.now(UTC)), queued_max=9)
    async with open_dispatch(settings, db, {"playlist": Handler()}) as dispatch:
        job = await submit(dispatch, listener="ann", kind="playlist", request={})
        await until_done(db, "left", job["id"])


async def test_open_dispatch_with_a_broker_that_is_away_keeps_the_jobs(
    settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch
):
    away = settings.model_copy(update={"broker_url": SecretStr("amqp://guest:hunter2@127.0.0.1:1/")})
    handler = Handler()
    async with open_dispatch(away, db, {"playlist": handler}) as dispatch:
        job = await submit(dispatch, listener="ann", kind="playlist", request={})
        assert job["status"] == "queued"
    assert not handler.runs


async def test_open_dispatch_goes_on_when_the_database_was_away(
    settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch
):
    swept = asyncio.Event()

    async def sweep(_dispatch) -> int:
        swept.set()
        raise StorageUnavailable("away")

    monkeypatch.setattr(opening, "sweep", sweep)
    async with open_dispatch(settings, db, {"playlist": Handler()}) as dispatch:
        await swept.wait()
        await until_done(db, (await submit(dispatch, listener="ann", kind="playlist", request={}))["id"])


async def test_open_rabbit_worker_does_what_the_service_asks_for(settings: Settings, db: Database):
    name = f"segue.test.{uuid.uuid4().hex}"
    broker_url = SecretStr(BROKER)
    with_broker = settings.model_copy(update={"broker_url": broker_url, "jobs_queue": name})
    try:
        connection = await aio_pika.connect(BROKER, timeout=3)
    except (OSError, aio_pika.exceptions.AMQPError, TimeoutError):
        pytest.skip("no RabbitMQ on 127.0.0.1:5672 that lets guest in")
    # Stored by a service that ended before it could send.
    await create_job(db, new_job("left", at=datetime.now(UTC) - timedelta(days=1)), queued_max=9)
    here, there = Handler(), Handler()
    try:
        async with (
            open_rabbit_worker(with_broker, db, {"playlist": there}, broker_url) as beside,
            open_dispatch(with_broker, db, {"playlist": here}) as dispatch,
        ):
            ids = [
                (await submit(where, listener="ann", kind="playlist", request={}))["id"]
                for where in (dispatch, beside)
            ]
            await until_done(db, "left", ids[1])
    finally:
        async with connection:
            channel = await connection.channel()
            for queue in JobQueues(delay_steps(5, 300), name).all:
                await channel.queue_delete(queue.name)
    assert not here.runs
