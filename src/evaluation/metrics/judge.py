"""A language model as a judge: optional, apart from every other metric, versioned; its failures are counted.

Prose alone moves such a judge by most of a point over an unchanged list, so it sees tracks and no reply, and
no gate rests on it.
"""

import hashlib
import re
from contextlib import aclosing
from dataclasses import dataclass

from pydantic import ValidationError

from src.errors import ModelUnavailable
from src.evaluation.models.run import JUDGE_VERDICT, CaseRun, RunTrack
from src.llm.chat import Chat
from src.llm.models.chat import ChatRequest, TextDelta
from src.prompts import as_data, load_prompt, render_prompt

_LEAST, _MOST = 1, 5
_JSON = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(slots=True)
class Judge:
    """A judging model, and how often it failed: was not to be had, or answered nonsense."""

    chat: Chat
    failures: int = 0

    @property
    def version(self) -> str:
        """The model, and the digest of its prompt."""
        prompt = hashlib.sha256(load_prompt("judge.md").encode()).hexdigest()[:8]
        return f"{self.chat.model}, prompt {prompt}"


async def judge_case(judge: Judge, case: CaseRun) -> float | None:
    """The score of the case's last list, 1 to 5; None of a case without one, or where the judge failed."""
    if not case["turns"] or not case["turns"][-1]["tracks"]:
        return None
    last = case["turns"][-1]
    unmet = [line["value"] for line in last["constraints"] if line["verdict"] != "met"]
    prompt = render_prompt(
        "judge.md",
        messages="\n".join(f"- {turn['message']}" for turn in case["turns"]),
        tracks="\n".join(_line(track) for track in last["tracks"]),
        unmet=", ".join(unmet) or "nothing",
    )
    try:
        text = await _answer(judge.chat, prompt)
    except ModelUnavailable:
        judge.failures += 1
        return None
    score = read_score(text)
    judge.failures += score is None
    return score


def read_score(text: str) -> float | None:
    """The score in a judge's answer; None of anything but one from 1 to 5."""
    found = _JSON.search(text)
    try:
        verdict = JUDGE_VERDICT.validate_json(found[0]) if found else None
    except ValidationError:
        return None
    return verdict["score"] if verdict is not None and _LEAST <= verdict["score"] <= _MOST else None


async def _answer(chat: Chat, prompt: str) -> str:
    request = ChatRequest([{"role": "user", "content": prompt}], [])
    async with aclosing(chat.stream(request)) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


def _line(track: RunTrack) -> str:
    fields = (track["title"], ", ".join(track["artists"]), str(track.get("year", "")), track["reason"])
    return " | ".join(as_data(field) for field in fields)
