"""Running cases on the small catalogue: the real turns, judged."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from src.chat.clients import Agent
from src.errors import InvalidInput
from src.evaluation.models.case import Case, CaseTurn, CatalogueName, Named
from src.evaluation.models.run import CaseRun
from src.evaluation.runner.run import Conditions, run_cases


def make_case(id_: str, *turns: CaseTurn, kind: str = "count", blind: bool = False) -> Case:
    return {"id": id_, "kind": kind, "catalogue": "messy", "blind": blind, "turns": list(turns)}


@pytest.fixture
def opened(agent: Agent) -> Callable[[CatalogueName], AbstractAsyncContextManager[Agent]]:
    @asynccontextmanager
    async def open_it(_: CatalogueName) -> AsyncIterator[Agent]:
        yield agent

    return open_it


THREE = [
    make_case("jazz-only", {"message": "nothing but jazz", "expect": {"genres": {"any_of": ["jazz"]}}}),
    make_case(
        "more-than-there-is",
        {"message": "3 songs by Coldplay", "expect": {"count": 3, "all_by": ["Coldplay"]}},
        kind="honest miss",
        blind=True,
    ),
    make_case(
        "no-more-of-it",
        {"message": "Yellow by Coldplay", "limit": 2, "expect": {"first": {"title": "Yellow"}, "count": 2}},
        {
            "message": "more",
            "feedback": [{"rank": 1, "verdict": "never"}],
            "expect": {"none_by": ["Coldplay"], "at_least": 1},
        },
        kind="multi-turn",
        blind=True,
    ),
]


async def ran(cases, opened) -> list[CaseRun]:
    return (await run_cases(cases, opened, Conditions(), {})).cases


async def test_run_cases_end_to_end(opened):
    jazz, more, never = cases = await ran(THREE, opened)
    assert [case["passed"] for case in cases] == [True, False, True]
    assert [turn["failures"] for turn in jazz["turns"]] == [[]]
    assert "So What" in [track["title"] for track in jazz["turns"][0]["tracks"]]
    (failure,) = more["turns"][0]["failures"]
    assert failure == f"tracks: {len(more['turns'][0]['tracks'])}, wanted 3"
    assert [len(turn["tracks"]) > 0 for turn in never["turns"]] == [True, True]
    assert never["turns"][0]["tracks"][0]["title"] == "Yellow"
    assert {turn["planner"]["kind"] for case in cases for turn in case["turns"]} == {"rules"}
    assert all(turn["record"]["ranking"] and turn["spans"] for case in cases for turn in case["turns"])
    assert jazz["metrics"]["grounded picks"] == 1.0


async def test_run_cases_twice_gives_the_same_turns(opened):
    first, second = await ran(THREE[:2], opened), await ran(THREE[:2], opened)
    told = [
        [(turn["reply"], turn["tracks"]) for case in run for turn in case["turns"]] for run in (first, second)
    ]
    assert told[0] == told[1]


async def test_run_cases_counts_them_as_they_end_with_those_that_were_done_before(opened):
    counted: list[tuple[int, int]] = []
    (jazz,) = await ran(THREE[:1], opened)
    conditions = Conditions(done={jazz["id"]: jazz}, count=lambda done, of: counted.append((done, of)))
    await run_cases(THREE[:2], opened, conditions, {})
    assert counted == [(0, 2), (1, 2), (2, 2)]


async def test_run_cases_measures_against_relevant_tracks(opened):
    relevant: list[Named] = [{"title": "So What", "artist": "Miles Davis"}, {"title": "Take Five"}]
    case = make_case("relevant", {"message": "nothing but jazz", "expect": {}, "relevant": relevant})
    (result,) = await ran([case], opened)
    assert result["metrics"]["hit@10"] == result["metrics"]["recall@10"] == 1.0
    assert 0 < result["metrics"]["ndcg@10"] <= 1


async def test_run_cases_when_a_relevant_track_is_absent(opened):
    case = make_case("absent", {"message": "jazz", "expect": {}, "relevant": [{"title": "No Such Song"}]})
    with pytest.raises(
        InvalidInput, match=r"cases.jsonl:7: turn 1: No Such Song is not in the catalogue messy"
    ):
        await run_cases([case], opened, Conditions(), {"absent": "cases.jsonl:7"})


async def test_run_cases_goes_on_from_what_is_done(opened):
    first = await ran(THREE[:1], opened)
    told: list[str] = []
    conditions = Conditions(done={"jazz-only": first[0]}, watch=lambda case: told.append(case["id"]))
    whole = await run_cases(THREE[:2], opened, conditions, {})
    assert told == ["more-than-there-is"]
    assert whole.cases[0] is first[0]
    assert not whole.stopped
    stopped = await run_cases(THREE, opened, Conditions(stop=lambda: True), {})
    assert (stopped.cases, stopped.stopped) == ([], True)


async def test_run_cases_when_a_turn_fails(opened, agent):
    @asynccontextmanager
    async def hurried(_: CatalogueName) -> AsyncIterator[Agent]:
        yield replace(agent, turn_timeout_s=0.0)

    case = make_case("late", {"message": "jazz", "expect": {}}, {"message": "more", "expect": {}})
    (result,) = await ran([case], hurried)
    assert not result["passed"]
    (turn,) = result["turns"]
    assert turn["failures"] == ["The turn took longer than 0 s; nothing of it was kept."]


async def test_run_cases_when_feedback_has_no_track(opened):
    case = make_case(
        "no-such-place",
        {"message": "jazz", "limit": 1, "expect": {"count": 1}},
        {"message": "more", "feedback": [{"rank": 2, "verdict": "like"}], "expect": {}},
    )
    (result,) = await ran([case], opened)
    assert [turn["failures"] for turn in result["turns"]] == [[], ["there is no track at place 2 to like"]]


async def test_run_cases_when_a_bug_shows_names_the_case(opened, agent):
    def no_clock() -> datetime:
        raise RuntimeError("broken")

    @asynccontextmanager
    async def broken(_: CatalogueName) -> AsyncIterator[Agent]:
        yield replace(agent, now=no_clock)

    with pytest.raises(RuntimeError) as failed:
        await ran(THREE[:1], broken)
    assert failed.value.__notes__ == ["in turn 1 of the case jazz-only"]


async def test_run_cases_does_not_mix_conversations(opened):
    """What one case was answered is no earlier answer of the next."""
    one: CaseTurn = {"message": "nothing but jazz", "expect": {}}
    first, second = await ran([make_case("one", one), make_case("two", one)], opened)
    assert first["turns"][0]["tracks"] == second["turns"][0]["tracks"]
