"""`segue spotify`: connecting an account through the browser, the state of the connection, and its end."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.terminal import command_settings, open_console, run_async

if TYPE_CHECKING:
    from src.settings import Settings
    from src.spotify.app import SpotifyApp

spotify_app = typer.Typer(help="Your Spotify account.", no_args_is_help=True)

_LOG_LEVEL = "WARNING"


@spotify_app.command()
def login(
    taste: Annotated[
        bool, typer.Option("--taste", help="Allow to read what you played and saved as well.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open no browser.")
    ] = False,
) -> None:
    """Connect your Spotify account, through your browser."""
    import threading
    import webbrowser

    from src.cli.spotify_sign_in import sign_in

    settings = command_settings(_LOG_LEVEL)

    def show(address: str) -> None:
        minutes = settings.spotify_sign_in_minutes
        _print(f"Open {address} in a browser on this machine; waiting {minutes} minutes.")
        if not no_browser:
            # A browser in the terminal returns when it is closed.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    status = _on_app(settings, lambda app: sign_in(app, settings, taste=taste, show=show))
    _print(f"connected; taste: {_yes(status['taste'])}")


@spotify_app.command()
def status() -> None:
    """Whether an account is connected, what it allows, and until when."""
    from datetime import datetime

    from src.settings import LOCAL_LISTENER
    from src.spotify.auth.sign_in import connection_status

    found = _on_app(command_settings(_LOG_LEVEL), lambda app: connection_status(app, LOCAL_LISTENER))
    _print(found["message"])
    if not found["connected"]:
        return
    _print(f"scopes: {' '.join(found['scopes'])}")
    _print(f"taste: {_yes(found['taste'])}")
    for name, key in (("since", "authorized_at"), ("consent ends", "consent_expires_at")):
        _print(f"{name}: {datetime.fromisoformat(str(found.get(key))).astimezone():%Y-%m-%d %H:%M}")


@spotify_app.command()
def logout() -> None:
    """Delete everything that is kept of your Spotify account."""
    from src.settings import LOCAL_LISTENER
    from src.spotify.auth.sign_in import disconnect

    _on_app(command_settings(_LOG_LEVEL), lambda app: disconnect(app, LOCAL_LISTENER))
    _print("disconnected; https://www.spotify.com/account/apps takes back the consent itself")


@spotify_app.command()
def key() -> None:
    """Print a new key for SPOTIFY_TOKEN_KEYS."""
    from src.spotify.auth.encryption import new_key

    sys.stdout.write(f"{new_key()}\n")


def _on_app[T](settings: "Settings", work: "Callable[[SpotifyApp], Awaitable[T]]") -> T:
    """Work with the client and the database alone, which a running service may have open as well.

    Raises:
        SpotifyNotConfigured: no Spotify app is set.
    """
    from src.cli.recordings import opened_database
    from src.spotify.errors import SpotifyNotConfigured
    from src.spotify.wiring import open_spotify

    async def run() -> T:
        async with opened_database(settings) as database, open_spotify(settings, database) as app:
            if app is None:
                raise SpotifyNotConfigured(
                    "SPOTIFY_CLIENT_ID is not set: make an app at developer.spotify.com/dashboard first."
                )
            return await work(app)

    return run_async(run())


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _print(text: str) -> None:

    open_console().print(text, markup=False)
