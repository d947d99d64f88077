"""Each endpoint's method, path, query and body, as the sheet on the Web API states them."""

import base64
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.spotify.client import requests
from src.spotify.client.request import ApiRequest
from src.spotify.client.requests import (
    MAX_COVER_BYTES,
    MAX_ITEMS_WRITTEN,
    MAX_LIBRARY_URIS,
    MAX_QUERY,
    add_items,
    add_to_library,
    album_tracks,
    change_details,
    create_playlist,
    get_album,
    get_artist,
    get_playlist,
    get_track,
    library_contains,
    my_playlists,
    playlist_items,
    recently_played,
    remove_from_library,
    remove_items,
    reorder_items,
    replace_items,
    saved_tracks,
    search_query,
    search_tracks,
    top_tracks,
    upload_cover,
)
from tests.spotify.conftest import PLAYLIST_ID, TRACK_ID, TRACK_URI

ID = TRACK_ID
LIST = PLAYLIST_ID
ITEMS = f"/playlists/{LIST}/items"
EPISODE_URI = "spotify:episode:512ojhOuo1ktJprKbVcKyQ"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
LARGEST_JPEG = JPEG + bytes(MAX_COVER_BYTES * 3 // 4 - len(JPEG))
TITLE = "Sigur Rós – “()” & 50 % + #1 漢字 🎵"


@dataclass(frozen=True, slots=True)
class Sent[T]:
    """A request, and what is sent for it."""

    request: ApiRequest[T]
    method: str
    path: str
    params: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    content: bytes | None = None


def page(limit: int, offset: int = 0, **params: str) -> dict[str, str]:
    return {**params, "limit": str(limit), "offset": str(offset)}


# At least one of every function, and one with extreme arguments of those that have any.
SENT: Mapping[str, Sequence[object]] = {
    "search_tracks": [
        Sent(search_tracks("a"), "GET", "/search", page(10, q="a", type="track")),
        Sent(
            search_tracks(TITLE, market="IS", limit=999, offset=99_999),
            "GET",
            "/search",
            page(10, 1_000, q=TITLE, type="track", market="IS"),
        ),
        Sent(search_tracks("a", limit=-1, offset=-5), "GET", "/search", page(1, q="a", type="track")),
    ],
    "get_track": [
        Sent(get_track(ID), "GET", f"/tracks/{ID}"),
        Sent(get_track(ID, market="SE"), "GET", f"/tracks/{ID}", {"market": "SE"}),
    ],
    "get_album": [
        Sent(get_album(ID), "GET", f"/albums/{ID}"),
        Sent(get_album(ID, market="SE"), "GET", f"/albums/{ID}", {"market": "SE"}),
    ],
    "album_tracks": [
        Sent(album_tracks(ID), "GET", f"/albums/{ID}/tracks", page(50)),
        Sent(
            album_tracks(ID, market="SE", limit=0, offset=70),
            "GET",
            f"/albums/{ID}/tracks",
            page(1, 70, market="SE"),
        ),
    ],
    "get_artist": [Sent(get_artist(ID), "GET", f"/artists/{ID}")],
    "top_tracks": [
        Sent(top_tracks(), "GET", "/me/top/tracks", page(50, time_range="medium_term")),
        Sent(
            top_tracks("long_term", limit=5, offset=45),
            "GET",
            "/me/top/tracks",
            page(5, 45, time_range="long_term"),
        ),
    ],
    "recently_played": [
        Sent(recently_played(), "GET", "/me/player/recently-played", {"limit": "50"}),
        Sent(
            recently_played(limit=1_000, after=1_795_000_000_000),
            "GET",
            "/me/player/recently-played",
            {"limit": "50", "after": "1795000000000"},
        ),
        Sent(
            recently_played(limit=0, before=0),
            "GET",
            "/me/player/recently-played",
            {"limit": "1", "before": "0"},
        ),
    ],
    "saved_tracks": [
        Sent(saved_tracks(), "GET", "/me/tracks", page(50)),
        Sent(
            saved_tracks(limit=20, offset=400, market="SE"), "GET", "/me/tracks", page(20, 400, market="SE")
        ),
    ],
    "add_to_library": [
        Sent(add_to_library([TRACK_URI]), "PUT", "/me/library", {"uris": TRACK_URI}),
        Sent(
            add_to_library([TRACK_URI] * MAX_LIBRARY_URIS),
            "PUT",
            "/me/library",
            {"uris": ",".join([TRACK_URI] * MAX_LIBRARY_URIS)},
        ),
    ],
    "remove_from_library": [
        Sent(
            remove_from_library([f"spotify:playlist:{LIST}", EPISODE_URI]),
            "DELETE",
            "/me/library",
            {"uris": f"spotify:playlist:{LIST},{EPISODE_URI}"},
        )
    ],
    "library_contains": [
        Sent(library_contains([TRACK_URI]), "GET", "/me/library/contains", {"uris": TRACK_URI})
    ],
    "my_playlists": [
        Sent(my_playlists(), "GET", "/me/playlists", page(50)),
        Sent(my_playlists(limit=51, offset=1_000_000), "GET", "/me/playlists", page(50, 100_000)),
    ],
    "create_playlist": [
        Sent(create_playlist("a"), "POST", "/me/playlists", json={"name": "a", "public": False}),
        Sent(
            create_playlist(TITLE, description=TITLE, public=True),
            "POST",
            "/me/playlists",
            json={"name": TITLE, "public": True, "description": TITLE},
        ),
    ],
    "get_playlist": [
        Sent(get_playlist(LIST), "GET", f"/playlists/{LIST}"),
        Sent(get_playlist(LIST, market="SE"), "GET", f"/playlists/{LIST}", {"market": "SE"}),
    ],
    "change_details": [
        Sent(change_details(LIST, name="b"), "PUT", f"/playlists/{LIST}", json={"name": "b"}),
        Sent(
            change_details(LIST, name="b", description="", public=False, collaborative=True),
            "PUT",
            f"/playlists/{LIST}",
            json={"name": "b", "description": "", "public": False, "collaborative": True},
        ),
    ],
    "playlist_items": [
        Sent(playlist_items(LIST), "GET", ITEMS, page(50, additional_types="track,episode")),
        Sent(
            playlist_items(LIST, limit=100, offset=10_900, market="SE"),
            "GET",
            ITEMS,
            page(50, 10_900, additional_types="track,episode", market="SE"),
        ),
    ],
    "add_items": [
        Sent(
            add_items(LIST, [TRACK_URI, EPISODE_URI]), "POST", ITEMS, json={"uris": [TRACK_URI, EPISODE_URI]}
        ),
        Sent(
            add_items(LIST, [TRACK_URI] * MAX_ITEMS_WRITTEN, position=0),
            "POST",
            ITEMS,
            json={"uris": [TRACK_URI] * MAX_ITEMS_WRITTEN, "position": 0},
        ),
    ],
    "replace_items": [
        Sent(replace_items(LIST, []), "PUT", ITEMS, json={"uris": []}),
        Sent(
            replace_items(LIST, [TRACK_URI] * MAX_ITEMS_WRITTEN),
            "PUT",
            ITEMS,
            json={"uris": [TRACK_URI] * MAX_ITEMS_WRITTEN},
        ),
    ],
    "reorder_items": [
        Sent(
            reorder_items(LIST, range_start=2, insert_before=0),
            "PUT",
            ITEMS,
            json={"range_start": 2, "insert_before": 0, "range_length": 1},
        ),
        Sent(
            reorder_items(LIST, range_start=0, insert_before=10_999, range_length=100, snapshot_id="s="),
            "PUT",
            ITEMS,
            json={"range_start": 0, "insert_before": 10_999, "range_length": 100, "snapshot_id": "s="},
        ),
    ],
    "remove_items": [
        Sent(remove_items(LIST, [TRACK_URI]), "DELETE", ITEMS, json={"items": [{"uri": TRACK_URI}]}),
        Sent(
            remove_items(LIST, [TRACK_URI] * MAX_ITEMS_WRITTEN, snapshot_id="s="),
            "DELETE",
            ITEMS,
            json={"items": [{"uri": TRACK_URI}] * MAX_ITEMS_WRITTEN, "snapshot_id": "s="},
        ),
    ],
    "upload_cover": [
        Sent(upload_cover(LIST, jpeg), "PUT", f"/playlists/{LIST}/images", content=base64.b64encode(jpeg))
        for jpeg in (JPEG, LARGEST_JPEG)
    ],
}
_EACH = [pytest.param(sent, id=f"{name} {i}") for name, each in SENT.items() for i, sent in enumerate(each)]


def test_sent_holds_every_function_that_gives_a_request():
    functions = {
        name
        for name, function in inspect.getmembers(requests, inspect.isfunction)
        if get_origin(get_type_hints(function).get("return")) is ApiRequest and not name.startswith("_")
    }
    assert functions == set(SENT)
    assert all(SENT.values())


@pytest.mark.parametrize("sent", _EACH)
def test_request_is_what_the_sheet_states(sent):
    request = sent.request
    assert (request.method, request.path) == (sent.method, sent.path)
    assert dict(request.params) == (sent.params or {})
    assert len(request.params) == len(dict(request.params))
    assert request.json == sent.json
    assert request.content == sent.content
    assert request.content_type == ("image/jpeg" if sent.content else "")


@pytest.mark.parametrize("sent", _EACH)
def test_request_can_be_repeated_unless_it_would_then_do_more(sent):
    does_more = sent.method == "POST" or "range_start" in (sent.json or {})
    assert sent.request.is_repeatable is not does_more


@pytest.mark.parametrize("sent", _EACH)
def test_request_has_a_name_that_says_nothing_of_what_is_asked(sent):
    assert not any(text in sent.request.name for text in (ID, LIST, TITLE))


_WITH_AN_ID = [
    get_track,
    get_album,
    album_tracks,
    get_artist,
    get_playlist,
    playlist_items,
    lambda id_: change_details(id_, name="a"),
    lambda id_: add_items(id_, [TRACK_URI]),
    lambda id_: replace_items(id_, [TRACK_URI]),
    lambda id_: reorder_items(id_, range_start=0, insert_before=1),
    lambda id_: remove_items(id_, [TRACK_URI]),
    lambda id_: upload_cover(id_, JPEG),
]


@pytest.mark.parametrize("function", _WITH_AN_ID)
@pytest.mark.parametrize("bad", ["", "../me", f"{ID}/", f"{ID}\n", ID[:-1], f"{ID}x", "é" * 22, TRACK_URI])
def test_request_takes_nothing_but_an_id_into_its_path(function, bad):
    with pytest.raises(InvalidInput):
        function(bad)


_WITH_URIS = [
    add_to_library,
    remove_from_library,
    library_contains,
    lambda uris: add_items(LIST, uris),
    lambda uris: replace_items(LIST, uris),
    lambda uris: remove_items(LIST, uris),
]


@pytest.mark.parametrize("function", _WITH_URIS)
@pytest.mark.parametrize(
    "bad", ["", ID, "spotify:track:x", f"spotify:track:{ID},x", f"spotify:local:{ID}", f"spotify:user:{ID}"]
)
def test_request_takes_nothing_but_uris(function, bad):
    with pytest.raises(InvalidInput):
        function([TRACK_URI, bad])


@pytest.mark.parametrize("function", _WITH_URIS[3:])
@pytest.mark.parametrize("kind", ["album", "playlist", "show"])
def test_request_puts_only_tracks_and_episodes_into_a_playlist(function, kind):
    with pytest.raises(InvalidInput):
        function([f"spotify:{kind}:{ID}"])


@pytest.mark.parametrize("function", _WITH_URIS)
def test_request_takes_no_more_uris_than_spotify_does(function):
    most = MAX_LIBRARY_URIS if function in _WITH_URIS[:3] else MAX_ITEMS_WRITTEN
    function([TRACK_URI] * most)
    with pytest.raises(InvalidInput):
        function([TRACK_URI] * (most + 1))


@pytest.mark.parametrize("function", _WITH_URIS[:3])
def test_library_requests_need_something(function):
    with pytest.raises(InvalidInput):
        function([])


@pytest.mark.parametrize("query", ["", "  \n"])
def test_search_needs_words(query):
    with pytest.raises(InvalidInput):
        search_tracks(query)


@pytest.mark.parametrize(
    "make",
    [
        lambda: change_details(LIST),
        lambda: change_details(LIST, name=" "),
        lambda: create_playlist(""),
        lambda: create_playlist(" \n"),
        lambda: add_items(LIST, []),
        lambda: remove_items(LIST, []),
        lambda: add_items(LIST, [TRACK_URI], position=-1),
        lambda: reorder_items(LIST, range_start=-1, insert_before=0),
        lambda: reorder_items(LIST, range_start=0, insert_before=-1),
        lambda: reorder_items(LIST, range_start=0, insert_before=2, range_length=0),
        lambda: get_track(ID, market="se"),
        lambda: get_track(ID, market="Sweden"),
    ],
)
def test_request_that_spotify_would_refuse_is_not_made(make):
    with pytest.raises(InvalidInput):
        make()


def test_library_contains_takes_artists_which_the_library_itself_does_not():
    artist = f"spotify:artist:{ID}"
    assert dict(library_contains([artist]).params) == {"uris": artist}
    for request in (add_to_library, remove_from_library):
        with pytest.raises(InvalidInput):
            request([artist])


def test_recently_played_takes_one_bound():
    with pytest.raises(InvalidInput):
        recently_played(after=1, before=2)


@pytest.mark.parametrize("jpeg", [b"", b"\x89PNG", b"\xff\xd8\xff" + bytes(MAX_COVER_BYTES)])
def test_upload_cover_takes_a_jpeg_that_spotify_takes(jpeg):
    with pytest.raises(InvalidInput):
        upload_cover(LIST, jpeg)


@pytest.mark.parametrize(
    ("paged", "most"),
    [
        (lambda **page: search_tracks("a", **page), 10),
        (lambda **page: album_tracks(ID, **page), 50),
        (lambda **page: playlist_items(LIST, **page), 50),
        (top_tracks, 50),
        (saved_tracks, 50),
        (my_playlists, 50),
    ],
)
@given(limit=st.integers(), offset=st.integers())
def test_page_is_within_spotifys_bounds_whatever_is_asked_for(paged, most, limit, offset):
    params = dict(paged(limit=limit, offset=offset).params)
    assert 1 <= int(params["limit"]) <= most
    assert int(params["offset"]) >= 0


@given(offset=st.integers())
def test_offset_is_within_what_spotify_states(offset):
    assert int(dict(search_tracks("a", offset=offset).params)["offset"]) <= 1_000
    for request in (my_playlists(offset=offset), playlist_items(LIST, offset=offset)):
        assert int(dict(request.params)["offset"]) <= 100_000


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_request_takes_no_text_that_cannot_be_sent(text):
    for request in (create_playlist, search_tracks, lambda name: change_details(LIST, name=name)):
        with pytest.raises(InvalidInput):
            request(text)


_ANY = st.text(max_size=400)
_TOKEN = re.compile(r'(isrc|track|artist|album|genre|year):("[^"]*"|[^\s":]+)')
_FIELDS = ("words", "title", "artist", "album", "genre", "isrc")


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"title": "Moon"}, "track:Moon"),
        ({"title": "Blue Moon", "artist": "Sigur Rós"}, 'track:"Blue Moon" artist:"Sigur Rós"'),
        ({"title": "Café"}, 'track:"Café"'),
        ({"title": "R.E.M."}, 'track:"R.E.M."'),
        ({"artist": "NOT", "title": "or"}, 'track:"or" artist:"NOT"'),
        ({"title": 'Say "Hello" again'}, 'track:"Say Hello again"'),
        ({"title": "Live: 1999", "words": "artist:Madonna"}, 'artist Madonna track:"Live 1999"'),
        ({"title": "„Anführung“ ＂x＂"}, 'track:"Anführung x"'),
        ({"title": "tab\tand\nline\x00end"}, 'track:"tab and line end"'),
        ({"words": "quiet piano", "year": 1994}, "quiet piano year:1994"),
        ({"genre": "post rock", "year": (1990, 1999)}, 'genre:"post rock" year:1990-1999'),
        ({"year": (1999, 1990)}, "year:1990-1999"),
        ({"year": (1994, 1994)}, "year:1994"),
        ({"album": "IV"}, "album:IV"),
        ({"isrc": "GB-AYE-68-00011"}, "isrc:GBAYE6800011"),
        ({"isrc": 'X" OR isrc:Y'}, "isrc:XORisrcY"),
        ({}, ""),
        ({"title": ' ":" ', "artist": "\ud83d"}, ""),
    ],
)
def test_search_query_writes_filters_and_words(fields, query):
    assert search_query(**fields) == query


def test_search_query_when_too_long_cuts_the_longest_value_and_keeps_every_filter():
    query = search_query(title="moon " * 60, artist="sun " * 40, album="Sky", isrc="A" * 300, year=1994)
    assert len(query) <= MAX_QUERY
    assert [name for name, _ in _TOKEN.findall(query)] == ["isrc", "track", "artist", "album", "year"]
    assert query.count('"') % 2 == 0
    assert "album:Sky year:1994" in query


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, _ANY)),
    st.one_of(st.none(), st.integers(), st.tuples(st.integers(), st.integers())),
)
def test_search_query_never_lets_a_value_break_out(fields, year):
    query = search_query(**fields, year=year)
    rest = _TOKEN.sub("", query)
    names = [name for name, _ in _TOKEN.findall(query)]
    given_names = {"title": "track"}
    assert '"' not in rest
    assert ":" not in rest
    assert len(names) == len(set(names))
    assert set(names) <= {given_names.get(name, name) for name in fields} | {"year"}
    assert len(query) <= MAX_QUERY
    assert query.isprintable()
    query.encode()
