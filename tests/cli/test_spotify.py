"""`segue spotify`: the way to Spotify and back, on a port of this machine."""

import asyncio
import http.client
import re
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import Message
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from src.cli import spotify_sign_in as module
from src.cli.client import ServerRefused
from src.cli.spotify_sign_in import listen_at, sign_in_here
from src.errors import InvalidInput
from src.settings import load_settings
from src.spotify.auth.accounts import store_connected
from src.spotify.auth.encryption import check_keys
from src.spotify.auth.sign_in import connection_status
from src.spotify.errors import SignInFailed
from src.spotify.wiring import open_spotify
from src.storage.database import close_database, open_database
from tests.cli.conftest import one_line
from tests.spotify.sign_in_fixtures import (
    ACCOUNTS,
    API,
    KEYS,
    NOW,
    account,
    accounts,
    app,
    clock,
    configured,
    database,
    dsn,
)

__all__ = ["accounts", "app", "clock", "database", "dsn"]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def spotify(segue, accounts, port, monkeypatch):
    """The command with a Spotify app, whose sign-in comes back to `port`."""
    monkeypatch.setenv("SPOTIFY_CLIENT_ID", "client1")
    monkeypatch.setenv("SPOTIFY_TOKEN_KEYS", KEYS[0])
    monkeypatch.setenv("SPOTIFY_API_URL", API)
    monkeypatch.setenv("SPOTIFY_ACCOUNTS_URL", ACCOUNTS)
    monkeypatch.setenv("SPOTIFY_REDIRECT_URI", f"http://127.0.0.1:{port}/v1/spotify/callback")

    @asynccontextmanager
    async def soon_over(settings, database):
        async with open_spotify(settings, database) as app:
            yield app and configured(app, sign_in_minutes=0.2)

    # Where the browser of a test fails, the command must not wait for ten minutes.
    monkeypatch.setattr("src.spotify.wiring.open_spotify", soon_over)
    return segue


@pytest.fixture
def browser(monkeypatch) -> Callable[[Callable[[str], None]], None]:
    """What the browser does with the address that it is given."""

    def does(visit: Callable[[str], None]) -> None:
        monkeypatch.setattr(webbrowser, "open", visit)

    does(lambda _: pytest.fail("no browser was expected"))
    return does


def _get(address: str, cookie: str = "") -> tuple[int, Message, str]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def _through_spotify(start: str, **changes: str) -> tuple[int, Message, str]:
    """From the start page to Spotify, where all is allowed, and back."""
    status, headers, _ = _get(start)
    assert status == 303, headers
    query = parse_qs(urlsplit(headers["Location"]).query)
    back = {"code": "planted-code-1", "state": query["state"][0]} | changes
    return _get(f"{query['redirect_uri'][0]}?{urlencode(back)}", headers["Set-Cookie"].partition(";")[0])


def test_key_prints_one_that_encrypts(segue):
    ran = segue("spotify", "key")
    assert ran.code == 0
    check_keys([ran.out.strip()])
    assert segue("spotify", "key").out != ran.out


@pytest.mark.parametrize("command", ["login", "status", "logout"])
def test_spotify_without_a_client_id_says_so_in_one_line(segue, command):
    assert "SPOTIFY_CLIENT_ID" in one_line(segue("spotify", command))


def test_login_status_and_logout_from_end_to_end(spotify, browser, port):
    pages: list[tuple[int, Message, str]] = []
    browser(lambda address: pages.append(_through_spotify(address)))
    ran = spotify("spotify", "login", "--taste")
    assert ran.code == 0, ran.err
    assert ran.out == (
        f"Open http://127.0.0.1:{port}/ in a browser on this machine; waiting 10 minutes.\n"
        "connected; taste: yes\n"
    )
    ((code, headers, page),) = pages
    assert code == 200
    assert "is connected" in page
    assert "default-src 'none'" in headers["content-security-policy"]

    status = spotify("spotify", "status").out
    assert status.startswith("Connected.\nscopes: playlist-read-private ")
    assert "\ntaste: yes\nsince: 20" in status
    assert re.search(r"\nconsent ends: 20\d\d-\d\d-\d\d \d\d:\d\d\n$", status)

    assert spotify("spotify", "logout").out.startswith("disconnected; ")
    assert spotify("spotify", "status").out == (
        "No Spotify account is connected: sign in to Spotify first.\n"
    )


def test_login_when_the_listener_does_not_allow_it_ends_with_one_line(spotify, browser):
    browser(lambda address: _through_spotify(address, error="access_denied"))
    ran = spotify("spotify", "login")
    assert ran.code == 1
    assert ran.err.startswith("segue: You did not allow")
    assert ran.err.count("\n") == 1


def test_login_goes_on_waiting_when_something_else_knocks(spotify, browser, port):
    back = f"http://127.0.0.1:{port}/v1/spotify/callback"
    seen: list[int] = []

    def visit(address: str) -> None:
        seen.extend(_get(f"{back}?{query}")[0] for query in ("", "state=x&code=y", "error=access_denied"))
        seen.append(_get(f"http://127.0.0.1:{port}/elsewhere")[0])
        _through_spotify(address)

    browser(visit)
    assert spotify("spotify", "login").out.endswith("connected; taste: no\n")
    assert seen == [400, 400, 400, 404]


def test_login_by_a_redirect_uri_without_a_port_takes_any_that_is_free(spotify, browser, monkeypatch):
    monkeypatch.setenv("SPOTIFY_REDIRECT_URI", "http://127.0.0.1/")
    started: list[str] = []

    def visit(address: str) -> None:
        started.append(address)
        _through_spotify(address)

    browser(visit)
    assert spotify("spotify", "login").code == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:\d{4,5}/start", started[0])


def test_login_without_a_browser_prints_the_address_alone(spotify, browser, port, monkeypatch):
    async def at_once(app, listener, listening, redirect_uri, *, taste, show):
        show("http://127.0.0.1:1/")
        await store_connected(app, account())
        return await connection_status(app, listener)

    monkeypatch.setattr(module, "sign_in_here", at_once)
    assert spotify("spotify", "login", "--no-browser").out.startswith("Open http://127.0.0.1:1/ in")


def test_login_without_a_key_says_so_in_one_line(spotify, browser, monkeypatch):
    monkeypatch.delenv("SPOTIFY_TOKEN_KEYS")
    assert "SPOTIFY_TOKEN_KEYS" in one_line(spotify("spotify", "login"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SPOTIFY_TOKEN_KEYS", "planted"), ("SPOTIFY_REDIRECT_URI", "http://localhost/planted")],
)
def test_status_when_a_setting_is_wrong_names_it_in_one_line(spotify, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    said = one_line(spotify("spotify", "status"))
    assert variable in said
    assert "planted" not in said


# Beside a service.


def _connect_here() -> None:
    """What the service does when the browser is back."""

    async def connect() -> None:
        settings = load_settings()
        database = await open_database(settings.database_dsn, timeout_s=5)
        async with open_spotify(settings, database) as app:
            assert app is not None
            await store_connected(app, account(authorized_at=NOW))
        await close_database(database)

    asyncio.run(connect())


def test_login_beside_a_service_sends_there_and_waits_for_the_account(spotify, browser, port, monkeypatch):
    asked = []

    async def call_server(address, settings, method, path, answer):
        asked.append((address, method, path))

    monkeypatch.setattr(module, "call_server", call_server)
    monkeypatch.setattr(module, "POLL_S", 0.01)
    visited = []

    def visit(address: str) -> None:
        visited.append(address)
        _connect_here()

    browser(visit)
    with socket.create_server(("127.0.0.1", port)):
        ran = spotify("spotify", "login", "--taste")
    assert ran.out.endswith("connected; taste: no\n")
    assert asked == [(f"http://127.0.0.1:{port}", "GET", "/v1/spotify/status")]
    assert visited == [f"http://127.0.0.1:{port}/v1/spotify/login?taste=true"]


def test_login_when_the_account_does_not_appear_in_time_ends_with_one_line(
    spotify, browser, port, monkeypatch
):
    async def call_server(address, settings, method, path, answer):
        return None

    monkeypatch.setattr(module, "call_server", call_server)
    monkeypatch.setattr(module, "POLL_S", 0.01)
    monkeypatch.setattr(module, "_polls", lambda app: 2)
    with socket.create_server(("127.0.0.1", port)):
        ran = spotify("spotify", "login", "--no-browser")
    assert (ran.code, ran.err) == (1, "segue: No account was connected in time: run the command again.\n")


def test_login_beside_a_service_with_tokens_says_how_its_listeners_sign_in(
    spotify, browser, port, monkeypatch
):
    monkeypatch.setenv("API_TOKENS", "alice:alice-token-0123456789")
    with socket.create_server(("127.0.0.1", port)):
        said = one_line(spotify("spotify", "login"))
    assert "GET /v1/spotify/login" in said


def test_login_when_something_else_has_the_port_ends_with_one_line(spotify, browser, port, monkeypatch):
    monkeypatch.setenv("SPOTIFY_TIMEOUT_S", "0.1")

    async def silent(*_, **__) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "call_server", silent)
    with socket.create_server(("127.0.0.1", port)):
        said = one_line(spotify("spotify", "login"))
    assert f"What listens at http://127.0.0.1:{port} does not answer" in said


def test_login_of_a_public_service_sends_to_its_own_page(spotify, browser, monkeypatch):
    monkeypatch.setenv("SPOTIFY_REDIRECT_URI", "https://segue.example/v1/spotify/callback")
    asked = []

    async def call_server(address, settings, method, path, answer):
        asked.append(address)
        raise ServerRefused("The server says no.")

    monkeypatch.setattr(module, "call_server", call_server)
    assert one_line(spotify("spotify", "login")) == "segue: The server says no.\n"
    assert asked == ["https://segue.example"]


# The port itself.


async def test_sign_in_here_when_nobody_comes_ends_in_time(app):
    hasty = configured(app, sign_in_minutes=0.001)
    shown: list[str] = []
    listening = listen_at("127.0.0.1", 0)
    assert listening is not None
    port = listening.getsockname()[1]
    with pytest.raises(SignInFailed, match="in time"):
        await sign_in_here(
            hasty, "local", listening, f"http://127.0.0.1:{port}/cb", taste=False, show=shown.append
        )
    listening.close()
    assert shown == [f"http://127.0.0.1:{port}/"]
    with socket.socket() as late:
        assert late.connect_ex(("127.0.0.1", port)) != 0


async def test_sign_in_here_on_ipv6_comes_back(app, accounts):
    listening = listen_at("::1", 0)
    assert listening is not None
    redirect_uri = f"http://[::1]:{listening.getsockname()[1]}/cb"

    def show(address: str) -> None:
        threading.Thread(target=_through_spotify, args=(address,), daemon=True).start()

    with listening:
        status = await sign_in_here(app, "local", listening, redirect_uri, taste=False, show=show)
    assert status["connected"]


def test_listen_at_when_the_port_is_taken_is_none(port):
    with socket.create_server(("127.0.0.1", port)):
        assert listen_at("127.0.0.1", port) is None


def test_listen_at_when_the_system_forbids_it_names_the_variable(monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", forbidden)
    with pytest.raises(InvalidInput, match="SPOTIFY_REDIRECT_URI"):
        listen_at("127.0.0.1", 80)


def test_status_of_an_ended_consent_asks_to_sign_in_again(spotify):
    async def end() -> None:
        settings = load_settings()
        database = await open_database(settings.database_dsn, timeout_s=5)
        async with open_spotify(settings, database) as app:
            assert app is not None
            await store_connected(app, replace(account(), refresh_token=""))
        await close_database(database)

    asyncio.run(end())
    assert "sign in to Spotify again" in spotify("spotify", "status").out
