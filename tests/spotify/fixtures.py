"""An agent beside a fake Spotify on loopback, whose every own text bears a marker."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import SecretStr

from src.catalogue.models.track import Track
from src.chat.clients import Agent
from src.fake_spotify.app import serve_fake
from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.search import trap_rows
from src.fake_spotify.world import World
from src.fake_spotify.worlds import LISTENER as USER
from src.fake_spotify.worlds import world_of_tracks
from src.settings import Settings
from src.spotify.app import SpotifyApp
from src.spotify.auth.encryption import new_key
from src.spotify.auth.sign_in import begin_sign_in, finish_sign_in
from src.spotify.wiring import open_spotify
from tests.fakes import songs

MARKER = "zqxmarker"
# What only Spotify has.
UNKNOWN: list[TrackRow] = [
    {"title": "Glass Harbour", "artists": ["Ada Quill"], "year": 1994, "in_catalogue": False},
    {"title": "Glass Harbour Lights", "artists": ["Ada Quill"], "year": 2019, "in_catalogue": False},
]


def rows_of(tracks: Sequence[Track]) -> list[TrackRow]:
    """The tracks as Spotify has them."""
    rows: list[TrackRow] = []
    for track in tracks:
        row: TrackRow = {"title": track["title"], "artists": track["artists"]}
        if "year" in track:
            row["year"] = track["year"]
        if "duration_ms" in track:
            row["duration_ms"] = track["duration_ms"]
        rows.append(row)
    return rows


def small_world(marker: str = MARKER) -> World:
    """The small catalogue's songs, a trap for each, and what the catalogue lacks."""
    rows = rows_of(songs())
    return world_of_tracks([*rows, *trap_rows(rows), *UNKNOWN], marker=marker)


def play(world: World, *titles: str) -> None:
    """Let the listener have played these, and nothing else."""
    user = world.users[USER]
    when = world.clock()
    originals = [track for track in world.tracks.values() if track.kind == "original"]
    ids = [track.id for title in titles for track in originals if track.title == title]
    user.recent = [(id_, when) for id_ in ids]


@dataclass(frozen=True, slots=True)
class Beside:
    """The agent, its Spotify client, the settings it was opened with, and the fake's world."""

    agent: Agent
    app: SpotifyApp
    settings: Settings
    world: World


@asynccontextmanager
async def beside_spotify(
    agent: Agent, settings: Settings, world: World, **changes: object
) -> AsyncIterator[Beside]:
    """The agent with a Spotify app, nobody signed in yet."""
    world.auto_consent = USER
    async with serve_fake(world) as base_url:
        pointed = settings.model_copy(
            update={
                "spotify_client_id": world.client_id,
                "spotify_client_secret": SecretStr(world.client_secret) if world.client_secret else None,
                "spotify_token_keys": SecretStr(new_key()),
                "spotify_api_url": f"{base_url}/v1",
                "spotify_accounts_url": base_url,
                "spotify_open_url": base_url,
                **changes,
            }
        )
        async with open_spotify(pointed, agent.database) as app:
            assert app is not None
            yield Beside(replace(agent, spotify=app), app, pointed, world)


async def sign_in(app: SpotifyApp, listener: str = "local", *, taste: bool = True) -> None:
    """Go the whole way through the fake's consent page."""
    started = await begin_sign_in(app, listener, taste=taste)
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(started.authorize_url)
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    await finish_sign_in(
        app, state=query["state"], code=query.get("code"), error=query.get("error"), cookie=started.cookie
    )
