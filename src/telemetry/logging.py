"""Logging: loguru, one JSON object a line, with the ids of the request, the conversation and the trace."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final, TextIO

from loguru import logger
from opentelemetry.trace import format_trace_id, get_current_span

from src.errors import DomainError

if TYPE_CHECKING:
    from loguru import Message

# Below WARNING other libraries log addresses, headers and bodies: what listeners write, and keys.
_INFO_LOGGERS: Final = frozenset({"alembic", "src", "uvicorn"})
_MAX_FRAMES: Final = 30
_MAX_ERRORS: Final = 10

# ASCII only: no terminal encoding, line separator or lone surrogate can break a line.
_ENCODE = json.JSONEncoder(default=str, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class _Ids:
    request_id: str | None = None
    conversation_id: str | None = None


_NO_IDS: Final = _Ids()
_IDS: ContextVar[_Ids] = ContextVar("log_ids", default=_NO_IDS)


def configure_logging(level: str, *, sink: TextIO | None = None) -> None:
    """Send every log record of the process to `sink` (default: standard error); may be called again.

    Standard-library loggers come through too: from WARNING, uvicorn's and alembic's from INFO. uvicorn's
    access log is off; uvicorn must be started with `log_config=None`, or it undoes this.

    Args:
        level: name of the least level to write, such as `INFO`.

    Raises:
        ValueError: there is no such level.
    """
    stream = sys.stderr if sink is None else sink
    least = logger.level(level).no

    def write(message: "Message") -> None:
        stream.write(_line(message) + "\n")
        stream.flush()

    logger.remove()
    logger.add(write, level=least, format="", colorize=False, backtrace=False, diagnose=False)
    logging.basicConfig(handlers=[_Intercept()], level=max(least, logging.WARNING), force=True)
    for name in _INFO_LOGGERS | {"uvicorn.error"}:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(max(least, logging.INFO))
    # uvicorn skips the access log altogether when its logger has no handler to reach.
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False


@contextmanager
def log_context(*, request_id: str | None = None, conversation_id: str | None = None) -> Iterator[None]:
    """Add these ids to the log lines of this block; an id left out stays as it is outside.

    Safe in an async generator: one closed in another context leaves that context's ids alone.
    """
    before = _IDS.get()
    inside = _Ids(request_id or before.request_id, conversation_id or before.conversation_id)
    _IDS.set(inside)
    try:
        yield
    finally:
        if _IDS.get() is inside:
            _IDS.set(before)


class _Intercept(logging.Handler):
    """Hands standard-library records to loguru under the name of their own logger."""

    def emit(self, record: logging.LogRecord) -> None:
        # A library can set its own level (OPENAI_LOG=debug does), so the rule is held here as well.
        if record.levelno < logging.WARNING and record.name.partition(".")[0] not in _INFO_LOGGERS:
            return
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = str(record.msg)
        logger.opt(exception=record.exc_info).bind(logger=record.name).log(
            _level_name(record.levelno), message
        )


def _level_name(number: int) -> str:
    """The level at or below this number."""
    return logging.getLevelName(max(10, min(number // 10 * 10, 50)))


def _line(message: "Message") -> str:
    record = message.record
    ids = _IDS.get()
    extra = record["extra"]
    span = get_current_span().get_span_context()
    fields: dict[str, object] = {
        "time": record["time"].astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "message": record["message"],
        "logger": extra.get("logger", record["name"]),
        "request_id": ids.request_id or extra.get("request_id"),
        "conversation_id": ids.conversation_id or extra.get("conversation_id"),
        "trace_id": format_trace_id(span.trace_id) if span.is_valid else extra.get("trace_id"),
    }
    error = record["exception"].value if record["exception"] else None
    if error is not None:
        fields["error_type"] = _type_name(error)
        fields["traceback"] = _traceback(error)
    return _ENCODE(fields | {key: value for key, value in extra.items() if key not in fields})


def _traceback(error: BaseException) -> str:
    """Frames and classes of the error and its causes, innermost cause first.

    No local values, and the message of a `DomainError` alone: a driver's error quotes its parameters, a
    validation error its input, and those are the listener's words.
    """
    parts: list[str] = []
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting and len(parts) < _MAX_ERRORS:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        said = f": {current.message}" if isinstance(current, DomainError) else ""
        frames = "".join(traceback.format_tb(current.__traceback__, limit=-_MAX_FRAMES))
        parts.append(f"{frames}{_type_name(current)}{said}\n")
        cause = current.__cause__ if current.__suppress_context__ else current.__context__
        if cause is not None:
            waiting.append(cause)
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
    return "\n".join(reversed(parts))


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
