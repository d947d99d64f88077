"""CPU of a turn: with forty new messages at a server, and of the loop alone over a bare `openai` loop.

    uv run python -m benchmarks.turn_cpu [--data-dir DIR] [--busy N] [--turns 100] [--no-frameworks]

`agent` is the loop alone on a catalogue of ten tracks in memory, beside the same in frameworks that `uv`
fetches; the model answers at once from a process of its own, and each figure is the best of three rounds.

With --data-dir, a server on its catalogue, with storage and telemetry, is sent forty different messages, each
in a conversation of its own, so that no cached vector serves. The rules answer, or the model, which asks in
new words too. The rival is the same server whose embedding threads spin, as OpenMP's do where nothing is set.
`query` is one embedding and one search of each message, without a server. --busy starts so many busy
processes beside. CPU is user plus system time of the whole process.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import httpx
import openai
from opentelemetry.context import Context
from pydantic import TypeAdapter

from benchmarks.messages import MESSAGES
from benchmarks.model_server import model_server
from benchmarks.queries import queries
from benchmarks.serving import busy_processes, cpu_seconds, served
from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Condition, EngineQuery, Hit
from src.catalogue.models.track import Track
from src.catalogue.search import Found
from src.chat.loop import Limits, finish_list, run_planner
from src.chat.planners import plan_by_model
from src.chat.state import Draft, Pool, TurnTask, new_usage
from src.chat.tools.run import offered_tools, tool_specs
from src.constraints.checks import Known
from src.constraints.models.brief import empty_brief
from src.lexicon.vocabulary import Vocabulary
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.telemetry.tracing import close_tracing, open_tracing
from tests.fakes import make_track

MESSAGE = "mellow dream pop for a rainy Sunday"
WARM_UPS = 5
LOOP_WARM_UPS = 10
# What GNU's OpenMP does where nothing is set; this variable goes before OMP_WAIT_POLICY.
SPINNING = {"GOMP_SPINCOUNT": "300000"}
_ARGUMENTS = TypeAdapter(dict[str, object])


class TenTracks:
    """An engine that finds the same ten tracks whatever it is asked."""

    name = "memory"

    def __init__(self) -> None:
        fields = {"genres": ["rock", "dream pop"], "moods": ["dreamy", "mellow"], "year": 1990}
        tracks = [make_track(f"Title {n}", f"Artist {n}", **fields) for n in range(10)]
        self.tracks = {track["id"]: track for track in tracks}
        self._hits = [Hit(id_, 1.0 - rank / 100) for rank, id_ in enumerate(self.tracks)]

    async def rank(self, queries: Sequence[EngineQuery], _where: Sequence[Condition]) -> list[list[Hit]]:
        return [self._hits for _ in queries]

    async def fetch(self, ids: Sequence[str]) -> dict[str, Track]:
        return {id_: self.tracks[id_] for id_ in ids}


async def bare_loop(client: openai.AsyncOpenAI) -> None:
    """What anybody writes first: ask with tools, run the call, ask again; typed chunks throughout."""
    messages: list = [
        {"role": "system", "content": "You are a music recommender."},
        {"role": "user", "content": MESSAGE},
    ]
    tools = tool_specs(offered_tools(None))
    for _ in range(4):
        text, calls = "", {}
        stream = await client.chat.completions.create(
            model="instant",
            messages=messages,
            tools=tools,
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
                for call in choice.delta.tool_calls or []:
                    known = calls.setdefault(call.index, {"id": call.id, "name": "", "arguments": ""})
                    known["name"] += call.function.name or ""
                    known["arguments"] += call.function.arguments or ""
        if not calls:
            assert "[t10]" in text
            return
        functions = [
            {"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}}
            for c in calls.values()
        ]
        messages.append({"role": "assistant", "content": text, "tool_calls": functions})
        for call in calls.values():
            _ARGUMENTS.validate_json(call["arguments"])
            result = "\n".join(f"t{n} | Title {n} | Artist {n} | 1990 | dream pop" for n in range(1, 11))
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})


def agent_turn(model, tracing) -> Callable[[], Awaitable[None]]:
    engine = TenTracks()
    catalogue = Catalogue(engine, None, "memory")  # type: ignore[arg-type]
    brief = {**empty_brief(), "text": MESSAGE, "turn": 1}
    vocabulary = Vocabulary({"dream pop": "dream pop"})
    request = TurnTask(
        message=MESSAGE,
        language="en",
        brief=brief,
        known=Known(),
        rule_constraints=[],
        keep_rule=None,  # type: ignore[arg-type]
        limit=10,
        catalogue=catalogue,
        vocabulary=vocabulary,
        earlier=[],
    )

    async def turn() -> None:
        info = {"kind": "llm", "degraded": False, "detail": ""}
        draft = Draft(Pool(), info, new_usage(), tracing.tracer, Context())
        draft.pool.add(
            [Found(track, 1.0, {"text": 1}) for track in engine.tracks.values()], tool="x", query="y"
        )

        def planner(draft: Draft, request: TurnTask, offer: bool):
            return plan_by_model(model, 32_000, draft, request, offer)

        async for _ in run_planner(draft, request, planner, "instant", Limits(4, 12)):
            pass
        async for _ in finish_list(draft, request):
            pass
        assert len(draft.picks) == 10 and all(pick["chosen_by"] == "model" for pick in draft.picks), (
            draft.drops
        )

    return turn


async def best_of_three(turn: Callable[[], Awaitable[None]], turns: int, cpu: Callable[[], float]) -> float:
    for _ in range(LOOP_WARM_UPS):
        await turn()
    best = float("inf")
    for _ in range(3):
        began = cpu()
        for _ in range(turns):
            await turn()
        best = min(best, (cpu() - began) * 1000 / turns)
    return best


FRAMEWORKS = {"openai-agents": "openai-agents", "pydantic-ai": "pydantic-ai-slim[openai]"}


def with_package(package: str) -> list[str]:
    """How to run something that needs a package which this project does not."""
    return ["uv", "run", "--no-project", "--quiet", "--python", sys.executable, "--with", package]


def rival(name: str, package: str, base_url: str, turns: int) -> float | None:
    run = subprocess.run(
        [
            *with_package(package),
            "python",
            str(Path(__file__).with_name("rivals.py")),
            name,
            base_url,
            str(turns),
        ],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        print(f"  {name}: could not run: {run.stderr.strip().splitlines()[-1:]}")
        return None
    return float(run.stdout)


async def http_turns(environment: Mapping[str, str], *, stream: bool = False) -> list[float]:
    """Milliseconds of CPU of a server's turns, one a message."""
    headers = {"Accept": "text/event-stream" if stream else "application/json"}
    planner = "llm" if "LLM_BASE_URL" in environment else "rules"
    times: list[float] = []
    with served(dict(environment)) as (address, pid):
        async with httpx.AsyncClient(base_url=address, timeout=60, headers=headers) as client:
            for message in [MESSAGE] * WARM_UPS + list(MESSAGES):
                began = cpu_seconds(pid)
                answer = await client.post("/v1/chat", json={"message": message})
                times.append((cpu_seconds(pid) - began) * 1000)
                assert f'"kind":"{planner}"' in answer.text and '"degraded":false' in answer.text, answer.text
    return times[WARM_UPS:]


async def show_new_messages(data_dir: Path, bare: float) -> None:
    """Print what forty new messages cost, with threads that wait and with threads that spin."""
    rules = {"DATA_DIR": str(data_dir), "LOG_LEVEL": "INFO"}
    with model_server(new_queries=True) as base_url:
        model = {**rules, "LLM_BASE_URL": base_url, "LLM_MODEL": "instant"}
        figures = {
            "rules": await http_turns(rules),
            "rules, spinning": await http_turns(rules | SPINNING),
            "model, JSON": await http_turns(model),
            "model, stream": await http_turns(model, stream=True),
            "query": await queries(data_dir, MESSAGES, {}),
            "query, spinning": await queries(data_dir, MESSAGES, SPINNING),
        }
    print(f"{len(MESSAGES)} new messages, ms CPU each:")
    for name, times in figures.items():
        mean, p95 = statistics.mean(times), statistics.quantiles(times, n=20, method="inclusive")[-1]
        print(f"{name:<18} mean {mean:7.2f}  p95 {p95:7.2f}   {mean / bare:5.2f} times the bare loop")


async def loops_alone(base_url: str, turns: int, *, frameworks: bool) -> tuple[float, dict[str, float]]:
    """CPU of the bare loop, and of the others on the same model."""
    client = openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)
    bare = await best_of_three(lambda: bare_loop(client), turns, time.process_time)
    model = ChatModel(
        client=open_client(base_url, None),
        model="instant",
        max_output_tokens=2000,
        timeout_s=30,
        attempts=1,
        retry_after_max_s=1,
    )
    tracing = open_tracing(service_name="bench", otlp_endpoint=None, sample_ratio=1.0)
    figures = {"agent": await best_of_three(agent_turn(model, tracing), turns, time.process_time)}
    again = await best_of_three(lambda: bare_loop(client), turns, time.process_time)
    for name, package in FRAMEWORKS.items() if frameworks else ():
        figure = rival(name, package, base_url, turns)
        if figure is not None:
            figures[name] = figure
    await close_chat_model(model)
    close_tracing(tracing)
    await client.close()
    return min(bare, again), figures


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--busy", type=int, default=0, help="so many busy processes beside")
    parser.add_argument("--frameworks", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args(argv)
    with busy_processes(options.busy):
        with model_server() as base_url:
            bare, figures = await loops_alone(base_url, options.turns, frameworks=options.frameworks)
        print(f"{'bare openai loop':<18} {bare:7.2f} ms CPU a turn")
        for name, figure in figures.items():
            print(f"{name:<18} {figure:7.2f} ms   {figure / bare:5.2f} times")
        if options.data_dir:
            await show_new_messages(options.data_dir, bare)


if __name__ == "__main__":
    asyncio.run(main())
