"""Faults befall the calls that they are planned for, and no others."""

import httpx
import pytest

from src.fake_spotify.faults import Fault
from src.fake_spotify.world import add_playlist
from src.fake_spotify.worlds import LISTENER
from tests.fake_spotify.conftest import message_of

TRACKS = "/v1/me/tracks"


@pytest.fixture
def playlist(world):
    return add_playlist(world, LISTENER, "Mine")


@pytest.fixture
def add(wired, auth, world, playlist):
    """Add one track; gives the answer."""
    uris = [next(iter(world.tracks.values())).uri]

    def send(**more):
        return wired.post(f"/v1/playlists/{playlist.id}/items", json={"uris": uris}, headers=auth, **more)

    return send


async def test_fault_befalls_the_nth_matching_calls_alone(wired, auth, world):
    world.faults.add(Fault("503", "GET", "/v1/me/t.*s$", nth=2, times=2))
    paths = [TRACKS, "/v1/me", TRACKS, TRACKS, TRACKS]
    answers = [await wired.get(path, headers=auth) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 503, 503, 200]
    assert [fault.kind for fault in world.faults.fired] == ["503", "503"]


async def test_fault_of_another_method_befalls_nothing(wired, auth, world):
    world.faults.add(Fault("500", "POST"))
    assert (await wired.get(TRACKS, headers=auth)).status_code == 200


async def test_fault_without_end_ends_when_cleared(wired, auth, world):
    world.faults.add(Fault("500", times=None))
    assert {(await wired.get(TRACKS, headers=auth)).status_code for _ in range(4)} == {500}
    world.clear_faults()
    assert (await wired.get(TRACKS, headers=auth)).status_code == 200


async def test_rate_limited_says_how_long(wired, auth, world):
    world.faults.add(Fault("rate_limited", seconds=2.2))
    answer = await wired.get(TRACKS, headers=auth)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.json() == {"error": {"status": 429, "message": "API rate limit exceeded"}}


async def test_quota_closes_its_bucket_until_the_time_is_over(wired, auth, token, world, clock):
    world.faults.add(Fault("quota", path="/v1/search"))
    params = {"q": "x", "type": "track"}
    answer = await wired.get("/v1/search", params=params, headers=auth)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "48925")
    assert answer.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    clock.go(minutes=15)
    answer = await wired.get("/v1/search", params=params, headers=auth)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(48925 - 900))
    assert (await wired.get("/v1/me/top/tracks", headers=auth)).status_code == 200
    clock.go(seconds=48925 - 900)
    assert (await wired.get("/v1/search", params=params, headers=token())).status_code == 200


async def test_quota_when_cleared(wired, auth, world):
    world.faults.add(Fault("quota"))
    assert (await wired.get(TRACKS, headers=auth)).status_code == 429
    world.clear_faults()
    assert (await wired.get(TRACKS, headers=auth)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "message"),
    [
        ("unauthorized", 401, "Access token missing"),
        ("owner_premium", 403, "Active premium subscription required for the owner of the app"),
        ("forbidden", 403, "Forbidden"),
        ("500", 500, "Server error"),
        ("503", 503, "Server error"),
    ],
)
async def test_failures_with_a_body_of_the_api(wired, auth, world, kind, status, message):
    world.faults.add(Fault(kind))
    answer = await wired.get(TRACKS, headers=auth)
    assert (answer.status_code, message_of(answer)) == (status, message)


@pytest.mark.parametrize(("kind", "status"), [("html", 200), ("502", 502), ("504", 504)])
async def test_failures_with_a_page(wired, auth, world, kind, status):
    world.faults.add(Fault(kind))
    answer = await wired.get(TRACKS, headers=auth)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


async def test_half_is_a_whole_answer_of_half_a_document(wired, auth, world):
    world.faults.add(Fault("half"))
    answer = await wired.get(TRACKS, headers=auth)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


async def test_cut_closes_in_the_middle_of_the_answer(wired, auth, world):
    world.faults.add(Fault("cut"))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message"):
        await wired.get(TRACKS, headers=auth)


@pytest.mark.parametrize(("kind", "error"), [("drop", httpx.RemoteProtocolError), ("reset", httpx.ReadError)])
@pytest.mark.parametrize("carried_out", [False, True])
async def test_lost_answers(add, world, playlist, kind, error, carried_out):
    world.faults.add(Fault(kind, "POST", carried_out=carried_out))
    with pytest.raises(error):
        await add()
    assert len(playlist.entries) == int(carried_out)
    assert world.requests[-1].status == 0
    assert (await add()).status_code == 201


@pytest.mark.parametrize("kind", ["502", "503", "html", "rate_limited", "stall"])
@pytest.mark.parametrize("carried_out", [False, True])
async def test_failed_writes_are_carried_out_when_told_alone(add, world, playlist, kind, carried_out):
    world.faults.add(Fault(kind, "POST", carried_out=carried_out))
    try:
        answer = await add(timeout=0.1)
    except httpx.ReadTimeout:
        assert kind == "stall"
    else:
        assert answer.status_code != 201
    assert len(playlist.entries) == int(carried_out)


async def test_stall_goes_on_after_the_wait(add, world, playlist):
    world.faults.add(Fault("stall", "POST", seconds=0.01))
    assert (await add()).status_code == 201
    assert len(playlist.entries) == 1


@pytest.mark.parametrize("kind", ["half", "cut"])
async def test_broken_answers_to_writes_come_after_the_write(add, world, playlist, kind):
    world.faults.add(Fault(kind, "POST"))
    try:
        await add()
    except httpx.RemoteProtocolError:
        assert kind == "cut"
    assert len(playlist.entries) == 1


@pytest.mark.parametrize("carried_out", [False, True])
async def test_late_lands_after_a_read_that_did_not_show_it(wired, auth, add, world, playlist, carried_out):
    world.faults.add(Fault("late", "POST", reads=2, carried_out=carried_out))
    with pytest.raises(httpx.RemoteProtocolError):
        await add()
    totals = []
    for _ in range(4):
        await wired.get("/v1/me/tracks", headers=auth)
        page = (await wired.get(f"/v1/playlists/{playlist.id}/items", headers=auth)).json()
        totals.append(page["total"])
    assert totals == [int(carried_out)] * 2 + [1 + int(carried_out)] * 2


async def test_faults_befall_the_token_endpoint_too(wired, world):
    world.faults.add(Fault("503", path="/api/token"))
    pair = (world.client_id, world.client_secret)
    form = {"grant_type": "client_credentials"}
    assert (await wired.post("/api/token", data=form, auth=pair)).status_code == 503
    assert (await wired.post("/api/token", data=form, auth=pair)).status_code == 200
