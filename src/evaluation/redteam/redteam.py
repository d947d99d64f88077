"""The red team: a scripted model attacks, conversation after conversation, and a judge looks for leaks.

`python -m src.evaluation.redteam.redteam --runs 2000 --seed 1` attacks on the hostile catalogue and reports.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger

from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge
from src.catalogue.generations import ServedCatalogue
from src.catalogue.models.track import Track
from src.chat.clients import Agent, TurnRequest
from src.chat.feedback import give_feedback
from src.chat.loop import Limits
from src.chat.models.answer import Answer, Recommendation, TurnEvent
from src.chat.turn import run_turn
from src.errors import DomainError
from src.evaluation.models.redteam import REDTEAM_REPORT, Leak, LeakKind, RedteamReport
from src.evaluation.models.run import Better, CaseRun, MetricLine, RedteamSpec
from src.evaluation.redteam.catalogue import hostile_tracks, track_points, word_embedder
from src.evaluation.redteam.listener import ListenerTurn, make_conversation
from src.evaluation.redteam.oracle import World, judge_answer
from src.evaluation.redteam.scripts import HostileModel, said_words
from src.evaluation.redteam.words import fold, holds
from src.evaluation.runner.scripted_model import Said, serve_model
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.tracing import close_tracing, open_tracing

# An agent whose model is at an address.
type AgentMaker = Callable[[str], Agent]

_EXAMPLES = 100


@dataclass(slots=True)
class _Tally:
    turns: int = 0
    picks: int = 0
    leaks: list[Leak] = field(default_factory=list)
    false_offered: int = 0
    true_offered: int = 0
    true_kept: int = 0


@dataclass(slots=True)
class _Listening:
    """A conversation so far."""

    id: str | None = None
    messages: list[str] = field(default_factory=list)
    earlier: list[Track] = field(default_factory=list)
    never: list[Track] = field(default_factory=list)
    last: Answer | None = None
    tightened: bool = False


async def run_attacks(
    make_agent: AgentMaker,
    tracks: Sequence[Track],
    seed: int,
    runs: int,
    count: Callable[[int, int], None] = lambda _done, _of: None,
) -> RedteamReport:
    """Hold `runs` conversations with a hostile model, and judge every answer.

    Args:
        make_agent: gives the agent under attack, for the address of its model.
        tracks: all that its catalogue holds.
        seed: the first run's; the others count on from it.
        runs: how many conversations.
        count: gets the conversations held and all of them, before the first and as each ends.
    """
    tally = _Tally()
    by_id = {track["id"]: track for track in tracks}
    attacking: list[HostileModel] = []

    def script(body: dict[str, object]) -> Said:
        return attacking[-1](body)

    async with serve_model(script) as server:
        agent = make_agent(server.base_url)
        count(0, runs)
        for run in range(seed, seed + runs):
            chance = random.Random(run)
            listening = _Listening()
            for number, turn in enumerate(make_conversation(chance, tracks), start=1):
                await _turn_down(agent, run, turn, listening)
                listening.messages.append(turn.message)
                said = said_words(listening.messages, listening.never)
                world = World(by_id, turn.bounds, said, tuple(listening.never), tuple(listening.earlier))
                attacking[:] = [HostileModel(chance, world, turn.message)]
                leaks = await _take_turn(agent, run, turn, listening, attacking[-1], tally)
                tally.leaks += [{**leak, "seed": run, "turn": number} for leak in leaks]
                server.requests.clear()
                if listening.last is None:
                    break
            count(run - seed + 1, runs)
    return _report(tally, runs)


async def _turn_down(agent: Agent, run: int, turn: ListenerTurn, listening: _Listening) -> None:
    if turn.never_rank is None or listening.last is None or listening.id is None:
        return
    picks = listening.last["recommendations"]
    if not picks:
        return
    track = picks[min(turn.never_rank, len(picks)) - 1]["track"]
    await give_feedback(agent, _listener(run), listening.id, track["id"], "never")
    listening.never.append(track)


async def _take_turn(
    agent: Agent, run: int, turn: ListenerTurn, listening: _Listening, model: HostileModel, tally: _Tally
) -> list[Leak]:
    request = TurnRequest(_listener(run), turn.message, listening.id, turn.limit)
    events: list[TurnEvent] = []
    listening.last = None
    try:
        events = [event async for event in run_turn(agent, request)]
    except DomainError as error:
        return [_leak("failed", f"{error.code}: {error.message}")]
    last = events[-1]
    if last["type"] != "turn_finished":
        return [_leak("failed", f"the turn ends with {last['type']}")]
    answer = last["answer"]
    listening.tightened = listening.tightened or model.tightened
    world = replace(model.world, short_excused=listening.tightened)
    leaks = [_leak(kind, detail) for kind, detail in judge_answer(answer, events, world, model.lies)]
    tally.turns += 1
    tally.picks += len(answer["recommendations"])
    tally.false_offered += len(model.lies)
    _count_truths(answer["recommendations"], model, tally)
    listening.id = answer["conversation_id"]
    listening.last = answer
    listening.earlier += [pick["track"] for pick in answer["recommendations"]]
    return leaks


def _count_truths(picks: Sequence[Recommendation], model: HostileModel, tally: _Tally) -> None:
    for pick in picks:
        if pick["chosen_by"] == "model" or pick["unchecked"]:
            offered = [fold(claim.text) for claim in model.truths.get(pick["track"]["id"], [])]
            tally.true_offered += len(offered)
            tally.true_kept += sum(holds(fold(pick["reason"]), text) for text in offered)


def _listener(run: int) -> str:
    return f"listener-{run}"


def _leak(kind: LeakKind, detail: str) -> Leak:
    return {"kind": kind, "seed": 0, "turn": 0, "detail": detail[:400]}


def _report(tally: _Tally, runs: int) -> RedteamReport:
    return {
        "runs": runs,
        "turns": tally.turns,
        "picks": tally.picks,
        "leaks": dict(Counter(str(leak["kind"]) for leak in tally.leaks)),
        "examples": tally.leaks[:_EXAMPLES],
        "false_offered": tally.false_offered,
        "false_kept": sum(leak["kind"] in ("false_claim", "foreign_name") for leak in tally.leaks),
        "true_offered": tally.true_offered,
        "true_kept": tally.true_kept,
    }


@asynccontextmanager
async def attacked_agent(folder: Path, tracks: Sequence[Track]) -> AsyncIterator[AgentMaker]:
    """A maker of agents on these tracks, with everything else of their own in an empty folder."""
    async with AsyncExitStack() as stack:
        embedder = word_embedder()
        engine = create_edge(folder / "shard", embedder.dimensions)
        stack.push_async_callback(engine.close)
        await engine.upsert(track_points(tracks))
        database = await open_database(f"sqlite:///{folder}/turns.sqlite", timeout_s=5)
        stack.push_async_callback(close_database, database)
        await migrate(database)
        tracing = open_tracing(service_name="redteam", otlp_endpoint=None, sample_ratio=0.0)
        stack.callback(close_tracing, tracing)
        ids = itertools.count(1)

        async def no_wait(_seconds: float) -> None:
            return None

        def make(base_url: str) -> Agent:
            chat = ChatModel(
                client=open_client(base_url, None),
                model="hostile",
                max_output_tokens=500,
                timeout_s=20,
                attempts=2,
                retry_after_max_s=1,
                sleep=no_wait,
            )
            stack.push_async_callback(close_chat_model, chat)
            return Agent(
                catalogue=ServedCatalogue(Catalogue(engine, embedder, "hostile")),
                database=database,
                tracing=tracing,
                chat=chat,
                context_tokens=16_000,
                limits=Limits(max_model_calls=4, max_tool_calls=12),
                turn_timeout_s=60,
                traces_kept=10,
                now=lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
                new_id=lambda: f"id{next(ids):09d}",
            )

        yield make


async def _attack(
    runs: int, seed: int, count: Callable[[int, int], None] = lambda _done, _of: None
) -> RedteamReport:
    tracks = hostile_tracks()
    with tempfile.TemporaryDirectory(prefix="segue-redteam-") as folder:
        async with attacked_agent(Path(folder), tracks) as make_agent:
            return await run_attacks(make_agent, tracks, seed, runs, count)


def main() -> int:
    """Run the red team from the command line; 1 when something leaked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000, help="conversations to hold")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first one")
    arguments = parser.parse_args()
    logger.remove()
    report = asyncio.run(_attack(arguments.runs, arguments.seed))
    sys.stdout.write(REDTEAM_REPORT.dump_json(report, indent=2).decode() + "\n")
    return 1 if report["leaks"] else 0


if __name__ == "__main__":
    raise SystemExit(main())


_KIND = "hostile conversation"


async def run_redteam_suite(
    spec: RedteamSpec, count: Callable[[int, int], None]
) -> tuple[list[MetricLine], list[CaseRun], float]:
    """Hold the conversations: their metrics, a case for each, and the seconds they took."""
    began = time.perf_counter()
    report = await _attack(spec["runs"], spec["seed"], count)
    return _metrics(report), _cases(spec, report), time.perf_counter() - began


def _metrics(report: RedteamReport) -> list[MetricLine]:
    lines = [
        _line("leaks", sum(report["leaks"].values()), "count", "lower", report["runs"]),
        _line("turns", report["turns"], "count", "neither", report["runs"]),
        _line("picks", report["picks"], "count", "neither", report["runs"]),
        _line("false claims kept", report["false_kept"], "count", "lower", report["false_offered"]),
    ]
    if report["true_offered"]:
        share = report["true_kept"] / report["true_offered"]
        lines.append(_line("true claims kept", share, "share", "higher", report["true_offered"]))
    return lines


def _cases(spec: RedteamSpec, report: RedteamReport) -> list[CaseRun]:
    """One case a conversation; of those that leaked, what leaked."""
    leaks: dict[int, list[str]] = {}
    for leak in report["examples"]:
        leaks.setdefault(leak["seed"], []).append(f"turn {leak['turn']}: {leak['kind']}: {leak['detail']}")
    return [_case(seed, leaks.get(seed, [])) for seed in range(spec["seed"], spec["seed"] + spec["runs"])]


def _case(seed: int, leaks: list[str]) -> CaseRun:
    return {
        "id": f"seed-{seed}",
        "kind": _KIND,
        "catalogue": "hostile",
        "blind": False,
        "passed": not leaks,
        "metrics": {"leaks": float(len(leaks))},
        "turns": [
            {
                "message": "made from the seed",
                "reply": "",
                "tracks": [],
                "constraints": [],
                "tools": [],
                "spans": [],
                "failures": leaks,
            }
        ]
        if leaks
        else [],
    }


def _line(name: str, value: float, unit: str, better: Better, cases: int) -> MetricLine:
    return {"name": name, "value": float(value), "unit": unit, "better": better, "cases": cases}
