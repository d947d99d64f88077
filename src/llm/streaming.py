"""Reading the stream of a chat completion: server-sent events, put together into text and tool calls.

The stream is read by hand, not through the client's typed chunks, which cost several times the CPU.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic_core import from_json, to_json

from src.errors import ModelUnavailable
from src.llm.failures import ToolOffer, event_failure, unavailable
from src.llm.models.chat import ToolCall

_MAX_ANSWER_BYTES = 8_000_000


@dataclass(slots=True)
class StreamedAnswer:
    """An answer as far as it has been read. After `done` or a `failure` the rest is not read."""

    offer: ToolOffer
    rest: bytes = b""
    size: int = 0
    events: int = 0
    done: bool = False
    spoke: bool = False
    failure: ModelUnavailable | None = None
    finish_reason: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    calls: list[ToolCall] = field(default_factory=list)
    by_index: dict[int, ToolCall] = field(default_factory=dict)

    def feed(self, chunk: bytes) -> str:
        """Read the whole lines of one network read; their text comes back in one piece."""
        self.size += len(chunk)
        if self.size > _MAX_ANSWER_BYTES:
            self.failure = unavailable("malformed")
            return ""
        lines = (self.rest + chunk).split(b"\n")
        self.rest = lines.pop()
        return self._read_lines(lines)

    def end(self) -> str:
        """Read a last line without a line break; one that was cut off is dropped."""
        try:
            from_json(self.rest.removeprefix(b"data:"))
        except ValueError:
            return ""
        return self._read_lines([self.rest])

    def _read_lines(self, lines: Iterable[bytes]) -> str:
        # An event has one `data:` line in every chat API, so its blank line need not be waited for.
        text = ""
        for line in lines:
            if not line.startswith(b"data:") or self.done or self.failure:
                continue
            payload = line[5:]
            try:
                text += self._read_event(from_json(payload))
            except ValueError:
                word = payload.strip()
                if word == b"[DONE]":
                    self.done = True
                elif word:
                    self.failure = unavailable("malformed")
        self.spoke = self.spoke or bool(text)
        return text

    def _read_event(self, event: object) -> str:
        if not isinstance(event, dict):
            self.failure = unavailable("malformed")
            return ""
        self.events += 1
        if error := event.get("error"):
            self.failure = event_failure(error, self.offer)
            return ""
        if isinstance(model := event.get("model"), str) and model:
            self.model = model
        if isinstance(usage := event.get("usage"), dict):
            self.input_tokens = _count(usage.get("prompt_tokens"))
            self.output_tokens = _count(usage.get("completion_tokens"))
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return ""
        if isinstance(reason := choice.get("finish_reason"), str) and reason:
            self.finish_reason = reason
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            delta = {}
        if self.finish_reason == "content_filter" or delta.get("refusal"):
            self.failure = unavailable("refused")
        if isinstance(fragments := delta.get("tool_calls"), list):
            for fragment in fragments:
                if isinstance(fragment, dict):
                    self._add_fragment(fragment)
        return _text(delta.get("content"))

    def _add_fragment(self, fragment: dict[str, object]) -> None:
        function = fragment.get("function")
        if not isinstance(function, dict):
            function = {}
        call_id, name = _word(fragment.get("id")), _word(function.get("name"))
        index = fragment.get("index")
        call = self._call_of(index, call_id, name)
        if call is None:
            call = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            self.calls.append(call)
        if isinstance(index, int):
            self.by_index[index] = call
        call["id"] = call["id"] or call_id
        call["function"]["name"] = call["function"]["name"] or name
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call["function"]["arguments"] += arguments
        elif arguments is not None:
            # Some servers send the arguments as an object.
            call["function"]["arguments"] = to_json(arguments).decode()

    def _call_of(self, index: object, call_id: str, name: str) -> ToolCall | None:
        """The call that a fragment continues; None when it begins a new one."""
        if isinstance(index, int):
            known = self.by_index.get(index)
            goes_on = known is None or not call_id or known["id"] in ("", call_id)
            return known if goes_on else None
        if call_id:
            return next((call for call in self.calls if call["id"] == call_id), None)
        return self.calls[-1] if self.calls and not name else None


def _text(content: object) -> str:
    """The text of a delta, which some servers send as a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part for part in content if isinstance(part, dict) and part.get("type", "text") == "text")
    return "".join(_word(part.get("text")) for part in parts)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
