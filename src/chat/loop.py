"""The loop: ask the planner, show what it picks, run its tools, ask again; then fill and report."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from loguru import logger

from src.chat.brief_edits import change_brief, remember_rule
from src.chat.models.answer import Recommendation, TurnEvent
from src.chat.planners import plan_by_rules, write_tool_result
from src.chat.recommendations import (
    PickReader,
    Piece,
    Prose,
    fill,
    is_full,
    named_first,
    offer,
    offer_external,
)
from src.chat.reply import notes, say
from src.chat.state import Draft, TurnTask
from src.chat.tools.context import ToolContext, ToolOutcome
from src.chat.tools.run import CHANGE_THE_TURN, TOOLS, offered_tools
from src.constraints.describe import describe
from src.constraints.models.brief import ReportLine
from src.constraints.report import write_report
from src.errors import ModelUnavailable
from src.grounding.claims import is_supported
from src.grounding.support import support_of
from src.llm.models.chat import ChatEvent, Finished, TextDelta, ToolCall, ToolCalled
from src.telemetry.tracing import model_span, span, tool_span

type Planner = Callable[[Draft, TurnTask, bool], AsyncIterator[ChatEvent]]

# Sentences beyond this number are cut; picks after them still count.
_MAX_SENTENCES = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a turn. No model uses the last `reserve_s` seconds: the rules and the storing need them."""

    max_model_calls: int
    max_tool_calls: int
    reserve_s: float = 0.0


def model_time_s(left_s: float, limits: Limits) -> float:
    """Seconds that the next call of the model may take, all its attempts together, of `left_s` of the turn.

    Whatever `LLM_TIMEOUT_S`, `LLM_ATTEMPTS` and `MAX_MODEL_CALLS` allow, the reserve is left at its end.
    """
    return max(left_s - limits.reserve_s, 0.0)


async def run_planner(
    draft: Draft, task: TurnTask, planner: Planner, model: str, limits: Limits
) -> AsyncIterator[TurnEvent]:
    """Ask the planner until it answers in words alone; the last call offers no tools, so it always does.

    When the model fails, at the start or midway, the rules take over: what was shown stays. When its server
    refuses tools it goes on without them, and the answer says so.
    """
    offer_tools = True
    for call in range(limits.max_model_calls):
        tools_left = limits.max_tool_calls - draft.usage["tool_calls"]
        offering = offer_tools and call < limits.max_model_calls - 1 and tools_left > 0
        calls: list[ToolCall] = []
        try:
            async for event in _one_call(draft, task, planner, model, calls, offering):
                yield event
        except ModelUnavailable as error:
            logger.warning("model unavailable", reason=error.reason, call=call + 1)
            draft.planner["degraded"] = True
            draft.planner["detail"] = error.message
            draft.lacks_tools = error.reason == "tools_rejected" and offering
            if draft.lacks_tools:
                offer_tools = False
                continue
            async for event in _one_call(draft, task, plan_by_rules, "rules", [], False):
                yield event
            return
        if not calls or is_full(draft, task):
            return
        # The message that holds the calls shares this list: a call without a result is an error to servers.
        del calls[tools_left:]
        async for event in _run_tools(draft, task, calls):
            yield event


async def finish_list(draft: Draft, task: TurnTask) -> AsyncIterator[TurnEvent]:
    """Fill the list from the ranking and say what must be said of it; ends with the constraint report."""
    if not draft.prose and draft.pool.candidates:
        yield speak(draft, say(_intro(task), task.language))
    for recommendation in [*named_first(draft, task), *fill(draft, task)]:
        yield _picked(recommendation)
    constraints = report_of(draft, task)
    for sentence in _closing_words(draft, task, constraints):
        yield speak(draft, sentence)
    yield {"type": "constraints", "constraints": constraints}


def _intro(task: TurnTask) -> str:
    if not task.brief["text"] and all(constraint["kind"] == "count" for constraint in task.constraints):
        return "nothing_asked"
    return "intro_one" if task.rules.count == 1 else "intro"


def _closing_words(draft: Draft, task: TurnTask, constraints: list[ReportLine]) -> list[str]:
    """Notes on the list, on what was remembered or left out, and on what went wrong."""
    set_aside, given = task.rules.binding.set_aside, len(draft.chosen)
    said = notes(constraints, set_aside, given, task.rules.count, task.language)
    if draft.remembered:
        rules = ", ".join(describe(constraint) for rule in draft.remembered for constraint in rule["wishes"])
        said.append(say("remembered", task.language, rules=rules))
    if task.in_part:
        said.append(say("in_part", task.language))
    if draft.planner["degraded"]:
        said.append(say("no_tools" if draft.lacks_tools else "degraded", task.language))
    so_far = " ".join(said)
    return said + [trouble for trouble in dict.fromkeys(draft.troubles) if trouble.rstrip(".") not in so_far]


def report_of(draft: Draft, task: TurnTask) -> list[ReportLine]:
    """The constraint report of the list as it is now."""
    return write_report(task.rules, draft.chosen, draft.drops)


async def _one_call(
    draft: Draft, task: TurnTask, planner: Planner, model: str, calls: list[ToolCall], offering: bool
) -> AsyncIterator[TurnEvent]:
    """One call of the planner: its words are read as they stream, its tool calls are added to `calls`."""
    reader = PickReader()
    began = time.perf_counter()
    text: list[str] = []
    draft.model_speaks = planner is not plan_by_rules
    with span(draft.tracer, model_span(model), draft.turn) as current:
        async for event in planner(draft, task, offering):
            match event:
                case TextDelta(piece):
                    text.append(piece)
                    for part in reader.feed(piece):
                        for shown in _read(draft, task, part):
                            yield shown
                case ToolCalled(call):
                    calls.append(call)
                case Finished(reason, name, input_tokens, output_tokens):
                    draft.usage["input_tokens"] += input_tokens
                    draft.usage["output_tokens"] += output_tokens
                    current.set_attributes(
                        {
                            "gen_ai.response.finish_reasons": [reason],
                            "gen_ai.response.model": name,
                            "gen_ai.usage.input_tokens": input_tokens,
                            "gen_ai.usage.output_tokens": output_tokens,
                        }
                    )
        for part in reader.finish():
            for shown in _read(draft, task, part):
                yield shown
    if draft.model_speaks:
        draft.usage["model_calls"] += 1
        draft.usage["model_ms"] += (time.perf_counter() - began) * 1000
        if calls:
            draft.messages.append({"role": "assistant", "content": "".join(text), "tool_calls": calls})


def _read(draft: Draft, task: TurnTask, piece: Piece) -> Iterator[TurnEvent]:
    """Show one piece of the planner's words, if it holds."""
    if isinstance(piece, Prose):
        yield from _read_prose(draft, task, piece.text)
    elif (item := draft.external.by_handle(piece.handle)) is not None:
        if offer_external(draft, task, item, piece.reason):
            yield {"type": "spotify_pick", "pick": draft.spotify_picks[-1]}
    elif (candidate := draft.pool.by_handle(piece.handle)) is not None:
        if candidate.track["id"] not in task.rules.wanted_ids:
            yield from map(_picked, named_first(draft, task))
        if offer(draft, task, candidate, piece.reason, by_model=draft.model_speaks):
            yield _picked(draft.picks[-1])
    else:
        draft.unknown_handles += 1


def _read_prose(draft: Draft, task: TurnTask, sentence: str) -> Iterator[TurnEvent]:
    """Say the sentence if the records and the listener's words support it."""
    if len(draft.prose) < _MAX_SENTENCES:
        support = support_of([pick["track"] for pick in draft.picks], task.support)
        names = draft.pool.names(task.earlier_picks)
        if is_supported(sentence, support, task.vocabulary, names):
            yield speak(draft, sentence)
            return
    draft.sentences_cut += 1


def _picked(recommendation: Recommendation) -> TurnEvent:
    return {"type": "pick", "recommendation": recommendation}


def speak(draft: Draft, sentence: str) -> TurnEvent:
    """Say a sentence of the reply."""
    before = " " if draft.prose else ""
    draft.prose.append(sentence)
    return {"type": "text_delta", "text": before + sentence}


async def _run_tools(draft: Draft, task: TurnTask, calls: list[ToolCall]) -> AsyncIterator[TurnEvent]:
    """Run the calls of one answer together; their results go into the pool in the order of the calls."""
    for call in calls:
        yield {"type": "tool_started", "call_id": call["id"], "tool": call["function"]["name"], "query": ""}
    results: dict[str, tuple[ToolOutcome, float]] = {}
    others: list[ToolCall] = []
    for call in calls:
        if call["function"]["name"] in CHANGE_THE_TURN:
            results[call["id"]] = await _run_tool(draft, call, _context(draft, task))
        else:
            others.append(call)
    context = _context(draft, task)
    ran = await asyncio.gather(*(_run_tool(draft, call, context) for call in others))
    results.update(zip((call["id"] for call in others), ran, strict=True))
    for call in calls:
        outcome, milliseconds = results[call["id"]]
        name = call["function"]["name"]
        if outcome.are_examples:
            candidates = draft.pool.add_examples(outcome.found)
        else:
            candidates = draft.pool.add(outcome.found, tool=name, query=outcome.query)
        if outcome.trouble:
            draft.troubles.append(outcome.trouble)
        draft.usage["tool_calls"] += 1
        draft.usage["retrieval_ms"] += milliseconds
        note = outcome.error or outcome.note
        content = write_tool_result(note, candidates) if outcome.found else note or "Nothing was found."
        draft.messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
        yield {
            "type": "tool_finished",
            "call_id": call["id"],
            "tool": name,
            "ok": not outcome.error,
            "found": len(outcome.found),
            "ms": round(milliseconds, 3),
        }


def _context(draft: Draft, task: TurnTask) -> ToolContext:
    return ToolContext(
        task.catalogue,
        task.where,
        draft.pool.track_id,
        update_brief=partial(change_brief, draft, task),
        remember_rule=partial(remember_rule, draft, task),
        spotify=task.spotify,
    )


async def _run_tool(draft: Draft, call: ToolCall, context: ToolContext) -> tuple[ToolOutcome, float]:
    name = call["function"]["name"]
    began = time.perf_counter()
    offered = offered_tools(context.spotify)
    spec = tool_span(name if name in offered else "unknown", call["id"])
    with span(draft.tracer, spec, draft.turn) as current:
        if name in offered:
            outcome = await TOOLS[name].call(call["function"]["arguments"], context)
        else:
            outcome = ToolOutcome("", error=f"There is no such tool; there are {', '.join(sorted(offered))}.")
        current.set_attribute("segue.tool.found", len(outcome.found))
        current.set_attribute("segue.tool.ok", not outcome.error)
    return outcome, (time.perf_counter() - began) * 1000
