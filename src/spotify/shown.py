"""Spotify's tracks as shown: in memory for an hour at most, and never stored."""

from datetime import timedelta

from src.spotify.app import Caller, SpotifyApp
from src.spotify.client.requests import get_track
from src.spotify.client.send import send
from src.spotify.errors import SpotifyError
from src.spotify.models.api import SpotifyTrack

MAX_KEPT = 2_000
KEPT_FOR = timedelta(hours=1)


def keep_shown(app: SpotifyApp, item: SpotifyTrack) -> None:
    """Keep what a search gave, so that showing it costs no call."""
    if id_ := item.get("id"):
        _keep(app, id_, item)


async def shown_track(caller: Caller, spotify_id: str) -> SpotifyTrack | None:
    """The track from memory or from Spotify; None where it cannot be had."""
    app = caller.app
    _forget_old(app)
    if spotify_id in app.shown:
        return app.shown[spotify_id][1]
    try:
        fresh = await send(caller, get_track(spotify_id, market=app.config.market))
    except SpotifyError:
        return None
    # Under the id that was asked for: in another market Spotify answers with a replacement.
    _keep(app, spotify_id, fresh)
    return fresh


def _keep(app: SpotifyApp, spotify_id: str, item: SpotifyTrack) -> None:
    # Taken out first: the latest stand last, and so those that expire first stand first.
    app.shown.pop(spotify_id, None)
    app.shown[spotify_id] = (app.now() + KEPT_FOR, item)
    _forget_old(app)


def _forget_old(app: SpotifyApp) -> None:
    now = app.now()
    while app.shown:
        oldest = next(iter(app.shown))
        if app.shown[oldest][0] > now and len(app.shown) <= MAX_KEPT:
            return
        del app.shown[oldest]
