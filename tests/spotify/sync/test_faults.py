"""Saves of 250 tracks under faults: a part of the schedules; `benchmarks/saving.py` plays all of them."""

import asyncio

import pytest

from src.errors import Conflict
from src.fake_spotify.faults import Fault
from src.spotify.errors import QuotaExceeded
from src.spotify.sync.budget import calls_allowed
from src.spotify.sync.create import LOOK_WAITS_S
from src.spotify.sync.save import NotLookedUp, run_save
from src.spotify.sync.undo import undo_save
from src.spotify.sync.work import lease_of
from src.spotify.sync.write import LATE_WAIT_S, UNKNOWN_WAITS_S
from tests.spotify.sync.harness import LISTENER, Crash, Scene, another_process, crash
from tests.spotify.sync.schedules import ALL, play

QUICK = [
    "create: hung up, not carried out",
    "create: HTML, carried out",
    "create: lands after a second one was sent",
    "first block: half an answer",
    "second block: quota for an hour",
    "second block: lands at once and again later",
    "second block: time-out, carried out",
    "third block: lands after three reads",
    "reading back: quota for an hour",
    "the first block lands again at the end",
    "every third call fails",
    "crash after call 1",
    "somebody adds an episode",
    "an empty entry comes in",
    "an entry is null in the read-back",
    "two processes, the second block lost",
    "append: second block twice",
    "replace: second block lands late",
]


def test_schedules_are_many_and_each_has_a_name():
    names = [schedule.name for schedule in ALL]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
    assert set(QUICK) <= set(names)


@pytest.mark.parametrize("name", QUICK)
async def test_run_save_under_faults_ends_in_exactly_the_list_and_tells_the_truth(scene: Scene, name: str):
    (schedule,) = (schedule for schedule in ALL if schedule.name == name)
    played = await play(scene, schedule)
    assert played.wrong == []
    assert "done" in played.states


async def test_run_save_when_the_quota_ends_in_the_middle_says_until_when_and_what_stands(scene: Scene):
    await scene.warm(250)
    scene.world.faults.add(Fault("rate_limited", "POST", "/v1/playlists/.*/items", nth=2, seconds=3600.0))
    report = await run_save(scene.app, scene.order(250))
    assert report["state"] == "failed"
    assert report["counts"]["saved"] == 200
    assert report["counts"]["not_written"] == 50
    assert report["problem"]["code"] == "spotify_rate_limited"
    assert report["problem"]["retry_at"] == "2026-11-24T13:00:00+00:00"
    assert "200 of 250 tracks are known to be in the playlist" in report["message"]
    assert "Send the same request with the same key" in report["message"]


async def test_run_save_when_searches_run_into_the_quota_writes_nothing_and_goes_on_later(scene: Scene):
    scene.world.faults.add(Fault("quota", "GET", "/v1/search", nth=7, seconds=3600.0))
    with pytest.raises(NotLookedUp, match="until 2026-11-24 13:00 UTC"):
        await run_save(scene.app, scene.order(20))
    assert scene.own == []
    scene.clock.move(hours=1, seconds=1)
    report = await run_save(scene.app, scene.order(20))
    assert report["counts"]["saved"] == 20
    assert report["calls_made"] <= 17


async def test_run_save_when_the_creation_is_refused_raises_the_error_itself(scene: Scene):
    scene.world.faults.add(Fault("quota", "POST", "/v1/me/playlists", seconds=3600.0))
    with pytest.raises(QuotaExceeded) as caught:
        await run_save(scene.app, scene.order(3))
    assert caught.value.retry_at.hour == 13
    assert scene.own == []


async def test_run_save_waits_no_longer_than_its_constants_say(scene: Scene):
    scene.world.faults.add(Fault("drop", "POST", "/v1/me/playlists"))
    await run_save(scene.app, scene.order(1))
    assert scene.clock.slept == list(LOOK_WAITS_S)
    scene.clock.slept.clear()
    await scene.warm(101)
    scene.world.faults.add(Fault("drop", "POST", "/v1/playlists/.*/items"))
    await run_save(scene.app, scene.order(101, key="key-2"))
    assert scene.clock.slept == [*UNKNOWN_WAITS_S, LATE_WAIT_S]


async def test_run_save_after_a_crash_waits_for_the_lease_of_the_dead_process(scene: Scene):
    scene.wire.after[5] = crash
    with pytest.raises(Crash):
        await run_save(scene.app, scene.order(3))
    other = another_process(scene.app)
    with pytest.raises(Conflict) as caught:
        await run_save(other, scene.order(3))
    assert caught.value.code == "save_under_way"
    scene.clock.now += lease_of(scene.app.config)
    assert (await run_save(other, scene.order(3)))["state"] == "done"
    assert [playlist.uris for playlist in scene.own] == [scene.uris(3)]


async def test_run_save_that_is_cancelled_can_go_on_at_once(scene: Scene):
    await scene.warm(3)
    scene.world.faults.add(Fault("stall", "PUT", "/v1/playlists/.*/items", seconds=30.0))
    running = asyncio.create_task(run_save(scene.app, scene.order(3)))
    while scene.wire.calls < 2:
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await run_save(another_process(scene.app), scene.order(3)))["state"] == "done"
    assert [playlist.uris for playlist in scene.own] == [scene.uris(3)]


async def test_run_save_of_a_key_whose_undo_stopped_is_refused(scene: Scene):
    report = await run_save(scene.app, scene.order(3))
    scene.world.faults.add(
        Fault("503", "DELETE", "/v1/me/library", times=2), Fault("503", "GET", "/v1/me/library", times=2)
    )
    stopped = await undo_save(scene.app, LISTENER, report["save_id"])
    assert stopped["state"] == "unconfirmed"
    assert not stopped["resumable"]
    with pytest.raises(Conflict) as caught:
        await run_save(scene.app, scene.order(3))
    assert caught.value.code == "undo_under_way"


@pytest.mark.parametrize("searches", [1, 20, 50])
def test_calls_allowed_are_six_more_than_the_tracks(searches: int):
    assert calls_allowed(searches, written=searches) == searches + 6


async def test_run_save_never_makes_more_calls_than_are_allowed(scene: Scene):
    scene.world.faults.add(Fault("503", "GET", "/v1/search", times=2))
    scene.world.faults.add(Fault("drop", "POST", "/v1/me/playlists"))
    report = await run_save(scene.app, scene.order(20))
    assert report["state"] in ("unconfirmed", "failed")
    assert len(scene.calls()) == report["calls_made"] <= 26
