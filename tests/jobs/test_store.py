"""Jobs as their listener sees them, on both engines."""

import asyncio
from datetime import timedelta

import pytest

from src.errors import Busy, Conflict, NotFound
from src.jobs.lease_store import (
    LeaseLost,
    due_jobs,
    finish_job,
)
from src.jobs.store import cancel_job, create_job, get_job, list_jobs, purge_jobs
from src.storage.database import Database
from tests.jobs.scene import NOW, claimed, create, new_job

SECOND = timedelta(seconds=1)


async def test_create_job_is_queued_and_shown_to_its_listener(db: Database):
    document, made = await create_job(db, new_job(), queued_max=1)
    assert made
    assert document == await get_job(db, "ann", "j1")
    assert (document["status"], document["progress"], document["attempts"]) == ("queued", 0.0, 0)
    assert document["request"] == {"prompt": "soul"}
    assert document["result"] is None


async def test_create_job_with_a_key_that_was_used_gives_the_job_of_it(db: Database):
    await create(db, key="k")
    again, made = await create_job(db, new_job("j2", key="k"), queued_max=1)
    assert (again["id"], made) == ("j1", False)
    other, made = await create_job(db, new_job("j3", listener="bob", key="k"), queued_max=9)
    assert (other["id"], made) == ("j3", True)


async def test_create_job_with_a_key_of_another_request_is_refused(db: Database):
    await create(db, key="k")
    with pytest.raises(Conflict) as caught:
        await create_job(db, new_job("j2", key="k", request_hash="h2"), queued_max=9)
    assert caught.value.code == "idempotency_key_reused"


async def test_create_job_by_several_with_one_key_at_once_makes_one(db: Database):
    made = await asyncio.gather(
        *(create_job(db, new_job(f"j{number}", key="k"), queued_max=9) for number in range(5))
    )
    assert len({document["id"] for document, _ in made}) == 1
    assert [new for _, new in made].count(True) == 1
    assert len(await due_jobs(db, NOW, 9)) == 1


async def test_create_job_when_the_queue_is_full_is_busy(db: Database):
    await create(db, "j1", "j2")
    with pytest.raises(Busy) as caught:
        await create_job(db, new_job("j3"), queued_max=2)
    assert caught.value.retry_after_s
    await claimed(db, "j1")
    await create_job(db, new_job("j3"), queued_max=2)


async def test_get_job_of_another_listener_is_not_found(db: Database):
    await create(db)
    for id_, listener in (("j1", "bob"), ("j2", "ann")):
        with pytest.raises(NotFound):
            await get_job(db, listener, id_)
        with pytest.raises(NotFound):
            await cancel_job(db, listener, id_, NOW)
    assert await list_jobs(db, "bob", 10) == []


async def test_list_jobs_gives_the_latest_first(db: Database):
    for number in range(3):
        await create(db, f"j{number}", at=NOW + number * SECOND)
    assert [job["id"] for job in await list_jobs(db, "ann", 2)] == ["j2", "j1"]


async def test_cancel_job_ends_what_waits_and_what_runs(db: Database):
    await create(db, "j1", "j2")
    running = await claimed(db, "j2")
    for id_ in ("j1", "j2", "j2"):
        assert (await cancel_job(db, "ann", id_, NOW))["status"] == "cancelled"
    with pytest.raises(LeaseLost):
        await finish_job(db, running, result={}, now=NOW)
    assert (await get_job(db, "ann", "j2"))["result"] is None


async def test_cancel_job_that_is_done_is_refused(db: Database):
    await create(db)
    await finish_job(db, await claimed(db), result={}, now=NOW)
    with pytest.raises(Conflict) as caught:
        await cancel_job(db, "ann", "j1", NOW)
    assert caught.value.code == "job_finished"
    assert (await get_job(db, "ann", "j1"))["status"] == "done"


async def test_purge_jobs_deletes_the_oldest_that_are_finished(db: Database):
    await create(db, "j1", "j2", "j3", "j4")
    for number, id_ in enumerate(("j3", "j2", "j1")):
        await finish_job(db, await claimed(db, id_), result={}, now=NOW + number * SECOND)
    assert await purge_jobs(db, finished_before=NOW + SECOND, limit=1) == 1
    assert sorted(job["id"] for job in await list_jobs(db, "ann", 9)) == ["j1", "j2", "j4"]
    assert await purge_jobs(db, finished_before=NOW + SECOND, limit=9) == 1
    assert await purge_jobs(db, finished_before=NOW + SECOND, limit=9) == 0
    assert sorted(job["id"] for job in await list_jobs(db, "ann", 9)) == ["j1", "j4"]
