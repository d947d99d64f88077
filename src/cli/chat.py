"""`segue chat`: a turn on this machine, or over HTTP when a server has the catalogue open."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass

from rich.console import Console

from src.chat.clients import Agent, TurnRequest, open_agent, opened_tracing
from src.chat.models.answer import ANSWER, Answer
from src.chat.turn import run_turn
from src.cli.client import ask_server
from src.cli.show import show_answer
from src.errors import CatalogueInUse, DomainError
from src.settings import LOCAL_LISTENER, Settings, load_settings
from src.telemetry.logging import configure_logging


def run_chat(
    message: str | None, *, as_json: bool, conversation_id: str | None, limit: int | None, record: bool
) -> None:
    """One message, or without one a conversation at the prompt."""
    settings = load_settings()
    configure_logging("ERROR")
    asking = _Asking(as_json, limit, record)
    asyncio.run(_chat(settings, message, asking, conversation_id))


@dataclass(frozen=True, slots=True)
class _Asking:
    """How every message of a session is asked."""

    as_json: bool
    limit: int | None
    record: bool


async def _chat(
    settings: Settings, message: str | None, asking: _Asking, conversation_id: str | None
) -> None:
    console = Console(highlight=False, soft_wrap=True)
    async with _opened(settings) as agent:

        async def ask(text: str) -> Answer:
            if isinstance(agent, str):
                return await ask_server(
                    agent, settings, text, conversation_id, asking.limit, record=asking.record
                )
            return await _ask_here(agent, text, conversation_id, asking)

        if message is not None:
            _print(console, await ask(message), as_json=asking.as_json)
            return
        console.print("What would you like to hear? (an empty line ends)", style="dim")
        while text := await asyncio.to_thread(_read_line):
            try:
                answer = await ask(text)
            except DomainError as error:
                console.print(error.message, style="red", markup=False)
                continue
            conversation_id = answer["conversation_id"]
            _print(console, answer, as_json=asking.as_json)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Agent | str]:
    """The agent of this process, or the address of the server that has the catalogue."""
    with opened_tracing(settings) as tracing:
        async with AsyncExitStack() as stack:
            try:
                agent = await stack.enter_async_context(open_agent(settings, tracing))
            except CatalogueInUse as error:
                if error.address is None:
                    raise
                yield error.address
                return
            yield agent


async def _ask_here(agent: Agent, text: str, conversation_id: str | None, asking: _Asking) -> Answer:
    request = TurnRequest(LOCAL_LISTENER, text, conversation_id, asking.limit, record=asking.record)
    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            if event["type"] == "turn_finished":
                return event["answer"]
    raise RuntimeError("a turn ended without an answer")


def _print(console: Console, answer: Answer, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(ANSWER.dump_json(answer, indent=2).decode() + "\n")
    else:
        show_answer(console, answer)


def _read_line() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""
