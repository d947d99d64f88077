"""Requests to the token endpoint (RFC 6749), and what its answers mean."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from loguru import logger
from pydantic import ValidationError

from src.retries import backoff_s
from src.spotify.app import SpotifyApp
from src.spotify.client.refusals import retry_after_s
from src.spotify.errors import (
    BadSpotifyRequest,
    MalformedAnswer,
    RateLimited,
    SpotifyError,
    SpotifyNotConfigured,
    SpotifyUnavailable,
)
from src.spotify.models.account import TOKEN_ANSWER, TOKEN_REFUSAL, TokenAnswer

if TYPE_CHECKING:
    import httpx

# Where Spotify names no lifetime; it is this long everywhere it does.
DEFAULT_LIFETIME_S = 3_600.0


class GrantRefused(SpotifyError):
    """The code or the refresh token is expired, revoked, used already, or another client's."""

    status = 403
    code = "spotify_grant_refused"


async def request_tokens(app: SpotifyApp, form: Mapping[str, str]) -> TokenAnswer:
    """Ask for tokens; a time-out or a failure of Spotify's is tried again, at most `attempts` times in all.

    Args:
        form: `grant_type` and what goes with it; the client names itself here.

    Raises:
        GrantRefused: the code or the refresh token is good for nothing any more.
        SpotifyNotConfigured: Spotify does not know the client.
        RateLimited, SpotifyUnavailable, MalformedAnswer, BadSpotifyRequest: as they say.
    """
    for attempt in range(1, app.config.attempts + 1):
        response = await _post(app, form)
        if response is not None and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _read(response)
        logger.warning(
            "spotify token endpoint failed",
            attempt=attempt,
            status=None if response is None else response.status_code,
        )
        if attempt < app.config.attempts:
            await app.sleep(backoff_s(attempt, app.chance()))
    raise SpotifyUnavailable("Spotify's sign-in does not answer; nothing was lost, try again later.")


async def _post(app: SpotifyApp, form: Mapping[str, str]) -> "httpx.Response | None":
    """The answer; None for a time-out or a broken connection."""
    import httpx

    config = app.config
    url = f"{config.accounts_url}/api/token"
    try:
        # httpx bounds each read, not the whole: an answer could drip for ever.
        async with asyncio.timeout(config.timeout_s):
            if config.client_secret is None:
                return await app.http.post(url, data={**form, "client_id": config.client_id})
            auth = httpx.BasicAuth(config.client_id, config.client_secret)
            return await app.http.post(url, data=dict(form), auth=auth)
    except httpx.DecodingError:
        raise _malformed() from None
    except (httpx.HTTPError, TimeoutError):
        return None


def _read(response: "httpx.Response") -> TokenAnswer:
    if response.is_success:
        try:
            return TOKEN_ANSWER.validate_json(response.content)
        except ValidationError:
            # Not even as a cause: it quotes the answer.
            raise _malformed() from None
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(
            "Spotify asks for fewer sign-ins in a short time; try again later.",
            retry_after_s=retry_after_s(response),
        )
    raise _refusal(response)


def _refusal(response: "httpx.Response") -> SpotifyError:
    try:
        refusal = TOKEN_REFUSAL.validate_json(response.content)["error"]
    except ValidationError:
        return _malformed()
    match refusal:
        case "invalid_grant":
            return GrantRefused("Spotify does not take this sign-in any more: sign in again.")
        case "invalid_client" | "unauthorized_client":
            return SpotifyNotConfigured("SPOTIFY_CLIENT_ID or SPOTIFY_CLIENT_SECRET is wrong.")
        case _:
            return BadSpotifyRequest(
                "Spotify's sign-in did not accept the request; look at SPOTIFY_REDIRECT_URI and at the "
                "settings of the app in Spotify's dashboard."
            )


def _malformed() -> MalformedAnswer:
    return MalformedAnswer("Spotify's sign-in answered what cannot be read; nothing was lost, try again.")
