"""One job at a time: what is stored, and what is said back for its message."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from src.errors import (
    Busy,
    Conflict,
    EmbeddingUnavailable,
    InvalidInput,
    ModelUnavailable,
    NotFound,
    StorageUnavailable,
)
from src.jobs import worker as handling
from src.jobs.lease_store import claim_job
from src.jobs.running import JobOutcome, JobStopped
from src.jobs.store import cancel_job, create_job, get_job
from src.jobs.worker import Dead, Later, Settled, finish_or_return, handle_job
from src.storage.database import Database
from tests.jobs.handlers import Handler, message
from tests.jobs.scene import LEASE, LIMITS, NOW, Clock, claimed, jobs_of, new_job


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One engine is enough here: the statements run on both in `test_store.py`."""
    return sqlite_db


async def create(db: Database, *ids: str) -> None:
    for id_ in ids or ("j1",):
        await create_job(db, new_job(id_), queued_max=99)


async def job(db: Database, id_="j1"):
    return await get_job(db, "ann", id_)


async def test_handle_job_stores_the_result_before_it_says_so(db: Database, clock: Clock):
    await create(db)
    handler = Handler()
    assert await handle_job(jobs_of(db, clock), {"playlist": handler}, message()) == Settled()
    done = await job(db)
    assert (done["status"], done["result"], done["attempts"]) == ("done", {"of": "j1"}, 1)
    run = handler.runs[0]
    assert (run.listener, run.request, run.attempt) == ("ann", {"prompt": "soul"}, 1)


async def test_handle_job_of_a_message_that_comes_again_does_nothing(db: Database, clock: Clock):
    await create(db)
    handler = Handler()
    jobs = jobs_of(db, clock)
    verdicts = [await handle_job(jobs, {"playlist": handler}, message()) for _ in range(3)]
    assert verdicts == [Settled()] * 3
    assert len(handler.runs) == 1


async def test_handle_job_by_two_workers_at_once_runs_it_once(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock)
    first = asyncio.create_task(handle_job(jobs, {"playlist": handler}, message()))
    await handler.started.wait()
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(40, 1)
    assert handler.go
    handler.go.set()
    assert await first == Settled()
    assert len(handler.runs) == 1


async def test_handle_job_of_a_worker_that_was_killed_takes_it_over_when_its_lease_ran_out(
    db: Database, clock: Clock
):
    await create(db)
    await claimed(db, lease="of the dead")
    handler = Handler()
    jobs = jobs_of(db, clock)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(40, 1)
    clock.move(40)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(20, 1)
    clock.move(20)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Settled()
    done = await job(db)
    assert (done["status"], done["attempts"]) == ("done", 2)


@pytest.mark.parametrize(
    "error",
    [
        StorageUnavailable("away"),
        EmbeddingUnavailable("away"),
        ModelUnavailable("away", reason="timeout"),
        Busy("full"),
        ValueError("a bug that must not be shown"),
    ],
)
async def test_handle_job_that_fails_for_the_service_is_tried_again_with_growing_waits(
    db: Database, clock: Clock, error: Exception
):
    await create(db)
    handler = Handler(failures=[error, error])
    jobs = jobs_of(db, clock)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(5, 2)
    waiting = await job(db)
    assert waiting["status"] == "queued"
    assert waiting["problem"]
    assert "a bug" not in waiting["problem"]["detail"]
    # The message of a broker that lost count comes too early.
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(5, 1)
    clock.move(5)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(10, 3)
    clock.move(10)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Settled()
    done = await job(db)
    assert (done["status"], done["problem"], done["attempts"]) == ("done", None, 3)


async def test_handle_job_that_fails_each_time_is_dead_with_the_reason(db: Database, clock: Clock):
    await create(db)
    handler = Handler(failures=[Busy("full")] * 9)
    jobs = jobs_of(db, clock)
    for _ in range(2):
        verdict = await handle_job(jobs, {"playlist": handler}, message())
        assert isinstance(verdict, Later)
        clock.move(verdict.delay_s)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Dead("busy: attempt 3 of 3 failed")
    failed = await job(db)
    assert (failed["status"], failed["problem"]) == ("failed", {"code": "busy", "detail": "full"})
    assert await handle_job(jobs, {"playlist": handler}, message()) == Settled()
    assert len(handler.runs) == 3


@pytest.mark.parametrize("error", [InvalidInput("bad"), NotFound("gone"), Conflict("changed")])
async def test_handle_job_that_fails_for_its_request_is_not_tried_again(
    db: Database, clock: Clock, error: InvalidInput
):
    await create(db)
    handler = Handler(failures=[error])
    assert await handle_job(jobs_of(db, clock), {"playlist": handler}, message()) == Settled()
    failed = await job(db)
    assert (failed["status"], failed["problem"]) == ("failed", {"code": error.code, "detail": error.message})


async def test_handle_job_of_a_kind_that_is_not_served_is_dead_and_has_failed(db: Database, clock: Clock):
    await create(db)
    verdict = await handle_job(jobs_of(db, clock), {}, message())
    assert isinstance(verdict, Dead)
    assert verdict.reason.startswith("kind_not_served")
    assert (await job(db))["status"] == "failed"


async def test_handle_job_that_is_not_in_the_database_is_dead(db: Database, clock: Clock):
    verdict = await handle_job(jobs_of(db, clock), {}, message("other"))
    assert isinstance(verdict, Dead)
    assert verdict.reason.startswith("unknown_job")


async def test_handle_job_that_ended_its_worker_each_time_is_dead(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("src.jobs.lease_store.STARTS_MAX", 1)
    await create(db)
    await claimed(db)
    clock.move(LEASE.total_seconds())
    verdict = await handle_job(jobs_of(db, clock), {"playlist": Handler()}, message())
    assert isinstance(verdict, Dead)
    assert (await job(db))["status"] == "failed"


async def test_handle_job_that_takes_too_long_is_ended_and_tried_again(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock, limits=replace(LIMITS, timeout_s=0.01))
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(5, 2)
    problem = (await job(db))["problem"]
    assert problem
    assert problem["code"] == "job_timeout"
    assert handler.runs[0].should_stop()


async def test_handle_job_shows_its_progress_but_not_every_step_of_it(db: Database, clock: Clock):
    await create(db)
    seen = []

    async def handler(run) -> JobOutcome:
        for progress, step, seconds in ((0.1, "a", 0), (0.2, "a", 0.1), (0.3, "b", 0), (0.4, "b", 0.6)):
            clock.move(seconds)
            await run.report(progress, step)
            shown = await job(db)
            seen.append((shown["progress"], shown["step"]))
        return JobOutcome({})

    await handle_job(jobs_of(db, clock), {"playlist": handler}, message())
    assert seen == [(0.1, "a"), (0.1, "a"), (0.3, "b"), (0.4, "b")]


async def test_handle_job_keeps_its_lease_while_it_runs(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    renewals = 0

    async def beat(seconds: float) -> None:
        nonlocal renewals
        renewals += 1
        if renewals > 6:
            assert handler.go
            handler.go.set()
            await asyncio.Event().wait()
        clock.move(seconds)

    assert await handle_job(jobs_of(db, clock, sleep=beat), {"playlist": handler}, message()) == Settled()
    # Six thirds of its time later it was this worker's still.
    assert clock.moment == NOW + 2 * LEASE
    assert (await job(db))["status"] == "done"


async def test_handle_job_that_is_cancelled_stops_and_stores_nothing(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    beat = asyncio.Event()

    async def wait(_seconds: float) -> None:
        await beat.wait()

    jobs = jobs_of(db, clock, sleep=wait)
    task = asyncio.create_task(handle_job(jobs, {"playlist": handler}, message()))
    await handler.started.wait()
    assert not handler.runs[0].should_stop()
    await cancel_job(db, "ann", "j1", NOW)
    beat.set()
    assert await task == Settled()
    assert handler.runs[0].should_stop()
    cancelled = await job(db)
    assert (cancelled["status"], cancelled["result"]) == ("cancelled", None)


@pytest.mark.parametrize("failure", [Busy("full"), None])
async def test_handle_job_that_was_cancelled_before_its_end_stays_so(
    db: Database, clock: Clock, failure: Busy | None
):
    await create(db)

    async def handler(run) -> JobOutcome:
        await cancel_job(db, "ann", "j1", NOW)
        if failure:
            raise failure
        return JobOutcome({})

    for limits in (LIMITS, replace(LIMITS, attempts=1)):
        assert await handle_job(jobs_of(db, clock, limits=limits), {"playlist": handler}, message()) == (
            Settled()
        )
    assert (await job(db))["status"] == "cancelled"


async def test_handle_job_that_fails_for_the_last_time_after_it_was_cancelled_is_not_dead(
    db: Database, clock: Clock
):
    await create(db)

    async def handler(run) -> JobOutcome:
        await cancel_job(db, "ann", "j1", NOW)
        raise Busy("full")

    jobs = jobs_of(db, clock, limits=replace(LIMITS, attempts=1))
    assert await handle_job(jobs, {"playlist": handler}, message()) == Settled()


async def test_handle_job_when_the_process_ends_gives_it_back(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock)
    task = asyncio.create_task(handle_job(jobs, {"playlist": handler}, message()))
    await handler.started.wait()
    await finish_or_return(jobs, {task}, grace_s=0.01)
    assert task.cancelled()
    assert handler.runs[0].should_stop()
    back = await job(db)
    assert (back["status"], back["attempts"]) == ("queued", 0)
    again = Handler()
    assert await handle_job(jobs_of(db, clock), {"playlist": again}, message()) == Settled()


async def test_handle_job_when_the_process_ends_while_it_is_claimed_gives_it_back(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)

    async def claim(*args, **options):
        await claim_job(*args, **options)
        raise asyncio.CancelledError

    monkeypatch.setattr(handling, "claim_job", claim)
    with pytest.raises(asyncio.CancelledError):
        await handle_job(jobs_of(db, clock), {"playlist": Handler()}, message())
    assert (await job(db))["status"] == "queued"


async def test_finish_or_return_lets_a_job_finish_in_time(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock)
    task = asyncio.create_task(handle_job(jobs, {"playlist": handler}, message()))
    await handler.started.wait()
    assert handler.go
    handler.go.set()
    await finish_or_return(jobs, {task}, grace_s=10)
    assert task.result() == Settled()
    assert (await job(db))["status"] == "done"


@pytest.mark.parametrize("error", [JobStopped(), asyncio.CancelledError()])
async def test_handle_job_whose_handler_stopped_by_itself_gives_it_back(
    db: Database, clock: Clock, error: BaseException
):
    await create(db)

    async def handler(run) -> JobOutcome:
        raise error

    assert await handle_job(jobs_of(db, clock), {"playlist": handler}, message()) == Later(5, 1)
    back = await job(db)
    assert (back["status"], back["attempts"]) == ("queued", 0)


async def test_handle_job_whose_result_cannot_be_stored_has_not_happened(db: Database, clock: Clock):
    await create(db)
    away = True

    async def beside(_connection) -> None:
        if away:
            raise StorageUnavailable("away")

    async def handler(run) -> JobOutcome:
        return JobOutcome({"n": run.attempt}, beside)

    jobs = jobs_of(db, clock)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Later(5, 2)
    assert (await job(db))["result"] is None
    away = False
    clock.move(5)
    assert await handle_job(jobs, {"playlist": handler}, message()) == Settled()
    assert (await job(db))["result"] == {"n": 2}


@pytest.mark.parametrize(
    ("error", "verdict"), [(StorageUnavailable("away"), Later(5, 1)), (ValueError("bug"), Later(40, 1))]
)
async def test_handle_job_when_it_cannot_be_looked_at_is_for_later(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: Exception, verdict: Later
):
    async def broken(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(handling, "claim_job", broken)
    assert await handle_job(jobs_of(db, clock), {"playlist": Handler()}, message()) == verdict


async def test_handle_job_goes_on_when_lease_and_progress_cannot_be_stored(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    await create(db)
    tried = asyncio.Event()

    async def away(*_args, **_kwargs) -> bool:
        tried.set()
        raise StorageUnavailable("away")

    async def beat(_seconds: float) -> None:
        if tried.is_set():
            await asyncio.Event().wait()

    async def handler(run) -> JobOutcome:
        await run.report(0.5, "half")
        await tried.wait()
        return JobOutcome({})

    monkeypatch.setattr(handling, "renew_lease", away)
    monkeypatch.setattr(handling, "report_progress", away)
    assert await handle_job(jobs_of(db, clock, sleep=beat), {"playlist": handler}, message()) == Settled()


async def test_handle_job_leaves_a_lease_that_others_see(db: Database, clock: Clock):
    await create(db)
    handler = Handler(go=asyncio.Event())
    jobs = jobs_of(db, clock)
    task = asyncio.create_task(handle_job(jobs, {"playlist": handler}, message()))
    await handler.started.wait()
    refused = await claim_job(db, "j1", lease="x", now=NOW, until=NOW + LEASE)
    assert refused.until == NOW + timedelta(seconds=LIMITS.lease_s)  # type: ignore[union-attr]
    await finish_or_return(jobs, {task}, grace_s=0)
