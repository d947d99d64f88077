"""CPU of a turn, over a bare `openai` loop doing the same in the same run.

    uv run python benchmarks/turn_cpu.py [--data-dir DIR] [--turns 100]

The model answers at once from a process of its own. `agent` is the loop alone on a catalogue of ten tracks in
memory; `http` is a complete chat turn of a server on the catalogue in --data-dir, with storage and telemetry,
the query vector cached. CPU is user plus system time; each figure is the best of three rounds.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx
import openai
from opentelemetry.context import Context
from pydantic import TypeAdapter

from benchmarks.model_server import model_server
from benchmarks.serving import cpu_seconds, served
from src.agent.llm_planner import plan_by_model
from src.agent.loop import Limits, finish_list, run_planner
from src.agent.pool import Pool
from src.agent.state import Draft, Request, make_request, new_usage
from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Condition, EngineQuery, Hit
from src.catalogue.models.track import Track
from src.catalogue.search import Found
from src.llm.openai_chat import close_chat_model, open_chat_model
from src.telemetry.tracing import close_tracing, open_tracing
from src.tools.run import offered_tools, tool_specs
from src.wishes.checks import Known
from src.wishes.genres import Vocabulary
from src.wishes.models.brief import empty_brief
from tests.fakes import make_track

MESSAGE = "mellow dream pop for a rainy Sunday"
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
    request = make_request(
        message=MESSAGE,
        language="en",
        brief=brief,
        known=Known(),
        standing=[],
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

        def planner(draft: Draft, request: Request, offer: bool):
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
    for _ in range(10):
        await turn()
    best = float("inf")
    for _ in range(3):
        began = cpu()
        for _ in range(turns):
            await turn()
        best = min(best, (cpu() - began) * 1000 / turns)
    return best


def rival(name: str, package: str, base_url: str, turns: int) -> float | None:
    command = ["uv", "run", "--no-project", "--quiet", "--python", sys.executable, "--with", package]
    run = subprocess.run(
        [*command, "python", "benchmarks/rivals.py", name, base_url, str(turns)],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        print(f"  {name}: could not run: {run.stderr.strip().splitlines()[-1:]}")
        return None
    return float(run.stdout)


async def http_turns(base_url: str, data_dir: Path, turns: int) -> dict[str, float]:
    environment = {
        "LLM_BASE_URL": base_url,
        "LLM_MODEL": "instant",
        "DATA_DIR": str(data_dir),
        "LOG_LEVEL": "INFO",
    }
    figures: dict[str, float] = {}
    with served(environment) as (address, pid):
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:

            async def whole() -> None:
                answer = (await client.post("/v1/chat", json={"message": MESSAGE})).json()
                assert len(answer["recommendations"]) == 10, answer

            async def stream() -> None:
                headers = {"Accept": "text/event-stream"}
                async with client.stream(
                    "POST", "/v1/chat", json={"message": MESSAGE}, headers=headers
                ) as response:
                    last = ""
                    async for line in response.aiter_lines():
                        last = line or last
                assert '"type":"turn_finished"' in last

            for name, turn in (("http, JSON", whole), ("http, stream", stream)):
                figures[name] = await best_of_three(turn, turns, lambda: cpu_seconds(pid))
    return figures


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--turns", type=int, default=100)
    options = parser.parse_args()
    with model_server() as base_url:
        client = openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)
        bare = await best_of_three(lambda: bare_loop(client), options.turns, time.process_time)
        model = open_chat_model(
            base_url=base_url,
            api_key=None,
            model="instant",
            max_output_tokens=2000,
            timeout_s=30,
            attempts=1,
            retry_after_max_s=1,
        )
        tracing = open_tracing(service_name="bench", otlp_endpoint=None, sample_ratio=1.0)
        figures = {"agent": await best_of_three(agent_turn(model, tracing), options.turns, time.process_time)}
        again = await best_of_three(lambda: bare_loop(client), options.turns, time.process_time)
        bare = min(bare, again)
        if options.data_dir:
            figures |= await http_turns(base_url, options.data_dir, options.turns)
        for name in ("openai-agents", "pydantic-ai"):
            package = {"openai-agents": "openai-agents", "pydantic-ai": "pydantic-ai-slim[openai]"}[name]
            figure = rival(name, package, base_url, options.turns)
            if figure is not None:
                figures[name] = figure
        await close_chat_model(model)
        close_tracing(tracing)
        await client.close()
    print(f"{'bare openai loop':<18} {bare:7.2f} ms CPU a turn")
    for name, figure in figures.items():
        print(f"{name:<18} {figure:7.2f} ms   {figure / bare:5.2f} times")


if __name__ == "__main__":
    asyncio.run(main())
