"""Jobs without a broker: found in the database, done a few at a time, taken up again after a restart."""

import asyncio

import pytest

from src.errors import Busy, StorageUnavailable
from src.jobs import in_process
from src.jobs.dispatch import submit
from src.jobs.in_process import LOOK_EVERY_S, in_process_worker, pause
from src.jobs.lease_store import due_jobs
from src.jobs.store import create_job, get_job
from src.jobs.worker import Later, handle_job
from src.storage.database import Database
from tests.jobs.handlers import Handler
from tests.jobs.scene import LEASE, Clock, claimed, dispatch_of, jobs_of, new_job


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One engine is enough here: the statements run on both in `test_store.py`."""
    return sqlite_db


class Waits:
    """Instead of waiting: time passes at once when nothing wakes the worker, up to an hour in all."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.passed = 0.0
        self.asked: list[float] = []

    async def __call__(self, woken: asyncio.Event, timeout_s: float) -> None:
        self.asked.append(timeout_s)
        if self.passed > 3_600:
            await woken.wait()
        # Whatever is under way gets its turn first.
        await pause(woken, 0.002)
        if not woken.is_set():
            self.passed += timeout_s
            self.clock.move(timeout_s)


async def until_done(db: Database, *ids: str, status="done") -> None:
    async with asyncio.timeout(20):
        for id_ in ids:
            while (await get_job(db, "ann", id_))["status"] != status:
                await asyncio.sleep(0)


async def ask(dispatch) -> str:
    return (await submit(dispatch, listener="ann", kind="playlist", request={}))["id"]


async def test_in_process_worker_does_what_is_asked_for(db: Database, clock: Clock):
    handler = Handler()
    jobs = jobs_of(db, clock)
    async with in_process_worker(jobs, {"playlist": handler}, at_once=2, grace_s=5) as worker:
        dispatch = dispatch_of(db, clock, worker.wake)
        ids = [await ask(dispatch) for _ in range(5)]
        await until_done(db, *ids)
    assert sorted(run.job_id for run in handler.runs) == sorted(ids)


async def test_in_process_worker_runs_no_more_at_once_than_it_may(db: Database, clock: Clock):
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock)
    async with in_process_worker(jobs, {"playlist": handler}, at_once=2, grace_s=5) as worker:
        dispatch = dispatch_of(db, clock, worker.wake)
        ids = [await ask(dispatch) for _ in range(5)]
        await until_done(db, *ids[:2], status="running")
        assert len(worker.running) == 2
        assert handler.go
        handler.go.set()
        await until_done(db, *ids)


async def test_in_process_worker_takes_up_what_an_earlier_process_left(db: Database, clock: Clock):
    for id_ in ("waiting", "killed"):
        await create_job(db, new_job(id_), queued_max=9)
    await claimed(db, "killed", lease="of the dead")
    handler = Handler()
    jobs = jobs_of(db, clock)
    async with in_process_worker(jobs, {"playlist": handler}, at_once=1, grace_s=5, pause=Waits(clock)):
        await until_done(db, "waiting", "killed")
    assert [run.job_id for run in handler.runs] == ["waiting", "killed"]
    assert handler.runs[1].attempt == 2


async def test_in_process_worker_does_not_touch_what_another_process_does(db: Database, clock: Clock):
    await create_job(db, new_job(), queued_max=9)
    await claimed(db, lease="of another")
    waits = Waits(clock)
    waits.passed = 3_600 - LEASE.total_seconds() / 2
    async with in_process_worker(
        jobs_of(db, clock), {"playlist": Handler()}, at_once=1, grace_s=5, pause=waits
    ) as worker:
        async with asyncio.timeout(20):
            while waits.passed <= 3_600:
                await asyncio.sleep(0)
        assert not worker.running
    assert (await get_job(db, "ann", "j1"))["attempts"] == 1


async def test_in_process_worker_tries_again_when_the_wait_is_over(db: Database, clock: Clock):
    handler = Handler(failures=[Busy("full"), Busy("full")])
    jobs = jobs_of(db, clock)
    start = clock.moment
    async with in_process_worker(
        jobs, {"playlist": handler}, at_once=1, grace_s=5, pause=Waits(clock)
    ) as worker:
        await until_done(db, await ask(dispatch_of(db, clock, worker.wake)))
    assert len(handler.runs) == 3
    assert (clock.moment - start).total_seconds() >= 5 + 10


async def test_in_process_worker_that_ends_lets_a_job_finish(db: Database, clock: Clock):
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock)
    async with in_process_worker(jobs, {"playlist": handler}, at_once=1, grace_s=20) as worker:
        id_ = await ask(dispatch_of(db, clock, worker.wake))
        await handler.started.wait()
        assert handler.go
        asyncio.get_running_loop().call_soon(handler.go.set)
    assert (await get_job(db, "ann", id_))["status"] == "done"


async def test_in_process_worker_that_ends_gives_back_what_does_not_finish(db: Database, clock: Clock):
    stuck = Handler(go=asyncio.Event())
    async with in_process_worker(jobs_of(db, clock), {"playlist": stuck}, at_once=1, grace_s=0.01) as worker:
        dispatch = dispatch_of(db, clock, worker.wake)
        ids = [await ask(dispatch) for _ in range(3)]
        await stuck.started.wait()
    for id_ in ids:
        assert (await get_job(db, "ann", id_))["status"] == "queued"
    handler = Handler()
    async with in_process_worker(jobs_of(db, clock), {"playlist": handler}, at_once=1, grace_s=5):
        await until_done(db, *ids)
    assert [run.job_id for run in handler.runs] == ids


async def test_in_process_worker_when_the_database_was_away_goes_on(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create_job(db, new_job(), queued_max=9)
    failures = 2
    real = due_jobs

    async def shaky(*args, **kwargs):
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StorageUnavailable("away")
        return await real(*args, **kwargs)

    monkeypatch.setattr(in_process, "due_jobs", shaky)
    waits = Waits(clock)
    async with in_process_worker(
        jobs_of(db, clock), {"playlist": Handler()}, at_once=1, grace_s=5, pause=waits
    ):
        await until_done(db, "j1")
    assert waits.asked[:2] == [LOOK_EVERY_S] * 2


async def test_in_process_worker_lets_a_job_rest_that_it_could_not_look_at(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    for id_ in ("broken", "sound"):
        await create_job(db, new_job(id_), queued_max=9)
    looked = 0
    real = handle_job

    async def shaky(jobs, handlers, message):
        nonlocal looked
        if message.job_id == "broken":
            looked += 1
            if looked < 3:
                return Later(40, 1)
        return await real(jobs, handlers, message)

    monkeypatch.setattr(in_process, "handle_job", shaky)
    start = clock.moment
    async with in_process_worker(
        jobs_of(db, clock), {"playlist": Handler()}, at_once=1, grace_s=5, pause=Waits(clock)
    ):
        await until_done(db, "sound", "broken")
    assert looked == 3
    assert (clock.moment - start).total_seconds() >= 80


async def test_pause_ends_when_woken_or_when_the_time_is_over():
    woken = asyncio.Event()
    await pause(woken, 0.001)
    woken.set()
    await pause(woken, 60)
