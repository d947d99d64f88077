"""A fake Spotify that holds the traps, in process, and the client's app that speaks to it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from src.fake_spotify.app import create_fake_spotify
from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.world import World
from src.fake_spotify.worlds import world_of_tracks
from src.spotify.app import Caller, SpotifyApp, SpotifyConfig
from src.storage.database import Database
from tests.spotify.matching.traps import Item

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MARKET = "DE"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


def rows_of(items: Sequence[Item]) -> list[TrackRow]:
    """What the fake Spotify is made from."""
    rows: list[TrackRow] = []
    for item in items:
        row: TrackRow = {
            "id": item["id"],  # type: ignore[typeddict-item]
            "title": item["name"],  # type: ignore[typeddict-item]
            "artists": [artist["name"] for artist in item["artists"]],  # type: ignore[attr-defined]
            "album": item["album"]["name"],  # type: ignore[index]
            "release_date": item["album"]["release_date"],  # type: ignore[index]
            "duration_ms": item["duration_ms"],  # type: ignore[typeddict-item]
            "explicit": item["explicit"],  # type: ignore[typeddict-item]
            "isrc": item.get("external_ids", {}).get("isrc", ""),  # type: ignore[attr-defined]
            "is_playable": item.get("is_playable", True),  # type: ignore[typeddict-item]
        }
        rows.append(row)
    return rows


def world_of_items(items: Sequence[Item], seed: int = 1, clock: Clock | None = None) -> World:
    """A world of these tracks."""
    return world_of_tracks(rows_of(items), seed=seed, clock=clock or Clock())


def config_for(world: World, **changes: object) -> SpotifyConfig:
    """Of an app with a secret; budgets that no test reaches unless told."""
    fields: dict[str, object] = {
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "redirect_uri": "http://127.0.0.1/v1/spotify/callback",
        "token_keys": (),
        "market": MARKET,
        "api_url": f"{world.origin}/v1",
        "accounts_url": world.origin,
        "open_url": "https://open.spotify.com",
        "timeout_s": 5.0,
        "attempts": 2,
        "retry_after_max_s": 0.0,
        "calls_per_turn": 8,
        "calls_per_day": dict.fromkeys(
            ("search", "catalogue", "user", "library", "playlist_reads", "playlist_writes"),
            100_000,
        ),
        "sign_in_minutes": 10,
        "link_days": 7,
        "undo_days": 7,
        "save_max_tracks": 500,
        "text_to_model": False,
    }
    return SpotifyConfig(**(fields | changes))  # type: ignore[arg-type]


@asynccontextmanager
async def linked_app(
    world: World, db: Database, clock: Clock | None = None, **changes: object
) -> AsyncIterator[SpotifyApp]:
    """The client's app on a world in this process, which waits for nothing."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_fake_spotify(world))) as http:
        yield SpotifyApp(
            config=config_for(world, **changes),
            http=http,
            database=db,
            now=clock or Clock(),
            sleep=lambda _: asyncio.sleep(0),
            chance=lambda: 0.5,
            new_id=lambda: "id",
        )


def app_caller(app: SpotifyApp, calls_left: int = 1_000) -> Caller:
    """The app itself calls."""
    return Caller(app, None, calls_left)
