"""What testers do over HTTP, and that the server goes down at once."""

import asyncio

import httpx
import pytest

from src.fake_spotify.app import create_fake_spotify, serve_fake
from src.fake_spotify.faults import Fault
from src.fake_spotify.world import SeenRequest
from src.fake_spotify.worlds import LISTENER


async def test_faults_can_be_planned_and_cleared(client, auth):
    body = {"faults": [{"kind": "500", "path": "/v1/me", "nth": 2, "times": None}]}
    assert (await client.post("/fake/faults", json=body)).json() == {"planned": 1, "fired": 0}
    statuses = [(await client.get("/v1/me", headers=auth)).status_code for _ in range(3)]
    assert statuses == [200, 500, 500]
    assert (await client.delete("/fake/faults")).status_code == 204
    assert (await client.get("/v1/me", headers=auth)).status_code == 200


@pytest.mark.parametrize(
    "fault", [{}, {"kind": "odd"}, {"kind": "500", "path": "("}, {"kind": "500", "n": 1}]
)
async def test_faults_when_malformed(client, fault):
    assert (await client.post("/fake/faults", json={"faults": [fault]})).status_code == 400


async def test_requests_are_listed_in_order_without_those_of_testers(client, auth, world):
    await client.get("/v1/me", headers=auth)
    await client.get("/v1/search?q=a%20b&type=track&limit=99", headers=auth)
    seen = [
        SeenRequest("GET", "/v1/me", "", 200),
        SeenRequest("GET", "/v1/search", "q=a%20b&type=track&limit=99", 400),
    ]
    assert world.requests == seen
    listed = (await client.get("/fake/requests")).json()["requests"]
    assert listed == [one._asdict() for one in seen]
    assert (world.count("GET", "/v1/search"), world.count("POST")) == (1, 0)


async def test_reset_goes_back_to_the_start(client, auth, world):
    before = {playlist.id: playlist.uris for playlist in world.playlists.values()}
    world.faults.add(Fault("quota", path="/v1/search"))
    await client.post("/v1/me/playlists", json={"name": "New"}, headers=auth)
    await client.put(
        f"/v1/playlists/{world.users[LISTENER].playlists[1]}/items", json={"uris": []}, headers=auth
    )
    await client.get("/v1/search", headers=auth)
    assert (await client.post("/fake/reset")).status_code == 204
    assert {playlist.id: playlist.uris for playlist in world.playlists.values()} == before
    assert not (world.requests)
    assert not (world.exhausted)
    assert not (world.faults.planned)
    assert not (world.sign_ins.access)


async def test_control_is_for_this_machine_alone(world):
    transport = httpx.ASGITransport(create_fake_spotify(world), client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
        assert (await client.get("/fake/requests")).status_code == 403


async def test_serve_fake_goes_down_while_a_call_stalls(world, auth):
    world.faults.add(Fault("stall", seconds=600))
    async with httpx.AsyncClient(timeout=5) as client:
        async with asyncio.timeout(4), serve_fake(world) as base_url:
            stalled = asyncio.create_task(client.get(f"{base_url}/v1/me", headers=auth))
            while not world.faults.fired:
                await asyncio.sleep(0)
        with pytest.raises(httpx.TransportError):
            await stalled


async def test_serve_fake_can_be_served_again(world, auth):
    for _ in range(2):
        async with serve_fake(world) as base_url, httpx.AsyncClient() as client:
            assert (await client.get(f"{base_url}/v1/me", headers=auth)).json()["href"].startswith(base_url)


async def test_drop_when_called_without_a_server(client, auth, world):
    world.faults.add(Fault("drop"))
    with pytest.raises(ConnectionResetError):
        await client.get("/v1/me", headers=auth)
