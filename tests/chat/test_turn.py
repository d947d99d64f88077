import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.chat.clients import Agent, TurnRequest
from src.chat.loop import Limits, model_time_s
from src.chat.models.answer import ANSWER, TURN_EVENT
from src.chat.presentation import shown_answer
from src.chat.turn import run_turn
from src.conversations.store import get_conversation, list_conversations
from src.conversations.turn_store import load_spans
from src.errors import Conflict, NotFound
from src.evaluation.runner.scripted_model import Said, serve_model
from tests.chat.fixtures import all_events, ask, titles

_NO_TOOLS_AND_REASONING = (
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use "
    "function tools, use /v1/responses or set reasoning_effort to 'none'."
)


async def test_run_turn_obeys_every_hard_constraint(agent: Agent):
    answer = await ask(agent, "mellow dream pop, nothing after 1995, no Mazzy Star")
    picks = [pick["track"] for pick in answer["recommendations"]]
    assert set(titles(answer)[:2]) == {"Alison", "Cherry-coloured Funk"}
    assert all(track["year"] <= 1995 for track in picks if "year" in track)
    assert "Mazzy Star" not in {name for track in picks for name in track["artists"]}
    verdicts = {line["value"]: line["verdict"] for line in answer["constraints"]}
    assert verdicts["no Mazzy Star"] == "met"


async def test_run_turn_puts_unchecked_tracks_last_and_marks_them(agent: Agent):
    answer = await ask(agent, "dream pop, nothing after 1995", limit=24)
    unchecked = [pick for pick in answer["recommendations"] if pick["unchecked"]]
    assert [pick["track"]["title"] for pick in unchecked][:1] == ["An Untold Year"]
    assert answer["recommendations"][-len(unchecked) :] == unchecked
    assert {line["kind"]: line["verdict"] for line in answer["constraints"]}["years"] == "uncheckable"


async def test_run_turn_events_end_with_the_stored_answer(agent: Agent):
    events = await all_events(agent, "calm jazz", limit=2)
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["turn_started", "candidates"]
    assert kinds[-2:] == ["constraints", "turn_finished"]
    assert kinds.count("pick") == 2
    for event in events:
        assert TURN_EVENT.validate_json(TURN_EVENT.dump_json(event)) == event
    last = events[-1]
    assert last["type"] == "turn_finished"
    stored = await get_conversation(agent.database, "local", last["answer"]["conversation_id"])
    kept = ANSWER.validate_json(stored["turns"][0]["answer"])
    assert all("links" not in pick for pick in kept["recommendations"])
    assert await shown_answer(agent, "local", kept) == last["answer"]


async def test_run_turn_never_repeats_earlier_tracks(agent: Agent):
    first = await ask(agent, "jazz", limit=2)
    second = await ask(agent, "more please", first["conversation_id"], limit=2)
    assert not set(titles(first)) & set(titles(second))
    assert second["brief"]["turn"] == 2


async def test_run_turn_of_another_listener_is_not_found(agent: Agent):
    first = await ask(agent, "jazz", limit=1)
    with pytest.raises(NotFound):
        await ask(agent, "more", first["conversation_id"], listener="somebody")


async def test_run_turn_with_idempotency_key_answers_once(agent: Agent):
    first = await ask(agent, "jazz", limit=1, idempotency_key="k", request_hash="h")
    again = await ask(agent, "jazz", limit=1, idempotency_key="k", request_hash="h")
    assert again == first
    with pytest.raises(Conflict):
        await ask(agent, "rock", limit=1, idempotency_key="k", request_hash="other")
    page = await list_conversations(agent.database, "local", 10)
    assert len(page["conversations"]) == 1


async def test_run_turn_when_closed_early_leaves_nothing(agent: Agent):
    events = run_turn(agent, TurnRequest("local", "jazz"))
    assert (await anext(events))["type"] == "turn_started"
    await events.aclose()
    assert (await list_conversations(agent.database, "local", 10))["conversations"] == []


async def test_run_turn_serves_messages_of_one_conversation_in_order(agent: Agent):
    first = await ask(agent, "jazz", limit=1)
    id_ = first["conversation_id"]
    answers = await asyncio.gather(*(ask(agent, f"rock number {n}", id_, limit=1) for n in range(3)))
    assert [answer["brief"]["turn"] for answer in answers] == [2, 3, 4]
    assert not agent.conversation_locks


async def test_run_turn_stores_its_spans(agent: Agent):
    answer = await ask(agent, "jazz", limit=1)
    (spans,) = await load_spans(agent.database, "local", answer["trace_id"])
    assert "invoke_agent segue" in spans
    assert "retriev" in spans
    assert "jazz" not in spans


async def test_run_turn_when_nothing_fits_says_so(agent: Agent):
    answer = await ask(agent, "only songs by Metallica from before 1950")
    assert answer["recommendations"] == []
    assert "Nothing in this catalogue" in answer["reply"]
    assert "unmet" in {line["verdict"] for line in answer["constraints"]}


async def test_run_turn_when_the_artist_is_absent_says_so(agent: Agent):
    answer = await ask(agent, "songs by Zzyzx Unknowns", limit=3)
    line = next(line for line in answer["constraints"] if line["kind"] == "artist")
    assert line["verdict"] == "unmet"
    assert "not in this catalogue" in answer["reply"]


async def test_run_turn_named_track_stands_first(agent: Agent):
    answer = await ask(agent, 'play "Jolene" by Dolly Parton', limit=3)
    assert titles(answer)[0] == "Jolene"


async def test_run_turn_replies_in_the_language_of_the_message(agent: Agent):
    answer = await ask(agent, "quiero canciones tristes para una noche", limit=2)
    assert answer["reply"].startswith("Esto es lo que encaja")


async def test_run_turn_with_a_model_renders_its_picks_and_checks_its_words(with_model):
    def script(body):
        handles = _handles(body)
        return Said(
            "Some calm ones for you. Winner of a Grammy in 1984.\n"
            f"[{handles['So What']}] calm modal jazz, as you asked. It topped the charts in 1959.\n"
            f"[{handles['Blue in Green']}] sad and calm\n"
            "[t999] does not exist\n"
        )

    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "calm jazz", limit=2)
    assert titles(answer) == ["So What", "Blue in Green"]
    assert answer["recommendations"][0]["reason"] == "calm modal jazz, as you asked."
    assert answer["reply"] == "Some calm ones for you."
    assert [pick["chosen_by"] for pick in answer["recommendations"]] == ["model", "model"]
    assert answer["planner"] == {"kind": "llm", "model": "scripted", "degraded": False, "detail": ""}
    assert (answer["usage"]["input_tokens"], answer["usage"]["model_calls"]) == (11, 1)


async def test_run_turn_drops_what_a_model_picks_against_the_constraints(with_model):
    def script(body):
        return Said("\n".join(f"[{handle}] yes" for handle in _handles(body).values()))

    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "rock, no Coldplay, nothing after 2000", limit=5)
    picks = [pick["track"] for pick in answer["recommendations"]]
    assert all("Coldplay" not in track["artists"] and track.get("year", 0) <= 2000 for track in picks)


async def test_run_turn_fills_what_a_model_leaves_open(with_model):
    async with serve_model([Said("Nothing comes to mind.")]) as model:
        answer = await ask(with_model(model.base_url), "jazz", limit=3)
    assert len(answer["recommendations"]) == 3
    assert {pick["chosen_by"] for pick in answer["recommendations"]} == {"ranking"}


async def test_run_turn_runs_tools_and_answers_in_words(with_model):
    def script(body):
        if "tools" in body and not any(message["role"] == "tool" for message in body["messages"]):
            calls = [("search_catalogue", {"query": "chanson"}), ("find_track", {"title": "La vie en rose"})]
            return Said(calls=[*calls, ("no_such_tool", {}), ("artist_tracks", {"artist": 7})])
        return Said(f"[{_handles(body)['La vie en rose']}] romantic\n")

    async with serve_model(script) as model:
        events = await all_events(with_model(model.base_url), "something for Paris", limit=1)
    finished = {e["tool"]: e["ok"] for e in events if e["type"] == "tool_finished"}
    assert finished == {
        "search_catalogue": True,
        "find_track": True,
        "no_such_tool": False,
        "artist_tracks": False,
    }
    last = events[-1]
    assert last["type"] == "turn_finished"
    assert titles(last["answer"]) == ["La vie en rose"]
    tools = {item["tool"] for item in last["answer"]["recommendations"][0]["evidence"]}
    assert {"search_catalogue", "find_track"} <= tools
    assert last["answer"]["usage"]["tool_calls"] == 4


async def test_run_turn_with_a_model_that_loops_on_tools_ends_in_words(with_model):
    def script(body):
        if "tools" in body:
            return Said(calls=[("describe_catalogue", {})])
        return Said("Done.")

    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "jazz", limit=2)
    assert len(model.requests) == 4
    assert "tools" not in model.requests[-1]
    assert len(answer["recommendations"]) == 2


@pytest.mark.parametrize(
    "said",
    [
        Said(status=401),
        Said(status=500),
        Said(status=429),
        Said(text=""),
        Said(text="half a", broken_after=1),
    ],
)
async def test_run_turn_falls_back_to_the_rules_when_the_model_fails(with_model, said):
    async with serve_model([said]) as model:
        answer = await ask(with_model(model.base_url), "calm jazz", limit=2)
    assert len(answer["recommendations"]) == 2
    if said.broken_after is None:
        assert answer["planner"]["degraded"]
        assert answer["planner"]["detail"]


@pytest.mark.parametrize(
    "refusal",
    [
        "this model does not support tools",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "Function tools with reasoning_effort are not supported for gpt-6-astra in /v1/chat/completions. "
        "Please use /v1/responses instead.",
    ],
)
async def test_run_turn_without_the_tools_that_are_rejected_is_degraded(with_model, refusal):
    def script(body):
        if "tools" in body:
            return Said(status=400, error=refusal)
        return Said(f"[{_handles(body)['So What']}] calm\n")

    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "calm jazz", limit=1)
    assert titles(answer) == ["So What"]
    assert answer["planner"]["degraded"]
    assert "LLM_MODEL" in answer["planner"]["detail"]
    assert "no tools" in answer["reply"]
    assert "built-in rules" not in answer["reply"]


async def test_run_turn_with_a_model_that_must_not_reason_uses_its_tools(with_model):
    def script(body):
        if "tools" in body and body.get("reasoning_effort") != "none":
            return Said(status=400, error=_NO_TOOLS_AND_REASONING)
        if len(model.requests) == 2:
            return Said(calls=[("describe_catalogue", {})])
        return Said(f"[{_handles(body)['So What']}] calm\n")

    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "calm jazz", limit=1)
    assert titles(answer) == ["So What"]
    assert not answer["planner"]["degraded"]
    assert answer["usage"]["tool_calls"] == 1
    assert len(model.requests) == 3


@asynccontextmanager
async def _hanging(said: bytes) -> AsyncIterator[str]:
    """A model's server that says so much and no more."""

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        server.close_clients()


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
_HALF = b'data: {"choices": [{"index": 0, "delta": {"content": "Here a'
_WORD = b'data: {"choices": [{"index": 0, "delta": {"content": "Here a"}}]}\n\n'
_HANGS = [b"", _HEAD, _HEAD + _HALF, _HEAD + _WORD]


@pytest.mark.parametrize("said", _HANGS)
async def test_run_turn_with_a_model_that_hangs_answers_by_the_rules(with_model, said):
    async with _hanging(said) as base_url:
        agent = with_model(base_url)
        hasty = replace(agent, chat=replace(agent.chat, timeout_s=0.3, attempts=9))
        answer = await ask(hasty, "calm jazz", limit=2)
    assert len(answer["recommendations"]) == 2
    assert answer["planner"]["degraded"]
    assert "LLM_TIMEOUT_S" in answer["planner"]["detail"]


@pytest.mark.parametrize("said", _HANGS)
async def test_run_turn_with_a_model_that_may_take_longer_than_the_turn_answers_by_the_rules(
    with_model, said
):
    async with _hanging(said) as base_url:
        agent = with_model(base_url)
        chat = replace(agent.chat, timeout_s=600, attempts=9)
        limits = replace(agent.limits, reserve_s=19)
        answer = await ask(replace(agent, chat=chat, limits=limits, turn_timeout_s=20), "calm jazz", limit=2)
    assert len(answer["recommendations"]) == 2
    assert answer["planner"]["degraded"]
    assert "TURN_TIMEOUT_S" in answer["planner"]["detail"]


@given(left_s=st.floats(-1e6, 1e6), reserve_s=st.floats(1, 1e6))
def test_model_time_s_leaves_the_reserve(left_s, reserve_s):
    time_s = model_time_s(left_s, Limits(4, 12, reserve_s))
    assert time_s >= 0
    assert time_s == 0 or left_s - time_s >= reserve_s - 1e-6


async def test_run_turn_tells_the_model_of_catalogue_text_as_data(with_model):
    async with serve_model([Said("Fine.")]) as model:
        await ask(with_model(model.base_url), "dream pop", limit=1)
    prompt = model.prompt()
    assert "<catalogue>" in prompt
    assert prompt.count("</catalogue>") == prompt.count("<catalogue>") == 2


def _handles(body) -> dict[str, str]:
    """Title to handle, as the prompt lists them."""
    lines = "\n".join(message["content"] for message in body["messages"]).splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith("t") and " | " in line]
    return {row[1]: row[0] for row in rows}
