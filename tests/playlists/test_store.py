"""Playlists in the database, on both engines."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from src.errors import Conflict, InvalidInput, NotFound
from src.playlists.diff import diff_lists
from src.playlists.schedule_store import set_mode, set_schedule
from src.playlists.store import (
    PLAYLIST_VERSIONS_KEPT,
    delete_playlist,
    get_playlist,
    insert_playlist_in,
    list_playlists,
    update_playlist,
    update_playlist_in,
)
from src.playlists.version_store import get_version, list_versions, restore_version
from src.storage.database import Database, close_database, open_database, write
from tests.playlists.lists import insert_playlist, names, solved
from tests.playlists.stored import DAILY, START, change, count_rows, grow_to, new


async def test_get_playlist_gives_what_was_inserted(db: Database):
    made = new(mode="frozen", from_conversation="c1", created_by_job="j1")
    await insert_playlist(db, made)
    assert await get_playlist(db, "ana", "p1") == {
        "id": "p1",
        "listener": "ana",
        "title": "Dinner",
        "created_at": START,
        "updated_at": START,
        "version": 1,
        "mode": "frozen",
        "schedule": None,
        "schedule_zone": "UTC",
        "next_refresh_at": None,
        "spec": made["spec"],
        "result": made["result"],
        "from_conversation": "c1",
        "created_by_job": "j1",
    }
    assert await get_version(db, "ana", "p1", 1) == {
        "number": 1,
        "made_at": START,
        "cause": "created",
        "words": "",
        "spec": made["spec"],
        "result": made["result"],
        "diff": None,
    }


async def test_insert_playlist_when_its_job_has_made_one_stores_nothing(db: Database):
    await insert_playlist(db, new(created_by_job="j1"))
    for again in (new("p2", created_by_job="j1"), new("p1")):
        with pytest.raises(Conflict) as raised:
            await insert_playlist(db, again)
        assert raised.value.code == "playlist_exists"
    assert await count_rows(db) == (1, 1)


async def test_insert_playlist_in_a_transaction_that_fails_leaves_nothing(db: Database):
    async def insert_and_fail() -> None:
        async with write(db) as connection:
            await insert_playlist_in(connection, new())
            await update_playlist_in(connection, change(1, solved("B"), solved("A")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await insert_and_fail()
    assert await count_rows(db) == (0, 0)


async def test_update_playlist_makes_a_version_with_its_diff(db: Database):
    before, after = solved("ABC", [1]), solved("ACD", [1, 3])
    await insert_playlist(db, new())
    assert await update_playlist(db, change(1, after, before)) == 2
    playlist = await get_playlist(db, "ana", "p1")
    assert (playlist["version"], playlist["title"], playlist["result"]) == (2, "Dinner 2", after)
    assert (playlist["created_at"], playlist["updated_at"]) == (START, START + timedelta(minutes=1))
    version = await get_version(db, "ana", "p1", 2)
    assert (version["cause"], version["words"]) == ("edited", "swap one")
    assert version["diff"] == diff_lists(before, after)
    assert (await get_version(db, "ana", "p1", 1))["result"] == before


async def test_update_playlist_of_an_old_version_names_the_present_one(db: Database):
    await grow_to(db, 3)
    for stale in (1, 2, 4):
        with pytest.raises(Conflict, match="at version 3 now") as raised:
            await update_playlist(db, change(stale, solved("X"), solved("A")))
        assert (raised.value.code, raised.value.status) == ("playlist_changed", 409)
    assert await count_rows(db) == (1, 3)


async def test_two_updates_at_once_by_two_engines_end_in_one_version_and_one_conflict(dsn: str, db: Database):
    await insert_playlist(db, new())
    other = await open_database(dsn, timeout_s=10)
    outcomes = await asyncio.gather(
        *(
            update_playlist(one, change(1, solved(name), solved("A")))
            for one, name in ((db, "X"), (other, "Y"))
        ),
        return_exceptions=True,
    )
    await close_database(other)
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [2]
    refused = next(outcome for outcome in outcomes if isinstance(outcome, Conflict))
    assert (refused.code, "version 2" in refused.message) == ("playlist_changed", True)
    winner = "XY"[[isinstance(outcome, int) for outcome in outcomes].index(True)]
    assert names((await get_playlist(db, "ana", "p1"))["result"]) == winner
    assert await count_rows(db) == (1, 2)


async def test_eight_updates_at_once_by_one_engine_end_in_one_version(db: Database):
    await insert_playlist(db, new())
    outcomes = await asyncio.gather(
        *(update_playlist(db, change(1, solved(name), solved("A"))) for name in "BCDEFGHI"),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
    assert await count_rows(db) == (1, 2)


async def test_update_playlist_drops_the_oldest_versions_but_the_first(db: Database):
    await grow_to(db, PLAYLIST_VERSIONS_KEPT + 2)
    assert await count_rows(db) == (1, PLAYLIST_VERSIONS_KEPT)
    page = await list_versions(db, "ana", "p1", 1_000)
    kept = [version["number"] for version in page["versions"]]
    assert kept == [*range(PLAYLIST_VERSIONS_KEPT + 2, 3, -1), 1]
    with pytest.raises(NotFound, match="newest 99"):
        await get_version(db, "ana", "p1", 3)


async def test_list_playlists_gives_pages_last_changed_first(db: Database):
    for name in ("p1", "p2", "p3", "p4", "p5"):
        await insert_playlist(db, new(name))
    await update_playlist(db, change(1, solved("AB"), solved("A"), playlist_id="p2"))
    await insert_playlist(db, new("other", listener="ben"))
    pages, cursor = [], None
    while True:
        page = await list_playlists(db, "ana", 2, cursor)
        pages.append([summary["id"] for summary in page["playlists"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    # Equal times fall back to the id.
    assert pages == [["p2", "p5"], ["p4", "p3"], ["p1"]]


async def test_list_playlists_gives_the_present_state(db: Database):
    await grow_to(db, 2)
    await set_schedule(db, "ana", "p1", DAILY, START + timedelta(hours=1))
    assert await list_playlists(db, "ana", 10) == {
        "playlists": [
            {
                "id": "p1",
                "title": "Dinner 2",
                "created_at": START,
                "updated_at": START + timedelta(hours=1),
                "version": 2,
                "mode": "fresh",
                "schedule": DAILY,
                "next_refresh_at": datetime(2026, 11, 25, 8, tzinfo=UTC),
                "tracks": 2,
            }
        ],
        "next_cursor": None,
    }
    assert await list_playlists(db, "ben", 10) == {"playlists": [], "next_cursor": None}


@pytest.mark.parametrize("cursor", ["", "x", "x-p1", f"{10**30}-p1", f"{'9' * 5_000}-p1"])
async def test_list_playlists_when_cursor_is_wrong_is_invalid(db: Database, cursor: str):
    with pytest.raises(InvalidInput, match="`next`"):
        await list_playlists(db, "ana", 10, cursor)


async def test_what_is_another_listeners_is_not_found(db: Database):
    await grow_to(db, 2)
    for call in (
        get_playlist(db, "ben", "p1"),
        get_playlist(db, "ana", "p2"),
        get_version(db, "ben", "p1", 1),
        list_versions(db, "ben", "p1", 10),
        update_playlist(db, change(2, solved("X"), solved("A"), listener="ben")),
        restore_version(db, "ben", "p1", 1, version=2, at=START),
        delete_playlist(db, "ben", "p1"),
        set_mode(db, "ben", "p1", "frozen", START),
        set_schedule(db, "ben", "p1", DAILY, START),
    ):
        with pytest.raises(NotFound, match="no such"):
            await call
    playlist = await get_playlist(db, "ana", "p1")
    assert (playlist["version"], playlist["mode"], playlist["schedule"]) == (2, "fresh", None)


async def test_delete_playlist_leaves_nothing_of_it(db: Database):
    await grow_to(db, 3)
    await insert_playlist(db, new("p2"))
    await delete_playlist(db, "ana", "p1")
    assert await count_rows(db) == (1, 1)
    with pytest.raises(NotFound):
        await delete_playlist(db, "ana", "p1")
    with pytest.raises(NotFound):
        await update_playlist(db, change(3, solved("X"), solved("A")))


async def test_update_playlist_of_a_refresh_under_way_when_it_was_frozen_is_refused(db: Database):
    await insert_playlist(db, new())
    await set_mode(db, "ana", "p1", "frozen", START)
    with pytest.raises(Conflict) as raised:
        await update_playlist(db, change(1, solved("X"), solved("A"), cause="refreshed"))
    assert raised.value.code == "playlist_frozen"
    # Edits go on, and a stale refresh is told that it is stale.
    assert await update_playlist(db, change(1, solved("B"), solved("A"))) == 2
    with pytest.raises(Conflict, match="at version 2 now"):
        await update_playlist(db, change(1, solved("X"), solved("A"), cause="refreshed"))
    await set_mode(db, "ana", "p1", "fresh", START)
    assert await update_playlist(db, change(2, solved("X"), solved("B"), cause="refreshed")) == 3


async def test_times_come_back_in_utc(db: Database):
    local = START.astimezone(timezone(timedelta(hours=-7)))
    await insert_playlist(db, new(created_at=local))
    stored = (await get_playlist(db, "ana", "p1"))["created_at"]
    assert (stored, stored.utcoffset()) == (local, timedelta(0))
