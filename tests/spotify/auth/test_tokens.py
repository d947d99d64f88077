"""Access tokens: renewed in time and once, by one process at a time, and none is ever lost."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from src.errors import StorageUnavailable
from src.spotify.app import SpotifyApp
from src.spotify.auth import tokens
from src.spotify.auth.accounts import (
    STORE_ATTEMPTS,
    delete_listener,
    load_account,
    read_account_state,
    store_connected,
    store_insisting,
)
from src.spotify.auth.token_endpoint import request_tokens
from src.spotify.auth.tokens import RENEW_BEFORE, access_token, lease_s, take_lease
from src.spotify.errors import (
    BadSpotifyRequest,
    MalformedAnswer,
    RateLimited,
    SignInNeeded,
    SpotifyNotConfigured,
    SpotifyUnavailable,
)
from src.storage.database import close_database, open_database, write
from src.storage.tables import spotify_accounts
from tests.spotify.sign_in_fixtures import (
    CLIENT_SECRET,
    NOW,
    account,
    accounts,
    app,
    app_on,
    clock,
    configured,
    connected,
    database,
    dsn,
    on_both_engines,
    refused,
)

__all__ = ["accounts", "app", "clock", "connected", "database", "dsn"]

_ONE_HOUR = timedelta(hours=1)


@pytest.fixture
async def other(dsn, clock) -> AsyncIterator[SpotifyApp]:
    """A second process on the same database."""
    database = await open_database(dsn, timeout_s=10)
    async with httpx.AsyncClient() as http:
        yield app_on(database, http, clock)
    await close_database(database)


@pytest.fixture
def with_secret(app) -> SpotifyApp:
    return configured(app, client_secret=CLIENT_SECRET)


async def _refresh_token(app) -> str | None:
    stored = await load_account(app, "local")
    return stored.refresh_token if stored else None


# The app's own token.


async def test_app_token_is_asked_for_once_by_however_many_at_once(with_secret, accounts):
    got = await asyncio.gather(*(access_token(with_secret, None) for _ in range(5)))
    assert set(got) == {"planted-access-1"}
    assert accounts.forms == [{"grant_type": "client_credentials"}]
    scheme, _, credentials = accounts.requests[0].headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(credentials).decode()) == ("Basic", f"client1:{CLIENT_SECRET}")


async def test_app_token_without_a_secret_names_the_variable(app, accounts):
    with pytest.raises(SpotifyNotConfigured, match="SPOTIFY_CLIENT_SECRET"):
        await access_token(app, None)
    assert accounts.forms == []


@pytest.mark.parametrize(
    ("after", "requests"),
    [(_ONE_HOUR - RENEW_BEFORE - timedelta(seconds=1), 1), (_ONE_HOUR - RENEW_BEFORE, 2)],
)
async def test_app_token_is_renewed_a_minute_before_it_runs_out(
    with_secret, accounts, clock, after, requests
):
    await access_token(with_secret, None)
    clock.moment += after
    await access_token(with_secret, None)
    assert len(accounts.forms) == requests


async def test_app_token_lives_from_when_it_was_received_on_a_clock_that_is_wrong(
    with_secret, accounts, clock
):
    clock.forward(days=-400)
    assert await access_token(with_secret, None) == await access_token(with_secret, None)
    clock.forward(minutes=59)
    assert await access_token(with_secret, None) == "planted-access-2"


async def test_app_token_that_was_refused_is_replaced_once(with_secret, accounts):
    first = await access_token(with_secret, None)
    got = await asyncio.gather(*(access_token(with_secret, None, refused=first) for _ in range(4)))
    assert set(got) == {"planted-access-2"}
    assert len(accounts.forms) == 2


# A listener's token.


async def test_user_token_that_is_good_is_given_without_a_request(app, accounts, connected):
    assert await access_token(app, "local") == "planted-access-0"
    assert accounts.forms == []


@on_both_engines
@pytest.mark.parametrize("rotate", [False, True])
async def test_user_token_is_renewed_by_the_client_id_and_stored(app, accounts, connected, clock, rotate):
    accounts.rotate = rotate
    clock.forward(hours=1)
    assert await access_token(app, "local") == "planted-access-1"
    assert accounts.forms == [
        {"grant_type": "refresh_token", "refresh_token": "planted-refresh-0", "client_id": "client1"}
    ]
    assert "Authorization" not in accounts.requests[0].headers
    assert await load_account(app, "local") == replace(
        connected,
        access_token="planted-access-1",
        access_expires_at=NOW + 2 * _ONE_HOUR,
        refresh_token="planted-refresh-1" if rotate else "planted-refresh-0",
        version=2,
    )
    clock.forward(hours=1)
    assert await access_token(app, "local") == "planted-access-2"


async def test_user_token_with_a_secret_is_renewed_by_the_basic_header(
    with_secret, accounts, connected, clock
):
    clock.forward(hours=1)
    await access_token(with_secret, "local")
    assert accounts.requests[0].headers["Authorization"].startswith("Basic ")
    assert "client_id" not in accounts.forms[0]


async def test_user_token_when_nobody_is_connected_asks_to_sign_in(app, accounts, connected):
    with pytest.raises(SignInNeeded, match="sign in to Spotify first"):
        await access_token(app, "alice")


@pytest.mark.parametrize("answer", [refused("invalid_grant"), httpx.Response(200, text="<html>"), None])
async def test_user_token_when_refused_is_replaced_and_given_to_who_was_refused_the_old_one(
    app, accounts, connected, answer
):
    assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"
    if answer is not None:
        accounts.next_answers = [answer]
    assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"
    assert len(accounts.forms) == 1


async def test_user_token_when_the_caller_goes_away_and_it_fails_leaves_the_account(app, accounts, connected):
    accounts.next_answers = [httpx.Response(200, text="<html>")]
    renewing = asyncio.create_task(access_token(app, "local", refused="planted-access-0"))
    while not accounts.forms:
        await asyncio.sleep(0)
    renewing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await renewing
    assert await load_account(app, "local") == connected


async def test_user_token_is_renewed_once_by_however_many_at_once(app, accounts, connected, clock):
    accounts.rotate = True
    clock.forward(hours=1)

    async def no_sleep(seconds: float) -> None:
        pytest.fail("within a process nobody polls")

    app = replace(app, sleep=no_sleep)
    got = await asyncio.gather(*(access_token(app, "local") for _ in range(8)))
    assert set(got) == {"planted-access-1"}
    assert len(accounts.forms) == 1


@on_both_engines
async def test_user_token_is_renewed_once_by_two_processes_at_once(app, other, accounts, connected, clock):
    accounts.rotate = True
    clock.forward(hours=1)
    for number in range(1, 4):
        got = await asyncio.gather(
            *(access_token(process, "local") for process in (app, other, app, other, app))
        )
        assert set(got) == {f"planted-access-{number}"}
        assert len(accounts.forms) == number
        clock.forward(hours=1)
    assert await _refresh_token(other) == "planted-refresh-3"


@on_both_engines
async def test_user_token_when_the_process_with_the_lease_died_is_renewed_after_the_lease(
    app, other, accounts, connected, clock
):
    await take_lease(other, connected)
    with pytest.raises(SpotifyUnavailable, match="Another process"):
        await access_token(replace(app, sleep=_no_wait), "local", refused="planted-access-0")
    assert accounts.forms == []
    clock.forward(seconds=lease_s(app))
    assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"


@on_both_engines
async def test_user_token_when_the_lease_was_taken_over_keeps_the_one_refresh_token_that_is_good(
    app, other, accounts, connected, clock
):
    """The first renews slowly; a second, whose clock runs ahead, is told that the token was used already."""
    accounts.rotate = True
    renew = tokens.store_renewed

    async def slowly(process, lease, renewed):
        clock.forward(hours=1)
        with pytest.raises(SignInNeeded):
            await access_token(other, "local", refused="planted-access-0")
        return await renew(process, lease, renewed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "store_renewed", slowly)
        assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"
    assert await _refresh_token(app) == "planted-refresh-1"


@on_both_engines
async def test_user_token_when_another_renewed_it_meanwhile_takes_theirs_for_a_refusal(
    app, other, accounts, connected
):
    accounts.next_answers = [refused("invalid_grant")]
    end = tokens.end_consent

    async def after_another(process, lease):
        await tokens.store_renewed(
            other,
            lease,
            replace(lease.account, access_token="planted-access-x", refresh_token="planted-refresh-x"),
        )
        return await end(process, lease)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "end_consent", after_another)
        assert await access_token(app, "local", refused="planted-access-0") == "planted-access-x"
    assert await _refresh_token(app) == "planted-refresh-x"


@on_both_engines
@pytest.mark.parametrize("rotate", [False, True])
async def test_user_token_renewed_while_disconnecting_brings_nothing_back(
    app, accounts, connected, rotate, monkeypatch
):
    accounts.rotate = rotate
    deleted = asyncio.Event()

    async def store_after_deletion(*arguments):
        await deleted.wait()
        return await store_insisting(*arguments)

    monkeypatch.setattr(tokens, "store_insisting", store_after_deletion)
    renewing = asyncio.create_task(access_token(app, "local", refused="planted-access-0"))
    while not accounts.forms:
        await asyncio.sleep(0)
    await delete_listener(app, "local")
    deleted.set()
    with pytest.raises(SignInNeeded):
        await renewing
    assert (await read_account_state(app, "local")).kind == "absent"


@on_both_engines
async def test_user_token_renewed_while_signing_in_anew_leaves_the_new_sign_in(app, accounts, connected):
    accounts.rotate = True
    renewing = asyncio.create_task(access_token(app, "local", refused="planted-access-0"))
    while not accounts.forms:
        await asyncio.sleep(0)
    new = account(sign_in_id="sign-in-1", access_token="planted-access-n", refresh_token="planted-refresh-n")
    await store_connected(app, new)
    assert await renewing == "planted-access-n"
    assert await _refresh_token(app) == "planted-refresh-n"


@pytest.mark.parametrize("times", [1, 3])
async def test_user_token_when_the_caller_goes_away_in_the_middle_is_stored_all_the_same(
    app, accounts, connected, times
):
    accounts.rotate = True
    renewing = asyncio.create_task(access_token(app, "local", refused="planted-access-0"))
    while not accounts.forms:
        await asyncio.sleep(0)
    for _ in range(times):
        renewing.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await renewing
    assert await _refresh_token(app) == "planted-refresh-1"
    assert await access_token(app, "local") == "planted-access-1"


@pytest.mark.parametrize(("failures", "kept"), [(STORE_ATTEMPTS - 1, True), (STORE_ATTEMPTS, False)])
async def test_user_token_when_the_database_fails_after_the_rotation_is_stored_at_last(
    app, accounts, connected, monkeypatch, failures, kept
):
    accounts.rotate = True
    store, left = tokens.store_renewed, iter(range(failures))

    async def failing(*arguments):
        if next(left, None) is not None:
            raise StorageUnavailable("The database does not answer.")
        return await store(*arguments)

    monkeypatch.setattr(tokens, "store_renewed", failing)
    if kept:
        assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"
        assert await _refresh_token(app) == "planted-refresh-1"
    else:
        with pytest.raises(StorageUnavailable):
            await access_token(app, "local", refused="planted-access-0")
    assert len(accounts.forms) == 1


# What Spotify answers.

_BROKEN = [httpx.ReadTimeout(""), httpx.Response(503), httpx.ConnectError("")]


async def test_user_token_when_spotify_fails_for_a_moment_is_tried_again_with_the_same_refresh_token(
    app, accounts, connected
):
    accounts.next_answers = list(_BROKEN[:2])
    assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"
    assert [form["refresh_token"] for form in accounts.forms] == ["planted-refresh-0"] * 3


_HALF = [
    httpx.Response(200, text="<html><body>planted</body></html>"),
    httpx.Response(200, text='{"access_token": "planted-acc'),
    httpx.Response(200, json={"token_type": "Bearer", "expires_in": 3600}),
    httpx.Response(200, json={"access_token": ""}),
    httpx.Response(200, json={"access_token": "planted\nheader: x"}),
    httpx.Response(200, json={"access_token": "planted", "expires_in": -1}),
    httpx.DecodingError(""),
    httpx.Response(200),
    httpx.Response(400, text="<html>"),
    httpx.Response(302, headers={"Location": "https://elsewhere.test"}),
]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (_BROKEN, SpotifyUnavailable),
        *(([half], MalformedAnswer) for half in _HALF),
        ([httpx.Response(429, headers={"Retry-After": "7"})], RateLimited),
        ([refused("invalid_client")], SpotifyNotConfigured),
        ([refused("invalid_client", 401)], SpotifyNotConfigured),
        ([refused("invalid_request")], BadSpotifyRequest),
    ],
)
async def test_user_token_when_none_can_be_had_now_is_an_error_and_the_account_stays(
    app, accounts, connected, answers, error
):
    accounts.next_answers = list(answers)
    with pytest.raises(error) as raised:
        await access_token(app, "local", refused="planted-access-0")
    assert type(raised.value) is error
    assert "planted" not in raised.value.message
    assert len(accounts.forms) == len(answers)
    assert await load_account(app, "local") == connected
    # The lease is free again.
    assert await access_token(app, "local", refused="planted-access-0") == "planted-access-1"


async def test_user_token_when_the_answer_drips_is_given_up_in_time(app, accounts, connected):
    async def never(request):
        await asyncio.Event().wait()

    hasty = replace(configured(app, timeout_s=0.01), http=_client(never))
    with pytest.raises(SpotifyUnavailable):
        await access_token(hasty, "local", refused="planted-access-0")
    assert await load_account(app, "local") == connected


@on_both_engines
async def test_user_token_when_the_consent_has_ended_drops_the_tokens_and_asks_to_sign_in(
    app, accounts, connected
):
    accounts.refresh_tokens.clear()
    for _ in range(2):
        with pytest.raises(SignInNeeded, match="has ended"):
            await access_token(app, "local", refused="planted-access-0")
    assert len(accounts.forms) == 1
    account_state = await read_account_state(app, "local")
    assert (account_state.kind, account_state.account) == ("ended", None)


async def test_user_token_when_a_round_fails_those_who_waited_fail_with_it(app, accounts, connected):
    accounts.next_answers = [httpx.Response(503) for _ in range(50)]
    callers = [access_token(app, "local", refused="planted-access-0") for _ in range(5)]
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(result) for result in results] == [SpotifyUnavailable] * 5
    assert len(accounts.forms) == app.config.attempts


async def test_user_token_when_spotify_names_a_wait_tells_it(app, accounts, connected):
    for header, told in (("7", 7), ("999999999", 86_400), ("soon", None), ("-3", None)):
        accounts.next_answers = [httpx.Response(429, headers={"Retry-After": header})]
        with pytest.raises(RateLimited) as raised:
            await access_token(app, "local", refused="planted-access-0")
        assert raised.value.retry_after_s == told


async def test_user_token_of_no_stated_life_is_taken_to_live_an_hour(app, accounts, connected, clock):
    accounts.next_answers = [
        httpx.Response(200, json={"access_token": "planted-access-z", "refresh_token": None})
    ]
    assert await access_token(app, "local", refused="planted-access-0") == "planted-access-z"
    stored = await load_account(app, "local")
    assert stored is not None
    assert (stored.access_expires_at, stored.refresh_token) == (NOW + _ONE_HOUR, "planted-refresh-0")


async def test_user_token_when_its_row_cannot_be_opened_asks_to_sign_in_and_stays(app, accounts, connected):
    async with write(app.database) as connection:
        await connection.execute(update(spotify_accounts).values(sealed="torn"))
    with pytest.raises(SignInNeeded, match="sign in again"):
        await access_token(app, "local")
    assert (await read_account_state(app, "local")).kind == "unreadable"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    status=st.integers(200, 599),
    body=st.binary(max_size=60) | st.sampled_from([b"{}", b"[]", b'{"error": 1}']),
)
async def test_request_tokens_whatever_nonsense_is_answered_is_one_of_three_errors(app, status, body):
    http = _client(lambda _: httpx.Response(status, content=body))
    try:
        with pytest.raises((SpotifyUnavailable, RateLimited, MalformedAnswer)):
            await request_tokens(replace(app, http=http), {"grant_type": "client_credentials"})
    finally:
        await http.aclose()


def _client(answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def _no_wait(_seconds: float) -> None:
    return None
