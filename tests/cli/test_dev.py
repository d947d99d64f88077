"""`segue dev fake-spotify`: loopback alone, and settings to copy."""

import asyncio
import signal
import socket
import sys

import httpx
import pytest
from typer.testing import CliRunner

from src.cli.dev import catalogue_rows, dev_app, environment_lines
from src.errors import InvalidInput
from src.fake_spotify.search import find_tracks, read_query
from src.fake_spotify.worlds import make_world, world_of_tracks
from src.settings import Settings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "music.example"])
def test_fake_spotify_when_host_is_not_loopback(host):
    result = CliRunner().invoke(dev_app, ["fake-spotify", "--host", host])
    assert isinstance(result.exception, InvalidInput)


def test_fake_spotify_when_user_is_unknown():
    result = CliRunner().invoke(dev_app, ["fake-spotify", "--consent-as", "who"])
    assert isinstance(result.exception, InvalidInput)


def test_environment_lines_are_settings():
    world = make_world()
    names = [line.partition("=")[0] for line in environment_lines(world, "http://127.0.0.1:9100")]
    assert {name.lower() for name in names} <= set(Settings.model_fields)
    world.client_secret = None
    assert not any("SECRET" in line for line in environment_lines(world, "http://127.0.0.1:9100"))


def test_catalogue_rows_find_the_starter_tracks_among_traps():
    rows = catalogue_rows()
    world = world_of_tracks(rows, marker="Xq7")
    for row in rows[:200:20]:
        query = read_query(f'track:"{row["title"]}" artist:"{row["artists"][0]}"')
        names = [track.title for track in find_tracks(world, query)[:10]]
        assert row["title"] in names
    assert len({track.kind for track in world.tracks.values()}) == 8


def test_fake_spotify_when_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(dev_app, ["fake-spotify", "--port", port])
    assert isinstance(result.exception, InvalidInput)


async def test_fake_spotify_serves_until_interrupted():
    start = "from src.cli.dev import dev_app; dev_app()"
    command = ("-c", start, "fake-spotify", "--port", "0", "--no-secret", "--consent-as", "mira")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(4)]
    settings = dict(line.split("=", 1) for line in lines)
    assert "SPOTIFY_CLIENT_SECRET" not in settings
    asked = {
        "client_id": settings["SPOTIFY_CLIENT_ID"],
        "response_type": "code",
        "redirect_uri": "http://127.0.0.1:8000/v1/spotify/callback",
    }
    async with httpx.AsyncClient(base_url=settings["SPOTIFY_ACCOUNTS_URL"]) as client:
        answer = await client.get("/authorize", params=asked)
    assert answer.headers["location"].startswith(f"{asked['redirect_uri']}?code=")
    process.send_signal(signal.SIGINT)
    _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, errors) == (0, b"")
