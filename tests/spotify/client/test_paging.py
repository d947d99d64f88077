"""Lists that come in pages: all of them, in order, within a cap, and never cut short in silence."""

import httpx
import pytest

from src.spotify.client.paging import all_items, entry_content, entry_track, playlist_total
from src.spotify.client.request import ApiRequest
from src.spotify.client.requests import my_playlists
from src.spotify.errors import BudgetSpent, MalformedAnswer, SpotifyUnavailable
from src.spotify.models.api import ENTRY_PAGE, PLAYLIST, PlaylistPage
from tests.spotify.conftest import TRACK_ID, TRACK_URI


def my_playlists_at(offset: int) -> ApiRequest[PlaylistPage]:
    return my_playlists(offset=offset)


def named(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def paged(api, *pages: object):
    """A route that answers with these pages in turn; the offsets asked for are in its calls."""
    return api.get("/me/playlists").mock(side_effect=[httpx.Response(200, json=page) for page in pages])


def offsets(route) -> list[int]:
    return [int(call.request.url.params["offset"]) for call in route.calls]


async def test_all_items_reads_every_page_in_order(api, caller):
    following = "https://api.spotify.com/v1/me/playlists?offset=2&limit=50"
    route = paged(
        api,
        {"items": named("a", "b"), "next": following, "total": 3},
        {"items": named("c"), "next": None, "total": 3},
    )
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a", "b", "c")
    assert offsets(route) == [0, 2]


async def test_all_items_makes_no_call_after_the_last_page(api, caller):
    route = paged(api, {"items": named("a"), "next": None, "total": 900})
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a")
    assert route.call_count == 1


async def test_all_items_stops_at_the_cap(api, caller):
    pages = [{"items": named(str(number)), "next": "more"} for number in range(5)]
    route = paged(api, *pages)
    assert await all_items(caller, my_playlists_at, max_pages=3) == named("0", "1", "2")
    assert route.call_count == 3


async def test_all_items_stops_at_an_empty_page_whatever_it_says(api, caller):
    route = paged(api, {"items": named("a"), "next": "more"}, {"items": [], "next": "more", "total": 9})
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a")
    assert route.call_count == 2


async def test_all_items_leaves_out_what_cannot_be_read_but_counts_its_place(api, caller):
    route = paged(
        api,
        {"items": [None, {"name": "a"}, "junk", {"name": ["b"]}], "next": "more"},
        {"items": named("c"), "next": None},
    )
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a", "c")
    assert offsets(route) == [0, 4]


async def test_all_items_goes_on_where_spotify_says_the_next_page_begins(api, caller):
    """A page of 50 may hold 48 items; the next one begins at 50 all the same."""
    route = paged(
        api,
        {"items": named("a", "b"), "next": "https://api.spotify.com/v1/me/playlists?limit=5&offset=5"},
        {"items": named("c"), "next": None},
    )
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a", "b", "c")
    assert offsets(route) == [0, 5]


@pytest.mark.parametrize("following", ["", "?offset=0", "?offset=-4", "?offset=x", "//[", "?offset=1"])
async def test_all_items_never_goes_back(api, caller, following):
    route = paged(api, {"items": named("a", "b"), "next": following}, {"items": named("c"), "next": None})
    await all_items(caller, my_playlists_at, max_pages=5)
    assert offsets(route) == [0, 2]


async def test_all_items_goes_by_the_total_where_spotify_names_no_next_page(api, caller):
    route = paged(api, {"items": named("a"), "total": 2}, {"items": named("b"), "total": 2})
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a", "b")
    assert route.call_count == 2


async def test_all_items_reads_on_where_spotify_names_neither(api, caller):
    route = paged(api, {"items": named("a")}, {"items": []})
    assert await all_items(caller, my_playlists_at, max_pages=5) == named("a")
    assert route.call_count == 2


@pytest.mark.parametrize("page", [{}, {"items": None}, {"next": None, "total": 0}, {"error": {}}])
async def test_all_items_does_not_take_a_page_without_a_list_for_the_end(api, caller, page):
    paged(api, {"items": named("a"), "next": "more"}, page)
    with pytest.raises(MalformedAnswer):
        await all_items(caller, my_playlists_at, max_pages=5)


async def test_all_items_is_all_or_an_error(api, caller):
    api.get("/me/playlists").mock(
        side_effect=[
            httpx.Response(200, json={"items": named("a"), "next": "more"}),
            *[httpx.Response(502)] * 3,
        ]
    )
    with pytest.raises(SpotifyUnavailable):
        await all_items(caller, my_playlists_at, max_pages=5)


async def test_all_items_counts_every_page_against_the_turn(api, caller):
    caller.calls_left = 1
    paged(api, {"items": named("a"), "next": "more"})
    with pytest.raises(BudgetSpent):
        await all_items(caller, my_playlists_at, max_pages=5)


TRACK = {"id": TRACK_ID, "uri": TRACK_URI, "type": "track"}
EPISODE = {"id": TRACK_ID, "uri": f"spotify:episode:{TRACK_ID}", "type": "episode"}
LOCAL = {"id": None, "uri": "spotify:local:Band:Album:Title:200", "type": "track", "is_local": True}


def entry_of(value: object):
    """The entry as it is read in a page."""
    entries = ENTRY_PAGE.validate_python({"items": [value]}).get("items")
    assert entries is not None
    return entries[0]


@pytest.mark.parametrize("entry", [{"item": TRACK}, {"track": TRACK}, {"item": None, "track": TRACK}])
def test_entry_track_reads_both_spellings(entry):
    assert entry_track(entry_of(entry)) == TRACK


def test_entry_track_prefers_the_newer_spelling():
    older = {**TRACK, "id": "x" * 22}
    assert entry_track(entry_of({"item": TRACK, "track": older})) == TRACK


@pytest.mark.parametrize("missing", ["uri", "type"])
def test_entry_track_needs_no_more_than_an_id(missing):
    track = {key: value for key, value in TRACK.items() if key != missing}
    assert entry_track(entry_of({"item": track})) == track


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "junk",
        {},
        {"item": None},
        {"item": "junk"},
        {"item": {}},
        {"item": {"uri": TRACK_URI}},
        {"item": EPISODE},
        {"item": {"id": TRACK_ID, "uri": EPISODE["uri"]}},
        {"item": {"id": TRACK_ID, "type": "episode"}},
        {"item": LOCAL},
        {"item": {**TRACK, "is_local": True}},
        {"is_local": True, "item": TRACK},
        {"item": {"id": TRACK_ID, "uri": LOCAL["uri"]}},
    ],
)
def test_entry_track_is_none_for_what_is_no_track_of_spotifys(entry):
    assert entry_track(entry_of(entry)) is None


@pytest.mark.parametrize("content", [TRACK, EPISODE, LOCAL])
@pytest.mark.parametrize("spelling", ["item", "track"])
def test_entry_content_is_whatever_stands_there(content, spelling):
    assert entry_content(entry_of({spelling: content})) == content


@pytest.mark.parametrize("entry", [None, {}, {"item": None, "track": None}])
def test_entry_content_is_none_for_a_gap(entry):
    assert entry_content(entry_of(entry)) is None


@pytest.mark.parametrize(
    ("playlist", "total"),
    [
        ({"items": {"total": 3}}, 3),
        ({"tracks": {"total": 3}}, 3),
        ({"items": {"total": 3}, "tracks": {"total": 9}}, 3),
        ({"items": {"total": 0}, "tracks": {"total": 9}}, 0),
        ({"items": {"href": "x"}, "tracks": {"total": 9}}, 9),
        ({"items": None, "tracks": {"total": 9}}, 9),
        ({"items": {"total": 2, "items": [{}, {}]}}, 2),
        ({"items": {"total": None}}, None),
        ({}, None),
    ],
)
def test_playlist_total_reads_both_spellings(playlist, total):
    assert playlist_total(PLAYLIST.validate_python(playlist)) == total
