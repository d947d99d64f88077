"""The planners: the messages of a model, and the rules that plan without one."""

import json
import math
from collections.abc import AsyncIterator, Sequence
from functools import cache

from src.catalogue.models.track import Track
from src.chat.recommendations import is_full, ranking
from src.chat.reply import plain_reason
from src.chat.state import Candidate, Draft, TurnTask
from src.chat.tools.run import offered_tools, tool_specs
from src.constraints.describe import describe
from src.llm.chat import Chat, estimate_tokens, fit_messages
from src.llm.models.chat import ChatEvent, ChatMessage, ChatRequest, Finished, TextDelta
from src.prompts import as_data, load_prompt, render_prompt

# Candidates written out for the model: enough for a choice, few enough for a small model's context.
_SHOWN = 24


async def plan_by_model(
    model: Chat,
    context_tokens: int,
    draft: Draft,
    task: TurnTask,
    offer_tools: bool,
    within_s: float = math.inf,
) -> AsyncIterator[ChatEvent]:
    """One call of the model on the turn's messages, answered within `within_s` seconds.

    Raises:
        ModelUnavailable: the model cannot be had, or refuses, or rejects tools.
    """
    if not draft.messages:
        draft.messages.extend(first_messages(draft, task))
    offered = offered_tools(task.spotify) if offer_tools else frozenset[str]()
    tools = tool_specs(offered)
    budget = context_tokens - model.max_output_tokens - _tools_tokens(offered)
    messages = fit_messages(draft.messages, budget)
    async for event in model.stream(ChatRequest(messages, tools, within_s)):
        yield event


@cache
def _tools_tokens(offered: frozenset[str]) -> int:
    return estimate_tokens(json.dumps(tool_specs(offered))) if offered else 0


def first_messages(draft: Draft, task: TurnTask) -> list[ChatMessage]:
    """The system prompt, the last turns in short, and this one with its candidates."""
    messages: list[ChatMessage] = [{"role": "system", "content": _system(task)}]
    for turn in task.earlier:
        messages.append({"role": "user", "content": turn.message})
        picks = "; ".join(turn.picks)
        messages.append({"role": "assistant", "content": f"{turn.reply}\n({picks})" if picks else turn.reply})
    constraints = "\n".join(
        f"- {describe(constraint)}{'' if constraint['hard'] else ' (if possible)'}"
        for constraint in task.brief["wishes"]
    )
    text = render_prompt(
        "turn.md",
        message=task.message,
        constraints=constraints or "- nothing besides the message",
        candidates=write_candidates(draft.pool.candidates[:_SHOWN]) or "(none)",
    )
    messages.append({"role": "user", "content": text})
    return messages


def _system(task: TurnTask) -> str:
    more = "\n" + load_prompt("spotify.md") if task.spotify is not None else ""
    return render_prompt("system.md", count=str(task.rules.count), more=more)


def write_tool_result(note: str, candidates: Sequence[Candidate]) -> str:
    """A tool's result for the model: a note, and the tracks fenced as data."""
    return render_prompt(
        "tool_result.md", note=note or "Found:", candidates=write_candidates(candidates) or "(none)"
    )


def write_candidates(candidates: Sequence[Candidate]) -> str:
    """One line a track: `t3 | title | artists | year | genres | moods | tags`."""
    return "\n".join(_line(candidate.handle, candidate.track) for candidate in candidates)


def _line(handle: str, track: Track) -> str:
    fields = [
        track["title"],
        ", ".join(track["artists"][:3]),
        str(track.get("year", "")),
        ", ".join(track["genres"][:4]),
        ", ".join(track["moods"][:3]),
        ", ".join(track["tags"][:4]) or _measured(track),
    ]
    return " | ".join([handle, *(as_data(field) for field in fields)])


def _measured(track: Track) -> str:
    features = track.get("features", {})
    parts = [f"{round(features['tempo'])} bpm"] if "tempo" in features else []
    parts += [f"{name} {features[name]:.1f}" for name in ("energy", "valence") if name in features]
    return ", ".join(parts)


NAME = "rules"


async def plan_by_rules(draft: Draft, task: TurnTask, _offer_tools: bool) -> AsyncIterator[ChatEvent]:
    """Words in the same form as a model's, so that they go through the same reading, judging and checking."""
    candidates = ranking(draft, task)
    for candidate in candidates:
        if is_full(draft, task):
            break
        yield TextDelta(f"[{candidate.handle}] {plain_reason(candidate, task.language, task.support.text)}\n")
    yield Finished("stop", NAME, 0, 0)
