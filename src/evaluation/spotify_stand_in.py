"""Spotify for the replay of a turn that could have asked it and did not: the same tools, no call answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
from pydantic import SecretStr

from src.evaluation.playback import Playback
from src.recordings.models.recording import SpotifySeen
from src.settings import Settings
from src.spotify.accounts import delete_listener, store_connected
from src.spotify.app import SpotifyApp
from src.spotify.models.account import Account
from src.spotify.opening import open_spotify
from src.spotify.sealing import new_key
from src.spotify.sign_in import PLAYLIST_SCOPES, TASTE_SCOPES
from src.storage.database import Database

_STAND_IN = "replay"


@asynccontextmanager
async def spotify_stand_in(
    playback: Playback, seen: SpotifySeen | None, database: Database, listener: str, at: datetime
) -> AsyncIterator[SpotifyApp | None]:
    """An app as connected as the recorded one; a call of it is a difference. None where there was none.

    Args:
        seen: what the recorded turn had of Spotify; where that asked Spotify, the replay goes on without.
        listener: whose account is connected.
        at: the time it is.
    """
    if seen is None or seen["calls"]:
        yield None
        return
    settings = Settings(
        _env_file=None,
        spotify_client_id=_STAND_IN,
        spotify_client_secret=SecretStr(_STAND_IN),
        spotify_token_keys=SecretStr(new_key()),
    )

    def refuse(_request: httpx.Request) -> httpx.Response:
        playback.differ("spotify", "Spotify is asked; the recorded turn did not ask it.")
        raise httpx.ConnectError("Spotify is not asked in a replay")

    async with (
        open_spotify(settings, database) as opened,
        httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http,
    ):
        assert opened is not None
        app = replace(opened, http=http, now=lambda: at, sleep=_no_wait)
        if seen["connected"]:
            await store_connected(app, _account(listener, seen, at))
        try:
            yield app
        finally:
            await delete_listener(app, listener)


def _account(listener: str, seen: SpotifySeen, at: datetime) -> Account:
    return Account(
        listener=listener,
        sign_in_id=_STAND_IN,
        account_id=_STAND_IN,
        user_id=_STAND_IN,
        scopes=(*PLAYLIST_SCOPES, *(TASTE_SCOPES if seen["taste"] else ())),
        access_token=_STAND_IN,
        access_expires_at=at + timedelta(hours=1),
        refresh_token=_STAND_IN,
        authorized_at=at,
    )


async def _no_wait(_seconds: float) -> None:
    return None
