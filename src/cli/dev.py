"""`segue dev`: a fake Spotify on loopback until interrupted."""

import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.terminal import run_async
from src.errors import InvalidInput

if TYPE_CHECKING:
    from src.fake_spotify.models.answers import TrackRow
    from src.fake_spotify.world import World

dev_app = typer.Typer(help="For trying things out and for tests.", no_args_is_help=True)


@dev_app.callback()
def dev() -> None:
    """For trying things out and for tests."""


@dev_app.command("fake-spotify")
def fake_spotify(
    host: Annotated[str, typer.Option(help="Address of loopback to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 9100,
    like_catalogue: Annotated[
        bool, typer.Option("--like-catalogue", help="Tracks named like those of the starter catalogue.")
    ] = False,
    rotation: Annotated[bool, typer.Option("--rotation", help="Refresh tokens work once.")] = False,
    no_secret: Annotated[bool, typer.Option("--no-secret", help="No client secret: PKCE alone.")] = False,
    consent_as: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Consent at once as mira, tarek or nobody; `deny` refuses."),
    ] = None,
    redirect_uri: Annotated[
        list[str] | None, typer.Option(metavar="URI", help="Register this one too; may be repeated.")
    ] = None,
    marker: Annotated[str, typer.Option(help="Woven into every text that only Spotify has.")] = "",
    seed: Annotated[int, typer.Option(help="Another one makes other ids and another order.")] = 1,
) -> None:
    """Serve a fake Spotify with invented music, and print the settings to use it."""
    from src.fake_spotify.worlds import make_world, world_of_tracks

    host = "127.0.0.1" if host == "localhost" else host
    _check_loopback(host)
    if like_catalogue:
        world = world_of_tracks(catalogue_rows(), seed=seed, marker=marker)
    else:
        world = make_world(seed=seed, marker=marker)
    if consent_as not in (None, "deny", *world.users):
        raise InvalidInput(f"--consent-as takes {', '.join(world.users)} or deny.")
    world.auto_consent = consent_as
    world.rotation = rotation
    world.redirect_uris += tuple(redirect_uri or ())
    if no_secret:
        world.client_secret = None
    try:
        run_async(_serve(world, host, port))
    except OSError:
        raise InvalidInput("This address and port cannot be listened on; try another --port.") from None


def environment_lines(world: "World", base_url: str) -> list[str]:
    """The settings that point Segue at a fake, as lines of `.env`."""
    secret = [] if world.client_secret is None else [f"SPOTIFY_CLIENT_SECRET={world.client_secret}"]
    return [
        f"SPOTIFY_CLIENT_ID={world.client_id}",
        *secret,
        f"SPOTIFY_API_URL={base_url}/v1",
        f"SPOTIFY_ACCOUNTS_URL={base_url}",
        f"SPOTIFY_OPEN_URL={base_url}",
    ]


def catalogue_rows() -> "list[TrackRow]":
    """The names of the starter catalogue's tracks, with a trap for every third; all else is invented."""
    from src.catalogue.starter import starter_tracks
    from src.fake_spotify.search import trap_rows
    from src.schema import with_present

    rows: list[TrackRow] = []
    for track in starter_tracks():
        row: TrackRow = {"title": track["title"], "artists": track["artists"], "genres": track["genres"]}
        rows.append(with_present(row, album=track.get("album"), year=track.get("year")))
    return [*rows, *trap_rows(rows[::3])]


async def _serve(world: "World", host: str, port: int) -> None:
    import asyncio

    from src.fake_spotify.app import serve_fake
    from src.telemetry.logging import configure_logging

    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    async with serve_fake(world, host=host, port=port) as base_url:
        configure_logging("WARNING")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
        sys.stdout.write(
            "".join(f"{line}\n" for line in environment_lines(world, base_url))
            + "# SPOTIFY_TOKEN_KEYS is yours to make: segue spotify key\n"
        )
        sys.stdout.flush()
        await stopped.wait()


def _check_loopback(host: str) -> None:
    import ipaddress

    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise InvalidInput("The fake Spotify listens on loopback alone: --host 127.0.0.1 or --host ::1.")
