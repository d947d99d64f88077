"""Jobs as workers see them, on both engines: started by one, finished once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from src.errors import Conflict
from src.jobs.lease_store import (
    STARTS_MAX,
    Claimed,
    LeaseLost,
    NotClaimed,
    claim_job,
    due_jobs,
    fail_job,
    finish_job,
    mark_sent,
    next_due,
    renew_lease,
    report_progress,
    retry_job,
    return_job,
    unsent_jobs,
)
from src.jobs.models.job import JobProblem
from src.jobs.store import get_job
from src.storage.database import Database, read
from src.storage.tables import taste_rules
from tests.jobs.scene import LEASE, NOW, claimed, create

PROBLEM: JobProblem = {"code": "busy", "detail": "Later."}
SECOND = timedelta(seconds=1)


def write_rule(id_: str):
    """Something that a handler stores with its result."""

    async def beside(connection) -> None:
        row = {"listener": "ann", "id": id_, "document": "{}", "created_at": NOW}
        await connection.execute(insert(taste_rules), row)

    return beside


async def rules(db: Database) -> list[str]:
    async with read(db) as connection:
        return list(await connection.scalars(select(taste_rules.c.id)))


async def test_claim_job_by_many_at_once_is_given_to_one(db: Database):
    await create(db)
    claims = await asyncio.gather(
        *(claim_job(db, "j1", lease=f"l{number}", now=NOW, until=NOW + LEASE) for number in range(6))
    )
    assert sum(isinstance(claim, Claimed) for claim in claims) == 1
    refused = [claim for claim in claims if isinstance(claim, NotClaimed)]
    assert {(claim.why, claim.until) for claim in refused} == {("held", NOW + LEASE)}
    assert (await get_job(db, "ann", "j1"))["attempts"] == 1


async def test_claim_job_after_the_lease_ran_out_takes_it_over(db: Database):
    await create(db)
    first = await claimed(db, lease="first")
    second = await claimed(db, lease="second", now=NOW + LEASE)
    assert second.starts == 2
    assert not await renew_lease(db, first, NOW + 3 * LEASE)
    assert not await report_progress(db, first, progress=0.5, step="x", now=NOW)
    assert not await fail_job(db, first, problem=PROBLEM, now=NOW)
    assert not await retry_job(db, first, problem=PROBLEM, due_at=NOW, now=NOW)
    assert not await return_job(db, "j1", "first", NOW)
    with pytest.raises(LeaseLost):
        await finish_job(db, first, result={}, now=NOW, beside=write_rule("of the first"))
    await finish_job(db, second, result={"by": "second"}, now=NOW, beside=write_rule("of the second"))
    assert (await get_job(db, "ann", "j1"))["result"] == {"by": "second"}
    assert await rules(db) == ["of the second"]


async def test_claim_job_says_why_not(db: Database):
    assert await claim_job(db, "j1", lease="l", now=NOW, until=NOW + LEASE) == NotClaimed("unknown")
    await create(db)
    job = await claimed(db)
    await retry_job(db, job, problem=PROBLEM, due_at=NOW + SECOND, now=NOW)
    assert await claim_job(db, "j1", lease="l", now=NOW, until=NOW + LEASE) == NotClaimed(
        "not_due", NOW + SECOND
    )
    await finish_job(db, await claimed(db, now=NOW + SECOND), result={}, now=NOW)
    assert await claim_job(db, "j1", lease="l", now=NOW, until=NOW + LEASE) == NotClaimed("finished")


async def test_claim_job_that_ended_its_worker_too_often_is_given_up(db: Database):
    await create(db)
    for number in range(STARTS_MAX):
        await claimed(db, lease=f"l{number}", now=NOW + number * LEASE)
    late = NOW + STARTS_MAX * LEASE
    assert await claim_job(db, "j1", lease="last", now=late, until=late + LEASE) == NotClaimed("given_up")
    job = await get_job(db, "ann", "j1")
    assert job["status"] == "failed"
    assert job["problem"]
    assert job["problem"]["code"] == "worker_lost"


async def test_renew_lease_keeps_the_job(db: Database):
    await create(db)
    job = await claimed(db)
    assert await renew_lease(db, job, NOW + 2 * LEASE)
    assert isinstance(await claim_job(db, "j1", lease="l", now=NOW + LEASE, until=NOW + LEASE), NotClaimed)


async def test_report_progress_is_shown_within_its_bounds(db: Database):
    await create(db)
    job = await claimed(db)
    assert await report_progress(db, job, progress=1.7, step="x" * 1_000, now=NOW + SECOND)
    shown = await get_job(db, "ann", "j1")
    assert (shown["progress"], len(shown["step"])) == (1.0, 200)
    assert shown["updated_at"] == (NOW + SECOND).isoformat()


async def test_finish_job_stores_result_and_what_belongs_to_it_or_nothing(db: Database):
    await create(db)
    job = await claimed(db)

    async def broken(connection) -> None:
        await write_rule("half")(connection)
        raise Conflict("changed meanwhile")

    with pytest.raises(Conflict):
        await finish_job(db, job, result={"n": 1}, now=NOW, beside=broken)
    assert (await get_job(db, "ann", "j1"))["status"] == "running"
    assert await rules(db) == []
    await finish_job(db, job, result={"n": 1}, now=NOW, beside=write_rule("whole"))
    done = await get_job(db, "ann", "j1")
    assert (done["status"], done["progress"], done["result"]) == ("done", 1.0, {"n": 1})
    assert done["finished_at"] == NOW.isoformat()
    with pytest.raises(LeaseLost):
        await finish_job(db, job, result={"n": 2}, now=NOW)


async def test_retry_job_waits_and_shows_why(db: Database):
    await create(db)
    await retry_job(db, await claimed(db), problem=PROBLEM, due_at=NOW + LEASE, now=NOW)
    job = await get_job(db, "ann", "j1")
    assert (job["status"], job["problem"]) == ("queued", PROBLEM)
    assert (await claimed(db, now=NOW + LEASE)).failures == 1


async def test_return_job_is_as_if_it_had_not_been_started(db: Database):
    await create(db)
    await claimed(db, lease="mine")
    assert await return_job(db, "j1", "mine", NOW)
    job = await get_job(db, "ann", "j1")
    assert (job["status"], job["attempts"]) == ("queued", 0)
    await claimed(db, lease="next")


async def test_due_jobs_are_those_that_wait_and_those_left_behind(db: Database):
    await create(db, "j1", "j2", "j3", "j4")
    await claimed(db, "j2")
    await finish_job(db, await claimed(db, "j3"), result={}, now=NOW)
    await retry_job(db, await claimed(db, "j4"), problem=PROBLEM, due_at=NOW + 2 * LEASE, now=NOW)
    assert [(job.id, job.attempt) for job in await due_jobs(db, NOW, 9)] == [("j1", 1)]
    assert [job.id for job in await due_jobs(db, NOW + LEASE, 9)] == ["j1", "j2"]
    assert [(job.id, job.attempt) for job in await due_jobs(db, NOW + 2 * LEASE, 9)] == [
        ("j1", 1),
        ("j2", 2),
        ("j4", 2),
    ]


async def test_next_due_is_the_earliest_wait_or_end_of_a_lease(db: Database):
    assert await next_due(db) is None
    await create(db)
    assert await next_due(db) == NOW
    job = await claimed(db)
    assert await next_due(db) == NOW + LEASE
    await retry_job(db, job, problem=PROBLEM, due_at=NOW + SECOND, now=NOW)
    assert await next_due(db) == NOW + SECOND
    await finish_job(db, await claimed(db, now=NOW + SECOND), result={}, now=NOW)
    assert await next_due(db) is None


async def test_unsent_jobs_are_those_never_sent_left_behind_or_waiting_for_too_long(db: Database):
    await create(db, "never", "sent", "held", "done", traceparent="00-1-2-01")

    async def unsent(now, lost_before=NOW - LEASE) -> list[str]:
        return [job.id for job in await unsent_jobs(db, now, lost_before=lost_before, limit=9)]

    for id_ in ("sent", "held", "done"):
        await mark_sent(db, id_, NOW)
    await claimed(db, "held")
    await finish_job(db, await claimed(db, "done"), result={}, now=NOW)
    assert await unsent(NOW) == ["never"]
    first = (await unsent_jobs(db, NOW, lost_before=NOW, limit=1))[0]
    assert first.traceparent == "00-1-2-01"
    # The worker of `held` is gone; once sent again, it is not sent a third time.
    assert await unsent(NOW + LEASE) == ["held", "never"]
    await mark_sent(db, "held", NOW + LEASE + SECOND)
    assert await unsent(NOW + LEASE + SECOND) == ["never"]
    assert await unsent(NOW + LEASE, lost_before=NOW) == ["never", "sent"]
