"""Two answers compared: tracks, constraints, claims and costs, without what no two runs share."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Sequence

from src.catalogue.models.track import Track
from src.chat.models.answer import ANSWER, Answer
from src.chat.models.why import TURN_RECORD, TurnRecord
from src.constraints.models.brief import ReportLine
from src.evaluation.models.comparison import TurnsCompared

_WORST_FIRST = ("unmet", "uncheckable", "relaxed", "met")


def verdict_changes(before: Sequence[ReportLine], after: Sequence[ReportLine]) -> tuple[list[str], list[str]]:
    """Constraints with a better verdict in the second report or new there, and those worse or gone."""
    one, other = _by_constraint(before), _by_constraint(after)
    gained: list[str] = []
    lost: list[str] = []
    for constraint in dict.fromkeys([*one, *other]):
        was, now = one.get(constraint), other.get(constraint)
        if was == now:
            continue
        better = was is None or (now is not None and _WORST_FIRST.index(now) > _WORST_FIRST.index(was))
        (gained if better else lost).append(f"{constraint[1]}: {was or 'not there'} → {now or 'not there'}")
    return gained, lost


def _by_constraint(constraints: Sequence[ReportLine]) -> dict[tuple[str, str], str]:
    return {(line["kind"], line["value"]): line["verdict"] for line in constraints}


_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def compare_turns(first: Answer, second: Answer) -> TurnsCompared:
    """What the second answer has and the first has not, and the other way round."""
    one, other = _places(first), _places(second)
    gained, lost = verdict_changes(first["constraints"], second["constraints"])
    before, after = _sentences(first), _sentences(second)
    usages = first["usage"], second["usage"]
    tokens = [usage["input_tokens"] + usage["output_tokens"] for usage in usages]
    return {
        "tracks_in": [name for name in other if name not in one],
        "tracks_out": [name for name in one if name not in other],
        "moved": [
            f"{name}: {one[name]} → {place}" for name, place in other.items() if one.get(name, place) != place
        ],
        "constraints_gained": gained,
        "constraints_lost": lost,
        "claims_gained": list((after - before).elements()),
        "claims_lost": list((before - after).elements()),
        "tokens": (tokens[0], tokens[1]),
        "model_calls": (usages[0]["model_calls"], usages[1]["model_calls"]),
        "ms": (usages[0]["total_ms"], usages[1]["total_ms"]),
    }


def _places(answer: Answer) -> dict[str, int]:
    return {_named(pick["track"]): pick["rank"] for pick in answer["recommendations"]}


def _named(track: Track) -> str:
    return f"{track['title']} by {', '.join(track['artists'])}"


def _sentences(answer: Answer) -> Counter[str]:
    texts = [answer["reply"], *(pick["reason"] for pick in answer["recommendations"])]
    return Counter(
        sentence for text in texts for sentence in _SENTENCE.split(text.strip()) if sentence.strip()
    )


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
