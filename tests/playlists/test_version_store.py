from datetime import timedelta

import pytest

from src.errors import Conflict, InvalidInput, NotFound
from src.playlists.store import (
    get_playlist,
)
from src.playlists.version_store import get_version, list_versions, restore_version
from src.storage.database import Database
from tests.playlists.lists import insert_playlist, names
from tests.playlists.stored import START, count_rows, grow_to, new


async def test_restore_version_makes_it_the_present_list_as_a_new_version(db: Database):
    await grow_to(db, 3)
    number = await restore_version(db, "ana", "p1", 1, version=3, at=START + timedelta(hours=1), words="undo")
    playlist, version = await get_playlist(db, "ana", "p1"), await get_version(db, "ana", "p1", 4)
    assert (number, playlist["version"], playlist["title"]) == (4, 4, "Dinner")
    assert playlist["result"] == new()["result"]
    assert playlist["spec"] == new()["spec"]
    assert (version["cause"], version["words"]) == ("restored", "undo")
    assert version["diff"] is not None
    assert [entry["track_id"] for entry in version["diff"]["removed"]] == ["D"]
    assert version["diff"]["removed"][0]["why"] == "It was not in version 1."
    # What was restored from stays, so that restoring can be undone.
    assert names((await get_version(db, "ana", "p1", 3))["result"]) == "AD"


async def test_restore_version_when_it_cannot_be_says_why(db: Database):
    await grow_to(db, 2)
    with pytest.raises(Conflict, match="at version 2 now"):
        await restore_version(db, "ana", "p1", 1, version=1, at=START)
    with pytest.raises(NotFound, match="no such version"):
        await restore_version(db, "ana", "p1", 7, version=2, at=START)
    with pytest.raises(InvalidInput, match="present version"):
        await restore_version(db, "ana", "p1", 2, version=2, at=START)
    assert await count_rows(db) == (1, 2)


async def test_list_versions_gives_pages_newest_first(db: Database):
    await grow_to(db, 5)
    pages, cursor = [], None
    while True:
        page = await list_versions(db, "ana", "p1", 2, cursor)
        pages.append([(version["number"], version["tracks"]) for version in page["versions"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == [[(5, 2), (4, 2)], [(3, 2), (2, 2)], [(1, 3)]]
    assert page["versions"][0]["diff"] is None


@pytest.mark.parametrize("cursor", ["", "x", "-1", "²", "9" * 30])
async def test_list_versions_when_cursor_is_wrong_is_invalid(db: Database, cursor: str):
    await insert_playlist(db, new())
    with pytest.raises(InvalidInput, match="`next`"):
        await list_versions(db, "ana", "p1", 10, cursor)
