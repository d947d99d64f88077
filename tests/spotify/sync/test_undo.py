"""An undo puts back exactly what was there, once, and only over what the save itself left."""

import asyncio

import pytest

from src.errors import Conflict, NotFound
from src.fake_spotify.faults import Fault
from src.fake_spotify.world import add_playlist, entry_of
from src.spotify.errors import SpotifyError
from src.spotify.sync.save import run_save
from src.spotify.sync.store import latest_save
from src.spotify.sync.undo import undo_save
from tests.spotify.sync.harness import LISTENER, USER, Crash, Scene, another_process, crash

LOCAL = "spotify:local:Nobody:Nothing:Secret+Title:200"
EPISODE = "spotify:episode:0123456789012345678901"
ITEMS = "/v1/playlists/.*/items"


async def saved(scene: Scene, count=3, **changes) -> str:
    """Id of a save that is done."""
    report = await run_save(scene.app, scene.order(count, **changes))
    assert report["state"] == "done"
    return report["save_id"]


async def test_undo_save_of_a_new_playlist_takes_it_out_of_the_library(scene: Scene):
    save_id = await saved(scene)
    report = await undo_save(scene.app, LISTENER, save_id)
    assert scene.own == []
    assert report["state"] == "undone"
    assert report["counts"]["undone"] == 3
    assert report["message"] == "The save is undone: the playlist is out of the library."
    assert "undo_until" not in report


async def test_undo_save_again_gives_the_report_without_a_call(scene: Scene):
    save_id = await saved(scene)
    first = await undo_save(scene.app, LISTENER, save_id)
    made = len(scene.calls())
    assert await undo_save(another_process(scene.app), LISTENER, save_id) == first
    assert await run_save(scene.app, scene.order(3)) == first
    assert len(scene.calls()) == made


async def test_undo_save_of_an_append_leaves_exactly_what_stood_there(scene: Scene):
    stood = [scene.there[5].uri, LOCAL, "", EPISODE, scene.there[5].uri]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    save_id = await saved(scene, mode="append", playlist_id=playlist.id)
    report = await undo_save(scene.app, LISTENER, save_id)
    assert playlist.uris == stood
    assert report["message"] == "The save is undone: what it added is out of the playlist again."


async def test_undo_save_of_a_replacement_puts_the_whole_list_back(scene: Scene):
    stood = [*scene.uris(255)[100:], EPISODE, scene.there[100].uri]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    save_id = await saved(scene, mode="replace", playlist_id=playlist.id)
    await undo_save(scene.app, LISTENER, save_id)
    assert playlist.uris == stood


async def test_undo_save_of_a_replacement_of_an_empty_list(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine")
    save_id = await saved(scene, mode="replace", playlist_id=playlist.id)
    await undo_save(scene.app, LISTENER, save_id)
    assert playlist.uris == []


@pytest.mark.parametrize("positions", [[7, 1, 2, 3, 6], list(range(8, 0, -1))])
async def test_undo_save_of_a_new_order_puts_the_order_back(scene: Scene, positions):
    stood = [*scene.uris(6), LOCAL, ""]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    save_id = await saved(scene, (), mode="reorder", playlist_id=playlist.id, positions=positions)
    assert playlist.uris != stood
    await undo_save(scene.app, LISTENER, save_id)
    assert playlist.uris == stood


@pytest.mark.parametrize("mode", ["create", "append", "replace", "reorder"])
async def test_undo_save_when_somebody_changed_the_list_since_refuses(scene: Scene, mode):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(6)[::-1])
    changes = {} if mode == "create" else {"mode": mode, "playlist_id": playlist.id}
    save_id = await saved(scene, 3 if mode != "append" else scene.tracks[6:9], **changes)
    changed = scene.own[0]
    changed.entries.append(entry_of(scene.world, scene.there[20].uri))
    left = changed.uris
    with pytest.raises(Conflict) as caught:
        await undo_save(scene.app, LISTENER, save_id)
    assert caught.value.code == "playlist_changed"
    assert changed.uris == left
    assert changed in scene.own
    assert (await run_save(scene.app, scene.order(3, **changes)))["state"] == "done"


async def test_undo_save_by_force_puts_the_previous_list_back(scene: Scene):
    stood = scene.uris(8)[4:]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    save_id = await saved(scene, mode="replace", playlist_id=playlist.id)
    playlist.entries.append(entry_of(scene.world, scene.there[20].uri))
    assert (await undo_save(scene.app, LISTENER, save_id, force=True))["state"] == "undone"
    assert playlist.uris == stood


async def test_undo_save_by_force_never_loses_local_files(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(8)[4:])
    save_id = await saved(scene, mode="replace", playlist_id=playlist.id)
    playlist.entries.append(entry_of(scene.world, LOCAL))
    with pytest.raises(Conflict) as caught:
        await undo_save(scene.app, LISTENER, save_id, force=True)
    assert caught.value.code == "local_files"
    assert playlist.uris == [*scene.uris(3), LOCAL]


async def test_undo_save_of_an_append_by_force_leaves_what_others_added(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(6)[4:])
    save_id = await saved(scene, mode="append", playlist_id=playlist.id)
    playlist.entries.insert(0, entry_of(scene.world, scene.there[20].uri))
    await undo_save(scene.app, LISTENER, save_id, force=True)
    assert playlist.uris == [scene.there[20].uri, *scene.uris(6)[4:]]


async def test_undo_save_when_the_scope_is_missing_empties_the_playlist_and_says_so(scene: Scene):
    save_id = await saved(scene)
    scene.world.faults.add(Fault("forbidden", "DELETE", "/v1/me/library", times=None))
    report = await undo_save(scene.app, LISTENER, save_id)
    assert scene.own[0].uris == []
    assert report["state"] == "undone"
    assert "its tracks were taken out instead" in report["message"]
    assert "out of the library." not in report["message"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("drop", "DELETE", "/v1/me/library", carried_out=True),
        Fault("drop", "DELETE", "/v1/me/library", times=2),
        Fault("502", "DELETE", "/v1/me/library", times=2, carried_out=True),
        Fault("quota", "DELETE", "/v1/me/library", seconds=3600.0),
        Fault("503", "GET", "/v1/me/library/contains", times=2),
        Fault("503", "GET", ITEMS, times=2),
    ],
    ids=lambda fault: f"{fault.kind} {fault.method} {fault.carried_out}",
)
async def test_undo_save_of_a_new_playlist_goes_on_after_faults(scene: Scene, fault):
    save_id = await saved(scene)
    scene.world.faults.add(fault)
    assert await until_undone(scene, save_id)
    assert scene.own == []


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault("drop", "PUT", ITEMS, times=2),
        Fault("drop", "DELETE", ITEMS, times=2, carried_out=True),
        Fault("drop", "POST", ITEMS, carried_out=True),
        Fault("late", "POST", ITEMS, reads=3),
        Fault("quota", "POST", ITEMS, seconds=3600.0),
        Fault("half", "GET", ITEMS, nth=3, times=2),
    ],
    ids=lambda fault: f"{fault.kind} {fault.method}",
)
async def test_undo_save_of_a_change_goes_on_after_faults(scene: Scene, mode, fault):
    await scene.warm(120)
    stood = scene.uris(250)[120:]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    save_id = await saved(scene, 120, mode=mode, playlist_id=playlist.id)
    scene.world.faults.add(fault)
    assert await until_undone(scene, save_id)
    assert playlist.uris == stood


@pytest.mark.parametrize("number", [1, 2, 3, 4])
async def test_undo_save_goes_on_after_a_crash(scene: Scene, number):
    stood = scene.uris(250)[120:]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    save_id = await saved(scene, mode="replace", playlist_id=playlist.id)
    scene.wire.after[scene.wire.calls + number] = crash
    with pytest.raises(Crash):
        await undo_save(scene.app, LISTENER, save_id)
    scene.clock.move(minutes=10)
    assert await until_undone(scene, save_id)
    assert playlist.uris == stood


async def until_undone(scene: Scene, save_id: str) -> bool:
    """Undo until it is done; each report on the way is a truthful one."""
    for _ in range(5):
        try:
            report = await undo_save(scene.app, LISTENER, save_id)
        except SpotifyError as error:
            scene.clock.move(seconds=(error.retry_after_s or 0) + 1)
            continue
        if report["state"] == "undone":
            return True
        assert "The undo is not complete" in report["message"]
        with pytest.raises(Conflict):
            await run_save(scene.app, scene.order(3))
        scene.clock.move(hours=1, seconds=1)
    return False


async def test_undo_save_of_a_save_that_stopped_takes_back_what_it_wrote(scene: Scene):
    await scene.warm(250)
    scene.world.faults.add(Fault("rate_limited", "POST", ITEMS, seconds=60.0))
    report = await run_save(scene.app, scene.order(250))
    assert report["state"] == "failed"
    undone = await undo_save(scene.app, LISTENER, report["save_id"])
    assert scene.own == []
    assert undone["counts"]["undone"] == 100
    assert undone["counts"]["not_written"] == 150


async def test_undo_save_twice_at_once_undoes_once(scene: Scene):
    save_id = await saved(scene)
    first, second = await asyncio.gather(
        undo_save(scene.app, LISTENER, save_id), undo_save(scene.app, LISTENER, save_id)
    )
    assert first == second
    assert len(scene.calls("DELETE")) == 1


async def test_undo_save_of_another_listener_or_too_late_is_not_found(scene: Scene):
    save_id = await saved(scene)
    with pytest.raises(NotFound):
        await undo_save(scene.app, "bob", save_id)
    scene.clock.move(days=7)
    with pytest.raises(NotFound):
        await undo_save(scene.app, LISTENER, save_id)
    assert len(scene.own) == 1


async def test_undo_save_of_a_save_that_wrote_nothing(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(3))
    report = await run_save(scene.app, scene.order(2, mode="append", playlist_id=playlist.id))
    with pytest.raises(Conflict) as caught:
        await undo_save(scene.app, LISTENER, report["save_id"])
    assert caught.value.code == "nothing_to_undo"


async def test_latest_save_is_the_last_that_wrote_and_is_not_undone(scene: Scene):
    async def latest() -> str | None:
        save = await latest_save(scene.app.database, LISTENER, "c1", scene.clock.now)
        return save.id if save is not None else None

    assert await latest() is None
    first = await saved(scene, conversation_id="c1")
    scene.clock.move(minutes=1)
    second = await saved(scene, key="key-2", conversation_id="c1")
    assert await latest() == second
    await undo_save(scene.app, LISTENER, second)
    assert await latest() == first
    scene.clock.move(days=8)
    assert await latest() is None


async def test_latest_save_of_the_conversation_that_asked_for_it_again(scene: Scene):
    save_id = await saved(scene, conversation_id="cut short")
    assert await saved(scene, conversation_id="sent again") == save_id
    found = await latest_save(scene.app.database, LISTENER, "sent again", scene.clock.now)
    assert found is not None
    assert found.id == save_id
    assert await latest_save(scene.app.database, LISTENER, "cut short", scene.clock.now) is None
