"""`segue chat`: a turn on this machine, or over HTTP when a server has the catalogue open."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.client import address_of, call_server
from src.cli.terminal import command_settings, open_console, run_async
from src.errors import CatalogueInUse, DomainError

if TYPE_CHECKING:
    from src.chat.clients import Agent, TurnRequest
    from src.chat.models.answer import Answer
    from src.settings import Settings


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
    from src.chat.clients import TurnRequest
    from src.settings import LOCAL_LISTENER

    settings = command_settings()

    async def run() -> None:
        async with _opened(settings) as ask:

            async def answer_and_print(text: str, conversation_id: str | None) -> str:
                request = TurnRequest(LOCAL_LISTENER, text, conversation_id, limit, record=record)
                answer = await ask(request)
                _print(answer, as_json=json)
                return answer["conversation_id"]

            if message is not None:
                await answer_and_print(message, conversation)
            else:
                await _converse(answer_and_print, conversation)

    run_async(run())


async def _converse(answer: Callable[[str, str | None], Awaitable[str]], conversation_id: str | None) -> None:
    """Answer line by line until an empty one; an error does not end the conversation."""
    import asyncio

    console = open_console()
    console.print("What would you like to hear? (an empty line ends)", style="dim")
    while text := await asyncio.to_thread(_read_line):
        try:
            conversation_id = await answer(text, conversation_id)
        except DomainError as error:
            console.print(error.message, style="red", markup=False)


@asynccontextmanager
async def _opened(settings: "Settings") -> "AsyncIterator[Callable[[TurnRequest], Awaitable[Answer]]]":
    """What answers: the agent of this process, or the server that has the catalogue open."""
    from src.chat.clients import open_agent, opened_tracing

    with opened_tracing(settings) as tracing:
        async with AsyncExitStack() as stack:
            try:
                agent = await stack.enter_async_context(open_agent(settings, tracing))
            except CatalogueInUse as error:
                yield partial(_ask_there, address_of(error), settings)
                return
            yield partial(_ask_here, agent)


async def _ask_here(agent: "Agent", request: "TurnRequest") -> "Answer":
    from src.chat.turn import run_turn

    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            if event["type"] == "turn_finished":
                return event["answer"]
    raise RuntimeError("a turn ended without an answer")


async def _ask_there(address: str, settings: "Settings", request: "TurnRequest") -> "Answer":
    from src.chat.models.answer import ANSWER
    from src.schema import with_present

    message: dict[str, object] = {"message": request.message}
    body = with_present(
        message, conversation_id=request.conversation_id, limit=request.limit, record=request.record or None
    )
    return await call_server(address, settings, "POST", "/v1/chat", ANSWER, json=body)


def _print(answer: "Answer", *, as_json: bool) -> None:
    from src.chat.models.answer import ANSWER
    from src.cli.show import show_answer

    if as_json:
        sys.stdout.write(ANSWER.dump_json(answer, indent=2).decode() + "\n")
    else:
        show_answer(open_console(), answer)


def _read_line() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""
