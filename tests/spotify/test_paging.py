"""Lists that come in pages: all of them, in order, within a cap, and never cut short in silence."""

import httpx
import pytest

from src.spotify.api_request import ApiRequest
from src.spotify.errors import BudgetSpent, MalformedAnswer, SpotifyUnavailable
from src.spotify.models.api import PlaylistPage
from src.spotify.paging import all_items
from src.spotify.requests import my_playlists


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
