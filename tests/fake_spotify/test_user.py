"""The user's own things, and the scopes that they take."""

import pytest

from src.fake_spotify.worlds import FRIEND, LISTENER, OUTSIDER
from tests.fake_spotify.conftest import bearer, message_of, revoke_consents

READS = [
    ("/v1/me/top/tracks", "user-top-read"),
    ("/v1/me/player/recently-played", "user-read-recently-played"),
    ("/v1/me/tracks", "user-library-read"),
    ("/v1/me/playlists", "playlist-read-private"),
]


async def test_me_has_no_removed_field_and_needs_no_scope(client, token, world):
    me = (await client.get("/v1/me", headers=token(scopes=[]))).json()
    assert (me["id"], me["account_id"]) == (LISTENER, world.users[LISTENER].account_id)
    assert {"country", "email", "explicit_content", "followers", "product"}.isdisjoint(me)


@pytest.mark.parametrize(("path", "scope"), READS)
async def test_reads_when_scope_is_missing(client, token, path, scope):
    refused = await client.get(path, headers=token(scopes=["user-read-private"]))
    assert (refused.status_code, message_of(refused)) == (403, "Insufficient client scope")
    assert (await client.get(path, headers=token(scopes=[scope]))).status_code == 200


@pytest.mark.parametrize(("path", "scope"), READS)
async def test_reads_have_twenty_unless_told_and_fifty_at_most(client, auth, path, scope):
    assert (await client.get(path, headers=auth)).json()["limit"] == 20
    assert (await client.get(path, params={"limit": 50}, headers=auth)).status_code == 200
    assert (await client.get(path, params={"limit": 51}, headers=auth)).status_code == 400


@pytest.mark.parametrize("time_range", ["short_term", "medium_term", "long_term"])
async def test_top_tracks_follow_the_time_range(client, auth, world, time_range):
    params = {"time_range": time_range, "limit": 50}
    page = (await client.get("/v1/me/top/tracks", params=params, headers=auth)).json()
    assert [track["id"] for track in page["items"]] == world.users[LISTENER].top_tracks[time_range]


async def test_top_when_time_range_is_unknown(client, auth):
    answer = await client.get("/v1/me/top/tracks", params={"time_range": "week"}, headers=auth)
    assert answer.status_code == 400


async def test_recently_played_goes_on_by_cursor_to_the_end(client, auth, world):
    url, seen = "/v1/me/player/recently-played?limit=20", []
    while url:
        page = (await client.get(url, headers=auth)).json()
        assert "offset" not in page
        seen += [entry["track"]["id"] for entry in page["items"]]
        url = page["next"]
    assert seen == [track_id for track_id, _ in world.users[LISTENER].recent]


async def test_recently_played_after_and_before(client, auth, world):
    moment = world.users[LISTENER].recent[2][1]
    params = {"after": int(moment.timestamp() * 1000)}
    page = (await client.get("/v1/me/player/recently-played", params=params, headers=auth)).json()
    assert len(page["items"]) == 2
    params["before"] = params["after"]
    answer = await client.get("/v1/me/player/recently-played", params=params, headers=auth)
    assert answer.status_code == 400


async def test_library_reads_the_query_alone(client, auth, world):
    uri = next(iter(world.tracks.values())).uri
    answer = await client.put("/v1/me/library", json={"uris": [uri]}, headers=auth)
    assert (answer.status_code, message_of(answer)) == (400, "Missing required field: uris")


async def test_library_add_contains_remove(client, auth, world):
    world.users[LISTENER].saved.clear()
    uris = ",".join(track.uri for track in list(world.tracks.values())[:2])
    one = uris.split(",")[0]
    added = await client.put("/v1/me/library", params={"uris": one}, headers=auth)
    assert (added.status_code, added.content) == (200, b"")
    contains = await client.get("/v1/me/library/contains", params={"uris": uris}, headers=auth)
    assert contains.json() == [True, False]
    await client.delete("/v1/me/library", params={"uris": one}, headers=auth)
    assert world.users[LISTENER].saved == []


@pytest.mark.parametrize(
    "uris", [",".join(["spotify:track:" + "A" * 22] * 41), "spotify:track:x", "nonsense"]
)
async def test_library_when_uris_are_too_many_or_malformed(client, auth, uris):
    answer = await client.get("/v1/me/library/contains", params={"uris": uris}, headers=auth)
    assert answer.status_code == 400


async def test_library_holds_albums_playlists_and_shows(client, auth, world):
    album = next(iter(world.tracks.values())).album
    others = world.users[LISTENER].playlists[-1]
    uris = ",".join([album.uri, f"spotify:playlist:{others}", "spotify:show:" + "S" * 22])
    contains = "/v1/me/library/contains"
    assert (await client.delete("/v1/me/library", params={"uris": uris}, headers=auth)).status_code == 200
    assert (await client.get(contains, params={"uris": uris}, headers=auth)).json() == [False] * 3
    for _ in range(2):
        await client.put("/v1/me/library", params={"uris": uris}, headers=auth)
    assert (await client.get(contains, params={"uris": uris}, headers=auth)).json() == [True] * 3
    assert world.users[LISTENER].playlists.count(others) == 1


async def test_library_takes_no_artist_but_tells_of_one(client, auth, world):
    uri = next(iter(world.tracks.values())).artists[0].uri
    assert (await client.put("/v1/me/library", params={"uris": uri}, headers=auth)).status_code == 400
    answer = await client.get("/v1/me/library/contains", params={"uris": uri}, headers=auth)
    assert answer.json() == [False]


async def test_library_when_track_is_unknown_changes_nothing(client, auth, world):
    saved = list(world.users[LISTENER].saved)
    fresh = next(track for track in world.tracks.values() if track.id not in dict(saved))
    uris = f"{fresh.uri},spotify:track:{'A' * 22}"
    assert (await client.put("/v1/me/library", params={"uris": uris}, headers=auth)).status_code == 400
    assert world.users[LISTENER].saved == saved


async def test_library_scope_goes_by_the_kind_of_uri(client, token, world):
    playlist = world.playlists[world.users[LISTENER].playlists[0]]
    for scopes, status in ((["user-library-modify"], 403), (["playlist-modify-public"], 200)):
        params = {"uris": playlist.uri}
        answer = await client.delete("/v1/me/library", params=params, headers=token(scopes=scopes))
        assert answer.status_code == status


async def test_library_delete_of_a_playlist_unfollows_it(client, auth, world):
    playlist = world.playlists[world.users[LISTENER].playlists[0]]
    await client.delete("/v1/me/library", params={"uris": playlist.uri}, headers=auth)
    listed = (await client.get("/v1/me/playlists", headers=auth)).json()["items"]
    assert playlist.id not in {one["id"] for one in listed}
    assert playlist.id in world.playlists


async def test_every_call_when_user_is_not_on_the_allow_list(client, token):
    answer = await client.get("/v1/me", headers=token(OUTSIDER))
    assert (answer.status_code, message_of(answer)) == (403, "User not registered in the Developer Dashboard")


async def test_every_call_when_owner_has_no_premium(client, auth, world):
    world.owner_premium = False
    answer = await client.get("/v1/me", headers=auth)
    assert answer.status_code == 403
    assert message_of(answer) == "Active premium subscription required for the owner of the app"


@pytest.mark.parametrize(
    ("headers", "message"), [({}, "No token provided"), (bearer("made-up"), "Invalid access token")]
)
async def test_every_call_when_token_is_missing_or_unknown(client, headers, message):
    answer = await client.get("/v1/me", headers=headers)
    assert (answer.status_code, message_of(answer)) == (401, message)


async def test_access_token_expires_by_the_clock(client, auth, clock):
    clock.go(seconds=3599)
    assert (await client.get("/v1/me", headers=auth)).status_code == 200
    clock.go(seconds=1)
    answer = await client.get("/v1/me", headers=auth)
    assert (answer.status_code, message_of(answer)) == (401, "The access token expired")


async def test_access_token_dies_with_the_consent(client, auth, world, token):
    other = token(FRIEND)
    revoke_consents(world, LISTENER)
    assert (await client.get("/v1/me", headers=auth)).status_code == 401
    assert (await client.get("/v1/me", headers=other)).status_code == 200
