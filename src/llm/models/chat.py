"""What crosses the boundary to a language model, in the wire's own terms (OpenAI chat completions)."""

import math
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from src.schema import documented


@documented
class FunctionCall(TypedDict):
    """The function part of a tool call."""

    name: str
    """Name of the tool."""
    arguments: str
    """JSON text, as the model wrote it: it may be malformed."""


@documented
class ToolCall(TypedDict):
    """A tool call of an assistant message."""

    id: str
    """The model's id of the call; made by us where a server sends none."""
    type: Literal["function"]
    """Always `function`."""
    function: FunctionCall
    """What to call."""


@documented
class ChatMessage(TypedDict):
    """One message of the conversation with the model."""

    role: Literal["system", "user", "assistant", "tool"]
    """Who speaks."""
    content: str
    """The text; empty where an assistant message holds tool calls alone."""
    tool_calls: NotRequired[list[ToolCall]]
    """Calls the assistant asked for; absent when there are none."""
    tool_call_id: NotRequired[str]
    """The call that it answers; on `tool` messages alone."""


@documented
class FunctionSpec(TypedDict):
    """What a model reads of a tool."""

    name: str
    """Name of the tool."""
    description: str
    """What it does and when to use it."""
    parameters: dict[str, object]
    """JSON Schema of the arguments."""


@documented
class ToolSpec(TypedDict):
    """A tool as offered to the model."""

    type: Literal["function"]
    """Always `function`."""
    function: FunctionSpec
    """Name, description and arguments of the tool."""


@documented
class StreamOptions(TypedDict):
    """Options of a streamed answer."""

    include_usage: bool
    """Whether the last event counts the tokens."""


@documented
class CallBody(TypedDict):
    """What is posted to `/chat/completions`."""

    model: str
    """Name of the model."""
    messages: list[ChatMessage]
    """The conversation, oldest first."""
    stream: Literal[True]
    """Always streamed."""
    stream_options: NotRequired[StreamOptions]
    """Left out for servers that reject it: they count no tokens."""
    tools: NotRequired[list[ToolSpec]]
    """What the model may call; left out when there is nothing."""
    reasoning_effort: NotRequired[Literal["none"]]
    """`none` for models that take tools only while they do not reason; else left out."""
    temperature: NotRequired[float]
    """Left out for the model's own."""
    max_tokens: NotRequired[int]
    """Bound of the answer in tokens."""
    max_completion_tokens: NotRequired[int]
    """The same under the name that reasoning models take."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One call of the model. Without `tools` the answer is words; `within_s` bounds its seconds."""

    messages: list[ChatMessage]
    tools: list[ToolSpec]
    within_s: float = math.inf


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A whole tool call, assembled from its fragments; sent when the stream of the answer has ended."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of one model call.

    `reason` is the wire's finish reason; `truncated` when the stream broke off without one.
    Token counts are the server's, or 0 when it sends none.
    """

    reason: str
    model: str
    input_tokens: int
    output_tokens: int


type ChatEvent = TextDelta | ToolCalled | Finished
