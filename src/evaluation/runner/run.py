"""Running a suite's cases turn by turn on the real service, and writing down all that came of them."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing
from dataclasses import dataclass, field

from src.chat.clients import Agent, TurnRequest
from src.chat.feedback import give_feedback
from src.chat.models.answer import Answer, Recommendation
from src.chat.models.why import TURN_RECORD, TurnRecord
from src.chat.turn import run_turn
from src.conversations.store import get_turn
from src.conversations.turn_store import load_spans
from src.errors import DomainError
from src.evaluation.metrics.table import CaseSeen, TurnSeen, measure_case
from src.evaluation.models.case import Case, CaseTurn, CatalogueName
from src.evaluation.models.run import CaseRun, RunTrack, ToolUse, TurnRun
from src.evaluation.playback import SwapExchanges, as_it_is
from src.evaluation.runner.cases import relevant_ids
from src.evaluation.runner.expectations import failures
from src.evaluation.runner.list_checks import History
from src.schema import with_present
from src.telemetry.models.span import SPANS, SpanDocument

type OpenAgent = Callable[[CatalogueName], AbstractAsyncContextManager[Agent]]
type Watch = Callable[[CaseRun], None]
type CountCases = Callable[[int, int], None]
type KeepTurn = Callable[[Agent, str, str, Answer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Conditions:
    """How cases are run.

    `swap` gives the agent of one turn, such as one that replays; `done` holds cases that an interrupted run
    has already; `watch` is called with each case as it ends. `count` gets the cases done and all that are to
    be run, before the first and as each ends. `stop` says, before each case, whether to end here. With
    `record` every turn is recorded; `keep` gets each answered turn with its case and its label.
    """

    swap: SwapExchanges = as_it_is
    done: Mapping[str, CaseRun] = field(default_factory=dict)
    watch: Watch = lambda _case: None
    count: CountCases = lambda _done, _of: None
    stop: Callable[[], bool] = lambda: False
    record: bool = False
    keep: KeepTurn | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """What running cases came to.

    `seconds` is the wall-clock time of those that were run now; `titles` name the tracks of pools, by id.
    """

    cases: list[CaseRun]
    seconds: float
    stopped: bool
    titles: dict[str, str] = field(default_factory=dict)


async def run_cases(
    cases: Sequence[Case], open_agent: OpenAgent, conditions: Conditions, places: Mapping[str, str]
) -> Ran:
    """Run the cases in order, each in a conversation of its own and as a listener of its own.

    Args:
        open_agent: opens the agent of a catalogue; all that are needed are opened before the first case.
        places: file and line of each case, for messages about it.

    Raises:
        InvalidInput: a relevant track is not in the catalogue; with the place of its case.
        DomainError: a catalogue cannot be opened. What goes wrong in a turn fails its case.
    """
    async with AsyncExitStack() as stack:
        agents: dict[CatalogueName, Agent] = {}
        for name in dict.fromkeys(case["catalogue"] for case in cases):
            agents[name] = await stack.enter_async_context(open_agent(name))
        relevant = {
            case["id"]: await relevant_ids(
                agents[case["catalogue"]], case, places.get(case["id"], case["id"])
            )
            for case in cases
        }
        ran: list[CaseRun] = []
        began, stopped = time.perf_counter(), False
        conditions.count(0, len(cases))
        for case in cases:
            finished = conditions.done.get(case["id"])
            if finished is None:
                if stopped := conditions.stop():
                    break
                finished = await _run_case(agents[case["catalogue"]], case, relevant[case["id"]], conditions)
                conditions.watch(finished)
            ran.append(finished)
            conditions.count(len(ran), len(cases))
        seconds = time.perf_counter() - began
        titles: dict[str, str] = {}
        for name, agent in agents.items():
            titles |= await _titles(agent, [case for case in ran if case["catalogue"] == name])
        return Ran(ran, seconds, stopped, titles)


async def _titles(agent: Agent, cases: Sequence[CaseRun]) -> dict[str, str]:
    records = [turn["record"] for case in cases for turn in case["turns"] if "record" in turn]
    ids = sorted({id_ for record in records for id_ in record["ranking"]})
    async with agent.catalogue.use() as catalogue:
        tracks = await catalogue.engine.fetch(ids)
    return {id_: f"{track['title']} by {', '.join(track['artists'])}" for id_, track in tracks.items()}


async def _run_case(
    agent: Agent, case: Case, relevant: Sequence[frozenset[str]], conditions: Conditions
) -> CaseRun:
    """One case; a turn without an answer ends it."""
    answers: list[Answer] = []
    turns: list[TurnRun] = []
    seen: list[TurnSeen] = []
    for number, turn in enumerate(case["turns"], start=1):
        label = f"{case['id']}/{number}"
        try:
            # Every case is a listener of its own: a rule of one must not bind the next.
            unjudged = await _judge(agent, case["id"], turn, answers)
            with conditions.swap(agent, label) as acting:
                answer, tools = await _ask(acting, case["id"], turn, answers, record=conditions.record)
        except DomainError as error:
            turns.append(_without_answer(turn, error))
            break
        except Exception as error:
            error.add_note(f"in turn {number} of the case {case['id']}")
            raise
        if conditions.keep is not None:
            await conditions.keep(agent, case["id"], label, answer)
        record, spans = await _kept(agent, case["id"], answer)
        history = History(turn["message"], tuple(answers))
        failed = [*unjudged, *failures(turn["expect"], answer, history)]
        turns.append(_turn_run(turn, answer, tools, record, spans, failed))
        seen.append(TurnSeen(answer, record, tools, history, relevant[number - 1], spans))
        answers.append(answer)
    async with agent.catalogue.use() as catalogue:
        metrics = await measure_case(CaseSeen(case, seen), catalogue)
    return {
        "id": case["id"],
        "kind": case["kind"],
        "catalogue": case["catalogue"],
        "blind": case["blind"],
        "passed": not any(turn["failures"] for turn in turns),
        "metrics": metrics,
        "turns": turns,
    }


async def _judge(agent: Agent, listener: str, turn: CaseTurn, answers: Sequence[Answer]) -> list[str]:
    """Give the turn's verdicts on the last answer; returns those that it has no track for."""
    missing: list[str] = []
    for verdict in turn.get("feedback", []):
        last = answers[-1]
        if verdict["rank"] > len(last["recommendations"]):
            missing.append(f"there is no track at place {verdict['rank']} to {verdict['verdict']}")
            continue
        track = last["recommendations"][verdict["rank"] - 1]["track"]
        await give_feedback(agent, listener, last["conversation_id"], track["id"], verdict["verdict"])
    return missing


async def _ask(
    agent: Agent, listener: str, turn: CaseTurn, answers: Sequence[Answer], *, record: bool
) -> tuple[Answer, list[ToolUse]]:
    conversation_id = answers[-1]["conversation_id"] if answers else None
    request = TurnRequest(listener, turn["message"], conversation_id, turn.get("limit"), record=record)
    tools: list[ToolUse] = []
    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            match event["type"]:
                case "tool_finished":
                    first = event["tool"] not in {use["tool"] for use in tools}
                    tools.append({"tool": event["tool"], "ok": event["ok"], "first": first})
                case "turn_finished":
                    return event["answer"], tools
    raise RuntimeError("a turn ended without an answer")


async def _kept(agent: Agent, listener: str, answer: Answer) -> tuple[TurnRecord, list[SpanDocument]]:
    """The pool and the trace of a turn, as the service keeps them."""
    stored = await get_turn(agent.database, listener, answer["conversation_id"], answer["turn_id"])
    texts = await load_spans(agent.database, listener, answer["trace_id"])
    spans = [span for text in texts for span in SPANS.validate_json(text)]
    return TURN_RECORD.validate_json(stored["record"] or "{}"), spans


def _without_answer(turn: CaseTurn, error: DomainError) -> TurnRun:
    return {
        "message": turn["message"],
        "reply": "",
        "tracks": [],
        "constraints": [],
        "tools": [],
        "spans": [],
        "failures": [error.message],
    }


def _turn_run(
    turn: CaseTurn,
    answer: Answer,
    tools: list[ToolUse],
    record: TurnRecord,
    spans: list[SpanDocument],
    failed: list[str],
) -> TurnRun:
    return {
        "message": turn["message"],
        "reply": answer["reply"],
        "tracks": [_run_track(pick) for pick in answer["recommendations"]],
        "constraints": answer["constraints"],
        "planner": answer["planner"],
        "usage": answer["usage"],
        "tools": tools,
        "record": record,
        "spans": spans,
        "failures": failed,
    }


def _run_track(pick: Recommendation) -> RunTrack:
    track: RunTrack = {
        "id": pick["track"]["id"],
        "title": pick["track"]["title"],
        "artists": pick["track"]["artists"],
        "reason": pick["reason"],
        "chosen_by": pick["chosen_by"],
    }
    return with_present(track, year=pick["track"].get("year"))
