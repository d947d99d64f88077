"""Playlists keep state: creating, reading, adding, replacing, moving, removing, covers."""

import base64

import pytest

from src.fake_spotify.world import add_playlist, entry_of
from src.fake_spotify.worlds import LISTENER
from tests.fake_spotify.conftest import message_of


@pytest.fixture
def uris(world):
    return [track.uri for track in list(world.tracks.values())[:10]]


@pytest.fixture
def playlist(world, uris):
    return add_playlist(world, LISTENER, "Mine", uris[:6])


@pytest.fixture
def others(world, uris):
    return next(one for one in world.playlists.values() if one.owner != LISTENER)


def items_of(playlist):
    return f"/v1/playlists/{playlist.id}/items"


@pytest.mark.parametrize(("body", "public"), [({}, True), ({"public": False}, False)])
async def test_create_is_public_unless_told(client, auth, world, body, public):
    answer = await client.post("/v1/me/playlists", json={"name": "New", **body}, headers=auth)
    assert answer.status_code == 201
    created = answer.json()
    assert (created["public"], created["owner"]["id"], created["items"]["total"]) == (public, LISTENER, 0)
    assert world.users[LISTENER].playlists[0] == created["id"]


@pytest.mark.parametrize(
    ("public", "scope", "status"),
    [
        (True, "playlist-modify-public", 201),
        (True, "playlist-modify-private", 403),
        (False, "playlist-modify-private", 201),
        (False, "playlist-modify-public", 403),
    ],
)
async def test_create_scope_goes_by_who_sees_it(client, token, public, scope, status):
    body = {"name": "New", "public": public}
    answer = await client.post("/v1/me/playlists", json=body, headers=token(scopes=[scope]))
    assert answer.status_code == status


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "collaborative": True}, [], "{"])
async def test_create_when_body_is_wrong(client, auth, body):
    content = {"content": body} if isinstance(body, str) else {"json": body}
    assert (await client.post("/v1/me/playlists", headers=auth, **content)).status_code == 400


async def test_add_at_the_end_at_a_position_and_by_query(client, auth, playlist, uris):
    before = playlist.uris
    for params, body, expected in (
        ({}, {"uris": uris[6:8]}, before + uris[6:8]),
        ({}, {"uris": [uris[8]], "position": 1}, [before[0], uris[8], *before[1:], *uris[6:8]]),
        ({"uris": uris[9]}, {"uris": uris}, [before[0], uris[8], *before[1:], *uris[6:8], uris[9]]),
    ):
        answer = await client.post(items_of(playlist), params=params, json=body, headers=auth)
        assert answer.status_code == 201
        assert answer.json() == {"snapshot_id": playlist.snapshots[-1]}
        assert playlist.uris == expected
    assert len(set(playlist.snapshots)) == 4


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"uris": ["spotify:track:" + "A" * 22]},
        {"uris": ["spotify:local:a:b:c:1"]},
        {"uris": ["spotify:track:short"]},
        {"uris": [], "position": 7},
    ],
)
async def test_add_when_refused_changes_nothing(client, auth, playlist, body):
    before = playlist.uris
    assert (await client.post(items_of(playlist), json=body, headers=auth)).status_code == 400
    assert playlist.uris == before


@pytest.mark.parametrize(("count", "status"), [(100, 201), (101, 400)])
async def test_add_takes_a_hundred(client, auth, playlist, uris, count, status):
    answer = await client.post(items_of(playlist), json={"uris": [uris[0]] * count}, headers=auth)
    assert answer.status_code == status


async def test_replace_and_clear(client, auth, playlist, uris):
    answer = await client.put(items_of(playlist), json={"uris": uris[:2]}, headers=auth)
    assert (answer.status_code, playlist.uris) == (200, uris[:2])
    await client.put(items_of(playlist), json={"uris": []}, headers=auth)
    assert playlist.uris == []


@pytest.mark.parametrize(
    ("start", "before", "length", "order"),
    [
        (0, 6, 1, "123450"),
        (0, 3, 2, "201345"),
        (4, 0, 2, "450123"),
        (5, 2, 1, "015234"),
        (1, 2, 3, "012345"),
    ],
)
async def test_move(client, auth, playlist, uris, start, before, length, order):
    body = {"range_start": start, "insert_before": before, "range_length": length}
    await client.put(items_of(playlist), json=body, headers=auth)
    assert "".join(str(uris.index(uri)) for uri in playlist.uris) == order


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"uris": [], "range_start": 0, "insert_before": 1},
        {"range_start": 0},
        {"range_start": 5, "insert_before": 0, "range_length": 2},
        {"range_start": 0, "insert_before": 7},
        {"range_start": 0, "insert_before": 1, "snapshot_id": "made up"},
    ],
)
async def test_replace_or_move_when_refused_changes_nothing(client, auth, playlist, body):
    before = playlist.uris
    assert (await client.put(items_of(playlist), json=body, headers=auth)).status_code == 400
    assert playlist.uris == before


async def test_remove_takes_every_copy(client, auth, playlist, uris):
    playlist.entries += playlist.entries[:1]
    body = {"items": [{"uri": uris[0]}, {"uri": uris[2]}], "snapshot_id": playlist.snapshots[0]}
    answer = await client.request("DELETE", items_of(playlist), json=body, headers=auth)
    assert (answer.status_code, playlist.uris) == (200, [uris[1], *uris[3:6]])


@pytest.mark.parametrize("body", [{"tracks": []}, {"items": [{"uri": "spotify:track:" + "A" * 22}] * 101}])
async def test_remove_when_refused(client, auth, playlist, body):
    assert (await client.request("DELETE", items_of(playlist), json=body, headers=auth)).status_code == 400


async def test_items_pages_hold_fifty_and_keep_the_order(client, auth, world):
    playlist = next(one for one in world.playlists.values() if len(one.entries) > 100)
    url, seen = f"{items_of(playlist)}?limit=50", []
    while url:
        page = (await client.get(url, headers=auth)).json()
        seen += [entry["item"]["uri"] for entry in page["items"]]
        url = page["next"]
    assert seen == playlist.uris
    assert (await client.get(items_of(playlist), params={"limit": 51}, headers=auth)).status_code == 400


async def test_items_may_be_null_an_episode_or_a_local_file(client, auth, world, playlist):
    episode, local = "spotify:episode:" + "E" * 22, "spotify:local:Somebody:Tape:Side+A:180"
    playlist.entries = [entry_of(world, uri) for uri in ("", episode, local)]
    page = (await client.get(items_of(playlist), headers=auth)).json()["items"]
    assert page[0]["item"] is None
    assert (page[1]["item"]["type"], page[1]["item"]["uri"]) == ("episode", episode)
    assert (page[2]["is_local"], page[2]["item"]["id"], page[2]["item"]["uri"]) == (True, None, local)


async def test_items_when_track_is_gone_from_the_catalogue(client, auth, world, playlist):
    del world.tracks[playlist.uris[0].split(":")[2]]
    assert (await client.get(items_of(playlist), headers=auth)).json()["items"][0]["item"] is None


async def test_old_spelling(client, auth, world, playlist):
    world.entry_key, world.list_key = "track", "tracks"
    entry = (await client.get(items_of(playlist), headers=auth)).json()["items"][0]
    assert "item" not in entry
    assert entry["track"]["uri"] == playlist.uris[0]
    listed = (await client.get("/v1/me/playlists", headers=auth)).json()["items"][0]
    assert "items" not in listed
    assert listed["tracks"]["total"] == 6
    whole = (await client.get(f"/v1/playlists/{playlist.id}", headers=auth)).json()
    assert "items" not in whole
    assert len(whole["tracks"]["items"]) == 6


async def test_new_spelling(client, auth, playlist):
    listed = (await client.get("/v1/me/playlists", headers=auth)).json()["items"][0]
    assert "tracks" not in listed
    assert listed["items"]["total"] == 6
    whole = (await client.get(f"/v1/playlists/{playlist.id}", headers=auth)).json()
    assert "tracks" not in whole
    assert whole["items"]["total"] == 6


async def test_others_show_no_items_and_take_no_writes(client, auth, others, uris):
    whole = (await client.get(f"/v1/playlists/{others.id}", headers=auth)).json()
    assert whole["id"] == others.id
    assert "items" not in whole
    assert "tracks" not in whole
    assert (await client.get(items_of(others), headers=auth)).status_code == 403
    for method, body in (("POST", {"uris": uris}), ("PUT", {"uris": []}), ("DELETE", {"items": []})):
        assert (await client.request(method, items_of(others), json=body, headers=auth)).status_code == 403
    details = await client.put(f"/v1/playlists/{others.id}", json={"name": "x"}, headers=auth)
    assert details.status_code == 403


async def test_collaborators_may_read_and_write(client, auth, others, uris):
    others.collaborators.add(LISTENER)
    assert (await client.get(items_of(others), headers=auth)).status_code == 200
    assert (await client.post(items_of(others), json={"uris": uris}, headers=auth)).status_code == 201


async def test_collaborative_playlists_are_listed_with_their_scope_alone(client, token, playlist):
    playlist.collaborative = True
    listed = (await client.get("/v1/me/playlists", headers=token(scopes=["playlist-read-private"]))).json()
    assert playlist.id not in {one["id"] for one in listed["items"]}


async def test_details_change_the_snapshot(client, auth, playlist):
    before = playlist.snapshots[-1]
    body = {"name": "Renamed", "description": "new", "public": True}
    answer = await client.put(f"/v1/playlists/{playlist.id}", json=body, headers=auth)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (playlist.name, playlist.description, playlist.public) == ("Renamed", "new", True)
    assert playlist.snapshots[-1] != before


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (base64.b64encode(b"\xff\xd8\xff\xe0"), "image/jpeg", 202),
        (base64.b64encode(b"\x89PNG"), "image/jpeg", 400),
        (b"\xff\xd8\xff\xe0", "image/jpeg", 400),
        (base64.b64encode(b"\xff\xd8\xff\xe0"), "image/png", 400),
        (base64.b64encode(b"\xff\xd8" + b"x" * 256 * 1024), "image/jpeg", 413),
    ],
)
async def test_cover(client, auth, playlist, content, content_type, status):
    url = f"/v1/playlists/{playlist.id}/images"
    headers = {**auth, "Content-Type": content_type}
    assert (await client.put(url, content=content, headers=headers)).status_code == status
    assert bool((await client.get(url, headers=auth)).json()) == (status == 202)


async def test_cover_when_scope_is_missing(client, token, playlist):
    headers = {**token(scopes=["playlist-modify-private"]), "Content-Type": "image/jpeg"}
    answer = await client.put(f"/v1/playlists/{playlist.id}/images", content=b"", headers=headers)
    assert (answer.status_code, message_of(answer)) == (403, "Insufficient client scope")


@pytest.mark.parametrize(("playlist_id", "status"), [("short", 400), ("A" * 22, 404)])
async def test_playlist_when_id_is_malformed_or_unknown(client, auth, playlist_id, status):
    assert (await client.get(f"/v1/playlists/{playlist_id}", headers=auth)).status_code == status
