"""Links are kept for their time and no longer, and nothing of Spotify's is kept with them but the URI."""

import asyncio
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from src.spotify.matching.cache import MISSING_KEPT, cached_links, purge_links, store_links
from src.spotify.matching.models.link import Link, LinkStatus
from src.spotify.matching.tracks import DETAILS
from src.storage.database import Database, close_database, open_database, read, write
from src.storage.tables import spotify_links
from tests.spotify.matching.items import ID
from tests.spotify.matching.spotify_side import NOW

DAYS = 7


def link(track_id: str, status: LinkStatus = "resolved") -> Link:
    found: Link = {"track_id": track_id, "status": status, "confidence": 0.0, "detail": DETAILS[status]}
    if status == "resolved":
        found |= {"uri": f"spotify:track:{ID}", "method": "isrc", "confidence": 0.95}
    return found


async def rows(db: Database) -> int:
    async with read(db) as connection:
        return await connection.scalar(select(func.count()).select_from(spotify_links)) or 0


async def test_cached_links_gives_what_was_stored(db: Database) -> None:
    links = [link("a"), link("b", "not_found"), link("c", "wrong_version"), link("d", "not_playable")]
    await store_links(db, links, "DE", NOW, DAYS)
    found = await cached_links(db, ["d", "a", "b", "c", "unknown"], "DE", NOW)
    assert found == {one["track_id"]: one for one in links}


async def test_cached_links_of_no_tracks_asks_nothing(db: Database) -> None:
    assert await cached_links(db, [], "DE", NOW) == {}


async def test_cached_links_are_of_one_market(db: Database) -> None:
    await store_links(db, [link("a")], "DE", NOW, DAYS)
    assert await cached_links(db, ["a"], "FR", NOW) == {}
    assert await cached_links(db, ["a"], None, NOW) == {}
    await store_links(db, [link("a", "not_found")], None, NOW, DAYS)
    assert (await cached_links(db, ["a"], None, NOW))["a"]["status"] == "not_found"
    assert (await cached_links(db, ["a"], "DE", NOW))["a"]["status"] == "resolved"


@pytest.mark.parametrize(
    ("status", "kept"), [("resolved", timedelta(days=DAYS)), ("not_found", MISSING_KEPT)]
)
async def test_cached_links_expire(db: Database, status: LinkStatus, kept: timedelta) -> None:
    await store_links(db, [link("a", status)], "DE", NOW, DAYS)
    assert "a" in await cached_links(db, ["a"], "DE", NOW + kept - timedelta(seconds=1))
    assert await cached_links(db, ["a"], "DE", NOW + kept) == {}


async def test_store_links_replaces_the_older_one(db: Database) -> None:
    await store_links(db, [link("a", "not_found")], "DE", NOW, DAYS)
    await store_links(db, [link("a")], "DE", NOW + timedelta(hours=1), DAYS)
    found = await cached_links(db, ["a"], "DE", NOW + timedelta(days=2))
    assert found["a"]["status"] == "resolved"
    assert await rows(db) == 1


async def test_store_links_keeps_nothing_of_what_was_not_looked_up(db: Database) -> None:
    await store_links(db, [link("a", "not_looked_up")], "DE", NOW, DAYS)
    assert await rows(db) == 0


async def test_store_links_keeps_no_words(db: Database) -> None:
    await store_links(db, [{**link("a"), "detail": "a title of Spotify's"}], "DE", NOW, DAYS)
    async with read(db) as connection:
        document = json.loads(await connection.scalar(select(spotify_links.c.document)) or "")
    assert document == {
        "status": "resolved",
        "uri": f"spotify:track:{ID}",
        "method": "isrc",
        "confidence": 0.95,
    }


async def test_cached_links_leaves_out_what_it_cannot_read(db: Database) -> None:
    await store_links(db, [link("a"), link("b")], "DE", NOW, DAYS)
    async with write(db) as connection:
        await connection.execute(
            update(spotify_links).where(spotify_links.c.track_id == "a").values(document='{"status": "new"}')
        )
    assert list(await cached_links(db, ["a", "b"], "DE", NOW)) == ["b"]


async def test_cached_links_of_more_tracks_than_one_query_holds(db: Database) -> None:
    ids = [f"track {n}" for n in range(1_203)]
    await store_links(db, [link(id_) for id_ in ids], "DE", NOW, DAYS)
    assert set(await cached_links(db, ids, "DE", NOW)) == set(ids)


async def test_purge_links_deletes_the_expired_a_few_at_a_time(db: Database) -> None:
    await store_links(db, [link(f"old {n}", "not_found") for n in range(5)], "DE", NOW, DAYS)
    await store_links(db, [link("new")], "DE", NOW, DAYS)
    later = NOW + timedelta(days=2)
    assert [await purge_links(db, later, most=3) for _ in range(3)] == [3, 2, 0]
    assert await rows(db) == 1
    assert "new" in await cached_links(db, ["new"], "DE", later)


_STEPS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["resolved", "not_found", "wrong_version", "not_playable"]),
        st.integers(1, 5),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(steps=_STEPS)
def test_cached_links_never_gives_what_has_expired(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, LinkStatus, int]]
) -> None:
    """Whatever was stored when: against a plain model of the rule."""

    async def run() -> None:
        db = await open_database(f"sqlite:///{tmp_path_factory.mktemp('cache') / 'x.sqlite'}", timeout_s=10)
        async with write(db) as connection:
            await connection.run_sync(spotify_links.create)
        now, kept = NOW, {}
        for hours, track_id, status, days in steps:
            now += timedelta(hours=6 * hours)
            await store_links(db, [link(track_id, status)], "DE", now, days)
            kept[track_id] = now + (timedelta(days=days) if status == "resolved" else MISSING_KEPT), status
            known = {id_: status for id_, (until, status) in kept.items() if until > now}
            found = await cached_links(db, ["a", "b"], "DE", now)
            assert {id_: one["status"] for id_, one in found.items()} == known
        await close_database(db)

    asyncio.run(run())
