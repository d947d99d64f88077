"""Tracks to show: from memory while they are fresh, from Spotify otherwise, and no longer than an hour."""

import httpx
import pytest

from src.spotify import shown
from src.spotify.app import Caller
from src.spotify.shown import KEPT_FOR, keep_shown, shown_track
from tests.spotify.conftest import TRACK_ID
from tests.spotify.sign_in_fixtures import configured

OTHER_ID = "1301WleyT98MSxVHPZCA6M"


@pytest.fixture
def route(api):
    return api.get(f"/tracks/{TRACK_ID}").respond(json={"id": TRACK_ID, "name": "fetched"})


async def test_shown_track_that_was_kept_costs_no_call(app, caller, route):
    keep_shown(app, {"id": TRACK_ID, "name": "kept"})
    assert await shown_track(caller, TRACK_ID) == {"id": TRACK_ID, "name": "kept"}
    assert route.call_count == 0


async def test_shown_track_is_asked_for_once(caller, route):
    for _ in range(2):
        assert await shown_track(caller, TRACK_ID) == {"id": TRACK_ID, "name": "fetched"}
    assert route.call_count == 1


async def test_shown_track_is_asked_for_in_the_market_that_is_set(app, route):
    await shown_track(Caller(configured(app, market="SE"), None, 8), TRACK_ID)
    assert route.calls.last.request.url.params["market"] == "SE"


async def test_shown_track_that_stands_for_another_is_asked_for_once(api, caller):
    """In another market Spotify answers with a track of another id."""
    route = api.get(f"/tracks/{TRACK_ID}").respond(json={"id": OTHER_ID, "name": "stand-in"})
    for _ in range(2):
        assert await shown_track(caller, TRACK_ID) == {"id": OTHER_ID, "name": "stand-in"}
    assert route.call_count == 1


async def test_shown_track_is_kept_for_an_hour_and_then_asked_for_again(app, caller, clock, route):
    keep_shown(app, {"id": TRACK_ID, "name": "kept"})
    clock.forward(seconds=KEPT_FOR.total_seconds() - 1)
    await shown_track(caller, TRACK_ID)
    assert route.call_count == 0
    clock.forward(seconds=1)
    assert await shown_track(caller, TRACK_ID) == {"id": TRACK_ID, "name": "fetched"}


async def test_keep_shown_forgets_what_has_expired(app, clock):
    keep_shown(app, {"id": TRACK_ID})
    clock.forward(minutes=59)
    keep_shown(app, {"id": OTHER_ID})
    clock.forward(minutes=1)
    keep_shown(app, {"id": "x" * 22})
    assert set(app.shown) == {OTHER_ID, "x" * 22}


async def test_keep_shown_counts_the_hour_from_the_last_time(app, caller, clock, route):
    keep_shown(app, {"id": TRACK_ID, "name": "first"})
    keep_shown(app, {"id": OTHER_ID})
    clock.forward(minutes=30)
    keep_shown(app, {"id": TRACK_ID, "name": "second"})
    clock.forward(minutes=45)
    assert await shown_track(caller, TRACK_ID) == {"id": TRACK_ID, "name": "second"}
    assert set(app.shown) == {TRACK_ID}


def test_keep_shown_keeps_the_latest_when_there_are_too_many(app, monkeypatch):
    monkeypatch.setattr(shown, "MAX_KEPT", 2)
    for id_ in (TRACK_ID, OTHER_ID, TRACK_ID, "x" * 22):
        keep_shown(app, {"id": id_})
    assert list(app.shown) == [TRACK_ID, "x" * 22]


def test_keep_shown_keeps_nothing_without_an_id(app):
    keep_shown(app, {"id": None, "name": "local"})
    keep_shown(app, {"name": "a"})
    assert app.shown == {}


@pytest.mark.parametrize("status", [403, 404, 429, 500])
async def test_shown_track_is_none_when_it_cannot_be_had_and_is_asked_for_later(api, caller, status):
    route = api.get(f"/tracks/{TRACK_ID}").mock(
        side_effect=[*[httpx.Response(status)] * 3, httpx.Response(200, json={"id": TRACK_ID})]
    )
    assert await shown_track(caller, TRACK_ID) is None
    while route.call_count < 3:
        await shown_track(caller, TRACK_ID)
    assert await shown_track(caller, TRACK_ID) == {"id": TRACK_ID}


async def test_shown_track_is_none_when_no_call_is_left(app, route):
    assert await shown_track(Caller(app, None, calls_left=0), TRACK_ID) is None
    assert route.call_count == 0
