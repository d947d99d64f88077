"""Log lines: their shape, their ids, and what must never be in them."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import datetime, timedelta

import pytest
from loguru import logger

from src.errors import NotFound
from src.telemetry.logging import configure_logging, log_context
from src.telemetry.tracing import close_tracing, model_span, open_tracing, span, trace_id_of

NAMES = (None, "uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "src", "httpx", "openai")


@pytest.fixture(autouse=True)
def _logging_put_back() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [(each, each.handlers[:], each.level, each.propagate) for each in loggers]
    yield
    for each, handlers, level, propagate in before:
        each.handlers[:], each.propagate = handlers, propagate
        each.setLevel(level)
    logger.remove()
    logger.add(sys.stderr)


@pytest.fixture
def lines() -> Callable[[], list[dict[str, object]]]:
    """What was logged from INFO on, parsed."""
    sink = io.StringIO()
    configure_logging("INFO", sink=sink)
    return lambda: [json.loads(line) for line in sink.getvalue().splitlines()]


def test_configure_logging_writes_one_object_a_line(lines):
    logger.bind(tracks=3, title="Où \ud800").info("two\nlines and a \u2028 and {braces}")
    (line,) = lines()
    assert list(line)[:7] == [
        "time", "level", "message", "logger", "request_id", "conversation_id", "trace_id",
    ]  # fmt: skip
    assert datetime.fromisoformat(line.pop("time")).utcoffset() == timedelta(0)
    assert line == {
        "level": "INFO",
        "message": "two\nlines and a \u2028 and {braces}",
        "logger": __name__,
        "request_id": None,
        "conversation_id": None,
        "trace_id": None,
        "tracks": 3,
        "title": "Où \ud800",
    }


def test_configure_logging_leaves_out_what_is_below_the_level(lines):
    logger.debug("detail")
    assert lines() == []


def test_configure_logging_when_the_level_is_unknown_raises():
    with pytest.raises(ValueError):
        configure_logging("LOUD")


def test_configure_logging_writes_to_standard_error_by_default(capsys):
    configure_logging("INFO")
    logger.info("here")
    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err)["message"] == "here"


def test_configure_logging_twice_writes_each_record_once(lines):
    sink = io.StringIO()
    configure_logging("INFO", sink=sink)
    logger.info("one")
    logging.getLogger("uvicorn.error").info("two")
    assert [json.loads(line)["message"] for line in sink.getvalue().splitlines()] == ["one", "two"]
    assert lines() == []


def test_configure_logging_keeps_its_own_fields_against_extra_ones(lines):
    logger.bind(level="mine", time="mine", cause=NotFound("none")).info("text")
    (line,) = lines()
    assert line["level"] == "INFO"
    assert line["time"] != "mine"
    assert line["cause"] == "none"


def test_configure_logging_takes_ids_given_with_the_record_outside_a_context(lines):
    logger.info("text", request_id="r9", conversation_id="c9", trace_id="t9")
    (line,) = lines()
    assert (line["request_id"], line["conversation_id"], line["trace_id"]) == ("r9", "c9", "t9")


def test_standard_logging_comes_through_under_its_own_name(lines):
    logging.getLogger("uvicorn.error").info("Started on %s", "port")
    logging.getLogger("alembic.runtime.migration").info("Running")
    logging.getLogger("aiosqlite").warning("slow")
    logging.getLogger("odd").log(35, "between")
    assert [(line["level"], line["logger"], line["message"]) for line in lines()] == [
        ("INFO", "uvicorn.error", "Started on port"),
        ("INFO", "alembic.runtime.migration", "Running"),
        ("WARNING", "aiosqlite", "slow"),
        ("WARNING", "odd", "between"),
    ]


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_standard_logging_below_warning_of_clients_is_never_written(level):
    sink = io.StringIO()
    configure_logging(level, sink=sink)
    for name in ("httpx", "openai"):
        library = logging.getLogger(name)
        library.setLevel(logging.DEBUG)
        library.debug("body: %s", "the listener's words")
        library.info("GET https://host/?q=%s", "the listener's words")
    assert sink.getvalue() == ""


def test_standard_logging_of_access_is_off():
    sink = io.StringIO()
    configure_logging("INFO", sink=sink)
    access = logging.getLogger("uvicorn.access")
    assert not access.hasHandlers()
    access.warning("GET /")
    assert sink.getvalue() == ""


def test_standard_logging_when_arguments_do_not_fit_writes_the_bare_message():
    sink = io.StringIO()
    # Not in a fixture: before each phase pytest sets handlers of its own, which raise on such a record.
    configure_logging("INFO", sink=sink)
    logging.getLogger("odd").warning("%d of %d", "words")
    assert json.loads(sink.getvalue())["message"] == "%d of %d"


def test_standard_logging_with_exc_info_outside_an_error_has_no_traceback(lines):
    logging.getLogger("odd").error("failed", exc_info=True)
    assert "error_type" not in lines()[0]


def _fail(secret: str) -> None:
    raise ValueError(f"cannot read {secret}")


@pytest.mark.parametrize("log", [logger.exception, logging.getLogger("uvicorn.error").exception])
def test_exception_is_written_without_values_or_messages(lines, log):
    try:
        try:
            _fail("my " + "words")
        except ValueError as error:
            raise NotFound("There is no such track.") from error
    except NotFound:
        log("failed")
    (line,) = lines()
    assert line["error_type"] == "src.errors.NotFound"
    traceback = str(line["traceback"])
    assert "in _fail" in traceback
    assert traceback.index("ValueError\n") < traceback.index("src.errors.NotFound: There is no such track.")
    assert "my words" not in json.dumps(line)


def test_exception_group_shows_each_part_and_a_suppressed_context_none(lines):
    def hidden() -> Exception:
        try:
            try:
                raise KeyError("a")
            except KeyError:
                raise OSError("b") from None
        except OSError as error:
            return error

    try:
        raise ExceptionGroup("parts", [hidden(), TypeError("c")])
    except ExceptionGroup:
        logger.exception("failed")
    traceback = str(lines()[0]["traceback"])
    assert "OSError\n" in traceback
    assert "TypeError\n" in traceback
    assert "KeyError\n" not in traceback


def test_exception_with_itself_as_context_and_many_frames_stays_bounded(lines):
    first, second = ValueError(), TypeError()
    first.__context__, second.__context__ = second, first

    def deep(left: int) -> None:
        if not left:
            raise first
        deep(left - 1)

    try:
        deep(200)
    except ValueError:
        logger.exception("failed")
    traceback = str(lines()[0]["traceback"])
    assert traceback.count("TypeError\n") == 1
    assert traceback.count("ValueError\n") == 1
    assert traceback.count("in deep") <= 30


def test_log_context_nests_and_ends(lines):
    with log_context(request_id="r1"):
        with log_context(conversation_id="c1"):
            logger.info("inside")
        logger.info("between")
    logger.info("outside")
    assert [(line["request_id"], line["conversation_id"]) for line in lines()] == [
        ("r1", "c1"),
        ("r1", None),
        (None, None),
    ]


async def test_log_context_of_one_task_is_not_seen_by_another(lines):
    meet = asyncio.Barrier(2)

    async def work(name: str) -> None:
        with log_context(request_id=name):
            await meet.wait()
            logger.info(name)

    await asyncio.gather(work("r1"), work("r2"))
    assert all(line["request_id"] == line["message"] for line in lines())


async def test_log_context_of_a_generator_closed_in_another_context_leaves_that_one(lines):
    async def steps():
        with log_context(request_id="theirs"):
            yield

    generator = steps()
    await asyncio.create_task(anext(generator), context=Context())
    with log_context(request_id="ours"):
        await generator.aclose()
        logger.info("after")
    assert lines()[0]["request_id"] == "ours"


def test_configure_logging_writes_the_trace_of_the_current_span(lines):
    tracing = open_tracing(service_name="test", otlp_endpoint=None, sample_ratio=0.0)
    with span(tracing.tracer, model_span("m")) as current:
        logger.info("inside")
    logger.info("outside")
    close_tracing(tracing)
    assert [line["trace_id"] for line in lines()] == [trace_id_of(current), None]
