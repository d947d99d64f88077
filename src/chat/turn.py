"""A whole turn: read, retrieve, plan, enforce, store; as a stream of events that ends with the answer."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from loguru import logger

from src.catalogue.catalogue import Catalogue
from src.chat.actions import ActionOutcome, act
from src.chat.clients import Agent, OpenTurn, TurnRequest
from src.chat.deadline import new_deadline, within
from src.chat.loop import Planner, finish_list, model_time_s, report_of, run_planner, speak
from src.chat.models.answer import ANSWER, Answer, PlannerInfo, TurnEvent
from src.chat.models.why import TURN_RECORD
from src.chat.planners import NAME as RULES
from src.chat.planners import plan_by_model, plan_by_rules
from src.chat.presentation import show_event, shown_answer
from src.chat.record import (
    TurnOutcome,
    keep_failed,
    new_recorder,
    note_catalogue,
    recording_writer,
    turn_record,
    with_recorder,
)
from src.chat.retrieve import find_named, first_retrieval, offer_named, read_own_listening
from src.chat.spotify_access import load_external, open_access, store_external, warnings
from src.chat.state import Draft, Pool, TurnTask, new_usage
from src.chat.understand import clean_message, understand
from src.constraints.models.brief import BRIEF, empty_brief
from src.conversations.models.conversation import Conversation
from src.conversations.store import load_conversation
from src.conversations.turn_store import find_finished_turn, store_turn
from src.errors import DomainError, TurnTimeout
from src.llm.models.chat import ChatEvent
from src.preferences.store import put_rule
from src.schema import to_json
from src.telemetry.models.span import SPANS, SpanDocument
from src.telemetry.tracing import context_of, record_failure, retrieval_span, span, start_turn, trace_id_of
from src.understanding.commands import read_command

# Turns whose tracks are not recommended again.
_TURNS_REMEMBERED = 50


async def run_turn(agent: Agent, request: TurnRequest) -> AsyncGenerator[TurnEvent]:
    """Answer one message; messages of one conversation are answered in the order they came.

    The last event is `turn_finished`; by then the whole turn is stored. Closing the stream before that stores
    nothing.

    Raises:
        NotFound: no such conversation of this listener.
        InvalidInput: an unusable message.
        Conflict: the idempotency key was used for another request, or the conversation was changed meanwhile.
        TurnTimeout: the work of the turn took longer than its deadline; the time in which the caller reads
            an event does not count.
    """
    message = clean_message(request.message)
    recorder = new_recorder(agent.recording_policy, request)
    working = with_recorder(agent, recorder) if recorder is not None else agent
    conversation_id = request.conversation_id or working.new_id()
    # The lock lives as long as somebody holds it or waits for it.
    lock = agent.conversation_locks.setdefault(conversation_id, asyncio.Lock())
    async with lock:
        finished = await _finished_before(agent, request)
        if finished is not None:
            yield {"type": "turn_finished", "answer": await shown_answer(agent, request.listener, finished)}
            return
        turn = OpenTurn(
            agent=working,
            request=request,
            message=message,
            conversation=await _conversation(agent, request, conversation_id),
            span=start_turn(agent.tracing, conversation_id),
            deadline=new_deadline(agent.turn_timeout_s),
            recorder=recorder,
            id=working.new_id(),
        )
        async with aclosing(_run(turn)) as events:
            async for event in events:
                yield event


async def _finished_before(agent: Agent, request: TurnRequest) -> Answer | None:
    """The answer of an earlier request with the same idempotency key."""
    key = request.idempotency_key
    if key is None:
        return None
    finished = await find_finished_turn(agent.database, request.listener, key, request.request_hash)
    return ANSWER.validate_json(finished) if finished is not None else None


async def _conversation(agent: Agent, request: TurnRequest, id_: str) -> Conversation:
    if request.conversation_id:
        return await load_conversation(agent.database, request.listener, id_, recent_turns=_TURNS_REMEMBERED)
    return {
        "id": id_,
        "version": 0,
        "turns": 0,
        "brief": to_json(BRIEF, empty_brief()),
        "pool": [],
        "feedback": {},
        "recent": [],
    }


async def _run(turn: OpenTurn) -> AsyncGenerator[TurnEvent]:
    """Answer within the deadline; a failure is traced, and recorded where it is to be."""
    try:
        async with aclosing(_answer(turn)) as events:
            async for event in within(turn.deadline, events):
                yield event
    except TimeoutError:
        seconds = f"{turn.agent.turn_timeout_s:g}"
        failure = TurnTimeout(f"The turn took longer than {seconds} s; nothing of it was kept.")
        await _fail(turn, failure)
        raise failure from None
    except Exception as error:
        await _fail(turn, error)
        raise
    finally:
        if turn.span.is_recording():
            turn.span.end()
        turn.agent.tracing.collector.collect(turn.span)


async def _fail(turn: OpenTurn, error: Exception) -> None:
    record_failure(turn.span, error)
    if turn.recorder is None:
        return
    turn.span.end()
    code = error.code if isinstance(error, DomainError) else "internal_error"
    spans = turn.agent.tracing.collector.collect(turn.span)
    try:
        await keep_failed(turn, turn.recorder, TurnOutcome(code, to_json(SPANS, spans)))
    except DomainError as failure:
        # The listener must hear of the turn's own failure, not of this one.
        logger.warning("recording not kept", code=failure.code)


async def _answer(turn: OpenTurn) -> AsyncGenerator[TurnEvent]:
    began = time.perf_counter()
    yield {
        "type": "turn_started",
        "conversation_id": turn.conversation["id"],
        "turn_id": turn.id,
        "trace_id": trace_id_of(turn.span),
    }
    outcome = None
    async with turn.agent.catalogue.use() as catalogue:
        draft, task = await _begin(turn, catalogue)
        yield {"type": "candidates", "count": len(draft.pool.candidates), "brief": task.brief}
        # A command that comes first in the message means the list that was given before.
        if draft.command and (not task.is_for_music or (draft.command.is_first and task.last_list)):
            outcome = await _act(turn, draft, task)
            yield speak(draft, outcome.sentence)
        if task.is_for_music:
            async for event in _make_list(turn, draft, task):
                yield await show_event(task.caller, event, draft.external.ids)
    if draft.command and outcome is None:
        outcome = await _act(turn, draft, task)
        yield speak(draft, outcome.sentence)
    for sentence in await warnings(task.spotify):
        yield speak(draft, sentence)
    draft.usage["total_ms"] = (time.perf_counter() - began) * 1000
    answer = _finished_answer(turn, draft, task, outcome)
    await _store(turn, draft, task, answer, _end_span(turn, draft))
    yield {"type": "turn_finished", "answer": await shown_answer(turn.agent, turn.request.listener, answer)}


async def _begin(turn: OpenTurn, catalogue: Catalogue) -> tuple[Draft, TurnTask]:
    """What the planner begins with: the message as it was read, and what was retrieved for it."""
    agent, listener = turn.agent, turn.request.listener
    if turn.recorder is not None:
        await note_catalogue(agent, turn.recorder, catalogue)
    parent = context_of(turn.span)
    pool = Pool(turn.conversation["pool"])
    draft = Draft(pool, _planner_info(agent, catalogue), new_usage(), agent.tracing.tracer, parent)
    draft.external = await load_external(agent.spotify, listener, turn.request.conversation_id)
    async with agent.reading:
        # One message a round of the event loop.
        await asyncio.sleep(0)
        draft.command, text = read_command(turn.message)
    with span(draft.tracer, retrieval_span(catalogue.engine.name), parent):
        task, draft.remembered = await understand(turn, catalogue, text)
        task.spotify = await open_access(agent.spotify, listener, draft, turn.message)
        if task.is_for_music:
            await read_own_listening(task)
            await first_retrieval(draft, task)
            await find_named(draft, task)
    if turn.recorder is not None:
        turn.recorder.handles = draft.external.last
        if task.spotify is not None:
            turn.recorder.connected, turn.recorder.taste = task.spotify.connected, task.spotify.taste
    return draft, task


async def _act(turn: OpenTurn, draft: Draft, task: TurnTask) -> ActionOutcome:
    """Do what the message commands; writing at Spotify has bounds of its own, and is not cut off."""
    turn.deadline.lift()
    outcome = await act(turn, draft, task)
    turn.deadline.restart()
    return outcome


async def _make_list(turn: OpenTurn, draft: Draft, task: TurnTask) -> AsyncIterator[TurnEvent]:
    for event in offer_named(draft, task):
        yield event
    planner, model = _planner(turn)
    async for event in run_planner(draft, task, planner, model, turn.agent.limits):
        yield event
    async for event in finish_list(draft, task):
        yield event


def _planner(turn: OpenTurn) -> tuple[Planner, str]:
    agent, chat = turn.agent, turn.agent.chat
    if chat is None:
        return plan_by_rules, RULES

    def plan(draft: Draft, task: TurnTask, offer_tools: bool) -> AsyncIterator[ChatEvent]:
        within_s = model_time_s(turn.deadline.left_s, agent.limits)
        return plan_by_model(chat, agent.context_tokens, draft, task, offer_tools, within_s)

    return plan, chat.model


def _planner_info(agent: Agent, catalogue: Catalogue) -> PlannerInfo:
    by_words = "" if catalogue.embedder else "Search went by words alone: no embedding model is at hand."
    if agent.chat is None:
        return {"kind": "rules", "degraded": False, "detail": by_words}
    return {"kind": "llm", "model": agent.chat.model, "degraded": False, "detail": by_words}


def _finished_answer(turn: OpenTurn, draft: Draft, task: TurnTask, outcome: ActionOutcome | None) -> Answer:
    """The answer as it is stored."""
    answer: Answer = {
        "conversation_id": turn.conversation["id"],
        "turn_id": turn.id,
        "trace_id": trace_id_of(turn.span),
        "reply": " ".join(draft.prose),
        "recommendations": draft.picks,
        "constraints": report_of(draft, task) if task.is_for_music else [],
        "brief": task.brief,
        "planner": draft.planner,
        "usage": draft.usage,
    }
    if draft.spotify_picks:
        answer["from_spotify"] = draft.spotify_picks
    # A dry run, and a list of which nothing is at Spotify, have no id: they are not stored.
    if outcome is not None and outcome.report is not None and (save_id := outcome.report.get("save_id")):
        answer["save_id"] = save_id
    return answer


def _end_span(turn: OpenTurn, draft: Draft) -> list[SpanDocument]:
    """End the turn's span; returns all spans of the turn."""
    turn.span.set_attribute("segue.picks", len(draft.picks))
    turn.span.set_attribute("segue.unknown_handles", draft.unknown_handles)
    turn.span.set_attribute("segue.sentences_cut", draft.sentences_cut)
    turn.span.end()
    return turn.agent.tracing.collector.collect(turn.span)


async def _store(
    turn: OpenTurn, draft: Draft, task: TurnTask, answer: Answer, spans: list[SpanDocument]
) -> None:
    """Store the whole turn with its recording, then its new taste rules and Spotify handles."""
    agent, request, conversation = turn.agent, turn.request, turn.conversation
    created_at = agent.now()
    answer_text = to_json(ANSWER, answer)
    outcome = TurnOutcome(
        "finished",
        to_json(SPANS, spans),
        answer_text,
        to_json(TURN_RECORD, turn_record(draft, task)),
        degraded=draft.planner["degraded"],
    )
    await store_turn(
        agent.database,
        {
            "turn_id": turn.id,
            "listener": request.listener,
            "conversation_id": conversation["id"],
            "version": conversation["version"],
            "created_at": created_at,
            "message": turn.message,
            "answer": answer_text,
            "record": outcome.record,
            "brief": to_json(BRIEF, task.brief),
            "pool": draft.pool.ids,
            "trace_id": answer["trace_id"],
            "spans": outcome.spans,
            "idempotency_key": request.idempotency_key,
            "request_hash": request.request_hash or None,
        },
        traces_kept=agent.traces_kept,
        beside=recording_writer(turn, outcome, created_at),
    )
    for rule in draft.remembered:
        await put_rule(agent.database, request.listener, rule, created_at)
    await store_external(task.spotify, request.listener, conversation["id"], draft.external)
