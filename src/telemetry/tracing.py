"""Tracing: OpenTelemetry spans after the GenAI conventions, exported if asked, kept locally for each turn.

No global provider is set, so one process can hold several. The conventions are those of
opentelemetry-semantic-conventions 0.66b; their names are written out here, because importing them is slow.
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Final

from opentelemetry.context import Context, attach, get_current
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace import Span as RecordedSpan
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    format_span_id,
    format_trace_id,
    set_span_in_context,
)
from opentelemetry.trace.span import TraceState
from opentelemetry.util.types import Attributes

from src.errors import DomainError, ModelUnavailable
from src.telemetry.models.span import SpanDocument

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

# More than run at once; beyond it the oldest turn is dropped, for nobody collected it.
MAX_TURNS: Final = 256
# A turn of 20 model calls and 100 tool calls has about 250.
MAX_SPANS_PER_TURN: Final = 512
MAX_ATTRIBUTE_CHARS: Final = 500
EXPORT_TIMEOUT_S: Final = 5.0
CLOSE_TIMEOUT_S: Final = 5.0

TURN: Final = "invoke_agent segue"
OPERATION: Final = "gen_ai.operation.name"
REQUEST_MODEL: Final = "gen_ai.request.model"


@dataclass(frozen=True, slots=True)
class SpanSpec:
    """A span as it starts: its name, kind and first attributes."""

    name: str
    kind: SpanKind
    attributes: Mapping[str, str]


def turn_span(conversation_id: str) -> SpanSpec:
    """A whole turn; the collector keeps the traces that hold one."""
    return SpanSpec(
        TURN,
        SpanKind.INTERNAL,
        {
            OPERATION: "invoke_agent",
            "gen_ai.agent.name": "segue",
            "gen_ai.conversation.id": _encodable(conversation_id),
        },
    )


def model_span(model: str) -> SpanSpec:
    """One call of the chat model."""
    attributes = {OPERATION: "chat", "gen_ai.provider.name": "openai", REQUEST_MODEL: _encodable(model)}
    return SpanSpec(f"chat {attributes[REQUEST_MODEL]}", SpanKind.CLIENT, attributes)


def tool_span(name: str, call_id: str) -> SpanSpec:
    """One tool call; the name must be one of the service's own, for a model may invent any other."""
    return SpanSpec(
        f"execute_tool {name}",
        SpanKind.INTERNAL,
        {
            OPERATION: "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": _encodable(call_id),
        },
    )


def embedding_span(model: str) -> SpanSpec:
    """One call of the embedding model."""
    model = _encodable(model)
    return SpanSpec(f"embeddings {model}", SpanKind.CLIENT, {OPERATION: "embeddings", REQUEST_MODEL: model})


def retrieval_span(engine: str) -> SpanSpec:
    """One search of the catalogue, by this engine."""
    return SpanSpec(
        "retrieval catalogue",
        SpanKind.INTERNAL,
        {OPERATION: "retrieval", "gen_ai.data_source.id": "catalogue", "segue.catalogue.engine": engine},
    )


class SpanCollector(SpanProcessor):
    """Keeps the ended spans of every turn in memory until they are collected.

    A turn has its own span and all that descend from it, so two turns in one trace stay apart; spans outside
    a turn (plain HTTP requests) are not kept. Bounds: `max_turns`, and the last `max_spans` of each.
    Thread-safe.
    """

    def __init__(self, *, max_turns: int = MAX_TURNS, max_spans: int = MAX_SPANS_PER_TURN) -> None:
        self._max_turns = max_turns
        self._max_spans = max_spans
        self._lock = threading.Lock()
        self._turns: dict[int, deque[ReadableSpan]] = {}
        # For each unfinished or kept span, the turn that it descends from.
        self._turn_of: dict[int, int] = {}

    def on_start(
        self,
        span: RecordedSpan,
        parent_context: Context | None = None,  # noqa: ARG002 - the SDK passes it by this name
    ) -> None:
        """Begin to keep a turn, or note which one the span descends from."""
        id_ = span.get_span_context().span_id
        with self._lock:
            if span.name == TURN:
                self._turns[id_] = deque(maxlen=self._max_spans)
                self._turn_of[id_] = id_
                if len(self._turns) > self._max_turns:
                    self._forget(next(iter(self._turns)))
            elif span.parent is not None and (turn := self._turn_of.get(span.parent.span_id)) is not None:
                self._turn_of[id_] = turn

    def on_end(self, span: ReadableSpan) -> None:
        """Keep the span if its turn is kept."""
        context = span.get_span_context()
        with self._lock:
            turn = self._turn_of.get(context.span_id) if context else None
            if turn is not None:
                self._turns[turn].append(span)

    def collect(self, turn: Span) -> list[SpanDocument]:
        """Remove and return the ended spans of a turn, by start time; empty when the turn is not kept."""
        with self._lock:
            spans = self._forget(turn.get_span_context().span_id)
        return [_document(span) for span in sorted(spans, key=lambda span: span.start_time or 0)]

    def _forget(self, turn: int) -> Iterable[ReadableSpan]:
        for id_ in [id_ for id_, owner in self._turn_of.items() if owner == turn]:
            del self._turn_of[id_]
        return self._turns.pop(turn, ())


@dataclass(frozen=True, slots=True)
class Tracing:
    """What an entry point opens and passes on."""

    tracer: Tracer
    provider: TracerProvider
    collector: SpanCollector


def open_tracing(
    *,
    service_name: str,
    otlp_endpoint: str | None,
    sample_ratio: float,
    exporter: "SpanExporter | None" = None,
) -> Tracing:
    """Make a provider with a collector and, where asked, an exporter in a background thread.

    Args:
        otlp_endpoint: base URL of an OTLP/HTTP receiver, as in OTEL_EXPORTER_OTLP_ENDPOINT.
        sample_ratio: share of new traces to export, 0 to 1; a trace that comes with a caller follows the
            caller. The collector sees every span, exported or not.
        exporter: replaces the one made for `otlp_endpoint`.
    """
    provider = TracerProvider(
        sampler=_RecordAll(ParentBased(TraceIdRatioBased(sample_ratio))),
        # `Resource.create` looks through the metadata of every installed package.
        resource=OTELResourceDetector().detect().merge(Resource({SERVICE_NAME: service_name})),
        span_limits=SpanLimits(max_span_attribute_length=MAX_ATTRIBUTE_CHARS),
        shutdown_on_exit=False,
    )
    collector = SpanCollector()
    provider.add_span_processor(collector)
    if exporter is None and otlp_endpoint:
        exporter = _otlp_exporter(otlp_endpoint)
    if exporter is not None:
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider.get_tracer("segue"), provider, collector)


def close_tracing(tracing: Tracing, *, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
    """Export what is left and shut down; an exporter is given `timeout_s` seconds for it."""
    # The SDK's own shutdown waits 30 s for a receiver that does not answer, and takes no time-out.
    closing = threading.Thread(target=tracing.provider.shutdown, name="close-tracing", daemon=True)
    closing.start()
    closing.join(timeout_s)


def start_turn(tracing: Tracing, conversation_id: str, parent: Context | None = None) -> Span:
    """Start the span of a turn without making it current; the caller ends it.

    A turn is an async generator that may be continued and closed in other contexts than it began in, so its
    steps name their parent instead: `span(tracer, spec, context_of(turn))`.

    Args:
        parent: the caller's context; None: the current span, if any.
    """
    return _start(tracing.tracer, turn_span(conversation_id), parent)


@contextmanager
def span(tracer: Tracer, spec: SpanSpec, parent: Context | None = None) -> Iterator[Span]:
    """Run the block inside a span, made current; what the block raises is recorded and passes on.

    The block may end the span itself, to have it collected.

    Safe in an async generator. While the generator is suspended its consumer sees the span as current too.
    On leaving, the context before is put back only where this span is still the current one: a generator
    closed in another context leaves that one alone. (OpenTelemetry's own `detach` logs an error there.)

    Args:
        parent: holds the parent span; None: the current span, if any.
    """
    before = get_current()
    started = _start(tracer, spec, parent)
    inside = set_span_in_context(started, before)
    attach(inside)
    try:
        yield started
    except BaseException as error:
        record_failure(started, error)
        raise
    finally:
        if get_current() is inside:
            attach(before)
        if started.is_recording():
            started.end()


def record_failure(span: Span, error: BaseException) -> None:
    """Mark the span as failed: the code of a `DomainError`, else the class; never the message."""
    span.set_attribute("error.type", error.code if isinstance(error, DomainError) else type(error).__name__)
    if isinstance(error, ModelUnavailable):
        span.set_attribute("segue.model.failure", error.reason)
    span.set_status(StatusCode.ERROR)


def context_of(span: Span) -> Context:
    """A context to pass as `parent`, in which this span is the current one."""
    return set_span_in_context(span)


def trace_id_of(span: Span) -> str:
    """32 hexadecimal digits."""
    return format_trace_id(span.get_span_context().trace_id)


class _RecordAll(Sampler):
    """Records what the inner sampler drops, without the sampled flag, so that nothing exports it.

    The SDK's `AlwaysRecordSampler` loses the attributes given at the start of such a span.
    """

    def __init__(self, inner: Sampler) -> None:
        self._inner = inner

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        result = self._inner.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )
        if result.decision is Decision.DROP:
            return SamplingResult(Decision.RECORD_ONLY, attributes, result.trace_state)
        return result

    def get_description(self) -> str:
        return f"RecordAll{{{self._inner.get_description()}}}"


def _otlp_exporter(endpoint: str) -> "SpanExporter":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S)


def _start(tracer: Tracer, spec: SpanSpec, parent: Context | None) -> Span:
    return tracer.start_span(
        spec.name,
        context=parent,
        kind=spec.kind,
        attributes=spec.attributes,
        record_exception=False,
        set_status_on_exception=False,
    )


def _document(span: ReadableSpan) -> SpanDocument:
    context, start, end = span.get_span_context(), span.start_time or 0, span.end_time or 0
    document: SpanDocument = {
        "name": _encodable(span.name),
        "span_id": format_span_id(context.span_id if context else 0),
        "start": datetime.fromtimestamp(start / 1e9, UTC).isoformat(timespec="microseconds"),
        "ms": (end - start) / 1e6,
        "status": "error" if span.status.status_code is StatusCode.ERROR else "ok",
        "attributes": {key: _plain(value) for key, value in (span.attributes or {}).items()},
    }
    if span.parent is not None:
        document["parent_id"] = format_span_id(span.parent.span_id)
    return document


def _plain(value: object) -> str | int | float | bool | list[str]:
    match value:
        case str():
            return _encodable(value)
        case float() if not isfinite(value):
            return str(value)
        case bool() | int() | float():
            return value
        case list() | tuple():
            return [_encodable(str(item)) for item in value]
        case _:
            return _encodable(str(value))


def _encodable(text: str) -> str:
    """The text without lone surrogates, which a model's JSON may hold and neither JSON nor OTLP can carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
