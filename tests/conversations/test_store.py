import asyncio
import json
from datetime import timedelta, timezone

import pytest

from src.conversations.store import (
    FIRST_MESSAGE_CHARACTERS,
    delete_conversation,
    get_conversation,
    get_turn,
    list_conversations,
    load_conversation,
    set_feedback,
    update_brief,
)
from src.conversations.turn_store import load_spans, store_turn
from src.errors import Conflict, InvalidInput, NotFound
from src.storage.database import Database, close_database, open_database
from tests.conversations.turns import START, count_rows, new_turn, store


async def test_load_conversation_gives_what_the_last_turn_left(db: Database):
    await store(db, new_turn(number=1), new_turn(number=2), new_turn(number=3))
    await set_feedback(db, "ana", "c1", "track0", "never", START)
    assert await load_conversation(db, "ana", "c1", recent_turns=2) == {
        "id": "c1",
        "version": 3,
        "turns": 3,
        "brief": '{"after": 3}',
        "pool": ["track0", "track1", "track2"],
        "feedback": {"track0": "never"},
        "recent": [
            {"message": "message 2", "answer": '{"answer": 2}'},
            {"message": "message 3", "answer": '{"answer": 3}'},
        ],
    }


async def test_load_conversation_when_no_recent_turns_are_asked_for(db: Database):
    await store(db, new_turn())
    assert (await load_conversation(db, "ana", "c1", recent_turns=0))["recent"] == []


async def test_load_conversation_when_missing_or_of_another_is_not_found(db: Database):
    await store(db, new_turn())
    for listener, conversation in (("ana", "c2"), ("ben", "c1")):
        with pytest.raises(NotFound):
            await load_conversation(db, listener, conversation, recent_turns=1)


async def test_list_conversations_gives_pages_last_changed_first(db: Database):
    for name in ("c1", "c2", "c3", "c4", "c5"):
        await store(db, new_turn(name))
    await store(db, new_turn("c2", 2), new_turn("other", listener="ben"))
    pages, cursor = [], None
    while True:
        page = await list_conversations(db, "ana", 2, cursor)
        pages.append([summary["id"] for summary in page["conversations"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    # Equal times fall back to the id.
    assert pages == [["c2", "c5"], ["c4", "c3"], ["c1"]]


async def test_list_conversations_gives_times_counts_and_the_first_message(db: Database):
    await store(db, new_turn(number=1), new_turn(number=2))
    page = await list_conversations(db, "ana", 2)
    assert page == {
        "conversations": [
            {
                "id": "c1",
                "created_at": START + timedelta(minutes=1),
                "updated_at": START + timedelta(minutes=2),
                "turns": 2,
                "first_message": "message 1",
            }
        ],
        "next_cursor": None,
    }


@pytest.mark.parametrize(("length", "shown"), [(80, "é" * 80), (81, "é" * 79 + "…"), (5_000, "é" * 79 + "…")])
async def test_list_conversations_shortens_the_first_message(db: Database, length: int, shown: str):
    await store(db, new_turn() | {"message": "é" * length})
    page = await list_conversations(db, "ana", 1)
    assert page["conversations"][0]["first_message"] == shown
    assert len(shown) == FIRST_MESSAGE_CHARACTERS


async def test_list_conversations_when_listener_has_none_is_empty(db: Database):
    await store(db, new_turn())
    assert await list_conversations(db, "ben", 10) == {"conversations": [], "next_cursor": None}


@pytest.mark.parametrize("cursor", ["", "x", "x-c1", f"{10**30}-c1", f"{'9' * 5_000}-c1"])
async def test_list_conversations_when_cursor_is_wrong_is_invalid(db: Database, cursor: str):
    with pytest.raises(InvalidInput, match="`next`"):
        await list_conversations(db, "ana", 10, cursor)


async def test_get_conversation_gives_all_its_turns(db: Database):
    await store(db, new_turn(number=1), new_turn(number=2))
    await set_feedback(db, "ana", "c1", "track0", "like", START)
    stored = await get_conversation(db, "ana", "c1")
    assert [turn["number"] for turn in stored["turns"]] == [1, 2]
    assert stored["turns"][1] == await get_turn(db, "ana", "c1", "c1-2")
    assert stored["turns"][1] == {
        "id": "c1-2",
        "number": 2,
        "created_at": START + timedelta(minutes=2),
        "message": "message 2",
        "answer": '{"answer": 2}',
        "record": '{"searches": []}',
        "trace_id": "trace-c1-2",
    }
    assert (stored["brief"], stored["feedback"]) == ('{"after": 2}', {"track0": "like"})
    assert stored["updated_at"] - stored["created_at"] == timedelta(minutes=1)


async def test_times_come_back_in_utc(db: Database):
    local = START.astimezone(timezone(timedelta(hours=-7)))
    await store(db, new_turn() | {"created_at": local})
    stored = (await get_turn(db, "ana", "c1", "c1-1"))["created_at"]
    assert (stored, stored.utcoffset()) == (local, timedelta(0))


async def test_what_is_another_listeners_is_not_found(db: Database):
    await store(db, new_turn(), new_turn("c2"))
    for call in (
        get_conversation(db, "ben", "c1"),
        get_turn(db, "ben", "c1", "c1-1"),
        get_turn(db, "ana", "c2", "c1-1"),
        delete_conversation(db, "ben", "c1"),
        set_feedback(db, "ben", "c1", "track0", "like", START),
        update_brief(db, "ben", "c1", lambda brief: "{}", START),
    ):
        with pytest.raises(NotFound):
            await call
    assert await count_rows(db) == [2, 2, 0]
    assert (await get_conversation(db, "ana", "c1"))["brief"] == '{"after": 1}'


async def test_delete_conversation_leaves_nothing_of_it(db: Database):
    await store(db, new_turn("c1", 1), new_turn("c1", 2), new_turn("c2"))
    await set_feedback(db, "ana", "c1", "track0", "like", START)
    await delete_conversation(db, "ana", "c1")
    assert await count_rows(db) == [1, 1, 0]
    with pytest.raises(NotFound):
        await load_spans(db, "ana", "trace-c1-2")
    with pytest.raises(NotFound):
        await delete_conversation(db, "ana", "c1")


async def test_set_feedback_replaces_the_earlier_verdict(db: Database):
    await store(db, new_turn())
    await set_feedback(db, "ana", "c1", "track0", "like", START)
    await set_feedback(db, "ana", "c1", "track0", "dislike", START)
    assert (await load_conversation(db, "ana", "c1", recent_turns=0))["feedback"] == {"track0": "dislike"}


async def test_update_brief_makes_a_turn_under_way_conflict(db: Database):
    await store(db, new_turn())
    assert await update_brief(db, "ana", "c1", lambda brief: brief + " ", START) == '{"after": 1} '
    with pytest.raises(Conflict):
        await store_turn(db, new_turn(number=2), traces_kept=1)
    assert (await load_conversation(db, "ana", "c1", recent_turns=0))["version"] == 2


async def test_update_brief_when_the_change_fails_changes_nothing(db: Database):
    await store(db, new_turn())
    with pytest.raises(ZeroDivisionError):
        await update_brief(db, "ana", "c1", lambda brief: str(1 // 0), START)
    assert (await load_conversation(db, "ana", "c1", recent_turns=0))["version"] == 1


async def test_eight_updates_at_once_by_two_engines_all_hold(dsn: str, db: Database):
    await store(db, new_turn() | {"brief": "[]"})
    other = await open_database(dsn, timeout_s=10)

    def add(number: int):
        return lambda brief: json.dumps([*json.loads(brief), number])

    await asyncio.gather(
        *(update_brief((db, other)[n % 2], "ana", "c1", add(n), START) for n in range(8)),
        *(set_feedback((db, other)[n % 2], "ana", "c1", f"track{n}", "like", START) for n in range(8)),
        *(set_feedback((db, other)[n % 2], "ana", "c1", "same", "never", START) for n in range(8)),
    )
    await close_database(other)
    stored = await load_conversation(db, "ana", "c1", recent_turns=0)
    assert sorted(json.loads(stored["brief"])) == list(range(8))
    assert stored["feedback"] == {**{f"track{n}": "like" for n in range(8)}, "same": "never"}
    assert stored["version"] == 9


async def test_eight_updates_at_once_by_one_engine_all_hold(db: Database):
    await store(db, new_turn() | {"brief": "[]"})

    def add(number: int):
        return lambda brief: json.dumps([*json.loads(brief), number])

    await asyncio.gather(
        *(update_brief(db, "ana", "c1", add(n), START) for n in range(8)),
        *(set_feedback(db, "ana", "c1", f"track{n}", "like", START) for n in range(8)),
    )
    stored = await load_conversation(db, "ana", "c1", recent_turns=0)
    assert sorted(json.loads(stored["brief"])) == list(range(8))
    assert len(stored["feedback"]) == 8
