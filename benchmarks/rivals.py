"""One turn of a rival, many times: prints CPU milliseconds a turn. Run by turn_cpu.py under `uv run --with`.

Usage: rivals.py NAME BASE_URL TURNS, NAME one of openai-agents, pydantic-ai.
"""

import asyncio
import json
import sys
import time

RESULT = json.dumps(
    [f"t{number} | Title {number} | Artist {number} | 1990 | dream pop" for number in range(1, 11)]
)
PROMPT = "mellow dream pop for a rainy Sunday"
SYSTEM = "You are a music recommender. Cite handles, one a line."


async def openai_agents(base_url: str):
    import openai
    from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled

    set_tracing_disabled(True)

    @function_tool
    def search_catalogue(query: str, genres: list[str] | None = None, limit: int = 20) -> str:
        """Search the catalogue."""
        return RESULT

    client = openai.AsyncOpenAI(base_url=base_url, api_key="none")
    model = OpenAIChatCompletionsModel(model="instant", openai_client=client)
    agent = Agent(name="music", instructions=SYSTEM, model=model, tools=[search_catalogue])

    async def turn() -> None:
        result = Runner.run_streamed(agent, PROMPT)
        async for _ in result.stream_events():
            pass
        assert "[t10]" in result.final_output

    return turn


async def pydantic_ai(base_url: str):
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel("instant", provider=OpenAIProvider(base_url=base_url, api_key="none"))
    agent = Agent(model, instructions=SYSTEM)

    @agent.tool_plain
    def search_catalogue(query: str, genres: list[str] | None = None, limit: int = 20) -> str:
        """Search the catalogue."""
        return RESULT

    async def turn() -> None:
        words = ""
        async with agent.run_stream(PROMPT) as result:
            async for piece in result.stream_text(delta=True, debounce_by=None):
                words += piece
        assert "[t10]" in words

    return turn


async def main() -> None:
    name, base_url, turns = sys.argv[1], sys.argv[2], int(sys.argv[3])
    turn = await {"openai-agents": openai_agents, "pydantic-ai": pydantic_ai}[name](base_url)
    for _ in range(10):
        await turn()
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for _ in range(turns):
            await turn()
        best = min(best, (time.process_time() - began) * 1000 / turns)
    print(f"{best:.3f}")


if __name__ == "__main__":
    asyncio.run(main())
