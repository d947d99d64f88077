"""What is kept of a span: enough to show a turn, with no text of the listener or of the model."""

from typing import Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@documented
class SpanDocument(TypedDict):
    """One step of a turn, as stored and as served."""

    name: str
    """The operation and what it works on, such as `chat qwen3` or `execute_tool search_tracks`."""
    span_id: str
    """16 hexadecimal digits."""
    parent_id: NotRequired[str]
    """The span this one is a step of; absent where a trace begins."""
    start: str
    """When it began: ISO 8601, UTC, microseconds."""
    ms: float
    """How long it took, in milliseconds."""
    status: Literal["ok", "error"]
    """`error` when it raised; the attribute `error.type` then names what."""
    attributes: dict[str, str | int | float | bool | list[str]]
    """OpenTelemetry attributes (GenAI conventions, and the service's own under `segue.`)."""


SPANS = TypeAdapter(list[SpanDocument])
