"""Turns to store, and what the tables hold."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from src.conversations.models.conversation import NewTurn
from src.conversations.turn_store import store_turn
from src.storage.database import Database, read
from src.storage.tables import conversations, feedback, turns

START = datetime(2026, 11, 23, 9, 30, 0, 123_457, tzinfo=UTC)


def new_turn(
    conversation: str = "c1", number: int = 1, *, listener: str = "ana", key: str | None = None
) -> NewTurn:
    return {
        "listener": listener,
        "conversation_id": conversation,
        "turn_id": f"{conversation}-{number}",
        "version": number - 1,
        "created_at": START + timedelta(minutes=number),
        "message": f"message {number}",
        "record": '{"searches": []}',
        "answer": json.dumps({"answer": number}),
        "brief": json.dumps({"after": number}),
        "pool": [f"track{handle}" for handle in range(number)],
        "trace_id": f"trace-{conversation}-{number}",
        "spans": json.dumps([number]),
        "idempotency_key": key,
        "request_hash": None if key is None else "hash",
    }


async def store(db: Database, *new: NewTurn, traces_kept: int = 100) -> None:
    for turn in new:
        await store_turn(db, turn, traces_kept=traces_kept)


async def count_rows(db: Database) -> list[int]:
    async with read(db) as connection:
        return [
            int(await connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in (conversations, turns, feedback)
        ]
