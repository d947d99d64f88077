"""`send`: waits and closed groups after 429, and the calls of a turn."""

import asyncio

import httpx
import pytest

from src.spotify.app import Caller
from src.spotify.client.call_budget import DEFAULT_QUOTA_WAIT_S
from src.spotify.client.refusals import MAX_QUOTA_WAIT_S
from src.spotify.client.requests import search_tracks
from src.spotify.client.send import MAX_RATE_WAITS, send
from src.spotify.errors import (
    BudgetSpent,
    QuotaExceeded,
    RateLimited,
)
from tests.spotify.answers import ADD, BACKOFFS, READ, REPLACE, answering, error_of_sending, failure, quota
from tests.spotify.sign_in_fixtures import configured

# 429.


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "3"}, 3.0),
        ({"Retry_After": " 5 "}, 5.0),
        ({"Retry_After": "0"}, 0.0),
        ({}, BACKOFFS[0]),
        ({"Retry_After": "soon"}, BACKOFFS[0]),
        ({"Retry_After": "-3"}, BACKOFFS[0]),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"}, BACKOFFS[0]),
    ],
)
@pytest.mark.parametrize("request_", [READ, REPLACE, ADD], ids=lambda each: each.name)
async def test_send_waits_a_short_time_as_spotify_asks(api, caller, slept, request_, headers, wait):
    route = answering(api, failure(429, "API rate limit exceeded", **headers), httpx.Response(200, json={}))
    assert await send(caller, request_) == {}
    assert (route.call_count, slept) == (2, [wait])


async def test_send_waits_for_the_rate_at_most_twice(api, caller, slept):
    route = answering(api, failure(429, Retry_After="2"))
    error = await error_of_sending(caller)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 2
    assert (route.call_count, slept) == (MAX_RATE_WAITS + 1, [2.0, 2.0])


@pytest.mark.parametrize("seconds", ["6", "3600", "99999999", "9" * 400])
async def test_send_does_not_wait_for_long(api, caller, slept, seconds):
    route = answering(api, failure(429, Retry_After=seconds))
    error = await error_of_sending(caller)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s is not None
    assert 6 <= error.retry_after_s <= MAX_QUOTA_WAIT_S
    assert (route.call_count, slept) == (1, [])


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "3"}, 3),
        ({"Retry_After": "48925"}, 48_925),
        ({}, DEFAULT_QUOTA_WAIT_S),
        ({"Retry_After": "tomorrow"}, DEFAULT_QUOTA_WAIT_S),
        ({"Retry_After": "99999999"}, MAX_QUOTA_WAIT_S),
        ({"Retry_After": "9" * 400}, MAX_QUOTA_WAIT_S),
    ],
)
async def test_send_closes_the_group_when_the_quota_is_used_up_and_never_sleeps(
    api, caller, clock, slept, headers, wait
):
    route = answering(api, quota(**headers), httpx.Response(200, json={}))
    error = await error_of_sending(caller)
    assert isinstance(error, QuotaExceeded)
    assert (error.retry_at - clock()).total_seconds() == wait
    assert f"{error.retry_at:%Y-%m-%d %H:%M} UTC" in str(error)
    again = await error_of_sending(caller)
    assert isinstance(again, QuotaExceeded)
    assert again.retry_at == error.retry_at
    assert (route.call_count, slept) == (1, [])
    clock.forward(seconds=wait)
    assert await send(caller, READ) == {}


@pytest.mark.parametrize(
    "error",
    [
        {"reason": "QUOTA_EXCEEDED"},
        {"reason": "QUOTA_EXCEEDED", "message": None, "status": "429"},
        {"reason": "QUOTA_EXCEEDED", "message": {"text": "x"}, "more": []},
    ],
)
async def test_send_sees_the_quota_whatever_else_the_error_holds(api, caller, error):
    answering(api, httpx.Response(429, json={"error": error}))
    assert isinstance(await error_of_sending(caller), QuotaExceeded)


async def test_send_leaves_the_other_groups_open(api, caller):
    answering(api, quota(Retry_After="9"), httpx.Response(200, json={}))
    await error_of_sending(caller)
    assert await send(caller, search_tracks("x")) == {}


# Budgets.


async def test_send_makes_no_more_calls_than_the_turn_may(api, app):
    route = answering(api, httpx.Response(200, json={}))
    caller = Caller(app, None, calls_left=2)
    await send(caller, READ)
    await send(caller, READ)
    assert isinstance(await error_of_sending(caller), BudgetSpent)
    assert (route.call_count, caller.calls_left, caller.calls_made) == (2, 0, 2)


async def test_send_counts_calls_side_by_side_against_one_turn(api, app):
    route = answering(api, httpx.Response(200, json={}))
    caller = Caller(app, None, calls_left=3)
    outcomes = await asyncio.gather(*(send(caller, READ) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 5
    assert (route.call_count, caller.calls_left, caller.calls_made) == (3, 0, 3)


async def test_send_counts_every_attempt_against_the_turn(api, app):
    route = answering(api, failure(500))
    caller = Caller(app, None, calls_left=2)
    assert isinstance(await error_of_sending(caller), BudgetSpent)
    assert route.call_count == 2


async def test_send_gives_the_call_back_to_the_turn_when_the_day_allows_none(api, app):
    route = answering(api, httpx.Response(200, json={}))
    caller = Caller(configured(app, calls_per_day={"catalogue": 0}), None, calls_left=3)
    assert isinstance(await error_of_sending(caller), BudgetSpent)
    assert (route.call_count, caller.calls_left, caller.calls_made) == (0, 3, 0)
