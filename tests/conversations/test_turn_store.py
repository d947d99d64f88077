import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from src.conversations.store import (
    delete_conversation,
    get_turn,
    load_conversation,
)
from src.conversations.turn_store import find_finished_turn, load_spans, store_turn
from src.errors import Conflict, NotFound
from src.storage.database import Database, read
from src.storage.tables import turns
from tests.conversations.turns import count_rows, new_turn, store


async def test_store_turn_when_conversation_changed_stores_nothing(db: Database):
    await store(db, new_turn(number=1), new_turn(number=2))
    stale = new_turn(number=3) | {"version": 1}
    for turn in (
        stale,
        new_turn(number=4, listener="ben") | {"version": 2},
        new_turn(number=5) | {"version": 0},
    ):
        with pytest.raises(Conflict) as raised:
            await store_turn(db, turn, traces_kept=1)
        assert raised.value.code == "conversation_changed"
    assert (await load_conversation(db, "ana", "c1", recent_turns=9))["brief"] == '{"after": 2}'
    assert await count_rows(db) == [1, 2, 0]


async def test_store_turn_when_conversation_was_deleted_does_not_bring_it_back(db: Database):
    await store(db, new_turn())
    await delete_conversation(db, "ana", "c1")
    with pytest.raises(Conflict):
        await store_turn(db, new_turn(number=2), traces_kept=1)
    assert await count_rows(db) == [0, 0, 0]


async def test_store_turn_when_the_turn_cannot_be_stored_leaves_no_conversation(db: Database):
    await store(db, new_turn("c1"))
    with pytest.raises(IntegrityError):
        await store_turn(db, new_turn("c2") | {"turn_id": new_turn("c1")["turn_id"]}, traces_kept=1)
    assert await count_rows(db) == [1, 1, 0]


async def test_store_turn_when_eight_go_on_from_one_version_stores_one(db: Database):
    await store(db, new_turn())
    rivals = [
        new_turn(number=2) | {"turn_id": f"rival{rival}", "trace_id": f"rival{rival}"} for rival in range(8)
    ]
    outcomes = await asyncio.gather(
        *(store_turn(db, rival, traces_kept=1) for rival in rivals), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
    assert await count_rows(db) == [1, 2, 0]


async def test_store_turn_when_many_conversations_end_together_stores_all_and_prunes(db: Database):
    await asyncio.gather(*(store_turn(db, new_turn(f"c{n}"), traces_kept=2) for n in range(12)))
    await store(db, new_turn("last", 2) | {"version": 0}, traces_kept=2)
    async with read(db) as connection:
        kept = await connection.scalar(select(func.count()).where(turns.c.spans.is_not(None)))
    assert kept == 2
    assert await count_rows(db) == [13, 13, 0]


async def test_store_turn_keeps_the_spans_of_the_newest_turns_alone(db: Database):
    await store(db, *(new_turn(number=number) for number in (1, 2, 3)), traces_kept=2)
    with pytest.raises(NotFound):
        await load_spans(db, "ana", "trace-c1-1")
    assert await load_spans(db, "ana", "trace-c1-2") == ["[2]"]
    assert await load_spans(db, "ana", "trace-c1-3") == ["[3]"]
    assert (await get_turn(db, "ana", "c1", "c1-1"))["answer"] == '{"answer": 1}'


async def test_store_turn_when_no_traces_are_kept(db: Database):
    await store(db, new_turn(), traces_kept=0)
    with pytest.raises(NotFound):
        await load_spans(db, "ana", "trace-c1-1")


async def test_load_spans_of_another_listener_is_not_found(db: Database):
    await store(db, new_turn())
    with pytest.raises(NotFound):
        await load_spans(db, "ben", "trace-c1-1")


async def test_find_finished_turn_gives_the_answer_to_the_same_request(db: Database):
    await store(db, new_turn(key="k"))
    assert await find_finished_turn(db, "ana", "k", "hash") == '{"answer": 1}'
    assert await find_finished_turn(db, "ana", "other", "hash") is None
    assert await find_finished_turn(db, "ben", "k", "hash") is None


async def test_find_finished_turn_when_key_came_with_another_request_conflicts(db: Database):
    await store(db, new_turn(key="k"))
    with pytest.raises(Conflict) as raised:
        await find_finished_turn(db, "ana", "k", "another hash")
    assert raised.value.code == "idempotency_key_reused"


async def test_store_turn_when_the_key_was_stored_meanwhile_stores_nothing(db: Database):
    await store(db, new_turn("c1", key="k"), new_turn("c2", listener="ben", key="k"))
    with pytest.raises(Conflict) as raised:
        await store_turn(db, new_turn("c3", key="k"), traces_kept=1)
    assert raised.value.code == "idempotency_key_in_use"
    assert await count_rows(db) == [2, 2, 0]


async def test_store_turn_when_another_constraint_fails_does_not_blame_the_key(db: Database):
    await store(db, new_turn("c1"))
    with pytest.raises(IntegrityError):
        await store_turn(db, new_turn("c2", key="k") | {"turn_id": new_turn("c1")["turn_id"]}, traces_kept=1)


async def test_store_turn_when_cancelled_stores_the_whole_turn_or_nothing(db: Database):
    for number in range(20):
        task = asyncio.create_task(store_turn(db, new_turn(f"c{number}"), traces_kept=100))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    held, whole, _ = await count_rows(db)
    assert held == whole
    await store(db, new_turn("after"))
