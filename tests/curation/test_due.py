"""Refreshes that are due by their schedules are asked for once, however many look."""

import asyncio
from datetime import timedelta

import pytest

from src.curation.due import LOOK_EVERY_S, ask_for_due, due_refreshes
from src.curation.handling import playlist_handlers
from src.errors import StorageUnavailable
from src.jobs.store import list_jobs
from src.messaging.models.job_message import JobMessage
from src.playlists.store import get_playlist, insert_playlist, set_mode, set_schedule
from src.workers.handling import handle_job
from tests.jobs.scene import NOW, Broker, Clock, dispatch_of, jobs_of
from tests.playlists.lists import solved, spec


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def db(curator):
    """A list of ann's that is due at 13:00; it is 12:00."""
    await insert_playlist(
        curator.database,
        {
            "id": "p1",
            "listener": "ann",
            "created_at": NOW,
            "mode": "fresh",
            "spec": spec(tracks=3),
            "result": solved("abc"),
            "from_conversation": None,
            "created_by_job": None,
        },
    )
    await set_schedule(curator.database, "ann", "p1", "0 13 * * *", NOW)
    return curator.database


async def _asked(db):
    return [(job["kind"], job["request"]) for job in await list_jobs(db, "ann", 10)]


async def test_ask_for_due_before_the_time_asks_for_nothing(db, clock):
    broker = Broker()
    assert await ask_for_due(dispatch_of(db, clock, broker.send)) == 0
    assert (await _asked(db), broker.sent) == ([], [])


async def test_ask_for_due_asks_once_and_sets_the_next_time(db, clock):
    broker = Broker()
    dispatch = dispatch_of(db, clock, broker.send)
    clock.move(3600)
    assert await ask_for_due(dispatch) == 1
    assert await ask_for_due(dispatch) == 0
    assert await _asked(db) == [("refresh", {"playlist_id": "p1"})]
    assert [ticket.kind for ticket in broker.sent] == ["refresh"]
    assert (await get_playlist(db, "ann", "p1"))["next_refresh_at"] == NOW + timedelta(hours=25)


async def test_ask_for_due_makes_up_for_missed_times_once(db, clock):
    clock.move(3 * 86_400 + 3600)
    assert await ask_for_due(dispatch_of(db, clock, Broker().send)) == 1
    assert len(await _asked(db)) == 1


async def test_ask_for_due_by_two_processes_at_once_asks_once(db, clock):
    clock.move(3600)
    looking = [dispatch_of(db, clock, Broker().send) for _ in range(2)]
    counts = await asyncio.gather(*(ask_for_due(dispatch) for dispatch in looking))
    assert sorted(counts) == [0, 1]
    assert len(await _asked(db)) == 1


async def test_ask_for_due_when_frozen_asks_for_nothing(db, clock):
    await set_mode(db, "ann", "p1", "frozen", NOW)
    clock.move(86_400)
    assert await ask_for_due(dispatch_of(db, clock, Broker().send)) == 0


async def test_list_frozen_after_its_refresh_was_asked_for_is_not_refreshed(curator, db, clock):
    broker = Broker()
    clock.move(3600)
    await ask_for_due(dispatch_of(db, clock, broker.send))
    await set_mode(db, "ann", "p1", "frozen", clock.now())
    message = JobMessage(version=1, job_id=broker.sent[0].id, kind="refresh", attempt=1)
    await handle_job(jobs_of(db, clock), playlist_handlers(curator), message)
    (job,) = await list_jobs(db, "ann", 10)
    assert job["problem"] is not None
    assert (job["status"], job["problem"]["code"]) == ("failed", "playlist_frozen")
    assert (await get_playlist(db, "ann", "p1"))["version"] == 1


async def test_ask_for_due_when_the_broker_is_away_keeps_the_job(db, clock):
    clock.move(3600)
    assert await ask_for_due(dispatch_of(db, clock, Broker(away=True).send)) == 1
    assert len(await _asked(db)) == 1


async def test_due_refreshes_look_again_and_outlast_a_database_that_is_away(db, clock, monkeypatch):
    looks: list[float] = []
    done = asyncio.Event()

    async def ask(_dispatch) -> int:
        raise StorageUnavailable("away")

    async def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            done.set()
            await asyncio.Event().wait()

    monkeypatch.setattr("src.curation.due.ask_for_due", ask)
    async with due_refreshes(dispatch_of(db, clock, Broker().send), sleep=sleep):
        await asyncio.wait_for(done.wait(), 10)
    assert looks == [LOOK_EVERY_S] * 3
