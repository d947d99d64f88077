"""Reads of the catalogue: what Development Mode answers and what it refuses."""

import pytest

from src.fake_spotify.worlds import world_of_tracks
from tests.fake_spotify.conftest import message_of


def first(world):
    return next(iter(world.tracks.values()))


@pytest.mark.parametrize("limit", ["11", "20", "50", "0", "-1", "ten"])
async def test_search_when_limit_is_not_one_to_ten(client, auth, limit):
    answer = await client.get("/v1/search", params={"q": "x", "type": "track", "limit": limit}, headers=auth)
    assert answer.status_code == 400
    assert message_of(answer) == "Invalid limit"


async def test_search_pages_have_five_unless_told_and_link_to_each_other(client, auth):
    params = {"q": "artist:otters", "type": "track"}
    page = (await client.get("/v1/search", params=params, headers=auth)).json()["tracks"]
    assert (page["limit"], page["offset"], page["previous"], len(page["items"])) == (5, 0, None, 5)
    following = (await client.get(page["next"], headers=auth)).json()["tracks"]
    assert following["offset"] == 5
    assert {track["id"] for track in page["items"]}.isdisjoint(track["id"] for track in following["items"])


@pytest.mark.parametrize(("offset", "status"), [("1000", 200), ("1001", 400)])
async def test_search_offset_goes_to_a_thousand(client, auth, offset, status):
    params = {"q": "x", "type": "track", "offset": offset}
    assert (await client.get("/v1/search", params=params, headers=auth)).status_code == status


@pytest.mark.parametrize("params", [{"type": "track"}, {"q": "x"}, {"q": "x", "type": "song"}])
async def test_search_when_query_or_type_is_missing_or_unknown(client, auth, params):
    assert (await client.get("/v1/search", params=params, headers=auth)).status_code == 400


async def test_search_answers_tracks_alone(client, auth, world):
    params = {"q": first(world).title, "type": "track,artist,album,playlist,show,episode,audiobook"}
    answer = (await client.get("/v1/search", params=params, headers=auth)).json()
    assert set(answer) == {"tracks"}
    params["type"] = "playlist"
    assert (await client.get("/v1/search", params=params, headers=auth)).json() == {}


async def test_track_fields_are_those_of_development_mode(client, auth, world):
    track = (await client.get(f"/v1/tracks/{first(world).id}", headers=auth)).json()
    assert track["external_ids"] == {"isrc": first(world).isrc}
    gone = {"available_markets", "linked_from", "popularity", "album_group", "label", "genres"}
    assert gone.isdisjoint(track)
    assert gone.isdisjoint(track["album"])
    album = (await client.get(f"/v1/albums/{track['album']['id']}", headers=auth)).json()
    assert gone.isdisjoint(album)
    assert album["external_ids"]["upc"]
    artist = (await client.get(f"/v1/artists/{track['artists'][0]['id']}", headers=auth)).json()
    assert {"followers", "popularity", "genres"}.isdisjoint(artist)
    assert artist["images"]


async def test_album_tracks_have_neither_album_nor_codes(client, auth, world):
    page = (await client.get(f"/v1/albums/{first(world).album.id}/tracks", headers=auth)).json()
    assert page["total"] == len(world.album_tracks(first(world).album.id))
    assert all("external_ids" not in track and "album" not in track for track in page["items"])


@pytest.mark.parametrize("kind", ["tracks", "albums", "artists"])
@pytest.mark.parametrize(("thing_id", "status"), [("short", 400), ("A" * 22, 404)])
async def test_read_when_id_is_malformed_or_unknown(client, auth, kind, thing_id, status):
    assert (await client.get(f"/v1/{kind}/{thing_id}", headers=auth)).status_code == status


async def test_market_says_whether_a_track_can_be_played(client, token, world, clock):
    here = world_of_tracks(
        [{"title": "Only There", "artists": ["Ilse Torv"], "markets": ["SE"]}], clock=clock
    )
    world.tracks = here.tracks
    track_id = first(world).id
    params = {"market": "SE"}
    # The account's country goes before the one in the query.
    assert not (await client.get(f"/v1/tracks/{track_id}", params=params, headers=token())).json()[
        "is_playable"
    ]
    world.users["mira"].country = "SE"
    assert (await client.get(f"/v1/tracks/{track_id}", params=params, headers=token())).json()["is_playable"]
    assert "is_playable" not in (await client.get(f"/v1/tracks/{track_id}", headers=token())).json()
    assert (
        await client.get(f"/v1/tracks/{track_id}", params={"market": "Sweden"}, headers=token())
    ).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/tracks?ids=a,b"),
        ("GET", "/v1/albums?ids=a"),
        ("GET", "/v1/artists?ids=a"),
        ("GET", "/v1/artists/abc/top-tracks"),
        ("GET", "/v1/artists/abc/related-artists"),
        ("GET", "/v1/markets"),
        ("GET", "/v1/browse/new-releases"),
        ("GET", "/v1/browse/categories/pop/playlists"),
        ("GET", "/v1/recommendations?seed_genres=pop"),
        ("GET", "/v1/audio-features/abc"),
        ("GET", "/v1/users/tarek"),
        ("POST", "/v1/users/tarek/playlists"),
        ("PUT", "/v1/me/tracks"),
        ("DELETE", "/v1/me/albums"),
        ("PUT", "/v1/me/following"),
        ("GET", "/v1/me/tracks/contains"),
        ("PUT", "/v1/playlists/abc/followers"),
        ("GET", "/v1/playlists/abc/tracks"),
        ("POST", "/v1/playlists/abc/tracks"),
    ],
)
async def test_removed_endpoints_are_forbidden(client, auth, method, path):
    assert (await client.request(method, path, headers=auth)).status_code == 403


async def test_unknown_endpoints_are_not_found(client, auth):
    assert (await client.get("/v1/nothing/here", headers=auth)).status_code == 404


async def test_pages_hide_private_playlists(client, world):
    assert first(world).title in (await client.get(f"/track/{first(world).id}")).text
    private = world.users["mira"].playlists[0]
    assert (await client.get(f"/playlist/{private}")).status_code == 404
