"""`segue chat`: a turn on this machine, or over HTTP when a server has the catalogue open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from src.chat.clients import Agent
    from src.chat.models.answer import Answer
    from src.settings import Settings

# Asks one message in a conversation, or in a new one.
type _Ask = Callable[[str, str | None], Awaitable[Answer]]


def chat(
    message: Annotated[
        str | None, typer.Argument(help="What you want to hear. Without it, a conversation.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=50, help="How many tracks.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Record the turn, to be replayed.")] = False,
) -> None:
    """Ask for music in your own words."""
    from src.cli.terminal import command_settings

    settings = command_settings()

    async def run() -> None:
        async with _opened(settings, limit, record=record) as ask:
            if message is not None:
                _print(await ask(message, conversation), as_json=json)
            else:
                await _converse(ask, conversation, as_json=json)

    asyncio.run(run())


async def _converse(ask: _Ask, conversation_id: str | None, *, as_json: bool) -> None:
    """Ask line by line until an empty one; an error does not end the conversation."""
    from src.cli.terminal import open_console
    from src.errors import DomainError

    console = open_console()
    console.print("What would you like to hear? (an empty line ends)", style="dim")
    while text := await asyncio.to_thread(_read_line):
        try:
            answer = await ask(text, conversation_id)
        except DomainError as error:
            console.print(error.message, style="red", markup=False)
            continue
        conversation_id = answer["conversation_id"]
        _print(answer, as_json=as_json)


@asynccontextmanager
async def _opened(settings: Settings, limit: int | None, *, record: bool) -> AsyncIterator[_Ask]:
    """What asks the agent of this process, or the server that has the catalogue open."""
    from src.chat.clients import open_agent, opened_tracing
    from src.errors import CatalogueInUse

    with opened_tracing(settings) as tracing:
        async with AsyncExitStack() as stack:
            try:
                agent = await stack.enter_async_context(open_agent(settings, tracing))
            except CatalogueInUse as error:
                from src.cli.client import address_of

                address = address_of(error)
                yield lambda text, id_: _ask_there(address, settings, text, id_, limit, record=record)
                return
            yield lambda text, id_: _ask_here(agent, text, id_, limit, record=record)


async def _ask_here(
    agent: Agent, text: str, conversation_id: str | None, limit: int | None, *, record: bool
) -> Answer:
    from src.chat.clients import TurnRequest
    from src.chat.turn import run_turn
    from src.settings import LOCAL_LISTENER

    request = TurnRequest(LOCAL_LISTENER, text, conversation_id, limit, record=record)
    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            if event["type"] == "turn_finished":
                return event["answer"]
    raise RuntimeError("a turn ended without an answer")


async def _ask_there(
    address: str,
    settings: Settings,
    text: str,
    conversation_id: str | None,
    limit: int | None,
    *,
    record: bool,
) -> Answer:
    from src.chat.models.answer import ANSWER
    from src.cli.client import call_server
    from src.schema import with_present

    message: dict[str, object] = {"message": text}
    body = with_present(message, conversation_id=conversation_id, limit=limit, record=record or None)
    return await call_server(address, settings, "POST", "/v1/chat", ANSWER, json=body)


def _print(answer: Answer, *, as_json: bool) -> None:
    from src.chat.models.answer import ANSWER
    from src.cli.show import show_answer
    from src.cli.terminal import open_console

    if as_json:
        sys.stdout.write(ANSWER.dump_json(answer, indent=2).decode() + "\n")
    else:
        show_answer(open_console(), answer)


def _read_line() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""
