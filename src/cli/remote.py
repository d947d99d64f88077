"""Talking to the server that has the catalogue open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from src.agent.models.answer import ANSWER, PROBLEM, Answer
from src.errors import DomainError
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
