"""Recorded turns, made again: byte for byte the same, or with what differs said."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.embedding.embedder import Vectors
from src.catalogue.generations import ServedCatalogue
from src.chat.clients import Agent, RecordingPolicy
from src.errors import DomainError, EmbeddingUnavailable
from src.evaluation.replay import (
    CannotReplay,
    NetworkUsed,
    ReplaySession,
    network_forbidden,
    open_session,
    replay_turn,
)
from src.evaluation.runner.scripted_model import Said, serve_model
from src.recordings.models.recording import Recording, SpotifyCallMade
from src.recordings.parts import Parts
from src.recordings.store import get_recording, list_recordings
from tests.chat.fixtures import ask, titles

TWO_CALLS = [
    Said("", calls=[("search_catalogue", {"query": "calm modal jazz", "limit": 5})]),
    Said("Here you are.\n[t1] dreamy\n[t2] mellow\n[t999] nobody has this\nEnjoy."),
]


@pytest.fixture
def recorded(agent: Agent) -> Agent:
    return replace(agent, recording_policy=RecordingPolicy("all"))


@pytest.fixture
async def session(agent: Agent) -> AsyncIterator[ReplaySession]:
    async with open_session(agent.catalogue) as opened:
        yield opened


async def recording_of(agent: Agent, turn_id: str) -> tuple[Recording, Parts]:
    return await get_recording(agent.database, "local", turn_id)


async def test_replay_turn_when_the_rules_plan_is_identical(recorded: Agent, session: ReplaySession):
    answer = await ask(recorded, "dreamy dream pop, no Mazzy Star, nothing after 1995")
    replayed = await replay_turn(session, *await recording_of(recorded, answer["turn_id"]))
    assert replayed["differences"] == []
    assert replayed["identical"]
    assert titles(replayed["answer"]) == titles(answer)


async def test_replay_turn_of_a_conversation_with_a_model_is_identical(
    with_model: Callable[[str], Agent], session: ReplaySession
):
    async with serve_model(TWO_CALLS) as server:
        agent = replace(
            with_model(server.base_url), recording_policy=RecordingPolicy("all", how="scripted model")
        )
        first = await ask(agent, "mellow jazz")
        second = await ask(agent, "more like the first one, but by somebody else", first["conversation_id"])
    for answer in (first, second):
        recording, parts = await recording_of(agent, answer["turn_id"])
        assert recording["made_with"]["how"] == "scripted model"
        replayed = await replay_turn(session, recording, parts)
        assert replayed["differences"] == []
        assert replayed["answer"]["usage"]["model_calls"] == answer["usage"]["model_calls"]


async def test_replay_turn_when_the_prompt_changed_says_what_differs(
    with_model: Callable[[str], Agent], session: ReplaySession, monkeypatch: pytest.MonkeyPatch
):
    async with serve_model(TWO_CALLS) as server:
        agent = replace(with_model(server.base_url), recording_policy=RecordingPolicy("all"))
        answer = await ask(agent, "mellow jazz")
    recording, parts = await recording_of(agent, answer["turn_id"])
    monkeypatch.setattr("src.chat.planners._SHOWN", 3)
    strict = await replay_turn(session, recording, parts)
    assert strict["outcome"] == "diverged"
    assert "answer" not in strict
    (difference,) = strict["differences"]
    assert difference["where"] == "prompt of model call 1"
    assert any(line.startswith("-t4 | ") for line in difference["diff"].splitlines())
    loose = await replay_turn(session, recording, parts, mode="loose")
    assert loose["outcome"] == "finished"
    assert not loose["identical"]
    assert titles(loose["answer"]) == titles(answer)


async def test_replay_turn_when_the_code_reads_the_message_otherwise(
    recorded: Agent, session: ReplaySession, monkeypatch: pytest.MonkeyPatch
):
    answer = await ask(recorded, "mellow jazz", limit=3)
    recording, parts = await recording_of(recorded, answer["turn_id"])
    monkeypatch.setattr("src.chat.state.SOFT_CONSTRAINT_WEIGHT", -5.0)
    replayed = await replay_turn(session, recording, parts)
    assert {difference["where"] for difference in replayed["differences"]} == {"answer", "pool"}


async def test_replay_turn_when_a_text_was_not_embedded(recorded: Agent, session: ReplaySession):
    answer = await ask(recorded, "mellow jazz")
    recording, parts = await recording_of(recorded, answer["turn_id"])
    other: Recording = {**recording, "embeddings": []}
    strict = await replay_turn(session, other, parts)
    assert [difference["where"] for difference in strict["differences"]] == ["embedding"]
    loose = await replay_turn(session, other, parts, mode="loose")
    assert titles(loose["answer"]) == titles(answer)


async def test_replay_turn_on_another_catalogue(recorded: Agent, session: ReplaySession):
    answer = await ask(recorded, "mellow jazz")
    recording, parts = await recording_of(recorded, answer["turn_id"])
    elsewhere = replace(session, fingerprint="0123456789abcdef")
    with pytest.raises(CannotReplay, match="another catalogue"):
        await replay_turn(elsewhere, recording, parts)
    loose = await replay_turn(elsewhere, recording, parts, mode="loose")
    assert [difference["where"] for difference in loose["differences"]] == ["catalogue"]


async def test_replay_turn_that_asked_spotify_says_that_it_cannot(recorded: Agent, session: ReplaySession):
    answer = await ask(recorded, "mellow jazz")
    recording, parts = await recording_of(recorded, answer["turn_id"])
    calls: list[SpotifyCallMade] = [{"call": "search", "outcome": "ok"}]
    asked: Recording = {
        **recording,
        "spotify": {"connected": True, "taste": True, "handles": 0, "calls": calls},
    }
    with pytest.raises(CannotReplay, match="asked Spotify 1 times"):
        await replay_turn(session, asked, parts)
    loose = await replay_turn(session, asked, parts, mode="loose")
    assert loose["outcome"] == "finished"


async def test_replay_turn_live_asks_the_rules_or_the_model_given(
    with_model: Callable[[str], Agent], session: ReplaySession
):
    async with serve_model(TWO_CALLS) as server:
        agent = replace(with_model(server.base_url), recording_policy=RecordingPolicy("all"))
        answer = await ask(agent, "mellow jazz")
        recording, parts = await recording_of(agent, answer["turn_id"])
        rules = await replay_turn(session, recording, parts, mode="live")
        live = await replay_turn(session, recording, parts, mode="live", live=agent.chat)
        assert len(server.requests) == 3
    assert rules["answer"]["planner"]["kind"] == "rules"
    assert live["answer"]["planner"]["kind"] == "llm"


async def test_replay_turn_when_the_model_failed_midway(
    with_model: Callable[[str], Agent], session: ReplaySession
):
    async with serve_model([Said("Here.\n[t1] dreamy\n[t2] mellow\n", broken_after=3)]) as server:
        agent = replace(with_model(server.base_url), recording_policy=RecordingPolicy("errors"))
        answer = await ask(agent, "mellow jazz")
    assert answer["planner"]["degraded"]
    replayed = await replay_turn(session, *await recording_of(agent, answer["turn_id"]))
    assert replayed["differences"] == []


async def test_recorder_of_errors_keeps_no_turn_that_went_well(agent: Agent):
    careful = replace(agent, recording_policy=RecordingPolicy("errors"))
    answer = await ask(careful, "mellow jazz")
    with pytest.raises(DomainError, match="no recording"):
        await recording_of(careful, answer["turn_id"])


async def test_recorder_of_errors_keeps_a_turn_that_failed_and_its_replay_fails_alike(
    agent: Agent, catalogue: Catalogue, session: ReplaySession
):
    async def no_vector(_text: str) -> Vectors:
        raise EmbeddingUnavailable("The embedding endpoint does not answer.")

    assert catalogue.embedder is not None
    broken = replace(catalogue, embedder=replace(catalogue.embedder, embed_query=no_vector))
    failing = replace(agent, catalogue=ServedCatalogue(broken), recording_policy=RecordingPolicy("errors"))
    with pytest.raises(EmbeddingUnavailable):
        await ask(failing, "mellow jazz")
    (summary,) = await list_recordings(failing.database, "local", 10)
    assert summary["outcome"] == "embedding_unavailable"
    replayed = await replay_turn(session, *await recording_of(failing, summary["turn_id"]))
    assert replayed["outcome"] == "embedding_unavailable"
    assert replayed["identical"]


def test_network_forbidden_refuses_every_use():
    import socket

    with network_forbidden(), pytest.raises(NetworkUsed):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", 1), timeout=1)
