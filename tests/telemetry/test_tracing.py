"""Spans: what they say, where they hang, what is kept of them and what leaves the process."""

import asyncio
import logging
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from src.errors import ModelUnavailable, NotFound
from src.telemetry.models.span import SPANS
from src.telemetry.tracing import (
    MAX_ATTRIBUTE_CHARS,
    SpanCollector,
    Tracing,
    close_tracing,
    context_of,
    embedding_span,
    model_span,
    open_tracing,
    retrieval_span,
    span,
    start_turn,
    tool_span,
    turn_span,
)

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SAMPLED = f"00-{TRACE_ID}-b7ad6b7169203331-01"
UNSAMPLED = f"00-{TRACE_ID}-b7ad6b7169203331-00"


def _parent(header: str):
    return TraceContextTextMapPropagator().extract({"traceparent": header})


@pytest.fixture
def opened():
    tracings: list[Tracing] = []

    def make(
        exporter: SpanExporter | None = None,
        *,
        service_name: str = "test",
        otlp_endpoint: str | None = None,
        sample_ratio: float = 1.0,
    ) -> Tracing:
        tracings.append(
            open_tracing(
                service_name=service_name,
                otlp_endpoint=otlp_endpoint,
                sample_ratio=sample_ratio,
                exporter=exporter,
            )
        )
        return tracings[-1]

    yield make
    for tracing in tracings:
        close_tracing(tracing)


@pytest.fixture
def tracing(opened):
    return opened()


def test_open_tracing_sets_no_global_provider(tracing):
    assert trace.get_tracer_provider() is not tracing.provider


def test_open_tracing_twice_keeps_spans_apart(opened):
    first, second = opened(), opened()
    start_turn(first, "c1").end()
    turn = start_turn(second, "c2")
    turn.end()
    assert first.collector.collect(turn) == []
    assert [s["attributes"]["gen_ai.conversation.id"] for s in second.collector.collect(turn)] == ["c2"]


def test_open_tracing_names_the_service_and_keeps_resource_attributes(opened, monkeypatch):
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=blue")
    attributes = opened(service_name="segue-a").provider.resource.attributes
    assert attributes["service.name"] == "segue-a"
    assert attributes["deployment.environment.name"] == "blue"


@pytest.mark.parametrize(("ratio", "exported"), [(1.0, 2), (0.0, 0)])
def test_open_tracing_when_sampled_or_not_exports_accordingly_and_collects_all(opened, ratio, exported):
    exporter = InMemorySpanExporter()
    tracing = opened(exporter, sample_ratio=ratio)
    with span(tracing.tracer, turn_span("c1")) as turn, span(tracing.tracer, model_span("m")):
        pass
    kept = tracing.collector.collect(turn)
    assert [s["name"] for s in kept] == ["invoke_agent segue", "chat m"]
    assert kept[1]["attributes"]["gen_ai.request.model"] == "m"
    assert turn.get_span_context().trace_flags.sampled is bool(exported)
    tracing.provider.force_flush()
    assert len(exporter.get_finished_spans()) == exported


@pytest.mark.parametrize(("header", "ratio", "exported"), [(SAMPLED, 0.0, 1), (UNSAMPLED, 1.0, 0)])
def test_open_tracing_when_the_caller_decided_follows_the_caller(opened, header, ratio, exported):
    exporter = InMemorySpanExporter()
    tracing = opened(exporter, sample_ratio=ratio)
    turn = start_turn(tracing, "c1", _parent(header))
    turn.end()
    assert len(tracing.collector.collect(turn)) == 1
    tracing.provider.force_flush()
    assert len(exporter.get_finished_spans()) == exported


def test_open_tracing_with_an_endpoint_posts_to_its_traces_path(opened):
    paths: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        tracing = opened(otlp_endpoint=f"http://127.0.0.1:{server.server_port}/base/")
        start_turn(tracing, "c1").end()
        close_tracing(tracing)
        server.shutdown()
    assert paths == ["/base/v1/traces"]


def test_open_tracing_without_an_endpoint_loads_no_exporter():
    code = (
        "import sys; from src.telemetry.tracing import *; "
        "close_tracing(open_tracing(service_name='t', otlp_endpoint=None, sample_ratio=1.0)); "
        "sys.exit(any('exporter' in name or 'requests' == name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_close_tracing_when_the_exporter_hangs_gives_up_in_time(opened):
    hung, release = threading.Event(), threading.Event()

    class Hanging(SpanExporter):
        def export(self, spans):
            hung.set()
            release.wait(30)
            return SpanExportResult.SUCCESS

    tracing = opened(Hanging())
    start_turn(tracing, "c1").end()
    close_tracing(tracing, timeout_s=0.01)
    assert hung.wait(5)
    assert not release.is_set()
    release.set()


def test_span_nests_under_the_current_span_and_restores_it(tracing):
    outside = get_current_span()
    with span(tracing.tracer, turn_span("c1")) as turn:
        assert get_current_span() is turn
        with span(tracing.tracer, retrieval_span("edge")) as step:
            assert get_current_span() is step
        assert get_current_span() is turn
    assert get_current_span() is outside
    root, child = tracing.collector.collect(turn)
    assert "parent_id" not in root
    assert child["parent_id"] == root["span_id"]


def test_span_with_a_parent_hangs_under_it(tracing):
    turn = start_turn(tracing, "c1")
    assert get_current_span() is not turn
    with span(tracing.tracer, tool_span("search", "call1"), context_of(turn)):
        pass
    turn.end()
    root, child = tracing.collector.collect(turn)
    assert child["parent_id"] == root["span_id"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotFound("no such secret thing"), {"error.type": "not_found"}),
        (
            ModelUnavailable("secret", reason="timeout"),
            {"error.type": "model_unavailable", "segue.model.failure": "timeout"},
        ),
        (KeyError("secret"), {"error.type": "KeyError"}),
        (asyncio.CancelledError("secret"), {"error.type": "CancelledError"}),
    ],
)
def test_span_when_the_block_raises_names_the_error_and_never_quotes_it(opened, error, expected):
    exporter = InMemorySpanExporter()
    tracing = opened(exporter)
    with pytest.raises(type(error)), span(tracing.tracer, turn_span("c1")) as turn:
        raise error
    (kept,) = tracing.collector.collect(turn)
    assert kept["status"] == "error"
    assert kept["attributes"].items() >= expected.items()
    tracing.provider.force_flush()
    (exported,) = exporter.get_finished_spans()
    assert exported.status.status_code is StatusCode.ERROR
    assert "secret" not in exported.to_json()


def test_span_when_the_block_ends_it_does_not_end_it_again(tracing, caplog):
    with span(tracing.tracer, turn_span("c1")) as turn:
        turn.end()
        assert len(tracing.collector.collect(turn)) == 1
    assert caplog.records == []


async def test_span_in_a_generator_closed_in_another_context_is_silent_and_leaves_that_context(
    tracing, caplog
):
    async def steps():
        with span(tracing.tracer, turn_span("c1")) as turn:
            yield turn

    generator = steps()
    turn = await asyncio.create_task(anext(generator), context=Context())
    with caplog.at_level(logging.DEBUG), span(tracing.tracer, model_span("m")) as own:
        await generator.aclose()
        assert get_current_span() is own
    assert caplog.records == []
    assert not turn.is_recording()


async def test_span_in_a_generator_continued_in_a_copied_context_keeps_its_place(tracing):
    async def steps():
        with span(tracing.tracer, turn_span("c1")) as turn:
            yield turn
            with span(tracing.tracer, model_span("m")):
                yield turn

    generator = steps()
    turn = await anext(generator)

    async def drain() -> object:
        async for _ in generator:
            pass
        return get_current_span()

    assert await asyncio.create_task(drain(), context=copy_context()) is not turn
    root, child = tracing.collector.collect(turn)
    assert child["parent_id"] == root["span_id"]


@pytest.mark.parametrize(
    ("spec", "name", "kind", "attributes"),
    [
        (
            turn_span("c1"),
            "invoke_agent segue",
            SpanKind.INTERNAL,
            {
                "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": "segue",
                "gen_ai.conversation.id": "c1",
            },
        ),
        (
            model_span("qwen3"),
            "chat qwen3",
            SpanKind.CLIENT,
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "qwen3",
            },
        ),
        (
            tool_span("search", "call\ud800"),
            "execute_tool search",
            SpanKind.INTERNAL,
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "search",
                "gen_ai.tool.type": "function",
                "gen_ai.tool.call.id": "call?",
            },
        ),
        (
            embedding_span("e5"),
            "embeddings e5",
            SpanKind.CLIENT,
            {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "e5"},
        ),
        (
            retrieval_span("edge"),
            "retrieval catalogue",
            SpanKind.INTERNAL,
            {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.data_source.id": "catalogue",
                "segue.catalogue.engine": "edge",
            },
        ),
    ],
)
def test_span_spec_follows_the_genai_conventions(spec, name, kind, attributes):
    assert (spec.name, spec.kind, spec.attributes) == (name, kind, attributes)


def test_span_spec_names_are_those_of_the_installed_conventions():
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

    known = {value for key, value in vars(gen_ai_attributes).items() if key.startswith("GEN_AI_")}
    specs = [turn_span("c"), model_span("m"), tool_span("t", "i"), embedding_span("e"), retrieval_span("x")]
    used = {key for spec in specs for key in spec.attributes if key.startswith("gen_ai.")}
    assert used <= known


def test_collect_takes_the_spans_out_and_keeps_nothing_that_ends_later(tracing):
    with span(tracing.tracer, model_span("http request")) as request:
        turn = start_turn(tracing, "c1")
        turn.end()
        assert len(tracing.collector.collect(turn)) == 1
    assert tracing.collector.collect(request) == []


def test_collect_when_the_trace_holds_no_turn_has_kept_nothing(tracing):
    with span(tracing.tracer, model_span("http request")) as request:
        pass
    assert tracing.collector.collect(request) == []


def test_collect_gives_documents_that_survive_json(tracing):
    turn = start_turn(tracing, "c1")
    turn.set_attribute("gen_ai.response.finish_reasons", ["stop"])
    turn.set_attribute("gen_ai.usage.input_tokens", 12)
    turn.set_attribute("segue.share", 0.5)
    turn.set_attribute("segue.nothing", float("nan"))
    turn.set_attribute("segue.ok", True)
    turn.set_attribute("segue.map", {"a": 1})
    turn.set_attribute("segue.odd", "a\ud800")
    turn.set_attribute("segue.long", "é" * 10_000)
    turn.end()
    documents = tracing.collector.collect(turn)
    assert SPANS.validate_json(SPANS.dump_json(documents)) == documents
    (document,) = documents
    attributes = document["attributes"]
    assert document["start"].endswith("+00:00")
    assert 0 <= document["ms"] < 60_000
    assert attributes["gen_ai.response.finish_reasons"] == ["stop"]
    assert attributes["gen_ai.usage.input_tokens"] == 12
    assert attributes["segue.share"] == 0.5
    assert attributes["segue.nothing"] == "nan"
    assert attributes["segue.ok"] is True
    assert isinstance(attributes["segue.map"], str)
    assert attributes["segue.odd"] == "a?"
    assert attributes["segue.long"] == "é" * MAX_ATTRIBUTE_CHARS


def test_span_collector_when_nobody_collects_forgets_the_oldest_trace(tracing):
    collector = SpanCollector(max_turns=2)
    tracing.provider.add_span_processor(collector)
    turns = [start_turn(tracing, str(number)) for number in range(3)]
    for turn in turns:
        turn.end()
    assert [len(collector.collect(turn)) for turn in turns] == [0, 1, 1]


def test_span_collector_when_a_trace_is_too_long_keeps_the_turn_itself(tracing):
    collector = SpanCollector(max_spans=3)
    tracing.provider.add_span_processor(collector)
    with span(tracing.tracer, turn_span("c1")) as turn:
        for number in range(5):
            with span(tracing.tracer, model_span(str(number))):
                pass
    assert [s["name"] for s in collector.collect(turn)] == [
        "invoke_agent segue",
        "chat 3",
        "chat 4",
    ]


def test_span_collector_from_many_threads_loses_nothing(tracing):
    def run(number: int) -> int:
        with span(tracing.tracer, turn_span(str(number))) as turn:
            for _ in range(50):
                with span(tracing.tracer, model_span("m")):
                    pass
        return len(tracing.collector.collect(turn))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(32))) == [51] * 32


def test_span_collector_when_two_turns_share_a_trace_keeps_them_apart(tracing):
    caller = _parent(SAMPLED)
    first, second = start_turn(tracing, "c1", caller), start_turn(tracing, "c2", caller)
    for turn, name in ((second, "b"), (first, "a")):
        with span(tracing.tracer, model_span(name), context_of(turn)):
            pass
        turn.end()
    assert [s["name"] for s in tracing.collector.collect(first)] == ["invoke_agent segue", "chat a"]
    assert [s["name"] for s in tracing.collector.collect(second)] == ["invoke_agent segue", "chat b"]
