"""The judge scores lists alone; what it answers badly is counted and left out."""

import pytest

from src.errors import ModelUnavailable
from src.evaluation.metrics.judge import Judge, judge_case, read_score
from src.evaluation.models.run import CaseRun
from src.llm.models.chat import ChatRequest, Finished, TextDelta


class _Chat:
    """A judging model that always says the same, or is not to be had."""

    model = "judging"
    max_output_tokens = 100

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.prompts: list[str] = []

    async def stream(self, request: ChatRequest):
        self.prompts.append(request.messages[0]["content"])
        if self.text is None:
            raise ModelUnavailable("gone", reason="connection")
        yield TextDelta(self.text)
        yield Finished("stop", self.model, 1, 1)


def a_case(**turn: object) -> CaseRun:
    tracks = [{"id": "a", "title": "So <What>", "artists": ["Miles"], "reason": "calm", "chosen_by": "model"}]
    whole = {"message": "calm jazz", "reply": "A lovely reply.", "tracks": tracks, "constraints": []}
    return {  # type: ignore[typeddict-item]
        "id": "one",
        "metrics": {},
        "turns": [{**whole, "tools": [], "spans": [], "failures": [], **turn}],
    }


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ('{"score": 4, "why": "fits"}', 4.0),
        ('Sure: {"score": 2.5, "why": "half"} there', 2.5),
        ('{"score": 6, "why": "too much"}', None),
        ('{"score": 0, "why": "too little"}', None),
        ('{"score": "good"}', None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_read_score_takes_one_to_five_alone(text, score):
    assert read_score(text) == score


async def test_judge_case_sees_the_list_and_no_reply():
    chat = _Chat('{"score": 3, "why": "half"}')
    judge = Judge(chat)
    assert await judge_case(judge, a_case()) == 3.0
    (prompt,) = chat.prompts
    assert "So ‹What›" in prompt
    assert "calm jazz" in prompt
    assert "lovely" not in prompt
    assert judge.failures == 0
    assert judge.version.startswith("judging, prompt ")


@pytest.mark.parametrize("text", ["nonsense", None])
async def test_judge_case_counts_what_it_cannot_use(text):
    judge = Judge(_Chat(text))
    assert await judge_case(judge, a_case()) is None
    assert judge.failures == 1


async def test_judge_case_has_nothing_to_say_of_no_list():
    judge = Judge(_Chat('{"score": 3, "why": "half"}'))
    assert await judge_case(judge, a_case(tracks=[])) is None
    assert judge.failures == 0
