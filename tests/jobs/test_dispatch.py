"""A job is stored before it is sent, and sent until the broker has it."""

from datetime import timedelta

import pytest

from src.errors import Busy
from src.jobs.dispatch import MESSAGE_LOST_AFTER, submit, sweep
from src.jobs.lease_store import finish_job
from src.jobs.store import get_job, list_jobs
from src.storage.database import Database
from tests.jobs.scene import Broker, Clock, claimed, dispatch_of


async def ask(dispatch, key=None):
    return await submit(
        dispatch,
        listener="ann",
        kind="playlist",
        request={"prompt": "soul"},
        idempotency_key=key,
        traceparent="00-a-b-01",
    )


async def test_submit_sends_what_is_stored_already(db: Database, clock: Clock):
    seen = []

    async def send(ticket) -> None:
        seen.append((ticket.id, ticket.kind, ticket.attempt, ticket.traceparent))
        assert (await get_job(db, "ann", ticket.id))["status"] == "queued"

    job = await ask(dispatch_of(db, clock, send))
    assert seen == [(job["id"], "playlist", 1, "00-a-b-01")]


async def test_submit_again_with_the_same_key_sends_nothing_more(db: Database, clock: Clock):
    broker = Broker()
    dispatch = dispatch_of(db, clock, broker.send)
    assert await ask(dispatch, "k") == await ask(dispatch, "k")
    assert len(broker.sent) == 1


async def test_submit_when_the_broker_is_away_keeps_the_job_which_is_sent_later(db: Database, clock: Clock):
    broker = Broker(away=True)
    dispatch = dispatch_of(db, clock, broker.send)
    jobs = [await ask(dispatch) for _ in range(3)]
    assert {job["status"] for job in jobs} == {"queued"}
    assert await sweep(dispatch) == 0
    broker.away = False
    assert await sweep(dispatch) == 3
    assert [ticket.id for ticket in broker.sent] == [job["id"] for job in jobs]
    assert {ticket.traceparent for ticket in broker.sent} == {"00-a-b-01"}
    assert await sweep(dispatch) == 0


async def test_submit_when_too_many_wait_is_busy_and_stores_nothing(db: Database, clock: Clock):
    broker = Broker()
    dispatch = dispatch_of(db, clock, broker.send, queued_max=2)
    for _ in range(2):
        await ask(dispatch)
    with pytest.raises(Busy) as caught:
        await ask(dispatch)
    assert caught.value.retry_after_s
    assert len(await list_jobs(db, "ann", 9)) == len(broker.sent) == 2


async def test_sweep_sends_again_what_the_broker_must_have_lost_once_in_a_while(db: Database, clock: Clock):
    broker = Broker()
    dispatch = dispatch_of(db, clock, broker.send)
    await ask(dispatch)
    assert await sweep(dispatch) == 0
    clock.move(MESSAGE_LOST_AFTER.total_seconds())
    assert await sweep(dispatch) == 1
    assert await sweep(dispatch) == 0


async def test_sweep_deletes_finished_jobs_that_are_too_old(db: Database, clock: Clock):
    dispatch = dispatch_of(db, clock, Broker().send)
    await ask(dispatch)
    await finish_job(db, await claimed(db), result={}, now=clock.now())
    clock.move(timedelta(days=29).total_seconds())
    await sweep(dispatch)
    assert await list_jobs(db, "ann", 9)
    clock.move(timedelta(days=1).total_seconds())
    await sweep(dispatch)
    assert not await list_jobs(db, "ann", 9)
