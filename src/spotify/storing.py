"""Storing what cannot be had a second time."""

from collections.abc import Awaitable, Callable

from loguru import logger

from src.errors import StorageUnavailable
from src.retries import backoff_s
from src.spotify.app import SpotifyApp

STORE_ATTEMPTS = 5


async def store_insisting[T](app: SpotifyApp, store: Callable[[], Awaitable[T]]) -> T:
    """Store, and try again while the database does not answer, at most 5 times in all.

    Raises:
        StorageUnavailable: it did not answer in the end.
    """
    for attempt in range(1, STORE_ATTEMPTS):
        try:
            return await store()
        except StorageUnavailable:
            logger.warning("spotify tokens not stored yet", attempt=attempt)
            await app.sleep(backoff_s(attempt, app.chance()))
    return await store()
