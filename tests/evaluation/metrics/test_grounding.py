"""Grounding of answers made by hand."""

from src.chat.models.why import TurnRecord
from src.chat.state import EarlierTurn
from src.evaluation.metrics.grounding import (
    grounded_picks,
    grounded_reasons,
    make_evidence,
    unknown_handles,
)
from src.lexicon.vocabulary import Vocabulary
from src.telemetry.models.span import SpanDocument
from tests.evaluation.answers import make_answer, make_constraint
from tests.fakes import make_track

ALISON = make_track("Alison", "Slowdive", year=1993, genres=["shoegaze", "dream pop"])
RUN = make_track("Run", "Air", year=2004, genres=["electronic"])
WORDS = Vocabulary({genre: genre for genre in ("shoegaze", "dream pop", "electronic", "jazz")})


def record_of(*ids: str) -> TurnRecord:
    return {"searches": [], "ranking": list(ids), "drops": [], "waiting": [], "standing": []}


def grounds_of(answer, message="something nice", earlier=(), pool=()):
    return make_evidence(message, earlier, answer, WORDS, pool)


def span(**attributes) -> SpanDocument:
    return {
        "name": "turn",
        "span_id": "0" * 16,
        "start": "2026-11-23T12:00:00Z",
        "ms": 1.0,
        "status": "ok",
        "attributes": attributes,
    }


def quotas(*reasons: str, message="something nice", earlier=(), pool=(), constraints=()):
    answer = make_answer([ALISON] * len(reasons), constraints=constraints)
    for pick, reason in zip(answer["recommendations"], reasons, strict=True):
        pick["reason"] = reason
    return grounded_reasons(answer, grounds_of(answer, message, earlier, pool))


def test_grounded_picks_is_the_share_in_the_pool():
    answer = make_answer([ALISON, RUN])
    assert grounded_picks(answer, record_of(RUN["id"], "other")) == 0.5
    assert grounded_picks(answer, record_of(RUN["id"], ALISON["id"])) == 1
    assert grounded_picks(make_answer([]), record_of("other")) is None


def test_grounded_reasons_rests_on_the_record():
    assert quotas("dream pop, 1993", "A jazz tune.", "From 2004.") == 1 / 3


def test_grounded_reasons_wants_every_sentence_to_hold():
    assert quotas("It is shoegaze. It won a Grammy.") == 0
    assert quotas("It is shoegaze. It is from 1993.") == 1


def test_grounded_reasons_rests_on_what_the_listener_said_now_and_before():
    assert quotas("As jazz as you asked for.") == 0
    assert quotas("As jazz as you asked for.", message="some jazz please") == 1
    before = [EarlierTurn("play jazz", "Here it is.", [])]
    assert quotas("As jazz as you asked for.", earlier=before) == 1
    constraint = make_constraint(kind="genre", genre="jazz", relation="wanted", words="jazz")
    assert quotas("As jazz as you asked for.", constraints=[constraint]) == 1


def test_grounded_reasons_takes_no_name_of_another_track():
    other = make_track("Machine Gun Etiquette", "Damned Ones", year=1993)
    assert quotas("it recalls damned ones", pool=[ALISON, other]) == 0
    told = [EarlierTurn("more", "Here.", ["Machine Gun Etiquette by Damned Ones"])]
    assert quotas("it recalls damned ones", earlier=told) == 0


def test_grounded_reasons_when_no_track_has_a_reason_is_none():
    assert quotas("", "") is None
    assert quotas() is None
    assert quotas("", "dream pop") == 1


def test_unknown_handles_is_summed_over_the_spans_that_count_them():
    spans = [span(**{"segue.unknown_handles": 2}), span(), span(**{"segue.unknown_handles": 1})]
    assert unknown_handles(spans) == 3
    assert unknown_handles([]) == 0
