"""Running cases on the small catalogue: the real turns, judged."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from src.agent.agent import Agent
from src.evaluation.models.case import Case, CaseTurn, CatalogueName
from src.evaluation.run import count_results, run_cases
from tests.agent_fixtures import agent

__all__ = ["agent"]


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


async def test_run_cases_end_to_end(opened):
    report = await run_cases(THREE, opened)
    jazz, more, never = report["results"]
    assert [result["passed"] for result in report["results"]] == [True, False, True]
    assert [turn["failures"] for turn in jazz["turns"]] == [[]]
    assert "So What by Miles Davis" in jazz["turns"][0]["titles"]
    (failure,) = more["turns"][0]["failures"]
    assert failure == f"tracks: {len(more['turns'][0]['titles'])}, wanted 3"
    assert [len(turn["titles"]) > 0 for turn in never["turns"]] == [True, True]
    assert never["turns"][0]["titles"][0] == "Yellow by Coldplay"
    assert (report["planner"], report["degraded_turns"]) == ("rules", 0)
    total = {"kind": "total", "cases": 3, "passed": 2, "blind_cases": 2, "blind_passed": 1}
    assert report["total"] == total
    assert [line["kind"] for line in report["kinds"]] == ["count", "honest miss", "multi-turn"]


async def test_run_cases_twice_gives_the_same_report(opened):
    first = await run_cases(THREE[:2], opened)
    second = await run_cases(THREE[:2], opened)
    assert [result["turns"] for result in first["results"]] == [
        result["turns"] for result in second["results"]
    ]


async def test_run_cases_when_a_turn_fails(opened, agent):
    @asynccontextmanager
    async def hurried(_: CatalogueName) -> AsyncIterator[Agent]:
        yield replace(agent, turn_timeout_s=0.0)

    case = make_case("late", {"message": "jazz", "expect": {}}, {"message": "more", "expect": {}})
    (result,) = (await run_cases([case], hurried))["results"]
    assert not result["passed"]
    (turn,) = result["turns"]
    assert turn["failures"] == ["The turn took longer than 0 s; nothing of it was kept."]


async def test_run_cases_when_feedback_has_no_track(opened):
    case = make_case(
        "no-such-place",
        {"message": "jazz", "limit": 1, "expect": {"count": 1}},
        {"message": "more", "feedback": [{"rank": 2, "verdict": "like"}], "expect": {}},
    )
    (result,) = (await run_cases([case], opened))["results"]
    assert [turn["failures"] for turn in result["turns"]] == [[], ["there is no track at place 2 to like"]]


async def test_run_cases_when_a_bug_shows_names_the_case(opened, agent):
    def no_clock() -> datetime:
        raise RuntimeError("broken")

    @asynccontextmanager
    async def broken(_: CatalogueName) -> AsyncIterator[Agent]:
        yield replace(agent, now=no_clock)

    with pytest.raises(RuntimeError) as failed:
        await run_cases(THREE[:1], broken)
    assert failed.value.__notes__ == ["in turn 1 of the case jazz-only"]


async def test_run_cases_does_not_mix_conversations(opened):
    """What one case was answered is no earlier answer of the next."""
    one: CaseTurn = {"message": "nothing but jazz", "expect": {}}
    report = await run_cases([make_case("one", one), make_case("two", one)], opened)
    first, second = report["results"]
    assert first["turns"] == second["turns"]


def test_count_results_of_no_case():
    nothing = {"kind": "count", "cases": 0, "passed": 0, "blind_cases": 0, "blind_passed": 0}
    assert count_results("count", []) == nothing
