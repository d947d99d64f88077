"""The commands of `segue spotify`. What they need is imported when they run."""

from typing import Annotated

import typer

spotify_app = typer.Typer(help="Your Spotify account.", no_args_is_help=True)


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
    from src.cli.spotify import run_login

    run_login(taste=taste, browser=not no_browser)


@spotify_app.command()
def status() -> None:
    """Whether an account is connected, what it allows, and until when."""
    from src.cli.spotify import run_status

    run_status()


@spotify_app.command()
def logout() -> None:
    """Delete everything that is kept of your Spotify account."""
    from src.cli.spotify import run_logout

    run_logout()


@spotify_app.command()
def key() -> None:
    """Print a new key for SPOTIFY_TOKEN_KEYS."""
    from src.cli.spotify import run_key

    run_key()
