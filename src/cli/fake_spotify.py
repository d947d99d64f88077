"""`segue dev fake-spotify`: a fake Spotify on loopback until interrupted."""

import asyncio
import ipaddress
import signal
import sys
from dataclasses import dataclass

from src.errors import InvalidInput
from src.fake_spotify.app import serve_fake
from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.search import trap_rows
from src.fake_spotify.world import World
from src.fake_spotify.worlds import make_world, world_of_tracks
from src.telemetry.logging import configure_logging


@dataclass(frozen=True, slots=True)
class FakeOptions:
    """The options of the command, by their names there."""

    host: str
    port: int
    like_catalogue: bool
    rotation: bool
    no_secret: bool
    consent_as: str | None
    redirect_uris: tuple[str, ...]
    marker: str
    seed: int


def run_fake_spotify(options: FakeOptions) -> None:
    """Serve until interrupted.

    Raises:
        InvalidInput: the address is not one of loopback, its port is taken, or there is no such user.
    """
    host = "127.0.0.1" if options.host == "localhost" else options.host
    _check_loopback(host)
    world = _world(options)
    try:
        asyncio.run(_serve(world, host, options.port))
    except OSError:
        raise InvalidInput("This address and port cannot be listened on; try another --port.") from None


def environment_lines(world: World, base_url: str) -> list[str]:
    """The settings that point Segue at a fake, as lines of `.env`."""
    secret = [] if world.client_secret is None else [f"SPOTIFY_CLIENT_SECRET={world.client_secret}"]
    return [
        f"SPOTIFY_CLIENT_ID={world.client_id}",
        *secret,
        f"SPOTIFY_API_URL={base_url}/v1",
        f"SPOTIFY_ACCOUNTS_URL={base_url}",
        f"SPOTIFY_OPEN_URL={base_url}",
    ]


def catalogue_rows() -> list[TrackRow]:
    """The names of the starter catalogue's tracks, with a trap for every third; all else is invented."""
    from src.catalogue.starter import starter_tracks

    rows: list[TrackRow] = []
    for track in starter_tracks():
        row: TrackRow = {"title": track["title"], "artists": track["artists"], "genres": track["genres"]}
        if "album" in track:
            row["album"] = track["album"]
        if "year" in track:
            row["year"] = track["year"]
        rows.append(row)
    return [*rows, *trap_rows(rows[::3])]


def _world(options: FakeOptions) -> World:
    if options.like_catalogue:
        world = world_of_tracks(catalogue_rows(), seed=options.seed, marker=options.marker)
    else:
        world = make_world(seed=options.seed, marker=options.marker)
    if options.consent_as not in (None, "deny", *world.users):
        raise InvalidInput(f"--consent-as takes {', '.join(world.users)} or deny.")
    world.auto_consent = options.consent_as
    world.rotation = options.rotation
    world.redirect_uris += options.redirect_uris
    if options.no_secret:
        world.client_secret = None
    return world


async def _serve(world: World, host: str, port: int) -> None:
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
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise InvalidInput("The fake Spotify listens on loopback alone: --host 127.0.0.1 or --host ::1.")
