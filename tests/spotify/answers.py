"""Answers of the Web API for `send`, and calls that stand for each kind."""

import httpx
import pytest
from respx import MockRouter

from src.retries import backoff_s
from src.spotify.app import Caller
from src.spotify.client.requests import add_items, get_track, remove_items, reorder_items, replace_items
from src.spotify.client.send import send
from src.spotify.errors import (
    SpotifyError,
)
from tests.spotify.conftest import PLAYLIST_ID, TRACK_ID, TRACK_URI

READ = get_track(TRACK_ID)
REPLACE = replace_items(PLAYLIST_ID, [TRACK_URI])
ADD = add_items(PLAYLIST_ID, [TRACK_URI])
REORDER = reorder_items(PLAYLIST_ID, range_start=0, insert_before=3)
REMOVE = remove_items(PLAYLIST_ID, [TRACK_URI])
WRITES = (REPLACE, ADD, REORDER, REMOVE)
REPEATED_WRITES = (REPLACE, REMOVE)
WRITES_SENT_ONCE = (ADD, REORDER)
# Waits between three attempts at chance 0.5.
BACKOFFS = [backoff_s(1, 0.5), backoff_s(2, 0.5)]


def failure(status: int, message: str = "", reason: str | None = None, **headers: str) -> httpx.Response:
    """An error of the Web API; `_` in the names of headers stands for `-`."""
    error = {"status": status, "message": message} | ({"reason": reason} if reason else {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": error}, headers=named)


def quota(**headers: str) -> httpx.Response:
    return failure(429, "Too many requests", "QUOTA_EXCEEDED", **headers)


def answering(api: MockRouter, *answers: httpx.Response | Exception):
    """A route for every call, which gives these answers in turn and the last one ever after."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        # Each its own: a response is read once.
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    return api.route().mock(side_effect=answer)


async def error_of_sending(caller: Caller, request=READ) -> SpotifyError:
    with pytest.raises(SpotifyError) as raised:
        await send(caller, request)
    return raised.value
