"""Recordings in the database: of their listener alone, shared within a conversation, gone with it."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from src.chat.clients import Agent, RecordingPolicy
from src.chat.feedback import forget_conversation
from src.conversations.store import get_conversation
from src.errors import NotFound
from src.recordings.store import (
    delete_recording,
    get_conversation_recordings,
    get_recording,
    list_recordings,
)
from src.storage.database import Database, read
from src.storage.tables import recording_parts, recordings
from tests.chat.fixtures import ask


async def rows(db: Database) -> tuple[int, int]:
    """How many recordings and parts there are."""
    async with read(db) as connection:
        counts = [
            await connection.scalar(select(func.count()).select_from(table))
            for table in (recordings, recording_parts)
        ]
    return counts[0] or 0, counts[1] or 0


async def test_recording_is_found_by_its_listener_alone(recorded: Agent):
    answer = await ask(recorded, "mellow jazz")
    recording, parts = await get_recording(recorded.database, "local", answer["turn_id"])
    assert recording["turn_id"] == answer["turn_id"]
    assert recording["asked"] == {"message": "mellow jazz"}
    assert parts.text(recording["answer"])
    for stranger in ("bob", ""):
        with pytest.raises(NotFound):
            await get_recording(recorded.database, stranger, answer["turn_id"])
        assert await list_recordings(recorded.database, stranger, 10) == []
        with pytest.raises(NotFound):
            await delete_recording(recorded.database, stranger, answer["turn_id"])
    assert [item["turn_id"] for item in await list_recordings(recorded.database, "local", 10)] == [
        answer["turn_id"]
    ]


async def test_recordings_of_a_conversation_share_their_parts(recorded: Agent):
    first = await ask(recorded, "mellow jazz")
    alone = (await rows(recorded.database))[1]
    await ask(recorded, "more", first["conversation_id"])
    both, parts = await get_conversation_recordings(recorded.database, "local", first["conversation_id"])
    assert [recording["asked"]["message"] for recording in both] == ["mellow jazz", "more"]
    # The first answer is remembered by the second turn, and kept once.
    assert (await rows(recorded.database))[1] == len(parts.contents) < 2 * alone + 3


async def test_delete_recording_takes_the_parts_with_the_last_one(recorded: Agent):
    first = await ask(recorded, "mellow jazz")
    second = await ask(recorded, "more", first["conversation_id"])
    await delete_recording(recorded.database, "local", first["turn_id"])
    recording, parts = await get_recording(recorded.database, "local", second["turn_id"])
    assert parts.text(recording["answer"])
    await delete_recording(recorded.database, "local", second["turn_id"])
    assert await rows(recorded.database) == (0, 0)
    await get_conversation(recorded.database, "local", first["conversation_id"])


async def test_forget_conversation_takes_its_recordings(recorded: Agent):
    first = await ask(recorded, "mellow jazz")
    other = await ask(recorded, "sad country")
    with pytest.raises(NotFound):
        await forget_conversation(recorded.database, "bob", first["conversation_id"])
    await forget_conversation(recorded.database, "local", first["conversation_id"])
    assert [item["turn_id"] for item in await list_recordings(recorded.database, "local", 10)] == [
        other["turn_id"]
    ]
    await forget_conversation(recorded.database, "local", other["conversation_id"])
    assert await rows(recorded.database) == (0, 0)
    with pytest.raises(NotFound):
        await forget_conversation(recorded.database, "local", other["conversation_id"])


async def test_put_recording_keeps_the_newest(recorded: Agent):
    few = replace(recorded, recording_policy=RecordingPolicy("all", kept=2))
    answers = [await ask(few, message) for message in ("mellow jazz", "sad country", "loud metal")]
    kept = [item["turn_id"] for item in await list_recordings(few.database, "local", 10)]
    assert sorted(kept) == sorted(answer["turn_id"] for answer in answers[1:])
    with pytest.raises(NotFound):
        await get_conversation_recordings(few.database, "local", answers[0]["conversation_id"])


@pytest.mark.parametrize(
    ("recording_policy", "asked_for", "is_recorded"),
    [
        (RecordingPolicy("off"), False, False),
        (RecordingPolicy("off"), True, True),
        (RecordingPolicy("all"), False, True),
        (RecordingPolicy("errors"), False, False),
        (RecordingPolicy("errors"), True, True),
        (RecordingPolicy("sample", share=0.5, chance=lambda: 0.49), False, True),
        (RecordingPolicy("sample", share=0.5, chance=lambda: 0.5), False, False),
    ],
)
async def test_recorder_decides_what_is_kept(agent: Agent, recording_policy, asked_for, is_recorded):
    answer = await ask(replace(agent, recording_policy=recording_policy), "mellow jazz", record=asked_for)
    kept = await list_recordings(agent.database, "local", 10)
    assert [item["turn_id"] for item in kept] == ([answer["turn_id"]] if is_recorded else [])
