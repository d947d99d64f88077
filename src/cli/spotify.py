"""`segue spotify`: connecting an account through the browser, how it stands, and ending it."""

import asyncio
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from rich.console import Console

from src.cli.client import ServerRefused, call_server
from src.cli.spotify_loopback import listen_at, sign_in_here
from src.errors import InvalidInput
from src.settings import LOCAL_LISTENER, Settings, load_settings
from src.spotify.app import SpotifyApp
from src.spotify.auth.encryption import new_key, require_keys
from src.spotify.auth.redirect import LOOPBACK_HOSTS, check_redirect_uri, names_port, origin_of, with_port
from src.spotify.auth.sign_in import connection_status, disconnect
from src.spotify.errors import SignInFailed, SpotifyNotConfigured
from src.spotify.models.connection import CONNECTION_STATUS, ConnectionStatus
from src.spotify.wiring import open_spotify
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.logging import configure_logging

POLL_S = 1.0
_LOGIN = "/v1/spotify/login"
_STATUS = "/v1/spotify/status"

type Show = Callable[[str], None]


def run_login(*, taste: bool, browser: bool) -> None:
    """Connect an account; ends when the browser is back, or after `SPOTIFY_SIGN_IN_MINUTES`."""
    settings = _settings()

    def show(address: str) -> None:
        minutes = settings.spotify_sign_in_minutes
        _print(f"Open {address} in a browser on this machine; waiting {minutes} minutes.")
        if browser:
            # A browser in the terminal returns when it is closed.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    status = asyncio.run(_login(settings, taste, show))
    _print(f"connected; taste: {_yes(status['taste'])}")


def run_status() -> None:
    """Print how the connection stands."""
    status = asyncio.run(_status(_settings()))
    _print(status["message"])
    if not status["connected"]:
        return
    _print(f"scopes: {' '.join(status['scopes'])}")
    _print(f"taste: {_yes(status['taste'])}")
    for name, key in (("since", "authorized_at"), ("consent ends", "consent_expires_at")):
        _print(f"{name}: {datetime.fromisoformat(str(status.get(key))).astimezone():%Y-%m-%d %H:%M}")


def run_logout() -> None:
    """Delete everything that is kept of the account."""
    asyncio.run(_logout(_settings()))
    _print("disconnected; https://www.spotify.com/account/apps takes back the consent itself")


def run_key() -> None:
    """Print a new key."""
    sys.stdout.write(f"{new_key()}\n")


async def _login(settings: Settings, taste: bool, show: Show) -> ConnectionStatus:
    async with _opened(settings) as app:
        require_keys(app.config.token_keys)
        parts = check_redirect_uri(settings.spotify_redirect_uri or app.config.redirect_uri)
        if parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS:
            # Spotify takes any port for a loopback URI that was registered without one.
            listening = listen_at(parts.hostname, (parts.port or 0) if names_port(parts) else 0)
            if listening is not None:
                with listening:
                    port = int(listening.getsockname()[1])
                    redirect_uri = with_port(parts.geturl(), port)
                    return await sign_in_here(
                        app, LOCAL_LISTENER, listening, redirect_uri, taste=taste, show=show
                    )
        return await _sign_in_there(app, settings, origin_of(app.config.redirect_uri), taste, show)


async def _sign_in_there(
    app: SpotifyApp, settings: Settings, address: str, taste: bool, show: Show
) -> ConnectionStatus:
    """Let the service that Spotify sends the browser back to do it, and wait until the account appears."""
    if settings.listeners_by_token:
        raise InvalidInput(
            f"The service at {address} has its listeners sign in with their tokens: GET {_LOGIN} there."
        )
    await _ask_whether_segue(settings, address)
    before = await connection_status(app, LOCAL_LISTENER)
    show(f"{address}{_LOGIN}?taste={str(taste).lower()}")
    for _ in range(_polls(app)):
        await app.sleep(POLL_S)
        status = await connection_status(app, LOCAL_LISTENER)
        if status["connected"] and status.get("authorized_at") != before.get("authorized_at"):
            return status
    raise SignInFailed("No account was connected in time: run the command again.")


def _polls(app: SpotifyApp) -> int:
    return round(app.config.sign_in_minutes * 60 / POLL_S)


async def _ask_whether_segue(settings: Settings, address: str) -> None:
    """Make sure that a browser which is sent there finds what it needs.

    Raises:
        ServerRefused: something else answers there, or nothing.
    """
    try:
        async with asyncio.timeout(settings.spotify_timeout_s):
            await call_server(address, settings, "GET", _STATUS, CONNECTION_STATUS)
    except TimeoutError:
        raise ServerRefused(f"What listens at {address} does not answer; stop it or try again.") from None


async def _status(settings: Settings) -> ConnectionStatus:
    async with _opened(settings) as app:
        return await connection_status(app, LOCAL_LISTENER)


async def _logout(settings: Settings) -> None:
    async with _opened(settings) as app:
        await disconnect(app, LOCAL_LISTENER)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[SpotifyApp]:
    """The client and the database alone; a running service has them open as well.

    Raises:
        SpotifyNotConfigured: no Spotify app is set.
    """
    database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
    try:
        await migrate(database)
        async with open_spotify(settings, database) as app:
            if app is None:
                raise SpotifyNotConfigured(
                    "SPOTIFY_CLIENT_ID is not set: make an app at developer.spotify.com/dashboard first."
                )
            yield app
    finally:
        await close_database(database)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _print(text: str) -> None:
    Console(highlight=False, soft_wrap=True, markup=False).print(text)


def _settings() -> Settings:
    configure_logging("WARNING")
    return load_settings()
