"""A save from the order to the report, against the fake Spotify over HTTP."""

import asyncio

import pytest

from src.errors import Conflict, InvalidInput
from src.fake_spotify.faults import Fault
from src.fake_spotify.world import add_playlist, entry_of
from src.spotify.errors import Forbidden, SignInNeeded
from src.spotify.sync.create import marker_of
from src.spotify.sync.entries import MAX_CHANGED
from src.spotify.sync.order import HandleItem, SaveItem
from src.spotify.sync.plan import plan_save
from src.spotify.sync.save import run_save
from src.spotify.sync.store import load_report
from tests.spotify.sync.harness import LISTENER, USER, Scene, another_process

LOCAL = "spotify:local:Nobody:Nothing:Secret+Title:200"
EPISODE = "spotify:episode:0123456789012345678901"


async def test_run_save_creates_a_private_playlist_and_reads_it_back(scene: Scene):
    report = await run_save(scene.app, scene.order(20, description="For the rain"))
    (playlist,) = scene.own
    assert playlist.uris == scene.uris(20)
    assert (playlist.name, playlist.public) == ("Rainy Sunday", False)
    assert playlist.description == f"For the rain · {marker_of(report['save_id'])}"
    assert report["state"] == "done"
    assert report["playlist"] == {
        "id": playlist.id,
        "url": f"{scene.app.config.open_url}/playlist/{playlist.id}",
    }
    assert report["counts"]["saved"] == 20
    assert [track["track_id"] for track in report["tracks"]] == [track["id"] for track in scene.tracks[:20]]
    assert {track["method"] for track in report["tracks"]} == {"isrc"}
    assert "20 of 20 tracks are in the new playlist" in report["message"]
    assert "undo_until" in report


async def test_run_save_of_twenty_tracks_makes_23_calls_cold_and_3_warm(scene: Scene):
    cold = await run_save(scene.app, scene.order(20))
    assert cold["calls_made"] == len(scene.calls()) == 23
    warm = await run_save(scene.app, scene.order(20, key="key-2"))
    assert warm["calls_made"] == 3


async def test_run_save_writes_blocks_of_a_hundred_in_order(scene: Scene):
    await scene.warm(250)
    report = await run_save(scene.app, scene.order(250))
    assert scene.own[0].uris == scene.uris(250)
    assert report["calls_made"] == 1 + 3 + 5
    items = f"/v1/playlists/{scene.own[0].id}/items"
    assert scene.calls()[1:4] == [f"PUT {items}", f"POST {items}", f"POST {items}"]


async def test_run_save_again_with_the_same_key_gives_the_stored_report_without_a_call(scene: Scene):
    first = await run_save(scene.app, scene.order(3))
    made = len(scene.calls())
    assert await run_save(another_process(scene.app), scene.order(3)) == first
    assert len(scene.calls()) == made
    assert len(scene.own) == 1


async def test_run_save_when_the_key_came_with_another_order(scene: Scene):
    await run_save(scene.app, scene.order(3))
    with pytest.raises(Conflict) as caught:
        await run_save(scene.app, scene.order(4, request_hash="hash-2"))
    assert caught.value.code == "idempotency_key_reused"


async def test_run_save_twice_at_once_in_one_process_writes_once(scene: Scene):
    first, second = await asyncio.gather(
        run_save(scene.app, scene.order(3)), run_save(scene.app, scene.order(3))
    )
    assert first == second
    assert len(scene.own) == 1


async def test_run_save_twice_at_once_in_two_processes_writes_once(scene: Scene):
    await scene.warm(120)
    answers = await asyncio.gather(
        run_save(scene.app, scene.order(120)),
        run_save(another_process(scene.app), scene.order(120)),
        return_exceptions=True,
    )
    (conflict,) = [answer for answer in answers if isinstance(answer, Conflict)]
    assert conflict.code == "save_under_way"
    (playlist,) = scene.own
    assert playlist.uris == scene.uris(120)
    assert (await run_save(scene.app, scene.order(120)))["state"] == "done"


async def test_run_save_with_handles_and_tracks_keeps_their_order(scene: Scene):
    items: list[SaveItem] = [
        HandleItem("s2", scene.there[9].id),
        scene.tracks[0],
        HandleItem("s1", scene.there[8].id),
    ]
    report = await run_save(scene.app, scene.order(items))
    assert scene.own[0].uris == [scene.there[9].uri, scene.there[0].uri, scene.there[8].uri]
    assert [track.get("handle") for track in report["tracks"]] == ["s2", None, "s1"]
    assert report["tracks"][0]["method"] == "handle"


async def test_run_save_when_a_track_comes_twice_writes_it_once(scene: Scene):
    items: list[SaveItem] = [
        scene.tracks[0],
        scene.tracks[1],
        scene.tracks[0],
        HandleItem("s1", scene.there[1].id),
    ]
    report = await run_save(scene.app, scene.order(items))
    assert scene.own[0].uris == scene.uris(2)
    assert [track["status"] for track in report["tracks"]] == [
        "saved",
        "saved",
        "already_there",
        "already_there",
    ]
    assert report["tracks"][3]["detail"] == "The same as number 2 of this list."


async def test_run_save_says_what_spotify_does_not_have(scene: Scene):
    del scene.world.tracks[scene.there[1].id]
    report = await run_save(scene.app, scene.order(3))
    assert [track["status"] for track in report["tracks"]] == ["saved", "not_found", "saved"]
    assert scene.own[0].uris == [scene.there[0].uri, scene.there[2].uri]
    assert "1 not found at Spotify" in report["message"]


async def test_run_save_when_nothing_is_there_creates_no_playlist(scene: Scene):
    scene.world.tracks.clear()
    report = await run_save(scene.app, scene.order(2))
    assert scene.own == []
    assert report["counts"]["not_found"] == 2
    assert "save_id" not in report
    assert "playlist" not in report


async def test_run_save_without_an_account_asks_to_sign_in(scene: Scene):
    with pytest.raises(SignInNeeded):
        await run_save(scene.app, scene.order(2, listener="somebody else"))


@pytest.mark.parametrize(
    "changes",
    [
        {"items": []},
        {"key": ""},
        {"key": "k" * 161},
        {"name": " "},
        {"name": "n" * 101},
        {"name": "two\nlines"},
        {"description": "d" * 301},
        {"playlist_id": "0123456789012345678901"},
        {"mode": "append"},
        {"mode": "append", "playlist_id": "../../me"},
        {"mode": "append", "playlist_id": "0123456789012345678901", "positions": [1]},
        {"mode": "reorder", "playlist_id": "0123456789012345678901", "positions": [1], "items": []}
        | {"positions": [0]},
        {"mode": "reorder", "playlist_id": "0123456789012345678901", "positions": [2, 2], "items": []},
        {"items": [HandleItem("s1", "not an id")]},
    ],
)
async def test_run_save_when_the_order_is_wrong_makes_no_call(scene: Scene, changes):
    with pytest.raises(InvalidInput):
        await run_save(scene.app, scene.order(1, **changes))
    assert scene.calls() == []


async def test_run_save_when_the_list_is_too_long_makes_no_call(scene: Scene):
    items = [HandleItem("s1", scene.there[0].id)] * 501
    with pytest.raises(InvalidInput):
        await run_save(scene.app, scene.order(items))
    assert scene.calls() == []


async def test_plan_save_writes_nothing_and_the_save_then_finds_the_tracks_cached(scene: Scene):
    plan = await plan_save(scene.app, scene.order(20))
    assert scene.own == []
    assert not scene.calls("POST")
    assert plan["state"] == "planned"
    assert {track["status"] for track in plan["tracks"]} == {"planned"}
    assert plan["effect"] == {
        "stands_there": 0,
        "to_write": 20,
        "to_remove": 0,
        "first_position": 1,
        "calls": 3,
    }
    assert plan["calls_made"] == 20
    assert "save_id" not in plan
    assert (await run_save(scene.app, scene.order(20)))["calls_made"] == 3


async def test_append_adds_what_is_not_there_behind_everything_else(scene: Scene):
    stood = [scene.there[5].uri, LOCAL, "", EPISODE, scene.there[1].uri]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    order = scene.order(3, mode="append", playlist_id=playlist.id)
    plan = await plan_save(scene.app, order)
    assert plan["effect"] == {
        "stands_there": 5,
        "to_write": 2,
        "to_remove": 0,
        "first_position": 6,
        "calls": 4,
    }
    assert [track["status"] for track in plan["tracks"]] == ["planned", "already_there", "planned"]
    report = await run_save(scene.app, order)
    assert playlist.uris == [*stood, scene.there[0].uri, scene.there[2].uri]
    assert [track["status"] for track in report["tracks"]] == ["saved", "already_there", "saved"]
    assert report["calls_made"] == 4


async def test_append_to_a_long_list_is_bounded_before_and_not_after(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", [scene.there[50].uri] * MAX_CHANGED)
    order = scene.order(2, mode="append", playlist_id=playlist.id)
    assert (await run_save(scene.app, order))["state"] == "done"
    assert len(playlist.uris) == MAX_CHANGED + 2
    with pytest.raises(Conflict) as caught:
        await run_save(scene.app, scene.order(4, mode="append", playlist_id=playlist.id, key="key-2"))
    assert caught.value.code == "playlist_too_long"
    assert len(playlist.uris) == MAX_CHANGED + 2


async def test_append_when_everything_stands_there_writes_nothing(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(3))
    report = await run_save(scene.app, scene.order(2, mode="append", playlist_id=playlist.id))
    assert playlist.uris == scene.uris(3)
    assert report["state"] == "done"
    assert report["counts"]["already_there"] == 2
    assert "undo_until" not in report
    assert not scene.calls("POST")


async def test_replace_puts_the_list_in_the_place_of_the_old_one(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", [*scene.uris(130)[100:], EPISODE])
    await scene.warm(105)
    order = scene.order(105, mode="replace", playlist_id=playlist.id)
    assert (await plan_save(scene.app, order))["effect"]["to_remove"] == 26
    report = await run_save(scene.app, order)
    assert playlist.uris == scene.uris(105)
    assert report["counts"]["saved"] == 105


@pytest.mark.parametrize("entry", [LOCAL, ""])
async def test_replace_when_entries_would_be_lost_refuses_before_writing(scene: Scene, entry):
    playlist = add_playlist(scene.world, USER, "Mine", [scene.there[9].uri, entry])
    with pytest.raises(Conflict) as caught:
        await run_save(scene.app, scene.order(2, mode="replace", playlist_id=playlist.id))
    assert caught.value.code == "local_files"
    assert playlist.uris == [scene.there[9].uri, entry]


@pytest.mark.parametrize("mode", ["append", "replace", "reorder"])
@pytest.mark.parametrize("collaborative", [False, True])
async def test_changes_of_a_playlist_of_somebody_else_are_refused(scene: Scene, mode, collaborative):
    scene.world.users["bob"] = type(scene.world.users[USER])("bob", "Bob")
    playlist = add_playlist(
        scene.world, "bob", "His", scene.uris(3), public=not collaborative, collaborative=collaborative
    )
    playlist.collaborators.add(USER)
    with pytest.raises(Forbidden, match="somebody else"):
        await run_save(scene.app, scene.order(2, mode=mode, playlist_id=playlist.id))
    assert playlist.uris == scene.uris(3)
    assert scene.world.count("GET", "/v1/search") == 0


async def test_reorder_by_positions_takes_the_fewest_moves_and_keeps_local_files(scene: Scene):
    stood = [*scene.uris(6), LOCAL, ""]
    playlist = add_playlist(scene.world, USER, "Mine", stood)
    report = await run_save(
        scene.app, scene.order((), mode="reorder", playlist_id=playlist.id, positions=[7, 1, 2, 3, 6])
    )
    assert playlist.uris == [stood[6], *stood[:3], stood[5], *stood[3:5], stood[7]]
    assert len(scene.calls("PUT")) == 2
    assert report["state"] == "done"
    assert report["tracks"] == []


async def test_reorder_by_tracks_puts_them_first_and_says_what_is_not_there(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(6))
    items = [scene.tracks[4], scene.tracks[9], scene.tracks[2]]
    report = await run_save(scene.app, scene.order(items, mode="reorder", playlist_id=playlist.id))
    uris = scene.uris(6)
    assert playlist.uris == [uris[4], uris[2], uris[0], uris[1], uris[3], uris[5]]
    assert [track["status"] for track in report["tracks"]] == ["saved", "not_written", "saved"]


async def test_reorder_with_many_moves_writes_the_list_anew(scene: Scene):
    uris = scene.uris(130)
    playlist = add_playlist(scene.world, USER, "Mine", uris)
    positions = list(range(130, 0, -1))
    await run_save(scene.app, scene.order((), mode="reorder", playlist_id=playlist.id, positions=positions))
    assert playlist.uris == uris[::-1]
    assert len(scene.calls("PUT")) == 1


async def test_reorder_when_a_position_lies_beyond_the_end(scene: Scene):
    playlist = add_playlist(scene.world, USER, "Mine", scene.uris(3))
    with pytest.raises(InvalidInput):
        await run_save(scene.app, scene.order((), mode="reorder", playlist_id=playlist.id, positions=[4]))


async def test_run_save_when_entries_are_spelled_the_older_way(scene: Scene):
    scene.world.entry_key, scene.world.list_key = "track", "tracks"
    playlist = add_playlist(scene.world, USER, "Mine", [LOCAL, EPISODE, ""])
    report = await run_save(scene.app, scene.order(2, mode="append", playlist_id=playlist.id))
    assert report["counts"]["saved"] == 2


async def test_run_save_when_an_entry_cannot_be_seen_at_the_end_does_not_claim_it(scene: Scene):
    scene.world.faults.add(Fault("drop", "GET", "/v1/playlists/.*/items", times=None))
    first = await run_save(scene.app, scene.order(3))
    assert first["state"] == "unconfirmed"
    assert first["counts"]["unconfirmed"] == 3
    playlist = scene.own[0]
    hidden = playlist.entries[1]
    playlist.entries[1] = entry_of(scene.world, "")
    scene.world.clear_faults()
    second = await run_save(scene.app, scene.order(3))
    assert [track["status"] for track in second["tracks"]] == ["saved", "unconfirmed", "saved"]
    assert second["resumable"]
    playlist.entries[1] = hidden
    third = await run_save(scene.app, scene.order(3))
    assert third["state"] == "done"
    assert playlist.uris == scene.uris(3)


async def test_run_save_stores_nothing_of_spotifys_text(scene: Scene):
    scene.world.playlists["x"] = add_playlist(scene.world, USER, "Planted Name", [LOCAL, scene.there[9].uri])
    playlist = scene.own[0]
    report = await run_save(scene.app, scene.order(2, mode="append", playlist_id=playlist.id))
    stored = await load_report(scene.app.database, LISTENER, report["save_id"])
    assert stored == report
    async with scene.app.database.engine.connect() as connection:
        (document,) = (await connection.exec_driver_sql("SELECT document FROM spotify_saves")).scalars()
    assert "Secret" not in document
    assert "Planted" not in document
    assert "local:" in document
