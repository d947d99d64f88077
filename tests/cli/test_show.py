"""Answers as text."""

import io

from rich.console import Console

from src.chat.models.answer import ANSWER, Answer
from src.cli.show import show_answer
from tests.fakes import make_track


def shown(answer: Answer) -> list[str]:
    out = io.StringIO()
    show_answer(Console(file=out, highlight=False, soft_wrap=True), answer)
    return out.getvalue().splitlines()


def answer_with(**fields: object) -> Answer:
    usage = {"model_calls": 0, "tool_calls": 0, "input_tokens": 0, "output_tokens": 0, "embedding_ms": 0}
    return ANSWER.validate_python(
        {
            "conversation_id": "c1",
            "turn_id": "u1",
            "trace_id": "t1",
            "reply": "",
            "recommendations": [],
            "constraints": [],
            "brief": {"text": "", "turn": 1, "wishes": []},
            "planner": {"kind": "rules", "degraded": False, "detail": ""},
            "usage": usage | {"retrieval_ms": 0, "model_ms": 0, "total_ms": 12.4},
            **fields,
        }
    )


def test_show_answer_when_nothing_was_found_says_who_and_where():
    assert shown(answer_with()) == ["", "conversation c1 · trace t1 · rules · 12 ms"]


def test_show_answer_when_degraded_says_why():
    planner = {"kind": "llm", "model": "m-1", "degraded": True, "detail": "The model timed out."}
    assert "· m-1 · degraded · The model timed out. ·" in shown(answer_with(planner=planner))[-1]


def test_show_answer_names_what_is_not_on_record():
    recommendation = {
        "rank": 1,
        "track": make_track("X", "Y"),
        "reason": "because",
        "evidence": [],
        "chosen_by": "ranking",
        "unchecked": ["year", "tempo"],
    }
    assert shown(answer_with(recommendations=[recommendation]))[:3] == [
        "  1. Y – X",
        "     because",
        "     not on record: year, tempo",
    ]
