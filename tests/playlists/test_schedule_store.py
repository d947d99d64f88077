import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from src.errors import InvalidInput
from src.playlists.models.playlist import DuePlaylist
from src.playlists.schedule_store import claim_due_playlists, set_mode, set_schedule
from src.playlists.store import (
    get_playlist,
)
from src.storage.database import Database, close_database, open_database, write
from src.storage.tables import playlists
from tests.playlists.lists import insert_playlist
from tests.playlists.stored import DAILY, START, count_rows, new


async def claim(db: Database, now: datetime, limit: int = 10) -> list[DuePlaylist]:
    async with write(db) as connection:
        return await claim_due_playlists(connection, now, limit)


async def test_set_schedule_reckons_the_next_time_in_its_zone(db: Database):
    await insert_playlist(db, new())
    await set_schedule(db, "ana", "p1", DAILY, START, zone="America/New_York")
    playlist = await get_playlist(db, "ana", "p1")
    assert (playlist["schedule"], playlist["schedule_zone"]) == (DAILY, "America/New_York")
    assert playlist["next_refresh_at"] == datetime(2026, 11, 24, 13, tzinfo=UTC)
    # The list did not change: it has no new version.
    assert (playlist["version"], await count_rows(db)) == (1, (1, 1))
    await set_schedule(db, "ana", "p1", None, START)
    playlist = await get_playlist(db, "ana", "p1")
    assert (playlist["schedule"], playlist["next_refresh_at"]) == (None, None)


async def test_set_schedule_when_it_makes_no_sense_changes_nothing(db: Database):
    await insert_playlist(db, new())
    await set_schedule(db, "ana", "p1", DAILY, START)
    for cron, zone in (("often", "UTC"), ("* * * * *", "UTC"), (DAILY, "Mars/Olympus")):
        with pytest.raises(InvalidInput):
            await set_schedule(db, "ana", "p1", cron, START, zone=zone)
    assert (await get_playlist(db, "ana", "p1"))["schedule"] == DAILY


async def test_set_mode_frozen_keeps_the_schedule_waiting(db: Database):
    await insert_playlist(db, new())
    await set_schedule(db, "ana", "p1", DAILY, START)
    await set_mode(db, "ana", "p1", "frozen", START)
    assert await claim(db, START + timedelta(days=30)) == []
    assert (await get_playlist(db, "ana", "p1"))["next_refresh_at"] is None
    # A schedule set meanwhile waits too.
    await set_schedule(db, "ana", "p1", "0 9 * * *", START)
    assert (await get_playlist(db, "ana", "p1"))["next_refresh_at"] is None
    await set_mode(db, "ana", "p1", "fresh", START + timedelta(days=30))
    playlist = await get_playlist(db, "ana", "p1")
    assert playlist["next_refresh_at"] == datetime(2026, 12, 25, 9, tzinfo=UTC)


async def test_claim_due_playlists_takes_each_once_and_sets_the_next_time(db: Database):
    due = datetime(2026, 11, 25, 8, tzinfo=UTC)
    for name in ("p1", "p2", "p3"):
        await insert_playlist(db, new(name))
    await set_schedule(db, "ana", "p1", DAILY, START)
    await set_schedule(db, "ana", "p2", "0 7 * * *", START)
    assert await claim(db, due - timedelta(hours=2)) == []
    assert await claim(db, due) == [
        {"id": "p2", "listener": "ana", "due_at": due - timedelta(hours=1)},
        {"id": "p1", "listener": "ana", "due_at": due},
    ]
    assert await claim(db, due) == []
    assert (await get_playlist(db, "ana", "p1"))["next_refresh_at"] == due + timedelta(days=1)
    # It is no change of the list.
    assert (await get_playlist(db, "ana", "p1"))["updated_at"] == START


async def test_claim_due_playlists_makes_up_for_missed_times_by_one_refresh(db: Database):
    await insert_playlist(db, new())
    await set_schedule(db, "ana", "p1", DAILY, START)
    now = START + timedelta(days=10)
    assert len(await claim(db, now)) == 1
    assert (await get_playlist(db, "ana", "p1"))["next_refresh_at"] == datetime(2026, 12, 5, 8, tzinfo=UTC)


async def test_claim_due_playlists_takes_no_more_than_the_limit_and_the_longest_due_first(db: Database):
    for hour in (10, 11, 12):
        await insert_playlist(db, new(f"p{hour}"))
        await set_schedule(db, "ana", f"p{hour}", f"0 {hour} * * *", START)
    now = START + timedelta(hours=12)
    assert [due["id"] for due in await claim(db, now, 2)] == ["p10", "p11"]
    assert [due["id"] for due in await claim(db, now, 2)] == ["p12"]


async def test_claim_due_playlists_in_a_transaction_that_fails_leaves_them_due(db: Database):
    await insert_playlist(db, new())
    await set_schedule(db, "ana", "p1", DAILY, START)

    async def claim_and_fail() -> None:
        async with write(db) as connection:
            assert len(await claim_due_playlists(connection, START + timedelta(days=1), 10)) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await claim_and_fail()
    assert len(await claim(db, START + timedelta(days=1))) == 1


async def test_claim_due_playlists_by_four_workers_at_once_gives_each_to_one(dsn: str, db: Database):
    ids = [f"p{number:02}" for number in range(12)]
    for name in ids:
        await insert_playlist(db, new(name))
        await set_schedule(db, "ana", name, DAILY, START)
    other = await open_database(dsn, timeout_s=10)
    taken = await asyncio.gather(
        *(claim((db, other)[worker % 2], START + timedelta(days=1)) for worker in range(4))
    )
    await close_database(other)
    claimed = [due["id"] for batch in taken for due in batch]
    claimed += [due["id"] for due in await claim(db, START + timedelta(days=1))]
    assert sorted(claimed) == ids


async def test_claim_due_playlists_when_a_zone_is_gone_stops_that_schedule_alone(db: Database):
    for name in ("p1", "p2"):
        await insert_playlist(db, new(name))
        await set_schedule(db, "ana", name, DAILY, START)
    async with write(db) as connection:
        await connection.execute(
            update(playlists).where(playlists.c.id == "p1").values(schedule_zone="Mars/Olympus")
        )
    assert [due["id"] for due in await claim(db, START + timedelta(days=1))] == ["p2"]
    assert (await get_playlist(db, "ana", "p1"))["next_refresh_at"] is None
