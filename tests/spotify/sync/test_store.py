"""Saves in the database, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from src.errors import Conflict, NotFound
from src.spotify.sync.models.save import SaveDocument
from src.spotify.sync.store import (
    StoredSave,
    claim,
    find_save,
    get_save,
    insert_save,
    latest_save,
    load_report,
    purge_saves,
    update_save,
)
from src.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)


def document(**changes) -> SaveDocument:
    empty: SaveDocument = {
        "state": "done",
        "mode": "create",
        "name": "Rainy Sunday",
        "conversation_id": "c1",
        "description": "",
        "public": False,
        "tracks": [{"position": 1, "track_id": "t1", "status": "planned"}],
        "uris": ["spotify:track:0123456789012345678901"],
        "under_way": False,
        "calls_made": 4,
        "creates_sent": ["2026-11-24T12:00:00+00:00"],
        "playlist": {"id": "p1", "url": "https://open.spotify.com/playlist/p1"},
        "written": True,
        "sent": 1,
        "stands": ["spotify:track:0123456789012345678901"],
        "rewriting": False,
        "confirmed": True,
        "repaired": False,
        "others_changed": False,
        "undoing": False,
        "undo_forced": False,
        "undo_written": False,
        "undo_note": "",
    }
    return {**empty, **changes}  # type: ignore[typeddict-item]


def save(id_="s1", key="k1", listener="ann", at=NOW, **changes) -> StoredSave:
    return StoredSave(id_, listener, key, "hash", 1, document(**changes), at, at, at + timedelta(days=7))


async def test_find_save_gives_what_was_inserted(db: Database):
    await insert_save(db, save(), NOW)
    assert await find_save(db, "ann", "k1", NOW) == save()
    assert await find_save(db, "ann", "k2", NOW) is None
    assert await find_save(db, "bob", "k1", NOW) is None


async def test_insert_save_of_a_key_that_is_taken_is_refused(db: Database):
    await insert_save(db, save(), NOW)
    with pytest.raises(Conflict) as caught:
        await insert_save(db, save("s2"), NOW)
    assert caught.value.code == "save_under_way"
    await insert_save(db, save("s2", listener="bob"), NOW)


async def test_insert_save_takes_out_what_has_expired_so_that_its_key_is_free(db: Database):
    await insert_save(db, save(), NOW)
    later = NOW + timedelta(days=7)
    assert await find_save(db, "ann", "k1", later) is None
    await insert_save(db, save("s2", at=later), later)
    with pytest.raises(NotFound):
        await get_save(db, "ann", "s1", NOW)


async def test_update_save_by_the_second_of_two_processes_is_refused(db: Database):
    await insert_save(db, save(), NOW)
    first, second = await find_save(db, "ann", "k1", NOW), await find_save(db, "ann", "k1", NOW)
    assert first is not None
    assert second is not None
    first.document["sent"] = 5
    await update_save(db, first, NOW)
    await update_save(db, first, NOW)
    with pytest.raises(Conflict):
        await update_save(db, second, NOW)
    stored = await get_save(db, "ann", "s1", NOW)
    assert (stored.version, stored.document["sent"]) == (3, 5)


def test_claim_waits_for_the_lease_of_another_process():
    held = save(under_way=True)
    with pytest.raises(Conflict):
        claim(held, NOW + LEASE - timedelta(seconds=1), LEASE)
    claim(held, NOW + LEASE, LEASE)
    free = save()
    claim(free, NOW, LEASE)
    assert free.document["under_way"]


async def test_get_save_of_another_listener_or_too_late_is_not_found(db: Database):
    await insert_save(db, save(), NOW)
    with pytest.raises(NotFound):
        await get_save(db, "bob", "s1", NOW)
    with pytest.raises(NotFound):
        await get_save(db, "ann", "s1", NOW + timedelta(days=7))


async def test_latest_save_passes_over_what_wrote_nothing(db: Database):
    await insert_save(db, save(), NOW)
    planned = document(state="planned", creates_sent=[])
    del planned["playlist"]
    later = NOW + timedelta(minutes=1)
    await insert_save(db, replace(save("s2", "k2", at=later), document=planned), later)
    found = await latest_save(db, "ann", "c1", later)
    assert found is not None
    assert found.id == "s1"


async def test_latest_save_is_of_the_conversation_however_many_there_are_since(db: Database):
    await insert_save(db, save(), NOW)
    for number in range(30):
        at = NOW + timedelta(minutes=number + 1)
        other = save(f"o{number}", f"o{number}", at=at, conversation_id="c2")
        if number % 2:
            del other.document["conversation_id"]
        await insert_save(db, other, at)
    found = await latest_save(db, "ann", "c1", at)
    assert found is not None
    assert found.id == "s1"
    assert await latest_save(db, "ann", "c3", at) is None
    assert await latest_save(db, "ann", "c3", at, name="Rainy") is None
    assert await latest_save(db, "bob", "c1", at, name="Rainy Sunday") is None
    by_name = await latest_save(db, "ann", "c3", at, name="rainy sunday!")
    assert by_name is not None
    assert by_name.id == "o29"


async def test_load_report_tells_what_is_stored(db: Database):
    await insert_save(db, save(), NOW)
    report = await load_report(db, "ann", "s1")
    assert report is not None
    assert report["counts"]["saved"] == 1
    assert report["undo_until"] == "2026-12-01T12:00:00+00:00"
    assert await load_report(db, "bob", "s1") is None


async def test_purge_saves_deletes_only_what_has_expired(db: Database):
    await insert_save(db, save(), NOW)
    later = NOW + timedelta(days=1)
    await insert_save(db, save("s2", "k2", at=later), later)
    await purge_saves(db, NOW + timedelta(days=7))
    assert await load_report(db, "ann", "s1") is None
    assert await load_report(db, "ann", "s2") is not None
