"""`send`: what is repeated after a failure, what is known of its outcome, and how long it may take."""

import asyncio

import httpx
import pytest

from src.spotify.app import Caller
from src.spotify.client.requests import create_playlist
from src.spotify.client.send import send
from src.spotify.errors import (
    BudgetSpent,
    SpotifyUnavailable,
)
from tests.spotify.answers import (
    ADD,
    BACKOFFS,
    READ,
    REPEATED_WRITES,
    REPLACE,
    WRITES,
    WRITES_SENT_ONCE,
    answering,
    error_of_sending,
    failure,
    quota,
)
from tests.spotify.sign_in_fixtures import configured

# Failures of Spotify's and of the way there.


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
async def test_send_repeats_a_read_after_a_failure_and_gives_up(api, caller, slept, status):
    route = answering(api, failure(status))
    error = await error_of_sending(caller)
    assert type(error) is SpotifyUnavailable
    assert not error.outcome_unknown
    assert (route.call_count, slept, caller.calls_made) == (3, BACKOFFS, 3)


@pytest.mark.parametrize("bad", [failure(502), httpx.ReadTimeout("x"), httpx.ConnectError("x")])
@pytest.mark.parametrize("request_", [READ, *REPEATED_WRITES], ids=lambda each: each.name)
async def test_send_succeeds_when_a_failure_passes(api, caller, request_, bad):
    answering(api, bad, httpx.Response(200, json={}))
    assert await send(caller, request_) == {}


@pytest.mark.parametrize(
    "request_", [*WRITES_SENT_ONCE, create_playlist("planted-name")], ids=lambda each: each.name
)
@pytest.mark.parametrize("bad", [failure(503), httpx.ReadTimeout("x"), httpx.ConnectError("x")])
async def test_send_repeats_nothing_that_would_then_be_done_twice(api, caller, slept, request_, bad):
    route = answering(api, bad)
    error = await error_of_sending(caller, request_)
    assert isinstance(error, SpotifyUnavailable)
    assert (route.call_count, slept) == (1, [])


@pytest.mark.parametrize("request_", WRITES, ids=lambda each: each.name)
@pytest.mark.parametrize(
    ("bad", "unknown"),
    [
        (failure(500), True),
        (failure(504), True),
        (httpx.ReadTimeout("x"), True),
        (httpx.WriteTimeout("x"), True),
        (httpx.ReadError("x"), True),
        (httpx.RemoteProtocolError("x"), True),
        (httpx.ConnectError("x"), False),
        (httpx.ConnectTimeout("x"), False),
        (httpx.PoolTimeout("x"), False),
    ],
)
async def test_send_says_whether_a_write_may_have_been_carried_out(api, caller, request_, bad, unknown):
    answering(api, bad)
    error = await error_of_sending(caller, request_)
    assert isinstance(error, SpotifyUnavailable)
    assert error.outcome_unknown is unknown


@pytest.mark.parametrize(
    "last",
    [httpx.ConnectError("x"), failure(403), failure(404), failure(429, Retry_After="60"), quota()],
    ids=["refused connection", "403", "404", "429", "quota"],
)
async def test_send_keeps_in_mind_that_an_earlier_attempt_may_have_been_carried_out(api, caller, last):
    answering(api, httpx.ReadTimeout("x"), last)
    assert (await error_of_sending(caller, REPLACE)).outcome_unknown


async def test_send_keeps_it_in_mind_when_the_turn_has_no_call_left_for_another_attempt(api, app):
    answering(api, httpx.ReadTimeout("x"))
    error = await error_of_sending(Caller(app, None, calls_left=1), REPLACE)
    assert isinstance(error, BudgetSpent)
    assert error.outcome_unknown


# Time.


class _Trickle(httpx.AsyncByteStream):
    """A body that never ends, a little at a time."""

    def __init__(self) -> None:
        self.is_closed = False

    async def __aiter__(self):
        while True:
            await asyncio.sleep(0.005)
            yield b" "

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(("request_", "unknown"), [(READ, False), (ADD, True)])
async def test_send_gives_a_trickling_answer_no_longer_than_the_time_out(api, app, request_, unknown):
    streams: list[_Trickle] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        streams.append(_Trickle())
        return httpx.Response(200, stream=streams[-1])

    api.route().mock(side_effect=answer)
    impatient = configured(app, timeout_s=0.03, attempts=1)
    error = await error_of_sending(Caller(impatient, None, 8), request_)
    assert type(error) is SpotifyUnavailable
    assert error.outcome_unknown is unknown
    assert all(stream.is_closed for stream in streams)


async def test_send_gives_a_stall_no_longer_than_the_time_out_for_each_attempt(api, app, slept):
    begun: list[str] = []

    async def stall(request: httpx.Request) -> httpx.Response:
        begun.append(request.method)
        await asyncio.sleep(30)
        raise AssertionError("waited for")

    api.route().mock(side_effect=stall)
    started = asyncio.get_running_loop().time()
    error = await error_of_sending(Caller(configured(app, timeout_s=0.03), None, 8))
    assert type(error) is SpotifyUnavailable
    assert (len(begun), slept) == (3, BACKOFFS)
    assert asyncio.get_running_loop().time() - started < 5


async def test_send_gives_up_connecting_before_the_attempt_is_over_so_that_nothing_was_sent(api, app):
    route = answering(api, httpx.Response(201, json={}))
    await send(Caller(configured(app, timeout_s=2), None, 8), ADD)
    timeouts = route.calls.last.request.extensions["timeout"]
    assert timeouts["connect"] + timeouts["pool"] <= 2
    assert timeouts["connect"] < 2


async def test_send_lets_itself_be_cancelled_and_closes_the_answer(api, app):
    stream = _Trickle()
    begun = asyncio.Event()

    def answer(_request: httpx.Request) -> httpx.Response:
        begun.set()
        return httpx.Response(200, stream=stream)

    api.route().mock(side_effect=answer)
    caller = Caller(app, None, 8)
    task = asyncio.create_task(send(caller, READ))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.is_closed
    assert caller.calls_made == 1
