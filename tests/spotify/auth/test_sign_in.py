"""Signing in: one browser, once, in time; and nothing is changed until the account is known to work."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from src.errors import InvalidInput
from src.spotify.auth.accounts import load_account
from src.spotify.auth.sign_in import (
    MAX_PENDING,
    PLAYLIST_SCOPES,
    TASTE_SCOPES,
    add_months,
    begin_sign_in,
    connection_status,
    disconnect,
    finish_sign_in,
    purge_pending,
)
from src.spotify.auth.tokens import access_token
from src.spotify.errors import (
    BadSpotifyRequest,
    BudgetSpent,
    MalformedAnswer,
    NotAllowlisted,
    OwnerNeedsPremium,
    QuotaExceeded,
    RateLimited,
    SignInFailed,
    SignInNeeded,
    SpotifyNotConfigured,
    SpotifyUnavailable,
)
from src.spotify.models.account import CONNECTION_STATUS
from src.storage.database import read
from src.storage.tables import spotify_sign_ins
from tests.spotify.sign_in_fixtures import (
    CLIENT_SECRET,
    NOW,
    REDIRECT_URI,
    accounts,
    app,
    clock,
    configured,
    connected,
    database,
    dsn,
    on_both_engines,
    refused,
    state_of,
)

__all__ = ["accounts", "app", "clock", "connected", "database", "dsn"]


async def _finish(app, sign_in, code: str = "planted-code-1", **changes):
    """Come back from Spotify as the browser that began."""
    parts = {"state": state_of(sign_in), "code": code, "error": None, "cookie": sign_in.cookie}
    return await finish_sign_in(app, **(parts | changes))


async def _pending(app) -> list[str]:
    async with read(app.database) as connection:
        return list(await connection.scalars(select(spotify_sign_ins.c.state_hash)))


# To the consent page.


@pytest.mark.parametrize(
    ("taste", "scopes"), [(False, PLAYLIST_SCOPES), (True, (*PLAYLIST_SCOPES, *TASTE_SCOPES))]
)
async def test_begin_asks_for_what_is_needed_and_proves_it_by_pkce(app, accounts, taste, scopes):
    sign_in = await begin_sign_in(app, "local", taste=taste)
    address = urlsplit(sign_in.authorize_url)
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://accounts.spotify.test/authorize"
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert len(base64.urlsafe_b64decode(f"{query.pop('state')}=")) == 32
    challenge = query.pop("code_challenge")
    assert query == {
        "client_id": "client1",
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": " ".join(scopes),
        "code_challenge_method": "S256",
        "show_dialog": "true",
    }
    assert sign_in.expires_at == NOW + timedelta(minutes=10)

    assert (await _finish(app, sign_in))["scopes"] == list(scopes)
    form = accounts.forms[0]
    verifier = form.pop("code_verifier")
    assert 43 <= len(verifier) <= 128
    digest = hashlib.sha256(verifier.encode()).digest()
    assert challenge == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert form == {
        "grant_type": "authorization_code",
        "code": "planted-code-1",
        "redirect_uri": REDIRECT_URI,
        "client_id": "client1",
    }


async def test_begin_by_another_redirect_uri_names_it_again_in_the_exchange(app, accounts):
    sign_in = await begin_sign_in(app, "local", taste=False, redirect_uri="http://127.0.0.1:5/back")
    await _finish(app, sign_in)
    assert accounts.forms[0]["redirect_uri"] == "http://127.0.0.1:5/back"


async def test_begin_when_spotify_would_refuse_the_redirect_uri_keeps_nothing(app):
    with pytest.raises(InvalidInput):
        await begin_sign_in(app, "local", taste=False, redirect_uri="http://localhost:5/back")
    assert await _pending(app) == []


async def test_begin_without_a_key_names_the_variable(app):
    with pytest.raises(SpotifyNotConfigured, match="SPOTIFY_TOKEN_KEYS"):
        await begin_sign_in(configured(app, token_keys=()), "local", taste=False)


@on_both_engines
async def test_begin_over_and_over_keeps_the_newest_of_each_listener(app, accounts, clock):
    others = await begin_sign_in(app, "bob", taste=False)
    begun = []
    for _ in range(MAX_PENDING + 2):
        clock.forward(seconds=1)
        begun.append(await begin_sign_in(app, "local", taste=False))
    assert len(await _pending(app)) == MAX_PENDING + 1
    with pytest.raises(SignInFailed, match="not known"):
        await _finish(app, begun[1])
    accounts.codes = {"one", "two"}
    assert (await _finish(app, begun[2], "one"))["connected"]
    assert (await _finish(app, others, "two"))["connected"]


async def test_begin_and_opening_delete_what_has_expired(app, clock):
    await begin_sign_in(app, "bob", taste=False)
    clock.forward(minutes=10)
    await begin_sign_in(app, "local", taste=False)
    assert len(await _pending(app)) == 1
    clock.forward(minutes=10)
    await purge_pending(app)
    assert await _pending(app) == []


# And back.


@on_both_engines
async def test_finish_connects_the_account_of_the_listener_who_began(app, accounts, clock):
    sign_in = await begin_sign_in(app, "alice", taste=True)
    clock.forward(minutes=9)
    status = await _finish(app, sign_in)
    assert status == {
        "configured": True,
        "connected": True,
        "taste": True,
        "scopes": [*PLAYLIST_SCOPES, *TASTE_SCOPES],
        "authorized_at": "2026-11-23T12:09:00+00:00",
        "consent_expires_at": "2027-05-23T12:09:00+00:00",
        "expires_soon": False,
        "message": "Connected.",
    }
    assert CONNECTION_STATUS.validate_python(status) == status
    assert await access_token(app, "alice") == "planted-access-1"
    stored = await load_account(app, "alice")
    assert stored is not None
    assert (stored.account_id, stored.user_id, stored.refresh_token) == (
        "acc1",
        "user1",
        "planted-refresh-1",
    )
    assert await load_account(app, "local") is None
    assert accounts.requests[-1].headers["Authorization"] == "Bearer planted-access-1"


async def test_finish_keeps_the_scopes_that_were_granted_in_the_end(app, accounts):
    accounts.scope = "playlist-read-private  user-top-read"
    status = await _finish(app, await begin_sign_in(app, "local", taste=True))
    assert (status["scopes"], status["taste"]) == (["playlist-read-private", "user-top-read"], False)


async def test_finish_with_a_secret_names_the_client_in_the_header_and_sends_the_verifier_too(app, accounts):
    app = configured(app, client_secret=CLIENT_SECRET)
    await _finish(app, await begin_sign_in(app, "local", taste=False))
    assert accounts.requests[0].headers["Authorization"].startswith("Basic ")
    assert "client_id" not in accounts.forms[0]
    assert "code_verifier" in accounts.forms[0]


async def test_finish_when_me_names_no_lasting_id_takes_the_user_id(app, accounts):
    accounts.me = httpx.Response(200, json={"id": "user1", "account_id": None, "product": 7})
    await _finish(app, await begin_sign_in(app, "local", taste=False))
    stored = await load_account(app, "local")
    assert stored is not None
    assert (stored.account_id, stored.user_id) == ("user1", "user1")


@on_both_engines
async def test_finish_twice_at_once_uses_the_state_once(app, accounts):
    sign_in = await begin_sign_in(app, "local", taste=False)
    ended = await asyncio.gather(*(_finish(app, sign_in) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(end, dict) for end in ended) == 1
    assert sum(isinstance(end, SignInFailed) for end in ended) == 3
    assert len(accounts.forms) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"error": "access_denied", "code": None}, "did not allow"),
        ({"error": "planted-error", "code": None}, "ended the sign-in with an error"),
        ({"error": ""}, "ended the sign-in with an error"),
        ({"code": None}, "no code"),
        ({"code": ""}, "no code"),
        ({"code": "x" * 5_000}, "no code"),
        ({"code": "a b"}, "no code"),
        ({"code": "planted-code-expired"}, "expired or was used"),
        ({"cookie": None}, "another browser"),
        ({"cookie": "planted-cookie"}, "another browser"),
        ({"state": None}, "no state"),
        ({"state": "planted-state"}, "not known"),
        ({"state": "\ud800"}, "no state"),
    ],
)
async def test_finish_when_what_comes_back_does_not_fit_fails_and_changes_nothing(
    app, accounts, connected, changes, message
):
    sign_in = await begin_sign_in(app, "local", taste=False)
    with pytest.raises(SignInFailed, match=message) as raised:
        await _finish(app, sign_in, **changes)
    assert "planted" not in raised.value.message
    assert await load_account(app, "local") == connected
    if "state" not in changes:
        with pytest.raises(SignInFailed, match="not known"):
            await _finish(app, sign_in)


async def test_finish_when_it_took_too_long_starts_again(app, accounts, clock):
    sign_in = await begin_sign_in(app, "local", taste=False)
    clock.forward(minutes=10)
    with pytest.raises(SignInFailed, match="too long"):
        await _finish(app, sign_in)
    assert (await _pending(app), accounts.forms) == ([], [])


_PLAIN_403 = httpx.Response(403, text="User not registered in the Developer Dashboard")
_OWNER_403 = httpx.Response(
    403,
    json={
        "error": {"status": 403, "message": "Active premium subscription required for the owner of the app"}
    },
)
_QUOTA = httpx.Response(
    429,
    json={"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}},
    headers={"Retry-After": "3600"},
)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (_PLAIN_403, NotAllowlisted),
        (httpx.Response(403), NotAllowlisted),
        (_OWNER_403, OwnerNeedsPremium),
        (_QUOTA, QuotaExceeded),
        (httpx.Response(429, json={"error": {"status": 429}}), RateLimited),
        (httpx.Response(503), SpotifyUnavailable),
        (httpx.Response(401), SpotifyUnavailable),
        (httpx.Response(400), BadSpotifyRequest),
        (httpx.Response(200, text="<html>planted</html>"), MalformedAnswer),
        (httpx.Response(200, json={"id": None}), MalformedAnswer),
    ],
)
async def test_finish_when_spotify_does_not_let_the_account_in_keeps_the_one_before(
    app, accounts, connected, answer, error
):
    accounts.me = answer
    with pytest.raises(error) as raised:
        await _finish(app, await begin_sign_in(app, "local", taste=False))
    assert type(raised.value) is error
    assert await load_account(app, "local") == connected


async def test_finish_when_the_quota_is_used_up_tells_until_when_and_asks_no_more(app, accounts):
    accounts.me = _QUOTA
    for _ in range(2):
        accounts.codes.add("planted-code-1")
        with pytest.raises(QuotaExceeded, match="2026-11-23 13:00 UTC") as raised:
            await _finish(app, await begin_sign_in(app, "local", taste=False))
        assert raised.value.retry_at == NOW + timedelta(hours=1)
    assert sum(request.url.path == "/v1/me" for request in accounts.requests) == 1


async def test_finish_counts_the_call_and_keeps_to_the_limit_of_the_day(app, accounts):
    app = configured(app, calls_per_day={"user": 1})
    await _finish(app, await begin_sign_in(app, "local", taste=False))
    accounts.codes.add("planted-code-1")
    with pytest.raises(BudgetSpent):
        await _finish(app, await begin_sign_in(app, "local", taste=False))


@pytest.mark.parametrize(
    "first", [httpx.Response(503), httpx.Response(401), httpx.Response(429, headers={"Retry-After": "5"})]
)
async def test_finish_when_spotify_fails_for_a_moment_asks_again(app, accounts, first):
    accounts.first_me = [first]
    assert (await _finish(app, await begin_sign_in(app, "local", taste=False)))["connected"]


async def test_finish_when_there_is_no_lasting_token_changes_nothing(app, accounts, connected):
    accounts.next_answers = [httpx.Response(200, json={"access_token": "planted"})]
    with pytest.raises(MalformedAnswer):
        await _finish(app, await begin_sign_in(app, "local", taste=False))
    assert await load_account(app, "local") == connected


async def test_finish_when_the_client_is_wrong_names_the_variables(app, accounts):
    accounts.next_answers = [refused("invalid_client")]
    with pytest.raises(SpotifyNotConfigured, match="SPOTIFY_CLIENT_ID or SPOTIFY_CLIENT_SECRET"):
        await _finish(app, await begin_sign_in(app, "local", taste=False))


async def test_finish_when_the_browser_goes_away_in_the_middle_connects_all_the_same(app, accounts):
    finishing = asyncio.create_task(_finish(app, await begin_sign_in(app, "local", taste=False)))
    while not accounts.forms:
        await asyncio.sleep(0)
    finishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finishing
    assert (await connection_status(app, "local"))["connected"]


_PARAMETER = st.none() | st.text(max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(state=_PARAMETER, code=_PARAMETER, error=_PARAMETER, cookie=_PARAMETER, ours=st.booleans())
async def test_finish_whatever_the_browser_brings_fails_in_words_and_connects_nobody(
    app, accounts, state, code, error, cookie, ours
):
    sign_in = await begin_sign_in(app, "local", taste=False)
    with pytest.raises(SignInFailed) as raised:
        await finish_sign_in(
            app, state=state_of(sign_in) if ours else state, code=code, error=error, cookie=cookie
        )
    for text in (state, code, error, cookie):
        assert not text or len(text) < 12 or text not in raised.value.message
    assert await load_account(app, "local") is None


# How it stands.


@pytest.mark.parametrize(
    ("now", "soon", "message"),
    [
        (datetime(2027, 5, 9, 11, 59, tzinfo=UTC), False, "Connected."),
        (datetime(2027, 5, 9, 12, 0, tzinfo=UTC), True, "on 2027-05-23: sign in again before"),
        (datetime(2027, 5, 23, 12, 0, tzinfo=UTC), True, "six months is over: sign in again"),
    ],
)
async def test_connection_status_warns_two_weeks_before_the_consent_ends(
    app, connected, clock, now, soon, message
):
    clock.moment = now
    status = await connection_status(app, "local")
    assert (status["connected"], status["expires_soon"]) == (True, soon)
    assert message in status["message"]


async def test_connection_status_after_the_consent_has_ended_says_so(app, accounts, connected):
    accounts.refresh_tokens.clear()
    with pytest.raises(SignInNeeded):
        await access_token(app, "local", refused="planted-access-0")
    status = await connection_status(app, "local")
    assert (status["connected"], status["scopes"], "authorized_at" in status) == (False, [], False)
    assert "has ended: sign in" in status["message"]
    assert (await _finish(app, await begin_sign_in(app, "local", taste=False)))["connected"]


async def test_connection_status_without_keys_says_that_nobody_can_connect(app, connected):
    status = await connection_status(configured(app, token_keys=()), "local")
    assert (status["configured"], status["connected"]) == (False, False)
    assert "SPOTIFY_TOKEN_KEYS" in status["message"]


async def test_disconnect_leaves_nothing_of_the_listener(app, connected):
    await begin_sign_in(app, "local", taste=False)
    await disconnect(app, "local")
    assert "No Spotify account" in (await connection_status(app, "local"))["message"]
    assert await _pending(app) == []
    await disconnect(app, "local")


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year < 9_000))
@example(datetime(2026, 8, 31, tzinfo=UTC))
@example(datetime(2027, 8, 31, tzinfo=UTC))
def test_add_months_gives_the_same_day_or_the_last_of_the_month(moment):
    later = add_months(moment, 6)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == 6
    assert later.time() == moment.time()
    assert later.day == moment.day or (later + timedelta(days=1)).day == 1
