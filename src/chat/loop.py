"""The loop: ask the planner, show what it picks, run its tools, ask again; then fill and account."""

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
    CitedPick,
    PickReader,
    Piece,
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

# Prose beyond this many sentences is talk: it is cut, and the picks go on.
_MAX_SENTENCES = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a turn. Of its time, `reserve_s` seconds are the rules' and the storing's alone."""

    max_model_calls: int
    max_tool_calls: int
    reserve_s: float = 0.0


def model_time_s(left_s: float, limits: Limits) -> float:
    """Seconds that the next call of the model may take, all its attempts together.

    Whatever `LLM_TIMEOUT_S`, `LLM_ATTEMPTS` and `MAX_MODEL_CALLS` allow, the reserve is left at its end.

    Args:
        left_s: what is left of the turn.
        limits: of the turn.
    """
    return max(left_s - limits.reserve_s, 0.0)


async def run_planner(
    draft: Draft, request: TurnTask, planner: Planner, model: str, limits: Limits
) -> AsyncIterator[TurnEvent]:
    """Ask the planner until it answers in words alone; the last call offers no tools, so it always does.

    A model that cannot be had, at the start or midway, gives way to the rules: what was shown stays. Where
    its server refuses tools it goes on without them, and the answer says so.
    """
    offer_tools = True
    for call in range(limits.max_model_calls):
        tools_left = limits.max_tool_calls - draft.usage["tool_calls"]
        offering = offer_tools and call < limits.max_model_calls - 1 and tools_left > 0
        calls: list[ToolCall] = []
        try:
            async for event in _one_call(draft, request, planner, model, calls, offering):
                yield event
        except ModelUnavailable as error:
            logger.warning("model unavailable", reason=error.reason, call=call + 1)
            draft.planner["degraded"] = True
            draft.planner["detail"] = error.message
            draft.lacks_tools = error.reason == "tools_rejected" and offering
            if draft.lacks_tools:
                offer_tools = False
                continue
            async for event in _one_call(draft, request, plan_by_rules, "rules", [], False):
                yield event
            return
        if not calls or is_full(draft, request):
            return
        # The message that holds the calls shares this list: a call without a result is an error to servers.
        del calls[tools_left:]
        async for event in _run_tools(draft, request, calls):
            yield event


async def finish_list(draft: Draft, request: TurnTask) -> AsyncIterator[TurnEvent]:
    """Fill the list from the ranking and say what must be said of it; ends with the ledger."""
    if not draft.prose and draft.pool.candidates:
        yield speak(draft, say(_intro(request), request.language))
    for recommendation in [*named_first(draft, request), *fill(draft, request)]:
        yield {"type": "pick", "recommendation": recommendation}
    constraints = account(draft, request)
    given, wanted = len(draft.chosen), request.rules.count
    said = notes(constraints, request.rules.binding.set_aside, given, wanted, request.language)
    if draft.remembered:
        rules = ", ".join(describe(constraint) for rule in draft.remembered for constraint in rule["wishes"])
        said.append(say("remembered", request.language, rules=rules))
    if request.in_part:
        said.append(say("in_part", request.language))
    if draft.planner["degraded"]:
        said.append(say("no_tools" if draft.lacks_tools else "degraded", request.language))
    told = " ".join(said)
    said += [trouble for trouble in dict.fromkeys(draft.troubles) if trouble.rstrip(".") not in told]
    for sentence in said:
        yield speak(draft, sentence)
    yield {"type": "constraints", "constraints": constraints}


def _intro(request: TurnTask) -> str:
    constraints = [
        constraint for constraint in request.rules.binding.constraints if constraint["kind"] != "count"
    ]
    if not constraints and not request.brief["text"]:
        return "nothing_asked"
    return "intro_one" if request.rules.count == 1 else "intro"


def account(draft: Draft, request: TurnTask) -> list[ReportLine]:
    """The ledger of the list as it stands."""
    return write_report(request.rules, draft.chosen, draft.drops)


async def _one_call(
    draft: Draft,
    request: TurnTask,
    planner: Planner,
    model: str,
    calls: list[ToolCall],
    offering: bool,
) -> AsyncIterator[TurnEvent]:
    """One call of the planner: its words are read as they stream, its tool calls are gathered."""
    reader = PickReader()
    began = time.perf_counter()
    text: list[str] = []
    draft.model_speaks = planner is not plan_by_rules
    with span(draft.tracer, model_span(model), draft.turn) as current:
        async for event in planner(draft, request, offering):
            match event:
                case TextDelta(piece):
                    text.append(piece)
                    for part in reader.feed(piece):
                        for shown in _read(draft, request, part):
                            yield shown
                case ToolCalled(call):
                    calls.append(call)
                case Finished(reason, name, input_tokens, output_tokens):
                    draft.usage["input_tokens"] += input_tokens
                    draft.usage["output_tokens"] += output_tokens
                    current.set_attribute("gen_ai.response.finish_reasons", [reason])
                    current.set_attribute("gen_ai.response.model", name)
                    current.set_attribute("gen_ai.usage.input_tokens", input_tokens)
                    current.set_attribute("gen_ai.usage.output_tokens", output_tokens)
        for part in reader.finish():
            for shown in _read(draft, request, part):
                yield shown
    if draft.model_speaks:
        draft.usage["model_calls"] += 1
        draft.usage["model_ms"] += (time.perf_counter() - began) * 1000
        if calls:
            draft.messages.append({"role": "assistant", "content": "".join(text), "tool_calls": calls})


def _read(draft: Draft, request: TurnTask, piece: Piece) -> Iterator[TurnEvent]:
    """Show one piece of the planner's words, if it holds."""
    if (
        isinstance(piece, CitedPick)
        and (external_picks := draft.external.by_handle(piece.handle)) is not None
    ):
        if offer_external(draft, request, external_picks, piece.reason):
            yield {"type": "spotify_pick", "pick": draft.spotify_picks[-1]}
        return
    if isinstance(piece, CitedPick):
        candidate = draft.pool.by_handle(piece.handle)
        if candidate is None:
            draft.unknown_handles += 1
            return
        if candidate.track["id"] not in request.rules.wanted_ids:
            for recommendation in named_first(draft, request):
                yield _picked(recommendation)
        if offer(draft, request, candidate, piece.reason, by_model=draft.model_speaks):
            yield _picked(draft.picks[-1])
        return
    if len(draft.prose) >= _MAX_SENTENCES:
        draft.sentences_cut += 1
        return
    tracks = [pick["track"] for pick in draft.picks]
    support = support_of(tracks, request.support)
    names = draft.pool.names(request.told_names)
    if is_supported(piece.text, support, request.vocabulary, names):
        yield speak(draft, piece.text)
    else:
        draft.sentences_cut += 1


def _picked(recommendation: Recommendation) -> TurnEvent:
    return {"type": "pick", "recommendation": recommendation}


def speak(draft: Draft, sentence: str) -> TurnEvent:
    """Say a sentence of the reply."""
    before = " " if draft.prose else ""
    draft.prose.append(sentence)
    return {"type": "text_delta", "text": before + sentence}


async def _run_tools(draft: Draft, request: TurnTask, calls: list[ToolCall]) -> AsyncIterator[TurnEvent]:
    """Run the calls of one answer together; their results go into the pool in the order of the calls."""
    for call in calls:
        yield {
            "type": "tool_started",
            "call_id": call["id"],
            "tool": call["function"]["name"],
            "query": "",
        }
    results: dict[str, tuple[ToolOutcome, float]] = {}
    changing = [call for call in calls if call["function"]["name"] in CHANGE_THE_TURN]
    for call in changing:
        results[call["id"]] = await _run_tool(draft, call, _context(draft, request))
    others = [call for call in calls if call not in changing]
    context = _context(draft, request)
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


def _context(draft: Draft, request: TurnTask) -> ToolContext:
    return ToolContext(
        request.catalogue,
        request.where,
        draft.pool.track_id,
        update_brief=partial(change_brief, draft, request),
        remember_rule=partial(remember_rule, draft, request),
        spotify=request.spotify,
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
