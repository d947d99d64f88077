"""An answer without what no two runs share, and how two texts differ."""

import difflib
import json
from collections.abc import Sequence

from src.agent.models.answer import ANSWER, Answer
from src.agent.models.why import TURN_RECORD, TurnRecord

_MOST_DIFF_LINES = 200
_TIMES = ("embedding_ms", "retrieval_ms", "model_ms", "total_ms")


def canonical_answer(answer: Answer) -> str:
    """The answer as indented JSON with sorted keys, without its times and its trace id."""
    plain = ANSWER.dump_python(answer, mode="json")
    plain.pop("trace_id", None)
    for name in _TIMES:
        plain["usage"].pop(name, None)
    return _readable(plain)


def canonical_record(record: TurnRecord) -> str:
    """The pool as indented JSON with sorted keys."""
    return _readable(TURN_RECORD.dump_python(record, mode="json"))


def readable_json(text: str) -> str:
    """JSON text, indented and with sorted keys."""
    return _readable(json.loads(text))


def difference(recorded: str, now: str) -> str:
    """What changed, as a unified diff of at most 200 lines; empty when nothing did."""
    lines = list(
        difflib.unified_diff(recorded.splitlines(), now.splitlines(), "recorded", "now", lineterm="", n=2)
    )
    return "\n".join(_shortened(lines))


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= _MOST_DIFF_LINES:
        return lines
    return [*lines[:_MOST_DIFF_LINES], f"… and {len(lines) - _MOST_DIFF_LINES} more lines"]


def _readable(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
