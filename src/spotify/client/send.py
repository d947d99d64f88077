"""One call of the Web API: budget, token, attempts, and the error of each status.

Logs, errors and spans hold names, statuses and counts, and never an address, a body or a token.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from loguru import logger
from pydantic import ValidationError

from src.retries import backoff_s
from src.spotify.app import Caller
from src.spotify.auth.tokens import access_token
from src.spotify.client.call_budget import close_bucket, reserve_call
from src.spotify.client.refusals import error_of, is_out_of_quota, refusal, retry_after_s
from src.spotify.client.request import ApiRequest
from src.spotify.errors import BudgetSpent, MalformedAnswer, RateLimited, SpotifyError, SpotifyUnavailable
from src.spotify.models.api import NOTHING

if TYPE_CHECKING:
    import httpx

MAX_RATE_WAITS: Final = 2
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
# Part of an attempt's time: a time-out while connecting must come first, since then nothing was sent.
CONNECT_SHARE: Final = 0.5


class _Repeat(Exception):
    """A temporary failure of one attempt: `error` is raised if it was the last; `was_slow`: a time-out."""

    def __init__(self, error: SpotifyError, *, was_slow: bool = False) -> None:
        super().__init__()
        self.error = error
        self.was_slow = was_slow


async def send[T](caller: Caller, request: ApiRequest[T]) -> T:
    """Make one call and report its outcome to `watch`; a repeatable call is repeated, within bounds.

    Raises:
        BudgetSpent: the turn's calls, or the day's of this service, are spent.
        QuotaExceeded: Spotify closed this group of calls for hours.
        RateLimited: Spotify asks for a longer wait than is allowed here.
        SignInNeeded: no account, or one whose token Spotify refuses even when it is new.
        SpotifyUnavailable: no answer, a failure of Spotify's, or an answer that cannot be read;
            `outcome_unknown` when the call may have been carried out all the same.
        SpotifyError: any other refusal; the message says what to do. `outcome_unknown` of any of them is
            true where an earlier attempt may have been carried out.
    """
    try:
        answer = await _send(caller, request)
    except SpotifyError as error:
        caller.app.watch(request.name, error.code)
        raise
    caller.app.watch(request.name, "ok")
    return answer


async def _send[T](caller: Caller, request: ApiRequest[T]) -> T:
    """The attempts of one call."""
    attempts = caller.app.config.attempts if request.is_repeatable else 1
    outcome_unknown = False
    refused = _Refused()
    attempt = 1
    if caller.failure is not None:
        raise caller.failure
    while True:
        try:
            return await _answered(caller, request, refused)
        except _Repeat as failure:
            logger.warning("spotify call failed", call=request.name, code=failure.error.code, attempt=attempt)
            outcome_unknown |= failure.error.outcome_unknown
            if attempt >= attempts or (caller.gives_up and failure.was_slow):
                failure.error.outcome_unknown = outcome_unknown
                caller.failure = failure.error if caller.gives_up else None
                raise failure.error from None
            await caller.app.sleep(backoff_s(attempt, caller.app.chance()))
            attempt += 1
        except SpotifyError as error:
            error.outcome_unknown |= outcome_unknown
            raise


@dataclass(slots=True)
class _Refused:
    """Refusals of one call so far: the token that Spotify answered with 401, and the waits for the rate."""

    token: str | None = None
    rate_waits: int = 0


async def _answered[T](caller: Caller, request: ApiRequest[T], refused: _Refused) -> T:
    """One attempt, made again after a 401 with a new token and after a 429; `_Repeat`: it failed for now."""
    app = caller.app
    while True:
        token = await access_token(app, caller.listener, refused=refused.token)
        await _reserve(caller, request)
        response = await _attempt(caller, request, token)
        if response.status_code == HTTPStatus.UNAUTHORIZED and refused.token is None:
            refused.token = token
        elif response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            refused.rate_waits += 1
            await _wait_for_rate(caller, request, response, refused.rate_waits)
        else:
            return _read(caller, request, response)


async def _reserve[T](caller: Caller, request: ApiRequest[T]) -> None:
    if caller.calls_left <= 0:
        raise BudgetSpent("As many calls to Spotify as one turn may make were made; ask again for the rest.")
    # Before any await: calls of one turn may run concurrently.
    caller.calls_left -= 1
    try:
        await reserve_call(caller.app, request.bucket)
    except BaseException:
        caller.calls_left += 1
        raise
    caller.calls_made += 1


async def _attempt[T](caller: Caller, request: ApiRequest[T], token: str) -> "httpx.Response":
    """The whole answer to one attempt; `_Repeat`: none came, or too slow or too large a one."""
    import httpx

    app, timeout_s = caller.app, caller.app.config.timeout_s
    connect_s = CONNECT_SHARE * timeout_s
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    if request.content_type:
        headers["Content-Type"] = request.content_type
    try:
        # httpx bounds each read and not the whole: a slow trickle would last for ever.
        async with (
            asyncio.timeout(timeout_s),
            app.http.stream(
                request.method,
                f"{app.config.api_url}{request.path}",
                params=httpx.QueryParams(request.params),
                json=request.json,
                content=request.content,
                headers=headers,
                # The token must not go to another host.
                follow_redirects=False,
                timeout=httpx.Timeout(timeout_s, connect=connect_s, pool=connect_s),
            ) as response,
        ):
            return await _whole(response)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise _Repeat(
            SpotifyUnavailable("Spotify cannot be reached; try again later."), was_slow=True
        ) from None
    except httpx.DecodingError:
        raise _Repeat(_malformed(outcome_unknown=request.writes)) from None
    except (TimeoutError, httpx.HTTPError):
        raise _Repeat(
            SpotifyUnavailable("Spotify does not answer; try again later.", outcome_unknown=request.writes),
            was_slow=True,
        ) from None


async def _whole(response: "httpx.Response") -> "httpx.Response":
    """The response with its whole body, of bounded size."""
    import httpx

    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise httpx.DecodingError("too large")
    # A new response, without the headers on how the body was encoded.
    kept = {name: response.headers[name] for name in ("retry-after",) if name in response.headers}
    return httpx.Response(response.status_code, headers=kept, content=bytes(body))


def _read[T](caller: Caller, request: ApiRequest[T], response: "httpx.Response") -> T:
    """The parsed answer; `_Repeat`: Spotify failed, or it cannot be parsed."""
    status = response.status_code
    if response.is_success:
        try:
            return _parsed(request, response.content.strip())
        except ValidationError:
            raise _Repeat(_malformed(outcome_unknown=request.writes)) from None
    if response.is_server_error:
        raise _Repeat(
            SpotifyUnavailable(
                "Spotify has a failure of its own; try again later.", outcome_unknown=request.writes
            )
        )
    logger.warning("spotify refused a call", call=request.name, status=status)
    if status == HTTPStatus.UNAUTHORIZED and caller.listener is None:
        raise SpotifyUnavailable("Spotify refuses this service itself; try again later.")
    raise refusal(status, error_of(response))


def _malformed(*, outcome_unknown: bool) -> MalformedAnswer:
    return MalformedAnswer(
        "Spotify answered with something that cannot be read; try again later.",
        outcome_unknown=outcome_unknown,
    )


def _parsed[T](request: ApiRequest[T], body: bytes) -> T:
    """The body as the answer of the call. The answer to a write may be empty; that to a read may not, since
    nothing is no empty list.
    """
    if request.answer is NOTHING and not body.startswith(b"<"):
        return request.answer.validate_json(b"null")
    return request.answer.validate_json(b"{}" if not body and request.writes else body)


async def _wait_for_rate[T](
    caller: Caller, request: ApiRequest[T], response: "httpx.Response", waits: int
) -> None:
    """Wait as Spotify asks, if that is short; a used-up quota closes the group of calls for every process."""
    app = caller.app
    asked = retry_after_s(response)
    if is_out_of_quota(response):
        raise await close_bucket(app, request.bucket, asked)
    wait = backoff_s(waits, app.chance()) if asked is None else asked
    logger.warning("spotify rate limit", call=request.name, wait_s=round(wait, 1), waits=waits)
    if wait > app.config.retry_after_max_s or waits > MAX_RATE_WAITS:
        raise RateLimited(
            "Spotify asks for a pause: too many calls in a short time. Try again in some seconds.",
            retry_after_s=max(1.0, wait),
        )
    await app.sleep(wait)
