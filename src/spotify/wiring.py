"""Wiring of the Spotify client from the settings."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import get_args

from src.settings import Settings
from src.spotify.app import Bucket, SpotifyApp, SpotifyConfig
from src.spotify.auth.encryption import check_keys, reencrypt_all
from src.spotify.auth.redirect import with_port
from src.spotify.auth.sign_in import purge_pending
from src.storage.database import Database

CALLBACK_PATH = "/v1/spotify/callback"
MAX_CONNECTIONS = 20


def config_of(settings: Settings, *, port: int | None = None) -> SpotifyConfig | None:
    """The configuration in the settings; None without a Spotify app.

    Args:
        port: where this process serves, if not at `PORT`; for a loopback redirect URI without a port.

    Raises:
        InvalidInput: the redirect URI or a key is invalid; the message names the variable, never its value.
    """
    if settings.spotify_client_id is None:
        return None
    redirect_uri = settings.spotify_redirect_uri or f"http://127.0.0.1{CALLBACK_PATH}"
    keys = settings.spotify_token_keys.get_secret_value() if settings.spotify_token_keys else ""
    token_keys = tuple(filter(None, (key.strip() for key in keys.split(","))))
    check_keys(token_keys)
    secret = settings.spotify_client_secret
    return SpotifyConfig(
        client_id=settings.spotify_client_id,
        client_secret=(secret.get_secret_value() or None) if secret else None,
        redirect_uri=with_port(redirect_uri, settings.port if port is None else port),
        token_keys=token_keys,
        market=settings.spotify_market,
        api_url=settings.spotify_api_url.rstrip("/"),
        accounts_url=settings.spotify_accounts_url.rstrip("/"),
        open_url=settings.spotify_open_url.rstrip("/"),
        timeout_s=settings.spotify_timeout_s,
        attempts=settings.spotify_attempts,
        retry_after_max_s=settings.spotify_retry_after_max_s,
        calls_per_turn=settings.spotify_calls_per_turn,
        calls_per_day=_calls_per_day(settings),
        sign_in_minutes=settings.spotify_sign_in_minutes,
        link_days=settings.spotify_link_days,
        undo_days=settings.spotify_undo_days,
        save_max_tracks=settings.spotify_save_max_tracks,
        text_to_model=settings.spotify_text_to_model,
    )


@asynccontextmanager
async def open_spotify(
    settings: Settings, database: Database, *, port: int | None = None
) -> AsyncIterator[SpotifyApp | None]:
    """The open client, closed when the block ends; None without a Spotify app.

    Secrets encrypted with an older key are encrypted with the first, and expired sign-ins are deleted.
    """
    config = config_of(settings, port=port)
    if config is None:
        yield None
        return
    import httpx

    async with httpx.AsyncClient(
        timeout=config.timeout_s, limits=httpx.Limits(max_connections=MAX_CONNECTIONS), follow_redirects=False
    ) as http:
        app = SpotifyApp(
            config=config,
            http=http,
            database=database,
            now=lambda: datetime.now(UTC),
            sleep=asyncio.sleep,
            chance=random.random,
            new_id=lambda: uuid.uuid4().hex,
        )
        await purge_pending(app)
        await reencrypt_all(app)
        yield app


def _calls_per_day(settings: Settings) -> Mapping[Bucket, int]:
    buckets: tuple[Bucket, ...] = get_args(Bucket.__value__)
    return {
        **dict.fromkeys(buckets, settings.spotify_calls_per_day),
        "search": settings.spotify_searches_per_day,
    }
