"""Tracks become URIs at one call each, in order; and a failure on the way loses nothing that was found."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from src.catalogue.models.track import Track
from src.errors import StorageUnavailable
from src.fake_spotify.faults import Fault
from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.world import World
from src.fake_spotify.worlds import world_of_tracks
from src.spotify.app import Caller
from src.spotify.client.request import ApiRequest
from src.spotify.client.send import send
from src.spotify.errors import BadSpotifyRequest, SignInNeeded, SpotifyNotConfigured
from src.spotify.matching.cache import cached_links
from src.spotify.matching.models.link import Link
from src.spotify.matching.resolve import (
    SEARCHES_AT_ONCE,
    best_link,
    code_query,
    name_query,
    resolve_tracks,
    words_query,
)
from src.spotify.models.api import SearchAnswer
from src.storage.database import Database
from tests.fakes import make_track
from tests.spotify.matching.items import make_item
from tests.spotify.matching.spotify_side import MARKET, NOW, Clock, app_caller, linked_app

SEARCH = "/v1/search"
NAMES = tuple(
    f"{first} {second}" for first in ("Amber", "Copper", "Tidal") for second in ("Wolves", "Rain", "Bell")
)


def row(title: str, artist: str = "Kin of Moss", **fields: object) -> TrackRow:
    return {"title": title, "artists": [artist], "duration_ms": 180_000, "isrc": "", **fields}  # type: ignore[typeddict-item]


def track(title: str, artist: str = "Kin of Moss", **fields: object) -> Track:
    return make_track(title, artist, duration_ms=180_000, **fields)


def world_with(*rows: TrackRow) -> World:
    return world_of_tracks(rows, clock=Clock())


def uris(world: World) -> dict[str, str]:
    return {one.title: one.uri for one in world.tracks.values()}


def statuses(links: Sequence[Link]) -> list[str]:
    return [link["status"] for link in links]


@pytest.fixture
def world() -> World:
    return world_with(*(row(name) for name in NAMES))


async def test_resolve_tracks_in_their_order_at_one_call_each(world: World, sqlite_db: Database) -> None:
    wanted = [track(name) for name in reversed(NAMES)]
    async with linked_app(world, sqlite_db) as app:
        caller = app_caller(app)
        links = await resolve_tracks(caller, wanted)
    assert [link["track_id"] for link in links] == [one["id"] for one in wanted]
    assert [link.get("uri") for link in links] == [uris(world)[name] for name in reversed(NAMES)]
    assert caller.calls_made == world.count("GET", SEARCH) == len(NAMES)


async def test_resolve_tracks_again_costs_no_call_until_it_expires(world: World, sqlite_db: Database) -> None:
    clock = Clock()
    wanted = [track(NAMES[0]), track("Nowhere to Be Found")]
    async with linked_app(world, sqlite_db, clock) as app:
        first = await resolve_tracks(app_caller(app), wanted)
        made = world.count("GET", SEARCH)
        assert await resolve_tracks(app_caller(app), wanted) == first
        assert world.count("GET", SEARCH) == made
        clock.time = NOW + timedelta(days=2)
        await resolve_tracks(app_caller(app), wanted[:1])
        assert world.count("GET", SEARCH) == made
        clock.time = NOW + timedelta(days=7)
        await resolve_tracks(app_caller(app), wanted[:1])
        assert world.count("GET", SEARCH) == made + 1


async def test_resolve_tracks_looks_one_track_up_once(world: World, sqlite_db: Database) -> None:
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), [track(NAMES[0])] * 3)
    assert len(links) == 3
    assert world.count("GET", SEARCH) == 1


async def test_resolve_tracks_of_one_song_in_several_rows(sqlite_db: Database) -> None:
    world = world_with(row("Amber Rain"), row("Amber Rain - Live"))
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), [track("Amber Rain - Live"), track("Amber Rain")])
    assert [link["uri"] for link in links] == [uris(world)["Amber Rain - Live"], uris(world)["Amber Rain"]]


async def test_resolve_tracks_of_nothing_calls_nothing(world: World, sqlite_db: Database) -> None:
    async with linked_app(world, sqlite_db) as app:
        assert await resolve_tracks(app_caller(app), []) == []
    assert not world.requests


async def test_resolve_tracks_by_code_first(sqlite_db: Database) -> None:
    world = world_with(row("Amber Rain", isrc="QZABC2400001", album="Letters"), row("Amber Rain"))
    async with linked_app(world, sqlite_db) as app:
        (link,) = await resolve_tracks(app_caller(app), [track("Amber Rain", isrc="QZABC2400001")])
    assert (link["method"], link["confidence"]) == ("isrc", 1.0)
    assert world.count("GET", SEARCH) == 1
    assert "isrc" in world.requests[-1].query


@pytest.mark.parametrize("held", ["", "QZABC2400001"])
async def test_resolve_tracks_by_names_where_the_code_fits_nothing(sqlite_db: Database, held: str) -> None:
    """Neither a code that Spotify lacks nor one that it has on another song is the end."""
    world = world_with(row("Copper Bell", isrc=held), row("Amber Rain", isrc="QZABC2499999"))
    async with linked_app(world, sqlite_db) as app:
        (link,) = await resolve_tracks(app_caller(app), [track("Amber Rain", isrc="QZABC2400001")])
    assert (link["status"], link.get("method")) == ("resolved", "name")
    assert link["uri"] == uris(world)["Amber Rain"]
    assert world.count("GET", SEARCH) == 2


async def test_resolve_tracks_in_plain_words_where_the_names_found_nothing(sqlite_db: Database) -> None:
    world = world_with(row("Yozora", "Akai Tsuki"))
    wanted = track("夜空", "赤い月", aliases=["Yozora", "Akai Tsuki"])
    async with linked_app(world, sqlite_db) as app:
        (link,) = await resolve_tracks(app_caller(app), [wanted])
    assert link["status"] == "resolved"
    assert world.count("GET", SEARCH) == 2


async def test_resolve_tracks_searches_again_only_as_often_as_allowed(sqlite_db: Database) -> None:
    """Those go first that have a code: their names were not searched for yet. They are not called missing."""
    world = world_with(*(row(name) for name in NAMES))
    coded = [track(name, isrc=f"QZABC240000{n}") for n, name in enumerate(NAMES)]
    missing = [track(f"{name} Nowhere") for name in NAMES[:2]]
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), [*missing, *coded], extra_searches=3)
        assert statuses(links) == [*["not_found"] * 2, *["resolved"] * 3, *["not_looked_up"] * 6]
        assert world.count("GET", SEARCH) == len(coded) + len(missing) + 3
        ids = [one["id"] for one in [*missing, *coded]]
        kept = await cached_links(sqlite_db, ids, MARKET, NOW)
    assert set(kept) == set(ids[:5])


async def test_resolve_tracks_says_what_is_wrong_with_the_best_there_is(sqlite_db: Database) -> None:
    world = world_with(
        row("Amber Rain - Live"),
        row("Copper Rain", duration_ms=240_000),
        row("Tidal Rain", is_playable=False),
        row("Amber Bell", "Somebody Else"),
    )
    wanted = [track(name) for name in ("Amber Rain", "Copper Rain", "Tidal Rain", "Amber Bell")]
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), wanted)
    assert statuses(links) == ["wrong_version", "wrong_version", "not_playable", "not_found"]
    assert all("uri" not in link and link["confidence"] == 0 and link["detail"] for link in links)


@pytest.mark.parametrize("kind", ["quota", "503", "html", "rate_limited"])
async def test_resolve_tracks_when_spotify_fails_on_the_way(
    world: World, sqlite_db: Database, kind: str
) -> None:
    """What was found is given and kept; the rest is not called missing, and is looked up the next time."""
    world.faults.add(Fault(kind, path=SEARCH, nth=6, times=None, seconds=60))  # type: ignore[arg-type]
    wanted = [track(name) for name in NAMES]
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), wanted)
        found = [link for link in links if link["status"] == "resolved"]
        assert 5 <= len(found) < 5 + SEARCHES_AT_ONCE
        left = [link for link in links if link["status"] == "not_looked_up"]
        assert len(found) + len(left) == len(wanted)
        assert all("try again" in link["detail"].lower() for link in left)
        assert len(await cached_links(sqlite_db, [one["id"] for one in wanted], MARKET, NOW)) == len(found)


async def test_resolve_tracks_when_nothing_answers_raises_nothing(world: World, sqlite_db: Database) -> None:
    world.faults.add(Fault("503", path=SEARCH, times=None))
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), [track(name) for name in NAMES])
    assert set(statuses(links)) == {"not_looked_up"}


async def test_resolve_tracks_stops_asking_after_a_failure(world: World, sqlite_db: Database) -> None:
    world.faults.add(Fault("quota", path=SEARCH, times=None))
    async with linked_app(world, sqlite_db) as app:
        await resolve_tracks(app_caller(app), [track(name) for name in NAMES])
    assert world.count("GET", SEARCH) <= SEARCHES_AT_ONCE


@pytest.mark.parametrize("calls_left", [0, 1, 3, 7])
async def test_resolve_tracks_within_the_calls_of_the_turn(
    world: World, sqlite_db: Database, calls_left: int
) -> None:
    """The first of the list are looked up, whatever answers first."""
    async with linked_app(world, sqlite_db) as app:
        caller = app_caller(app, calls_left)
        links = await resolve_tracks(caller, [track(name) for name in NAMES])
    assert caller.calls_made == calls_left
    assert statuses(links) == ["resolved"] * calls_left + ["not_looked_up"] * (len(NAMES) - calls_left)


async def test_resolve_tracks_when_nobody_is_signed_in(world: World, sqlite_db: Database) -> None:
    async with linked_app(world, sqlite_db) as app:
        with pytest.raises(SignInNeeded):
            await resolve_tracks(Caller(app, "listener", 100), [track(NAMES[0])])
        (known,) = await resolve_tracks(app_caller(app), [track(NAMES[0])])
        # What is cached needs no account; what is not says why it was not looked up.
        links = await resolve_tracks(Caller(app, "listener", 100), [track(NAMES[0]), track(NAMES[1])])
    assert links[0] == known
    assert links[1]["status"] == "not_looked_up"
    assert "sign in" in links[1]["detail"].lower()


async def test_resolve_tracks_without_a_secret(world: World, sqlite_db: Database) -> None:
    async with linked_app(world, sqlite_db, client_secret=None) as app:
        with pytest.raises(SpotifyNotConfigured):
            await resolve_tracks(app_caller(app), [track(NAMES[0])])


async def test_resolve_tracks_with_nothing_to_search_for(world: World, sqlite_db: Database) -> None:
    """A title of quotes alone, and a code of none, cost no call; the others are resolved."""
    odd = track('"', '"', isrc='"')
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), [odd, track(NAMES[0])])
    assert statuses(links) == ["not_found", "resolved"]
    assert world.count("GET", SEARCH) == 1


async def test_resolve_tracks_when_one_query_is_refused(
    world: World, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of one track is not the others'."""

    async def send_or_refuse(caller: Caller, request: ApiRequest[SearchAnswer]) -> SearchAnswer:
        if NAMES[0] in dict(request.params)["q"]:
            raise BadSpotifyRequest("Spotify did not accept the request (status 400).")
        return await send(caller, request)

    monkeypatch.setattr("src.spotify.matching.resolve.send", send_or_refuse)
    async with linked_app(world, sqlite_db) as app:
        links = await resolve_tracks(app_caller(app), [track(name) for name in NAMES])
    assert statuses(links) == ["not_looked_up"] + ["resolved"] * (len(NAMES) - 1)


async def test_resolve_tracks_when_the_database_fails(
    world: World, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one error of the family, not a group of them."""

    async def fail(_caller: Caller, _request: ApiRequest[SearchAnswer]) -> SearchAnswer:
        raise StorageUnavailable("The database does not answer.")

    monkeypatch.setattr("src.spotify.matching.resolve.send", fail)
    async with linked_app(world, sqlite_db) as app:
        with pytest.raises(StorageUnavailable):
            await resolve_tracks(app_caller(app), [track(name) for name in NAMES])


async def test_resolve_tracks_when_cancelled_keeps_what_was_found(
    world: World, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls were paid for: the next time they are not made again."""
    waits = asyncio.Event()

    async def send_or_hang(caller: Caller, request: ApiRequest[SearchAnswer]) -> SearchAnswer:
        if NAMES[-1] in dict(request.params)["q"]:
            waits.set()
            await asyncio.Event().wait()
        return await send(caller, request)

    monkeypatch.setattr("src.spotify.matching.resolve.send", send_or_hang)
    # All but the last are answered when the last is asked, for no two are asked at once.
    monkeypatch.setattr("src.spotify.matching.resolve.SEARCHES_AT_ONCE", 1)
    wanted = [track(name) for name in NAMES]
    async with linked_app(world, sqlite_db) as app:
        task = asyncio.create_task(resolve_tracks(app_caller(app), wanted))
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    kept = await cached_links(sqlite_db, [one["id"] for one in wanted], MARKET, NOW)
    assert set(kept) == {one["id"] for one in wanted[:-1]}


def test_best_link_takes_the_surest_and_the_first_of_equals() -> None:
    ids = [f"{n}123456789abcdefghijKL" for n in range(4)]
    items = [
        make_item("Amber Rain - Live", "Kin of Moss", id=ids[0]),
        make_item("Amber Rain - Remastered", "Kin of Moss", id=ids[1]),
        make_item("Amber Rain", "Kin of Moss", id=ids[2]),
        make_item("Amber Rain", "Kin of Moss", id=ids[3]),
    ]
    link = best_link(track("Amber Rain"), items)
    assert link.get("uri") == f"spotify:track:{ids[2]}"


@pytest.mark.parametrize("id_", [None, "", "short", "0123456789abcdefghij/L"])
def test_best_link_never_gives_what_is_no_id(id_: str | None) -> None:
    assert (
        best_link(track("Amber Rain"), [make_item("Amber Rain", "Kin of Moss", id=id_)])["status"]
        == "not_found"
    )


@pytest.mark.parametrize(
    ("title", "artist", "query"),
    [
        ("Amber Rain", "Kin of Moss", 'track:"Amber Rain" artist:"Kin of Moss"'),
        ("Amber Rain - 2011 Remaster (feat. Ada)", "Kin of Moss", 'track:"Amber Rain" artist:"Kin of Moss"'),
        ("Amber Rain, Pt. 1", "Kin of Moss", 'track:"Amber Rain, 1" artist:"Kin of Moss"'),
        ("No Surprise", "Salt & Stone", 'track:"No Surprise" artist:"Salt & Stone"'),
        ("Amber Rain", "Ada Moth x Zed Kay", 'track:"Amber Rain" artist:"Ada Moth"'),
        ("Amber Rain", "Ada Moth feat. Zed Kay", 'track:"Amber Rain" artist:"Ada Moth"'),
        ("Rain - Live at Wembley", "Moss", 'track:"Rain live wembley" artist:Moss'),
        ("Rain (Ada Moth Remix)", "Moss", 'track:"Rain ada moth remix" artist:Moss'),
    ],
)
def test_name_query_of_a_track(title: str, artist: str, query: str) -> None:
    assert name_query(make_track(title, artist)) == query


def test_code_query_is_the_code_alone() -> None:
    assert code_query(make_track("Amber Rain", "Moss", isrc="QZABC2400001")) == "isrc:QZABC2400001"


@pytest.mark.parametrize(
    ("title", "artist", "aliases", "query"),
    [
        ("P!nk Cœur", "R.E.M. & Ada", [], "pink coeur rem"),
        ("夜空", "赤い月", ["Yozora", "Akai Tsuki"], "Yozora Akai Tsuki"),
        ("Sakura Road", "Kaze", ["桜道", "風"], "桜道 Kaze"),
    ],
)
def test_words_query_spells_the_names_the_other_way(
    title: str, artist: str, aliases: list[str], query: str
) -> None:
    assert words_query(make_track(title, artist, aliases=aliases)) == query
