"""The jobs of playlists: one job makes one playlist, whatever becomes of its worker."""

import asyncio
from dataclasses import replace

import pytest

from src.curation.handling import playlist_handlers, wanted_spec
from src.errors import Conflict, InvalidInput, NotFound
from src.jobs.running import JobRun
from src.jobs.store import create_job, get_job, list_jobs
from src.messaging.models.job_message import JobMessage
from src.playlists.store import get_playlist, list_playlists
from src.storage.database import write
from src.workers.handling import Settled, handle_job
from tests.jobs.scene import Clock, jobs_of, new_job

REQUEST: dict[str, object] = {"prompt": "3 jazz songs", "title": "Three"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def _unreported(_share: float, _step: str) -> None:
    """Nobody looks."""


def _run(request=REQUEST, job_id="j1", listener="ann") -> JobRun:
    return JobRun(job_id, listener, "playlist", dict(request), 1, None, _unreported, lambda: False)


def _message(attempt=1) -> JobMessage:
    return JobMessage(version=1, job_id="j1", kind="playlist", attempt=attempt)


async def _ids(curator, listener="ann"):
    page = await list_playlists(curator.database, listener, 10)
    return [line["id"] for line in page["playlists"]]


async def _store(curator, outcome):
    async with write(curator.database) as connection:
        await outcome.beside(connection)


async def test_playlist_handlers_store_a_playlist_with_the_end_of_the_job(curator, clock):
    await create_job(curator.database, replace(new_job(), request=dict(REQUEST)), queued_max=5)
    handlers = playlist_handlers(curator)
    assert isinstance(await handle_job(jobs_of(curator.database, clock), handlers, _message()), Settled)
    job = await get_job(curator.database, "ann", "j1")
    assert job["status"] == "done"
    assert job["result"] is not None
    assert [job["result"]["playlist_id"]] == await _ids(curator)
    playlist = await get_playlist(curator.database, "ann", str(job["result"]["playlist_id"]))
    assert (playlist["title"], playlist["created_by_job"]) == ("Three", "j1")
    # The message comes again.
    await handle_job(jobs_of(curator.database, clock), handlers, _message())
    assert len(await _ids(curator)) == 1


async def test_job_inserted_twice_makes_one_playlist(curator):
    make = playlist_handlers(curator)["playlist"]
    first, second = await make(_run()), await make(_run())
    assert await _ids(curator) == []
    await _store(curator, first)
    with pytest.raises(Conflict, match="stored already"):
        await _store(curator, second)
    assert await _ids(curator) == [first.result["playlist_id"]]


async def test_killed_job_leaves_no_playlist_and_is_made_once_later(curator, clock):
    await create_job(curator.database, replace(new_job(), request=dict(REQUEST)), queued_max=5)
    make = playlist_handlers(curator)["playlist"]
    ready, never = asyncio.Event(), asyncio.Event()

    async def killed(run: JobRun):
        outcome = await make(run)
        ready.set()
        await never.wait()
        return outcome

    work = asyncio.create_task(handle_job(jobs_of(curator.database, clock), {"playlist": killed}, _message()))
    await ready.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert await _ids(curator) == []
    assert (await get_job(curator.database, "ann", "j1"))["status"] == "queued"
    await handle_job(jobs_of(curator.database, clock), {"playlist": make}, _message())
    assert len(await _ids(curator)) == 1
    assert [job["status"] for job in await list_jobs(curator.database, "ann", 5)] == ["done"]


async def test_refresh_is_stored_with_its_job_and_not_twice(curator):
    handlers = playlist_handlers(curator)
    made = await handlers["playlist"](_run())
    await _store(curator, made)
    id_ = str(made.result["playlist_id"])
    first, second = [await handlers["refresh"](_run({"playlist_id": id_}, job)) for job in ("j2", "j3")]
    assert first.result == {"playlist_id": id_}
    await _store(curator, first)
    with pytest.raises(Conflict) as refused:
        await _store(curator, second)
    assert refused.value.code == "playlist_changed"
    assert (await get_playlist(curator.database, "ann", id_))["version"] == 2


async def test_refresh_of_another_listeners_list_is_not_found(curator):
    handlers = playlist_handlers(curator)
    made = await handlers["playlist"](_run())
    await _store(curator, made)
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
async def test_playlist_handlers_when_the_request_cannot_be_read_name_the_field(curator, kind, request_):
    with pytest.raises(InvalidInput, match=r"cannot be read: (prompt|tracks|playlist_id)"):
        await playlist_handlers(curator)[kind](_run(request_))


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
    curator, request_, title, tracks, duration_s
):
    spec, _, _ = await wanted_spec(curator, "ann", request_)
    assert (spec["title"], spec.get("tracks"), spec.get("duration_s")) == (title, tracks, duration_s)


async def test_wanted_spec_of_nothing_is_refused(curator):
    with pytest.raises(InvalidInput, match="Say what the list is to be"):
        await wanted_spec(curator, "ann", {"title": "Mine"})
