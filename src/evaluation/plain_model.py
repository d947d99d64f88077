"""A scripted model that behaves: it searches once where the candidates are few, then cites and explains.

It stands where a language model would, behind the same HTTP wire, so that suites can run the whole path
without one. It is no language model and says so: its name is `scripted`.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from src.evaluation.scripted_model import Said, ScriptedModel, serve_model

NAME = "scripted"
HOW = "scripted model"

_COUNT = re.compile(r"Exactly the number asked for; (\d+) if none was said")
_CANDIDATE = re.compile(r"^(t\d+) \| (.*)$", re.MULTILINE)
# Fewer candidates than this for a place, and it searches once more.
_ENOUGH_A_PLACE = 2
_FIELDS = ("title", "artists", "year", "genres", "moods", "more")


@dataclass(frozen=True, slots=True)
class _Line:
    """A candidate as the prompt shows it."""

    handle: str
    fields: dict[str, str]


@asynccontextmanager
async def serve_plain_model() -> AsyncIterator[ScriptedModel]:
    """Serve it on loopback until the block ends."""
    async with serve_model(answer_plainly) as server:
        yield server


def answer_plainly(body: dict[str, object]) -> Said:
    """What it says to one request: a search when there are few candidates and tools, else its picks."""
    contents = _contents(body)
    system = contents[0][1] if contents else ""
    asked = next((text for role, text in reversed(contents) if role == "user"), "")
    lines = _lines("\n".join(text for role, text in contents if role in ("user", "tool")))
    count = int(found[1]) if (found := _COUNT.search(system)) else 10
    searched = any(role == "tool" for role, _ in contents)
    if body.get("tools") and not searched and len(lines) < _ENOUGH_A_PLACE * count:
        words = " ".join(asked.split("\n\n", 1)[0].split())[:200]
        return Said(calls=[("search_catalogue", {"query": words, "limit": 30})])
    picks = "\n".join(f"[{line.handle}] {_reason(line)}" for line in lines[:count])
    return Said(f"Here is what I found.\n{picks}\n" if picks else "I found nothing that fits.\n")


def _contents(body: dict[str, object]) -> list[tuple[str, str]]:
    messages = body.get("messages")
    if not isinstance(messages, list):
        return []
    return [
        (str(message.get("role")), str(message.get("content") or ""))
        for message in messages
        if isinstance(message, dict)
    ]


def _lines(text: str) -> list[_Line]:
    lines: dict[str, _Line] = {}
    for match in _CANDIDATE.finditer(text):
        values = match[2].split(" | ")
        if len(values) == len(_FIELDS):
            lines.setdefault(match[1], _Line(match[1], dict(zip(_FIELDS, values, strict=True))))
    return list(lines.values())


def _reason(line: _Line) -> str:
    parts = [part for name in ("moods", "genres") if (part := line.fields[name].strip())]
    if year := line.fields["year"].strip():
        parts.append(f"from {year}")
    return ", ".join(parts) or "close to what you asked for"
