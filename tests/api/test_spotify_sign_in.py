"""`/v1/spotify`: sign-in as a browser and as a program goes through it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from src.chat.models.answer import PROBLEM
from src.settings import Settings
from src.spotify.auth.accounts import load_account, store_connected
from src.spotify.auth.redirect import COOKIE
from src.spotify.models.account import CONNECTION_STATUS, SIGN_IN_STARTED
from tests.api.conftest import TOKENS, client_of
from tests.spotify.sign_in_fixtures import account, accounts, app, clock, configured, connected, database, dsn

__all__ = ["accounts", "app", "clock", "connected", "database", "dsn"]

_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_PROGRAM = {"Accept": "application/json"}
_ALICE = {"Authorization": "Bearer alice-token-0123456789"}
_BOB = {"Authorization": "Bearer bob-token-0123456789"}


@pytest.fixture
async def spotify(agent, settings, app) -> AsyncIterator[httpx.AsyncClient]:
    """A client, which keeps cookies as a browser does, of a service with a Spotify app."""
    async with client_of(replace(agent, spotify=app), settings) as client:
        yield client


def _state(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


async def _began(client: httpx.AsyncClient) -> str:
    """The state of a sign-in that a browser began."""
    return _state((await client.get("/v1/spotify/login", headers=_BROWSER)).headers["Location"])


async def test_browser_goes_to_spotify_and_back_and_is_connected(spotify, accounts):
    left = await spotify.get("/v1/spotify/login", params={"taste": "true"}, headers=_BROWSER)
    assert left.status_code == 303
    address = left.headers["Location"]
    assert address.startswith("https://accounts.spotify.test/authorize?")
    assert "user-top-read" in address
    cookie = left.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/v1/spotify", "Max-Age=600"):
        assert f"; {part}" in cookie
    assert "Secure" not in cookie

    back = await spotify.get(
        "/v1/spotify/callback", params={"code": "planted-code-1", "state": _state(address)}, headers=_BROWSER
    )
    assert back.status_code == 200
    assert back.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in back.headers["Content-Security-Policy"]
    assert back.headers["Referrer-Policy"] == "no-referrer"
    assert back.headers["Cache-Control"] == "no-store"
    assert "Max-Age=0" in back.headers["Set-Cookie"]
    assert "is connected" in back.text
    for elsewhere in ("http:", "https:", "src=", "href=", "<script"):
        assert elsewhere not in back.text

    status = CONNECTION_STATUS.validate_json((await spotify.get("/v1/spotify/status")).content)
    assert (status["connected"], status["taste"]) == (True, True)


async def test_program_is_given_the_address_and_the_end_as_json(spotify, accounts):
    answer = await spotify.get("/v1/spotify/login", headers=_PROGRAM)
    started = SIGN_IN_STARTED.validate_json(answer.content)
    assert started["expires_at"] == "2026-11-23T12:10:00+00:00"
    assert answer.headers["Cache-Control"] == "no-store"
    assert COOKIE in answer.headers["Set-Cookie"]
    back = await spotify.get(
        "/v1/spotify/callback",
        params={"code": "planted-code-1", "state": _state(started["authorize_url"])},
        headers=_PROGRAM,
    )
    assert back.headers["Cache-Control"] == "no-store"
    assert CONNECTION_STATUS.validate_json(back.content)["connected"]


async def test_login_behind_https_sends_the_cookie_over_https_alone(agent, settings, app):
    public = configured(app, redirect_uri="https://segue.example/v1/spotify/callback")
    async with client_of(replace(agent, spotify=public), settings) as client:
        assert "; Secure" in (await client.get("/v1/spotify/login")).headers["Set-Cookie"]
        # A proxy may well ask for localhost: that is no browser at localhost.
        at_localhost = await client.get("/v1/spotify/login", headers=_BROWSER | {"Host": "localhost:8000"})
    assert at_localhost.headers["Location"].startswith("https://accounts.spotify.test/")


async def test_login_of_a_browser_at_localhost_goes_on_where_spotify_sends_it_back_to(spotify):
    answer = await spotify.get("/v1/spotify/login?taste=true", headers=_BROWSER | {"Host": "localhost:8000"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "http://127.0.0.1:8000/v1/spotify/login?taste=true"
    assert "Set-Cookie" not in answer.headers


async def test_callback_when_the_listener_did_not_allow_it_says_so_with_the_status(spotify, accounts):
    state = await _began(spotify)
    back = await spotify.get(
        "/v1/spotify/callback", params={"error": "access_denied", "state": state}, headers=_BROWSER
    )
    assert back.status_code == 400
    assert "You did not allow" in back.text
    again = await spotify.get(
        "/v1/spotify/callback", params={"code": "planted-code-1", "state": state}, headers=_PROGRAM
    )
    problem = PROBLEM.validate_json(again.content)
    assert (problem["status"], problem["code"]) == (400, "spotify_sign_in_failed")
    assert accounts.forms == []


async def test_callback_in_another_browser_connects_nobody(spotify, accounts):
    state = await _began(spotify)
    spotify.cookies.clear()
    back = await spotify.get("/v1/spotify/callback", params={"code": "planted-code-1", "state": state})
    assert back.status_code == 400
    assert "another browser" in back.text
    assert accounts.forms == []


async def test_callback_of_an_account_that_is_not_allowed_says_what_to_do(spotify, accounts):
    accounts.me = httpx.Response(403, text="User not registered in the Developer Dashboard")
    state = await _began(spotify)
    back = await spotify.get("/v1/spotify/callback", params={"code": "planted-code-1", "state": state})
    assert back.status_code == 403
    assert "allow-list" in back.text
    assert not CONNECTION_STATUS.validate_json((await spotify.get("/v1/spotify/status")).content)["connected"]


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(st.dictionaries(st.sampled_from(["state", "code", "error", "x"]), st.text(max_size=40)))
async def test_callback_whatever_it_is_sent_is_a_page_that_echoes_nothing(spotify, params):
    back = await spotify.get("/v1/spotify/callback", params=params, headers=_BROWSER)
    assert back.status_code == 400
    assert "start again" in back.text
    assert not any(len(value) > 11 and value in back.text for value in params.values())


async def test_listeners_with_tokens_connect_each_their_own(agent, app, accounts, tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path, api_tokens=TOKENS)
    async with client_of(replace(agent, spotify=app), settings) as client:
        assert (await client.get("/v1/spotify/login", headers=_BROWSER)).status_code == 401
        begun = await client.get("/v1/spotify/login", headers=_ALICE)
        state = _state(SIGN_IN_STARTED.validate_json(begun.content)["authorize_url"])
        # Spotify sends the browser back without a token.
        back = await client.get("/v1/spotify/callback", params={"code": "planted-code-1", "state": state})
        assert back.status_code == 200
        connected = {}
        for name, headers in (("alice", _ALICE), ("bob", _BOB)):
            answer = await client.get("/v1/spotify/status", headers=headers)
            connected[name] = CONNECTION_STATUS.validate_json(answer.content)["connected"]
        assert connected == {"alice": True, "bob": False}
        assert (await client.post("/v1/spotify/disconnect", headers=_BOB)).status_code == 204
        assert await load_account(app, "alice") is not None
        assert (await client.post("/v1/spotify/disconnect")).status_code == 401


async def test_disconnect_deletes_the_account(spotify, app, connected):
    ended = await spotify.post("/v1/spotify/disconnect")
    assert (ended.status_code, ended.content) == (204, b"")
    assert await load_account(app, "local") is None


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 204),
        ("https://allowed.example", 204),
        ("https://evil.example", 403),
        ("http://127.0.0.1:9000", 403),
        ("null", 403),
    ],
)
async def test_disconnect_is_not_done_for_a_page_of_another_site(
    agent, settings, app, connected, origin, status
):
    allowed = settings.model_copy(update={"cors_origins": ("https://allowed.example",)})
    async with client_of(replace(agent, spotify=app), allowed) as client:
        answer = await client.post("/v1/spotify/disconnect", headers={"Origin": origin})
    assert answer.status_code == status
    assert (await load_account(app, "local") is None) == (status == 204)


async def test_disconnect_by_the_public_name_behind_a_proxy_is_done(agent, settings, app):
    public = configured(app, redirect_uri="https://segue.example/v1/spotify/callback")
    await store_connected(public, account())
    async with client_of(replace(agent, spotify=public), settings) as client:
        answer = await client.post("/v1/spotify/disconnect", headers={"Origin": "https://segue.example"})
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "login"), ("GET", "status"), ("POST", "disconnect"), ("GET", "callback")]
)
async def test_every_route_without_a_spotify_app_is_not_found(client, method, path):
    answer = await client.request(method, f"/v1/spotify/{path}", headers=_PROGRAM)
    problem = PROBLEM.validate_json(answer.content)
    assert (answer.status_code, problem["code"]) == (404, "spotify_not_configured")
    assert "SPOTIFY_CLIENT_ID" in problem["detail"]


async def test_login_without_a_key_names_the_variable(agent, settings, app):
    async with client_of(replace(agent, spotify=configured(app, token_keys=())), settings) as client:
        problem = PROBLEM.validate_json((await client.get("/v1/spotify/login")).content)
    assert (problem["status"], problem["code"]) == (404, "spotify_not_configured")
    assert "SPOTIFY_TOKEN_KEYS" in problem["detail"]


async def test_spans_of_the_way_back_bear_neither_code_nor_state(spotify, accounts, agent):
    spans = InMemorySpanExporter()
    agent.tracing.provider.add_span_processor(SimpleSpanProcessor(spans))
    state = await _began(spotify)
    await spotify.get("/v1/spotify/callback", params={"code": "planted-code-1", "state": state})
    written = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "/v1/spotify/login" in written
    assert "planted" not in written
    assert state not in written
