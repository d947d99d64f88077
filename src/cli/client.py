"""The HTTP face for a command: of the server that has the catalogue open, or of an app in this process."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from src.chat.clients import open_agent, opened_tracing
from src.chat.models.answer import ANSWER, PROBLEM, Answer
from src.errors import CatalogueInUse, DomainError
from src.main import create_app
from src.settings import Settings

if TYPE_CHECKING:
    import httpx


class ServerRefused(DomainError):
    """The running server answered with an error, or not at all."""

    status = 502
    code = "server_refused"


async def ask_server(
    address: str,
    settings: Settings,
    message: str,
    conversation_id: str | None,
    limit: int | None,
    *,
    record: bool = False,
) -> Answer:
    """`POST /v1/chat` on the running server."""
    body: dict[str, object] = {"message": message}
    if conversation_id is not None:
        body["conversation_id"] = conversation_id
    if limit is not None:
        body["limit"] = limit
    if record:
        body["record"] = True
    return await call_server(address, settings, "POST", "/v1/chat", ANSWER, json=body)


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
    import httpx

    token = next(iter(settings.listeners_by_token), None)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with httpx.AsyncClient(
            base_url=address, headers=headers, timeout=settings.turn_timeout_s + 5
        ) as client:
            response = await client.request(method, path, json=json, params=httpx.QueryParams(tuple(params)))
    except httpx.HTTPError:
        raise ServerRefused(f"The server at {address} does not answer; stop it or try again.") from None
    if response.is_error:
        raise refusal_of(response)
    try:
        # An answer without content, 204, stands for nothing.
        return answer.validate_json(response.content or b"null")
    except ValidationError:
        raise ServerRefused(
            f"The server at {address} answers what this version does not know: is it another version?"
        ) from None


def refusal_of(response: "httpx.Response") -> ServerRefused:
    """What an error of the server says."""
    try:
        return ServerRefused(PROBLEM.validate_json(response.content)["detail"])
    except ValidationError:
        return ServerRefused(f"The server answered with status {response.status_code}.")


if TYPE_CHECKING:
    import httpx

_HERE = "http://127.0.0.1"


@asynccontextmanager
async def opened_api(settings: Settings) -> AsyncIterator["httpx.AsyncClient"]:
    """A client of the routes, whoever answers them.

    Raises:
        CatalogueInUse: another command has the catalogue open.
    """
    import httpx

    async with AsyncExitStack() as stack:
        # In this process there is one listener, whatever tokens a server would want.
        own = settings.model_copy(update={"api_tokens": None, "broker_url": None})
        tracing = stack.enter_context(opened_tracing(settings))
        try:
            agent = await stack.enter_async_context(open_agent(settings, tracing))
        except CatalogueInUse as error:
            if error.address is None:
                raise
            token = next(iter(settings.listeners_by_token), None)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            client = httpx.AsyncClient(
                base_url=error.address, headers=headers, timeout=settings.turn_timeout_s
            )
            yield await stack.enter_async_context(client)
            return
        app = create_app(own, tracing, agent)
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=_HERE, timeout=settings.turn_timeout_s)
        )


async def send(
    client: "httpx.AsyncClient",
    method: str,
    path: str,
    *,
    json: object = None,
    content: bytes | None = None,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> "httpx.Response":
    """One call, whatever the status of its success.

    Raises:
        ServerRefused: the message of the error, or that nobody answers.
    """
    import httpx

    try:
        response = await client.request(
            method, path, json=json, content=content, params=params, headers=headers
        )
    except httpx.HTTPError:
        raise ServerRefused("The server does not answer; stop it or try again.") from None
    if response.is_error:
        raise refusal_of(response)
    return response


async def call[T](
    client: "httpx.AsyncClient",
    method: str,
    path: str,
    answer: TypeAdapter[T],
    *,
    json: object = None,
    content: bytes | None = None,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> T:
    """One call; the answer is read strictly.

    Raises:
        ServerRefused: as `send`, or that nothing known came.
    """
    response = await send(client, method, path, json=json, content=content, params=params, headers=headers)
    return read_answer(response, answer)


def read_answer[T](response: "httpx.Response", answer: TypeAdapter[T]) -> T:
    """The answer of a call.

    Raises:
        ServerRefused: nothing known came.
    """
    try:
        # An answer without content, 204, stands for nothing.
        return answer.validate_json(response.content or b"null")
    except ValidationError:
        raise ServerRefused(
            "The server answers what this version does not know: is it another version?"
        ) from None
