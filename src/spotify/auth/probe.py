"""The owner of new tokens, asked before they are stored.

Spotify lets anybody sign in, and then refuses every call of an account that is not on the app's allow-list.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from loguru import logger
from pydantic import ValidationError

from src.retries import backoff_s
from src.spotify.app import SpotifyApp
from src.spotify.client.call_budget import close_bucket, reserve_call
from src.spotify.client.refusals import error_of, is_out_of_quota, refusal, retry_after_s
from src.spotify.errors import (
    Forbidden,
    MalformedAnswer,
    NotAllowlisted,
    RateLimited,
    SpotifyError,
    SpotifyUnavailable,
)
from src.spotify.models.account import OWNER_ANSWER

if TYPE_CHECKING:
    import httpx

_NOT_ALLOWED = (
    "Spotify refuses this account: most likely it is not on the app's allow-list. Its owner adds it in the "
    "developer dashboard, under User Management; then sign in again."
)


async def probe_owner(app: SpotifyApp, access_token: str) -> tuple[str, str]:
    """(account id, user id) of the account that the token is for; every attempt counts as a call.

    A new token is at times unknown for a moment, so a 401 is tried again like a failure of Spotify's. The
    code of this sign-in is spent: a short wait that Spotify asks for is waited for.

    Raises:
        NotAllowlisted, OwnerNeedsPremium: Spotify refuses the account, or the app.
        RateLimited, QuotaExceeded, BudgetSpent: no call can be made now.
        SpotifyUnavailable, MalformedAnswer, BadSpotifyRequest: as they say.
    """
    for attempt in range(1, app.config.attempts + 1):
        await reserve_call(app, "user")
        response = await _get(app, access_token)
        wait_s = _wait_s(app, response, attempt)
        if response is not None and wait_s is None:
            if response.is_success:
                return _owner(response)
            raise await _refusal(app, response)
        status = None if response is None else response.status_code
        logger.warning("spotify account not seen", attempt=attempt, status=status)
        if attempt < app.config.attempts:
            await app.sleep(wait_s or 0.0)
    raise SpotifyUnavailable("Spotify does not answer, so nothing was changed; sign in again later.")


async def _get(app: SpotifyApp, access_token: str) -> "httpx.Response | None":
    """The answer; None for a time-out or a broken connection."""
    import httpx

    headers = {"Authorization": f"Bearer {access_token}"}
    try:
        async with asyncio.timeout(app.config.timeout_s):
            return await app.http.get(f"{app.config.api_url}/me", headers=headers, follow_redirects=False)
    except httpx.DecodingError:
        raise _malformed() from None
    except (httpx.HTTPError, TimeoutError):
        return None


def _wait_s(app: SpotifyApp, response: "httpx.Response | None", attempt: int) -> float | None:
    """Seconds to wait before asking again; None where the answer is final."""
    pause_s = backoff_s(attempt, app.chance())
    if response is None or response.is_server_error or response.status_code == HTTPStatus.UNAUTHORIZED:
        return pause_s
    if response.status_code != HTTPStatus.TOO_MANY_REQUESTS or attempt == app.config.attempts:
        return None
    asked_s = retry_after_s(response)
    wait_s = pause_s if asked_s is None else asked_s
    return wait_s if wait_s <= app.config.retry_after_max_s and not is_out_of_quota(response) else None


def _owner(response: "httpx.Response") -> tuple[str, str]:
    try:
        answer = OWNER_ANSWER.validate_json(response.content)
    except ValidationError:
        raise _malformed() from None
    user_id = answer.get("id") or ""
    account_id = answer.get("account_id") or user_id
    if not account_id:
        raise _malformed()
    return account_id, user_id


async def _refusal(app: SpotifyApp, response: "httpx.Response") -> SpotifyError:
    if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        error = refusal(response.status_code, error_of(response))
        # `/me` needs no consent of its own: in other words too, this is what a 403 means here.
        return NotAllowlisted(_NOT_ALLOWED) if isinstance(error, Forbidden) else error
    wait_s = retry_after_s(response)
    if is_out_of_quota(response):
        return await close_bucket(app, "user", wait_s)
    return RateLimited(
        "Spotify asks for fewer calls in a short time, so nothing was changed; sign in again later.",
        retry_after_s=wait_s,
    )


def _malformed() -> MalformedAnswer:
    return MalformedAnswer("Spotify answered what cannot be read, so nothing was changed; sign in again.")
