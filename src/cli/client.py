"""HTTP for a command: calls of the server that has the catalogue open, or of an app in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from src.cli.terminal import command_settings, run_async
from src.errors import CatalogueInUse, DomainError

if TYPE_CHECKING:
    import httpx
    from pydantic import TypeAdapter

    from src.chat.clients import Agent
    from src.settings import Settings

_HERE = "http://127.0.0.1"


class ServerRefused(DomainError):
    """The running server answered with an error, or not at all."""

    status = 502
    code = "server_refused"


async def here_or_there[T](
    settings: Settings, here: Callable[[Agent], Awaitable[T]], there: Callable[[str], Awaitable[T]]
) -> T:
    """Do it with an agent of this process, or at the address of the server that has the catalogue open."""
    from src.chat.clients import open_agent, opened_tracing

    with opened_tracing(settings) as tracing:
        try:
            async with open_agent(settings, tracing) as agent:
                return await here(agent)
        except CatalogueInUse as error:
            return await there(address_of(error))


def address_of(error: CatalogueInUse) -> str:
    """Where the other process serves the catalogue.

    Raises:
        CatalogueInUse: the same error, when that process serves nothing.
    """
    if error.address is None:
        raise error
    return error.address


async def call_server[T](
    address: str,
    settings: Settings,
    method: str,
    path: str,
    answer: TypeAdapter[T],
    *,
    json: object = None,
    params: Sequence[tuple[str, str]] = (),
) -> T:
    """One call of the running server, with a token of the settings where there are some.

    Raises:
        ServerRefused: the server's own message, or that it does not answer, or nothing that is known here.
    """
    server = f"The server at {address}"
    async with _client_of(address, settings, settings.turn_timeout_s + 5) as client:
        return await call(client, method, path, answer, server=server, json=json, params=params)


def on_routes[T](ask: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Run `ask` with a client of the routes, of the running server or of an app in this process.

    Raises:
        CatalogueInUse: another command has the catalogue open.
    """

    settings = command_settings()

    async def run() -> T:
        async with _opened_routes(settings) as client:
            return await ask(client)

    return run_async(run())


async def send(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    *,
    server: str = "The server",
    json: object = None,
    content: bytes | None = None,
    params: Sequence[tuple[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """One call, whatever the status of its success.

    Raises:
        ServerRefused: the message of the error, or that nobody answers.
    """
    import httpx
    from pydantic import ValidationError

    from src.chat.models.answer import PROBLEM

    query = httpx.QueryParams(tuple(params))
    try:
        response = await client.request(
            method, path, json=json, content=content, params=query, headers=headers
        )
    except httpx.HTTPError:
        raise ServerRefused(f"{server} does not answer; stop it or try again.") from None
    if not response.is_error:
        return response
    try:
        raise ServerRefused(PROBLEM.validate_json(response.content)["detail"])
    except ValidationError:
        raise ServerRefused(f"The server answered with status {response.status_code}.") from None


async def call[T](
    client: httpx.AsyncClient,
    method: str,
    path: str,
    answer: TypeAdapter[T],
    *,
    server: str = "The server",
    json: object = None,
    content: bytes | None = None,
    params: Sequence[tuple[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> T:
    """One call; the answer is read strictly.

    Raises:
        ServerRefused: as `send`, or as `read_answer`.
    """
    response = await send(
        client, method, path, server=server, json=json, content=content, params=params, headers=headers
    )
    return read_answer(response, answer, server)


def read_answer[T](response: httpx.Response, answer: TypeAdapter[T], server: str = "The server") -> T:
    """The answer of a call; one without content, 204, is read as null.

    Raises:
        ServerRefused: the answer is not of a form that this version knows.
    """
    from pydantic import ValidationError

    try:
        return answer.validate_json(response.content or b"null")
    except ValidationError:
        raise ServerRefused(
            f"{server} answers what this version does not know: is it another version?"
        ) from None


@asynccontextmanager
async def _opened_routes(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    import httpx

    from src.chat.clients import open_agent, opened_tracing
    from src.main import create_app

    async with AsyncExitStack() as stack:
        tracing = stack.enter_context(opened_tracing(settings))
        try:
            agent = await stack.enter_async_context(open_agent(settings, tracing))
        except CatalogueInUse as error:
            client = _client_of(address_of(error), settings, settings.turn_timeout_s)
            yield await stack.enter_async_context(client)
            return
        # In this process there is one listener, whatever tokens a server would want.
        own = settings.model_copy(update={"api_tokens": None, "broker_url": None})
        app = create_app(own, tracing, agent)
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=_HERE, timeout=settings.turn_timeout_s)
        )


def _client_of(address: str, settings: Settings, timeout_s: float) -> httpx.AsyncClient:
    import httpx

    token = next(iter(settings.listeners_by_token), None)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=timeout_s)
