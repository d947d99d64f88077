"""A whole turn: read, retrieve, plan, enforce, store; as a stream of events that ends with the answer."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace

from loguru import logger
from opentelemetry.trace import Span

from src.catalogue.catalogue import Catalogue
from src.chat.actions import ActionOutcome, act
from src.chat.clients import Agent, TurnRequest
from src.chat.deadline import Deadline, new_deadline, within
from src.chat.loop import Planner, account, finish_list, model_time_s, run_planner, speak
from src.chat.models.answer import ANSWER, Answer, PlannerInfo, TurnEvent
from src.chat.models.why import TURN_RECORD
from src.chat.planners import NAME as RULES
from src.chat.planners import plan_by_model, plan_by_rules
from src.chat.record import (
    Outcome,
    keep_failed,
    keeping,
    new_recorder,
    note_catalogue,
    record_turn,
    with_recorder,
)
from src.chat.reply import show_answers, show_event
from src.chat.retrieve import find_named, first_retrieval, offer_named, read_own_listening
from src.chat.spotify_access import load_external, open_access, store_external, warnings
from src.chat.state import Draft, EarlierTurn, Pool, TurnTask, listener_words, make_request, new_usage
from src.constraints.checks import absent_names, known_of
from src.constraints.models.brief import BRIEF, empty_brief
from src.conversations.models.conversation import Conversation
from src.conversations.store import load_conversation
from src.conversations.turn_store import find_finished_turn, store_turn
from src.errors import DomainError, InvalidInput, TurnTimeout
from src.lexicon.genres import Vocabulary, load_vocabulary
from src.lexicon.tokens import tokenize
from src.llm.models.chat import ChatEvent
from src.preferences.models.taste_rule import MAX_RULES, TasteRule
from src.preferences.reading import RuleKeeper
from src.preferences.store import active_rules, list_rules, put_rule, rule_constraints
from src.recordings.recorder import Recorder
from src.schema import to_json
from src.telemetry.models.span import SPANS, SpanDocument
from src.telemetry.tracing import (
    context_of,
    record_failure,
    retrieval_span,
    span,
    start_turn,
    trace_id_of,
)
from src.understanding.commands import read_command
from src.understanding.language import message_language
from src.understanding.merge import MAX_CONSTRAINTS, merge_reading
from src.understanding.message import read_message
from src.understanding.references import resolve_references

MAX_MESSAGE_CHARS = 4_000
# Turns told to the model besides the brief, and turns whose tracks do not come again.
TURNS_TOLD = 3
_TURNS_REMEMBERED = 50


def clean_message(text: str) -> str:
    """The message as it is read and stored: without control characters and the blanks around it.

    Raises:
        InvalidInput: nothing is left, or it is longer than 4,000 characters.
    """
    readable = "".join(
        character if character in "\n\t" or character.isprintable() or ord(character) > 0x9F else " "
        for character in text
    )
    message = readable.encode("utf-8", "replace").decode("utf-8").strip()
    if not message:
        raise InvalidInput("The message is empty.")
    if len(message) > MAX_MESSAGE_CHARS:
        raise InvalidInput(f"The message is longer than {MAX_MESSAGE_CHARS} characters.")
    return message


async def run_turn(agent: Agent, request: TurnRequest) -> AsyncGenerator[TurnEvent]:
    """Answer one message; messages of one conversation are answered in the order they came.

    The last event is `turn_finished`; by then the turn is stored whole. Closing the stream before leaves
    nothing behind.

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
        if request.idempotency_key is not None:
            finished = await find_finished_turn(
                agent.database, request.listener, request.idempotency_key, request.request_hash
            )
            if finished is not None:
                answer = ANSWER.validate_json(finished)
                yield {"type": "turn_finished", "answer": await shown_answer(agent, request.listener, answer)}
                return
        conversation = (
            await load_conversation(
                agent.database, request.listener, conversation_id, recent_turns=_TURNS_REMEMBERED
            )
            if request.conversation_id
            else _new_conversation(conversation_id)
        )
        if recorder is not None:
            recorder.conversation = conversation
        turn_span = start_turn(agent.tracing, conversation_id)
        deadline = new_deadline(agent.turn_timeout_s)
        events = _answer(working, request, message, conversation, turn_span, deadline, recorder)
        try:
            async for event in within(deadline, events):
                yield event
        except TimeoutError:
            seconds = f"{agent.turn_timeout_s:g}"
            failure = TurnTimeout(f"The turn took longer than {seconds} s; nothing of it was kept.")
            await _fail(agent, request, message, turn_span, recorder, failure)
            raise failure from None
        except Exception as error:
            await _fail(agent, request, message, turn_span, recorder, error)
            raise
        finally:
            await events.aclose()
            if turn_span.is_recording():
                turn_span.end()
            agent.tracing.collector.collect(turn_span)


async def _fail(
    agent: Agent,
    request: TurnRequest,
    message: str,
    turn_span: Span,
    recorder: Recorder | None,
    error: Exception,
) -> None:
    """Mark the turn's span as failed, and keep its recording where it is to be kept."""
    record_failure(turn_span, error)
    if recorder is None:
        return
    turn_span.end()
    code = error.code if isinstance(error, DomainError) else "internal_error"
    outcome = Outcome(code, to_json(SPANS, agent.tracing.collector.collect(turn_span)))
    try:
        await keep_failed(agent, request, message, recorder, outcome)
    except DomainError as failure:
        # The turn's own failure is what the listener must hear of.
        logger.warning("recording not kept", code=failure.code)


async def _answer(
    agent: Agent,
    request: TurnRequest,
    message: str,
    conversation: Conversation,
    turn_span: Span,
    deadline: Deadline,
    recorder: Recorder | None,
) -> AsyncGenerator[TurnEvent]:
    began = time.perf_counter()
    turn_id, trace_id = agent.new_id(), trace_id_of(turn_span)
    yield {
        "type": "turn_started",
        "conversation_id": conversation["id"],
        "turn_id": turn_id,
        "trace_id": trace_id,
    }
    outcome = None
    async with agent.catalogue.use() as catalogue:
        if recorder is not None:
            await note_catalogue(agent, recorder, catalogue)
        draft, asked = await _begin(agent, request, turn_id, message, conversation, catalogue, turn_span)
        if recorder is not None:
            _note_beginning(recorder, draft, asked)
        yield {"type": "candidates", "count": len(draft.pool.candidates), "brief": asked.brief}
        # What is commanded first means what was given before.
        if draft.command and (not asked.is_for_music or (draft.command.is_first and asked.last_list)):
            outcome = await _act(agent, request, draft, asked, conversation["id"], deadline)
            yield speak(draft, outcome.sentence)
        if asked.is_for_music:
            async for event in _make_list(agent, draft, asked, deadline):
                yield await show_event(asked.caller, event, draft.external.ids)
    if draft.command and outcome is None:
        outcome = await _act(agent, request, draft, asked, conversation["id"], deadline)
        yield speak(draft, outcome.sentence)
    for sentence in await warnings(asked.spotify):
        yield speak(draft, sentence)
    draft.usage["total_ms"] = (time.perf_counter() - began) * 1000
    answer = _finished_answer(draft, asked, outcome, (conversation["id"], turn_id, trace_id))
    spans = _end_span(agent, turn_span, draft)
    await _store(agent, request, message, conversation, draft, asked, answer, spans, recorder)
    yield {"type": "turn_finished", "answer": await shown_answer(agent, request.listener, answer)}


async def _begin(
    agent: Agent,
    request: TurnRequest,
    turn_id: str,
    message: str,
    conversation: Conversation,
    catalogue: Catalogue,
    turn_span: Span,
) -> tuple[Draft, TurnTask]:
    """What the planner begins with: the message as it is read, and what was retrieved for it."""
    turn = context_of(turn_span)
    pool, info = Pool(conversation["pool"]), _planner_info(agent, catalogue)
    draft = Draft(pool, info, new_usage(), agent.tracing.tracer, turn)
    draft.external = await load_external(agent.spotify, request.listener, request.conversation_id)
    async with agent.reading:
        # One message a round of the event loop.
        await asyncio.sleep(0)
        draft.command, constraints = read_command(message)
    with span(draft.tracer, retrieval_span(catalogue.engine.name), turn):
        asked, draft.remembered = await _read_request(
            agent, request, turn_id, message, constraints, conversation, catalogue
        )
        asked.spotify = await open_access(agent.spotify, request.listener, draft, message)
        if asked.is_for_music:
            await read_own_listening(asked, asked.spotify)
            await first_retrieval(draft, asked)
            await find_named(draft, asked)
    return draft, asked


def _finished_answer(
    draft: Draft, asked: TurnTask, outcome: ActionOutcome | None, ids: tuple[str, str, str]
) -> Answer:
    """The answer as it is stored.

    Args:
        ids: of the conversation, the turn and the trace.
    """
    conversation_id, turn_id, trace_id = ids
    answer: Answer = {
        "conversation_id": conversation_id,
        "turn_id": turn_id,
        "trace_id": trace_id,
        "reply": " ".join(draft.prose),
        "recommendations": draft.picks,
        "constraints": account(draft, asked) if asked.is_for_music else [],
        "brief": asked.brief,
        "planner": draft.planner,
        "usage": draft.usage,
    }
    if draft.spotify_picks:
        answer["from_spotify"] = draft.spotify_picks
    # A plan, or a list of which nothing is at Spotify, is stored nowhere.
    if outcome is not None and outcome.report is not None and (save_id := outcome.report.get("save_id")):
        answer["save_id"] = save_id
    return answer


def _note_beginning(recorder: Recorder, draft: Draft, asked: TurnTask) -> None:
    """Note what the turn began with, besides its conversation."""
    recorder.rules = asked.stored_rules
    recorder.handles = draft.external.last
    if asked.spotify is not None:
        recorder.connected, recorder.taste = asked.spotify.connected, asked.spotify.taste


def _end_span(agent: Agent, turn_span: Span, draft: Draft) -> list[SpanDocument]:
    """End the turn's span; gives all of the turn."""
    turn_span.set_attribute("segue.picks", len(draft.picks))
    turn_span.set_attribute("segue.unknown_handles", draft.unknown_handles)
    turn_span.set_attribute("segue.sentences_cut", draft.sentences_cut)
    turn_span.end()
    return agent.tracing.collector.collect(turn_span)


async def _store(
    agent: Agent,
    request: TurnRequest,
    message: str,
    conversation: Conversation,
    draft: Draft,
    asked: TurnTask,
    answer: Answer,
    spans: list[SpanDocument],
    recorder: Recorder | None,
) -> None:
    """Keep the turn as a whole, and what goes with it."""
    created_at = agent.now()
    outcome = Outcome(
        "finished",
        to_json(SPANS, spans),
        to_json(ANSWER, answer),
        to_json(TURN_RECORD, record_turn(draft, asked)),
        degraded=draft.planner["degraded"],
    )
    await store_turn(
        agent.database,
        {
            "turn_id": answer["turn_id"],
            "listener": request.listener,
            "conversation_id": conversation["id"],
            "version": conversation["version"],
            "created_at": created_at,
            "message": message,
            "answer": outcome.answer or "",
            "record": outcome.record,
            "brief": to_json(BRIEF, asked.brief),
            "pool": draft.pool.ids,
            "trace_id": answer["trace_id"],
            "spans": outcome.spans,
            "idempotency_key": request.idempotency_key,
            "request_hash": request.request_hash or None,
        },
        traces_kept=agent.traces_kept,
        beside=keeping(agent, request, message, recorder, answer["turn_id"], outcome, created_at),
    )
    for rule in draft.remembered:
        await put_rule(agent.database, request.listener, rule, created_at)
    await store_external(asked.spotify, request.listener, conversation["id"], draft.external)


async def shown_answers(agent: Agent, listener: str, answers: Sequence[Answer]) -> list[Answer]:
    """Stored answers as the listener sees them: with links, and with what Spotify shows now."""
    return await show_answers(agent.spotify, agent.database, listener, answers)


async def shown_answer(agent: Agent, listener: str, answer: Answer) -> Answer:
    """One of them."""
    return (await shown_answers(agent, listener, [answer]))[0]


async def _act(
    agent: Agent,
    request: TurnRequest,
    draft: Draft,
    asked: TurnTask,
    conversation_id: str,
    deadline: Deadline,
) -> ActionOutcome:
    """Do what the message commands. What is written elsewhere has bounds of its own, and is not cut off."""
    deadline.lift()
    key = f"chat {request.idempotency_key or conversation_id}"
    outcome = await act(agent.spotify, request.listener, conversation_id, key, draft, asked)
    deadline.restart()
    return outcome


async def _make_list(
    agent: Agent, draft: Draft, asked: TurnTask, deadline: Deadline
) -> AsyncIterator[TurnEvent]:
    for event in offer_named(draft, asked):
        yield event
    planner, model = _planner(agent, deadline)
    async for event in run_planner(draft, asked, planner, model, agent.limits):
        yield event
    async for event in finish_list(draft, asked):
        yield event


async def _read_request(
    agent: Agent,
    request: TurnRequest,
    turn_id: str,
    message: str,
    constraints: str,
    conversation: Conversation,
    catalogue: Catalogue,
) -> tuple[TurnTask, list[TasteRule]]:
    """Read the message into the brief, and the brief into what binds; with the rules that are to be kept.

    Args:
        wishes: the message without what it commands.
    """
    vocabulary = await vocabulary_of(agent, catalogue)
    before = BRIEF.validate_json(conversation["brief"])
    async with agent.reading:
        await asyncio.sleep(0)
        reading = await read_message(catalogue, vocabulary, constraints, before["turn"] + 1, agent.now().year)
    earlier = [(turn["message"], ANSWER.validate_json(turn["answer"])) for turn in conversation["recent"]]
    tracks = [pick["track"] for _, answer in earlier for pick in answer["recommendations"]]
    lists = [answer for _, answer in earlier if answer["recommendations"] or answer.get("from_spotify")]
    last = [pick["track"] for pick in lists[-1]["recommendations"]] if lists else []
    meant = resolve_references(reading.references, last, before["turn"] + 1)
    brief = merge_reading(before, replace(reading, constraints=[*reading.constraints, *meant]))
    absent = await absent_names(catalogue, brief, vocabulary)
    known = replace(known_of(tracks, conversation["feedback"], vocabulary.artists), absent=absent)
    stored = await list_rules(agent.database, request.listener, agent.now())
    keeper = RuleKeeper(
        conversation["id"],
        turn_id,
        catalogue,
        vocabulary,
        agent.now,
        agent.new_id,
        room=MAX_RULES - len(stored),
    )
    kept = keeper.keep_read(message, reading)
    told = [as_told(text, answer) for text, answer in earlier[-TURNS_TOLD:]]
    active = active_rules([*stored, *kept], listener_words(message, told, brief), agent.now())
    asked = make_request(
        message=message,
        language=reading.language if constraints else message_language(message, tokenize(message)),
        brief=brief,
        known=known,
        rule_constraints=rule_constraints(active, brief),
        keep_rule=keeper.keep,
        limit=request.limit,
        catalogue=catalogue,
        vocabulary=vocabulary,
        earlier=told,
    )
    asked.stored_rules = stored
    # A full brief takes no more: the listener must hear that something was left out.
    asked.in_part = reading.in_part or len(brief["wishes"]) >= MAX_CONSTRAINTS
    asked.is_for_music = bool(constraints)
    asked.last_list = lists[-1] if lists else None
    asked.given_handles = frozenset(
        pick["handle"] for answer in lists for pick in answer.get("from_spotify", [])
    )
    return asked, kept


async def vocabulary_of(agent: Agent, catalogue: Catalogue) -> Vocabulary:
    """The genres of the catalogue as it is, read once."""
    vocabulary = agent.vocabularies.get(catalogue.version)
    if vocabulary is None:
        vocabulary = await load_vocabulary(catalogue)
        agent.vocabularies.clear()
        agent.vocabularies[catalogue.version] = vocabulary
    return vocabulary


def _new_conversation(id_: str) -> Conversation:
    return {
        "id": id_,
        "version": 0,
        "turns": 0,
        "brief": to_json(BRIEF, empty_brief()),
        "pool": [],
        "feedback": {},
        "recent": [],
    }


def as_told(message: str, answer: Answer) -> EarlierTurn:
    """A finished turn as the model is told of it."""
    picks = [
        f"{pick['track']['title']} by {pick['track']['artists'][0]}" for pick in answer["recommendations"]
    ]
    return EarlierTurn(message, answer["reply"], picks)


def _planner(agent: Agent, deadline: Deadline) -> tuple[Planner, str]:
    chat = agent.chat
    if chat is None:
        return plan_by_rules, RULES

    def plan(draft: Draft, request: TurnTask, offer_tools: bool) -> AsyncIterator[ChatEvent]:
        within_s = model_time_s(deadline.left_s, agent.limits)
        return plan_by_model(chat, agent.context_tokens, draft, request, offer_tools, within_s)

    return plan, chat.model


def _planner_info(agent: Agent, catalogue: Catalogue) -> PlannerInfo:
    by_words = "" if catalogue.embedder else "Search went by words alone: no embedding model is at hand."
    if agent.chat is None:
        return {"kind": "rules", "degraded": False, "detail": by_words}
    return {"kind": "llm", "model": agent.chat.model, "degraded": False, "detail": by_words}
