"""Deleting a conversation takes what was kept of it, and nothing of others."""

from datetime import UTC, datetime

import pytest

from src.chat.clients import Agent
from src.chat.feedback import forget_conversation
from src.errors import NotFound
from src.jobs.store import NewJob, create_job, list_jobs
from tests.chat.fixtures import ask

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def a_job(id_: str, listener: str, request: dict[str, object]) -> NewJob:
    return NewJob(id=id_, listener=listener, kind="playlist", request=request, created_at=NOW)


async def test_forget_conversation_takes_its_jobs_alone(agent: Agent):
    answer = await ask(agent, "mellow jazz")
    id_ = answer["conversation_id"]
    for job in (
        a_job("of-it", "local", {"conversation_id": id_}),
        a_job("grown", "local", {"grow": {"from_conversation": "other"}, "conversation_id": id_}),
        a_job("of-another", "local", {"conversation_id": f"{id_}0"}),
        a_job("by-prompt", "local", {"prompt": f"like {id_}"}),
        a_job("of-bob", "bob", {"conversation_id": id_}),
    ):
        await create_job(agent.database, job, queued_max=10)
    await forget_conversation(agent.database, "local", id_)
    assert {job["id"] for job in await list_jobs(agent.database, "local", 10)} == {"of-another", "by-prompt"}
    assert [job["id"] for job in await list_jobs(agent.database, "bob", 10)] == ["of-bob"]
    with pytest.raises(NotFound):
        await forget_conversation(agent.database, "local", id_)
