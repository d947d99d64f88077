"""Answers made by hand, for what judges them."""

from collections.abc import Sequence

from src.catalogue.models.track import Track
from src.chat.models.answer import Answer, Recommendation
from src.constraints.models.brief import CONSTRAINT, Constraint, ReportLine
from tests.fakes import make_track


def make_answer(
    tracks: Sequence[Track],
    *,
    reply: str = "Here is what fits:",
    reason: str = "dream pop, 1993",
    unchecked: Sequence[str] = (),
    report_lines: Sequence[ReportLine] = (),
    constraints: Sequence[Constraint] = (),
) -> Answer:
    """An answer with these tracks in order.

    Args:
        unchecked: titles of the tracks that are marked unchecked.
    """
    recommendations: list[Recommendation] = [
        {
            "rank": rank,
            "track": track,
            "reason": reason,
            "evidence": [],
            "chosen_by": "ranking",
            "unchecked": ["1995 or earlier"] if track["title"] in unchecked else [],
        }
        for rank, track in enumerate(tracks, start=1)
    ]
    return {
        "conversation_id": "conversation",
        "turn_id": "turn",
        "trace_id": "trace",
        "reply": reply,
        "recommendations": recommendations,
        "constraints": list(report_lines),
        "brief": {"text": "", "turn": 1, "wishes": list(constraints)},
        "planner": {"kind": "rules", "degraded": False, "detail": ""},
        "usage": {
            "model_calls": 0,
            "tool_calls": 0,
            "input_tokens": 0,
            "output_tokens": 0,
            "embedding_ms": 0,
            "retrieval_ms": 0,
            "model_ms": 0,
            "total_ms": 0,
        },
    }


def answer_of(*titles: str, **fields: object) -> Answer:
    """An answer with one track a title, each by an artist of its own and with these fields."""
    return make_answer([make_track(title, f"Artist of {title}", **fields) for title in titles])


def make_constraint(**fields: object) -> Constraint:
    """A wish of the first turn."""
    return CONSTRAINT.validate_python({"hard": True, "words": "as said", "turn": 1, **fields})


def make_line(kind: str, value: str, verdict: str = "met", *, hard: bool = True) -> ReportLine:
    """A line of the constraint report."""
    line: ReportLine = {
        "kind": kind,
        "value": value,
        "hard": hard,
        "words": value,
        "verdict": "met",
        "detail": "",
    }
    match verdict:
        case "met" | "relaxed" | "unmet" | "uncheckable":
            line["verdict"] = verdict
        case _:
            raise ValueError(verdict)
    return line
