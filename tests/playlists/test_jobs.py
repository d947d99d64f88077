"""Refreshes that are due by their schedules are asked for once, however many look."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from src.errors import Conflict, InvalidInput, NotFound, StorageUnavailable
from src.jobs.models.messages import JobMessage
from src.jobs.running import JobRun
from src.jobs.store import create_job, get_job, list_jobs
from src.jobs.worker import Settled, handle_job
from src.playlists.jobs import LOOK_EVERY_S, ask_for_due, due_refreshes, playlist_handlers, wanted_spec
from src.playlists.make import unreported
from src.playlists.schedule_store import set_mode, set_schedule
from src.playlists.store import get_playlist, list_playlists
from src.storage.database import write
from tests.jobs.scene import NOW, Broker, Clock, dispatch_of, jobs_of, new_job
from tests.playlists.lists import insert_playlist, solved, spec


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def db(clients):
    """A list of ann's that is due at 13:00; it is 12:00."""
    await insert_playlist(
        clients.database,
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
    await set_schedule(clients.database, "ann", "p1", "0 13 * * *", NOW)
    return clients.database


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


async def test_list_frozen_after_its_refresh_was_asked_for_is_not_refreshed(clients, db, clock):
    broker = Broker()
    clock.move(3600)
    await ask_for_due(dispatch_of(db, clock, broker.send))
    await set_mode(db, "ann", "p1", "frozen", clock.now())
    message = JobMessage(version=1, job_id=broker.sent[0].id, kind="refresh", attempt=1)
    await handle_job(jobs_of(db, clock), playlist_handlers(clients), message)
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

    monkeypatch.setattr("src.playlists.jobs.ask_for_due", ask)
    async with due_refreshes(dispatch_of(db, clock, Broker().send), sleep=sleep):
        await asyncio.wait_for(done.wait(), 10)
    assert looks == [LOOK_EVERY_S] * 3


REQUEST: dict[str, object] = {"prompt": "3 jazz songs", "title": "Three"}


def _run(request=REQUEST, job_id="j1", listener="ann") -> JobRun:
    return JobRun(job_id, listener, "playlist", dict(request), 1, None, unreported, lambda: False)


def _message(attempt=1) -> JobMessage:
    return JobMessage(version=1, job_id="j1", kind="playlist", attempt=attempt)


async def _ids(clients, listener="ann"):
    page = await list_playlists(clients.database, listener, 10)
    return [line["id"] for line in page["playlists"]]


async def _store(clients, outcome):
    async with write(clients.database) as connection:
        await outcome.beside(connection)


async def test_playlist_handlers_store_a_playlist_with_the_end_of_the_job(clients, clock):
    await create_job(clients.database, replace(new_job(), request=dict(REQUEST)), queued_max=5)
    handlers = playlist_handlers(clients)
    assert isinstance(await handle_job(jobs_of(clients.database, clock), handlers, _message()), Settled)
    job = await get_job(clients.database, "ann", "j1")
    assert job["status"] == "done"
    assert job["result"] is not None
    assert [job["result"]["playlist_id"]] == await _ids(clients)
    playlist = await get_playlist(clients.database, "ann", str(job["result"]["playlist_id"]))
    assert (playlist["title"], playlist["created_by_job"]) == ("Three", "j1")
    # The message comes again.
    await handle_job(jobs_of(clients.database, clock), handlers, _message())
    assert len(await _ids(clients)) == 1


async def test_job_inserted_twice_makes_one_playlist(clients):
    make = playlist_handlers(clients)["playlist"]
    first, second = await make(_run()), await make(_run())
    assert await _ids(clients) == []
    await _store(clients, first)
    with pytest.raises(Conflict, match="stored already"):
        await _store(clients, second)
    assert await _ids(clients) == [first.result["playlist_id"]]


async def test_killed_job_leaves_no_playlist_and_is_made_once_later(clients, clock):
    await create_job(clients.database, replace(new_job(), request=dict(REQUEST)), queued_max=5)
    make = playlist_handlers(clients)["playlist"]
    ready, never = asyncio.Event(), asyncio.Event()

    async def killed(run: JobRun):
        outcome = await make(run)
        ready.set()
        await never.wait()
        return outcome

    work = asyncio.create_task(handle_job(jobs_of(clients.database, clock), {"playlist": killed}, _message()))
    await ready.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert await _ids(clients) == []
    assert (await get_job(clients.database, "ann", "j1"))["status"] == "queued"
    await handle_job(jobs_of(clients.database, clock), {"playlist": make}, _message())
    assert len(await _ids(clients)) == 1
    assert [job["status"] for job in await list_jobs(clients.database, "ann", 5)] == ["done"]


async def test_refresh_is_stored_with_its_job_and_not_twice(clients):
    handlers = playlist_handlers(clients)
    made = await handlers["playlist"](_run())
    await _store(clients, made)
    id_ = str(made.result["playlist_id"])
    first, second = [await handlers["refresh"](_run({"playlist_id": id_}, job)) for job in ("j2", "j3")]
    assert first.result == {"playlist_id": id_}
    await _store(clients, first)
    with pytest.raises(Conflict) as refused:
        await _store(clients, second)
    assert refused.value.code == "playlist_changed"
    assert (await get_playlist(clients.database, "ann", id_))["version"] == 2


async def test_refresh_of_another_listeners_list_is_not_found(clients):
    handlers = playlist_handlers(clients)
    made = await handlers["playlist"](_run())
    await _store(clients, made)
    with pytest.raises(NotFound):
        await handlers["refresh"](_run({"playlist_id": made.result["playlist_id"]}, "j2", "bob"))


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("playlist", {"prompt": 3}),
        ("playlist", {"tracks": 0}),
        ("refresh", {}),
        ("refresh", {"playlist_id": ""}),
    ],
)
async def test_playlist_handlers_when_the_request_cannot_be_read_name_the_field(clients, kind, request_):
    with pytest.raises(InvalidInput, match=r"cannot be read: (prompt|tracks|playlist_id)"):
        await playlist_handlers(clients)[kind](_run(request_))


@pytest.mark.parametrize(
    ("request_", "title", "tracks", "duration_s"),
    [
        ({"prompt": "20 jazz songs", "tracks": 4}, "Jazz songs", 4, None),
        ({"prompt": "20 jazz songs", "minutes": 30}, "Jazz songs", None, 1800),
        ({"prompt": "jazz", "tracks": 4, "minutes": 30, "title": "Mine"}, "Mine", 4, 1800),
        ({"grow": {"from_tracks": ["x"], "threshold": 0.0}}, "Playlist", None, None),
    ],
)
async def test_wanted_spec_is_what_the_fields_say_whatever_the_words(
    clients, request_, title, tracks, duration_s
):
    spec, _, _ = await wanted_spec(clients, "ann", request_)
    assert (spec["title"], spec.get("tracks"), spec.get("duration_s")) == (title, tracks, duration_s)


async def test_wanted_spec_of_nothing_is_refused(clients):
    with pytest.raises(InvalidInput, match="Say what the list is to be"):
        await wanted_spec(clients, "ann", {"title": "Mine"})
