import asyncio
from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from src.spotify.app import Caller, SpotifyApp
from src.spotify.client.call_budget import open_circuit, quota_status, reserve_call
from src.spotify.client.requests import get_track
from src.spotify.client.send import send
from src.spotify.errors import BudgetSpent, QuotaExceeded
from src.storage.database import close_database, open_database, read
from src.storage.tables import spotify_calls
from tests.spotify.conftest import BUCKETS, TRACK_ID, client_on, on_both_engines
from tests.spotify.sign_in_fixtures import NOW, Clock, configured


async def _calls_until_spent(app: SpotifyApp, most: int = 50) -> int:
    for made in range(most):
        try:
            await reserve_call(app, "search")
        except BudgetSpent:
            return made
    return most


def _allowing(app: SpotifyApp, calls: int) -> SpotifyApp:
    return configured(app, calls_per_day=dict.fromkeys(BUCKETS, calls))


async def _rows(app: SpotifyApp) -> int:
    async with read(app.database) as connection:
        return int(await connection.scalar(select(func.count()).select_from(spotify_calls)) or 0)


@on_both_engines
async def test_reserve_call_gives_as_many_as_are_allowed(app):
    assert await _calls_until_spent(_allowing(app, 7)) == 7
    await reserve_call(_allowing(app, 7), "catalogue")


async def test_reserve_call_when_spent_counts_no_further_call(app):
    assert await _calls_until_spent(_allowing(app, 2)) == 2
    for _ in range(3):
        with pytest.raises(BudgetSpent):
            await reserve_call(_allowing(app, 2), "search")
    await reserve_call(_allowing(app, 3), "search")


@pytest.mark.parametrize(
    ("bucket", "variable"),
    [
        ("search", "SPOTIFY_SEARCHES_PER_DAY"),
        ("playlist_writes", "SPOTIFY_CALLS_PER_DAY"),
    ],
)
async def test_reserve_call_when_spent_says_when_and_what_to_raise(app, clock, bucket, variable):
    clock.moment = datetime.fromisoformat("2026-11-23T12:40:30+00:00")
    single = _allowing(app, 1)
    await reserve_call(single, bucket)
    clock.forward(hours=3)
    with pytest.raises(BudgetSpent) as raised:
        await reserve_call(single, bucket)
    assert variable in raised.value.message
    assert "none is free before 2026-11-24 13:00 UTC" in raised.value.message
    assert raised.value.retry_after_s == (21 * 60 + 19) * 60 + 30


@pytest.mark.parametrize("minutes", [0, 1, 30, 59])
async def test_reserve_call_never_gives_more_in_any_24_hours(app, clock, minutes):
    """Whatever minute calls are made at: they are counted by whole hours, so rather a little longer."""
    clock.moment = NOW + timedelta(minutes=minutes)
    app = _allowing(app, 5)
    given: list[datetime] = []
    for _ in range(80):
        given += [clock()] * await _calls_until_spent(app, 2)
        clock.forward(minutes=47)
    for first in given:
        assert sum(first <= moment < first + timedelta(hours=24) for moment in given) <= 5
    assert len(given) >= 10


async def test_reserve_call_gives_calls_again_25_hours_later_at_the_latest(app, clock):
    assert await _calls_until_spent(_allowing(app, 3)) == 3
    clock.forward(hours=23, minutes=59)
    assert await _calls_until_spent(_allowing(app, 3)) == 0
    clock.forward(hours=1, minutes=1)
    assert await _calls_until_spent(_allowing(app, 3)) == 3


async def test_reserve_call_deletes_what_counts_no_more(app, clock):
    for _ in range(60):
        await reserve_call(app, "search")
        clock.forward(hours=1)
    assert await _rows(app) == 25


@on_both_engines
async def test_reserve_call_by_several_processes_never_gives_more(app, dsn, clock, slept):
    opened = [await open_database(dsn, timeout_s=20) for _ in range(3)]
    async with httpx.AsyncClient() as http:
        processes = [client_on(each, http, clock, slept) for each in opened]
        calls = [reserve_call(_allowing(process, 10), "search") for process in processes for _ in range(6)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for each in opened:
        await close_database(each)
    assert Counter(type(outcome) for outcome in outcomes) == {type(None): 10, BudgetSpent: 8}


@on_both_engines
async def test_reserve_call_at_the_turn_of_an_hour_never_gives_more(app, dsn, slept):
    """Two processes count in different rows then, and their clocks need not agree."""
    opened = [await open_database(dsn, timeout_s=20) for _ in range(4)]
    moments = [NOW - timedelta(seconds=1), NOW, NOW + timedelta(hours=1), NOW - timedelta(hours=1)]
    async with httpx.AsyncClient() as http:
        processes = [
            client_on(each, http, Clock(moment), slept) for each, moment in zip(opened, moments, strict=True)
        ]
        calls = [reserve_call(_allowing(process, 5), "search") for _ in range(5) for process in processes]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for each in opened:
        await close_database(each)
    assert Counter(type(outcome) for outcome in outcomes) == {type(None): 5, BudgetSpent: 15}


@on_both_engines
async def test_open_circuit_stops_every_process_until_it_closes(app, api, dsn, clock, slept):
    route = api.get(f"/tracks/{TRACK_ID}").respond(json={"id": TRACK_ID})
    other_database = await open_database(dsn, timeout_s=10)
    async with httpx.AsyncClient() as http:
        other = client_on(other_database, http, clock, slept)
        await open_circuit(app, "catalogue", NOW + timedelta(hours=2))
        caller = Caller(other, None, 8)
        with pytest.raises(QuotaExceeded, match="quota for catalogue is used up until 2026-11-23 14:00 UTC"):
            await send(caller, get_track(TRACK_ID))
        assert (route.call_count, caller.calls_made, caller.calls_left) == (0, 0, 8)
        clock.forward(hours=2)
        await send(caller, get_track(TRACK_ID))
    await close_database(other_database)
    assert (route.call_count, slept) == (1, [])


@on_both_engines
async def test_open_circuit_keeps_the_later_time(app):
    for hours in (2, 5, 3):
        await open_circuit(app, "search", NOW + timedelta(hours=hours))
    with pytest.raises(QuotaExceeded) as raised:
        await reserve_call(app, "search")
    assert raised.value.retry_at == NOW + timedelta(hours=5)
    assert raised.value.retry_after_s == 5 * 3_600


async def test_a_closed_group_costs_nothing_of_the_day(app, clock):
    await open_circuit(app, "search", NOW + timedelta(hours=1))
    for _ in range(3):
        with pytest.raises(QuotaExceeded):
            await reserve_call(app, "search")
    assert await _rows(app) == 0


@on_both_engines
async def test_quota_status_of_every_group(app, clock):
    for _ in range(3):
        await reserve_call(app, "search")
        clock.forward(hours=1)
    await open_circuit(app, "playlist_writes", clock() + timedelta(minutes=90))
    await open_circuit(app, "library", clock() - timedelta(minutes=1))
    status = {each["bucket"]: each for each in await quota_status(app)}
    assert set(status) == set(BUCKETS)
    assert status["search"] == {"bucket": "search", "calls_today": 3, "calls_per_day": 100}
    assert status["playlist_writes"]["closed_until"] == "2026-11-23T16:30:00+00:00"
    assert "closed_until" not in status["library"]
    clock.forward(hours=26)
    assert [each["calls_today"] for each in await quota_status(app)] == [0] * len(BUCKETS)
