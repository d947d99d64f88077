"""A chat model as a turn knows it (called, recorded or replayed), and which messages fit its context."""

from bisect import bisect_right
from collections.abc import AsyncGenerator
from typing import Protocol

from src.llm.models.chat import ChatEvent, ChatMessage, ChatRequest


class Chat(Protocol):
    """A model to ask."""

    @property
    def model(self) -> str:
        """Its name."""
        ...

    @property
    def max_output_tokens(self) -> int:
        """Bound of one answer."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """One call: text as it comes, tool calls at the end, then one `Finished`.

        Raises:
            ModelUnavailable: `reason` says why; it may come after events.
        """
        ...


# What a message's role and its separators cost, at most, in the chat templates of common models.
_MESSAGE_TOKENS = 8
_LEAST_RESULT_TOKENS = 60
_MAX_TAG_CHARS = 40


def estimate_tokens(text: str) -> int:
    """A bound of the tokens of `text` that common tokenisers keep: 3 ASCII characters a token, others more.

    Beyond ASCII it counts bytes, 2.4 a token: 0.8 tokens a Cyrillic letter, 1.25 a CJK character.
    """
    ascii_bytes = len(text.encode("ascii", "ignore"))
    other_bytes = len(text.encode("utf-8", "surrogatepass")) - ascii_bytes
    return (4 * ascii_bytes + 5 * other_bytes + 11) // 12


def fit_messages(messages: list[ChatMessage], budget_tokens: int) -> list[ChatMessage]:
    """The messages that fit `budget_tokens`, in order.

    System messages, the last message of the user and all after it stay. The oldest exchanges (a message of
    the user with all that answers it, tool calls and results included) go first; then the results of tools
    are shortened, the oldest first. What still does not fit is returned as it is.
    """
    excess = sum(map(_message_tokens, messages)) - budget_tokens
    starts = [position for position, message in enumerate(messages) if message["role"] == "user"]
    kept = list(messages)
    if excess > 0 and starts:
        dropped: set[int] = set()
        for start, end in zip([0, *starts], starts, strict=False):
            if excess <= 0:
                break
            exchange = [position for position in range(start, end) if messages[position]["role"] != "system"]
            excess -= sum(_message_tokens(messages[position]) for position in exchange)
            dropped.update(exchange)
        kept = [message for position, message in enumerate(messages) if position not in dropped]
    for position, message in enumerate(kept):
        if excess <= 0:
            break
        if message["role"] == "tool":
            tokens = estimate_tokens(message["content"])
            shorter = _shorten(message["content"], max(tokens - excess, _LEAST_RESULT_TOKENS))
            excess -= tokens - estimate_tokens(shorter)
            kept[position] = {**message, "content": shorter}
    return kept


def _message_tokens(message: ChatMessage) -> int:
    tokens = _MESSAGE_TOKENS + estimate_tokens(message["content"])
    tokens += estimate_tokens(message.get("tool_call_id", ""))
    for call in message.get("tool_calls", []):
        function = call["function"]
        tokens += _MESSAGE_TOKENS + estimate_tokens(call["id"] + function["name"] + function["arguments"])
    return tokens


def _shorten(text: str, tokens: int) -> str:
    """The first whole lines of `text` within `tokens`; a closing tag on the last line stays, as a fence."""
    if estimate_tokens(text) <= tokens:
        return text
    head, _, last = text.rpartition("\n")
    if not last.startswith("</") or len(last) > _MAX_TAG_CHARS:
        head, last = text, ""
    ending = f"\n(shortened)\n{last}".rstrip()
    room = tokens - estimate_tokens(ending)
    fitting = bisect_right(range(len(head) + 1), room, key=lambda length: estimate_tokens(head[:length])) - 1
    cut = head[: max(fitting, 0)]
    return (cut.rpartition("\n")[0] or cut) + ending
