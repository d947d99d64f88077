"""Running request cases turn by turn, and counting what passed."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing

from src.agent.agent import Agent, TurnRequest
from src.agent.feedback import give_feedback
from src.agent.models.answer import Answer
from src.agent.turns import run_turn
from src.errors import DomainError
from src.evaluation.expectations import History, failures
from src.evaluation.models.case import Case, CaseTurn, CatalogueName
from src.evaluation.models.report import CaseResult, KindLine, Report, TurnResult

type OpenAgent = Callable[[CatalogueName], AbstractAsyncContextManager[Agent]]


async def run_cases(cases: Sequence[Case], open_agent: OpenAgent) -> Report:
    """Run the cases in order, each in a conversation of its own.

    Args:
        open_agent: opens the agent of a catalogue; all that are needed are opened before the first case.

    Raises:
        DomainError: a catalogue cannot be opened. What goes wrong in a turn fails its case.
    """
    async with AsyncExitStack() as stack:
        agents: dict[CatalogueName, Agent] = {}
        for name in dict.fromkeys(case["catalogue"] for case in cases):
            agents[name] = await stack.enter_async_context(open_agent(name))
        began = time.perf_counter()
        ran = [await _run_case(agents[case["catalogue"]], case) for case in cases]
        seconds = time.perf_counter() - began
        models = sorted({agent.chat.model for agent in agents.values() if agent.chat is not None})
    results = [result for result, _ in ran]
    return {
        "planner": ", ".join(models) or "rules",
        "degraded_turns": sum(answer["planner"]["degraded"] for _, answers in ran for answer in answers),
        "seconds": round(seconds, 3),
        "total": count_results("total", results),
        "kinds": [
            count_results(kind, [result for result in results if result["kind"] == kind])
            for kind in sorted({result["kind"] for result in results})
        ],
        "results": results,
    }


def count_results(kind: str, results: Sequence[CaseResult]) -> KindLine:
    """The line of these results."""
    blind = [result for result in results if result["blind"]]
    return {
        "kind": kind,
        "cases": len(results),
        "passed": sum(result["passed"] for result in results),
        "blind_cases": len(blind),
        "blind_passed": sum(result["passed"] for result in blind),
    }


async def _run_case(agent: Agent, case: Case) -> tuple[CaseResult, list[Answer]]:
    """One case, with its answers; a turn without an answer ends it."""
    answers: list[Answer] = []
    turns: list[TurnResult] = []
    for number, turn in enumerate(case["turns"], start=1):
        try:
            # Every case is a listener of its own: what one wants kept must not bind the next.
            unjudged = await _judge(agent, case["id"], turn, answers)
            answer = await _ask(agent, case["id"], turn, answers)
        except DomainError as error:
            turns.append({"message": turn["message"], "reply": "", "titles": [], "failures": [error.message]})
            break
        except Exception as error:
            error.add_note(f"in turn {number} of the case {case['id']}")
            raise
        history = History(turn["message"], tuple(answers))
        turns.append(
            {
                "message": turn["message"],
                "reply": answer["reply"],
                "titles": [
                    f"{pick['track']['title']} by {', '.join(pick['track']['artists'])}"
                    for pick in answer["recommendations"]
                ],
                "failures": [*unjudged, *failures(turn["expect"], answer, history)],
            }
        )
        answers.append(answer)
    result: CaseResult = {
        "id": case["id"],
        "kind": case["kind"],
        "catalogue": case["catalogue"],
        "blind": case["blind"],
        "passed": not any(turn["failures"] for turn in turns),
        "turns": turns,
    }
    return result, answers


async def _judge(agent: Agent, listener: str, turn: CaseTurn, answers: Sequence[Answer]) -> list[str]:
    """Give the turn's verdicts on the last answer; gives those that it has no track for."""
    missing: list[str] = []
    for verdict in turn.get("feedback", []):
        last = answers[-1]
        if verdict["rank"] > len(last["recommendations"]):
            missing.append(f"there is no track at place {verdict['rank']} to {verdict['verdict']}")
            continue
        track = last["recommendations"][verdict["rank"] - 1]["track"]
        await give_feedback(agent, listener, last["conversation_id"], track["id"], verdict["verdict"])
    return missing


async def _ask(agent: Agent, listener: str, turn: CaseTurn, answers: Sequence[Answer]) -> Answer:
    conversation_id = answers[-1]["conversation_id"] if answers else None
    request = TurnRequest(listener, turn["message"], conversation_id, turn.get("limit"))
    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            if event["type"] == "turn_finished":
                return event["answer"]
    raise RuntimeError("a turn ended without an answer")
