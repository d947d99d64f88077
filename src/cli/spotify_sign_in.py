"""Sign-in to Spotify from the terminal: on a port of this machine, or through a service that is running."""

import asyncio
import errno
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from src.cli.client import ServerRefused, call_server
from src.errors import DomainError, InvalidInput
from src.settings import LOCAL_LISTENER, Settings
from src.spotify.app import SpotifyApp
from src.spotify.auth.encryption import require_keys
from src.spotify.auth.redirect import (
    COOKIE,
    LOOPBACK_HOSTS,
    PAGE_HEADERS,
    check_redirect_uri,
    cookie_header,
    names_port,
    origin_of,
    page,
    with_port,
)
from src.spotify.auth.sign_in import begin_sign_in, connection_status, finish_sign_in
from src.spotify.errors import SignInFailed
from src.spotify.models.account import CONNECTION_STATUS, ConnectionStatus

POLL_S = 1.0
# For the last page to reach the browser.
_SHUTDOWN_S = 5
_LOGIN = "/v1/spotify/login"
_STATUS = "/v1/spotify/status"

type Show = Callable[[str], None]


async def sign_in(app: SpotifyApp, settings: Settings, *, taste: bool, show: Show) -> ConnectionStatus:
    """Connect an account, on a port of this machine where the redirect URI allows it.

    Args:
        show: receives the address to open in a browser.
    """
    require_keys(app.config.token_keys)
    parts = check_redirect_uri(settings.spotify_redirect_uri or app.config.redirect_uri)
    if parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS:
        # Spotify takes any port for a loopback URI that was registered without one.
        listening = listen_at(parts.hostname, (parts.port or 0) if names_port(parts) else 0)
        if listening is not None:
            with listening:
                redirect_uri = with_port(parts.geturl(), int(listening.getsockname()[1]))
                return await sign_in_here(
                    app, LOCAL_LISTENER, listening, redirect_uri, taste=taste, show=show
                )
    return await _sign_in_there(app, settings, origin_of(app.config.redirect_uri), taste, show)


async def _sign_in_there(
    app: SpotifyApp, settings: Settings, address: str, taste: bool, show: Show
) -> ConnectionStatus:
    """Let the service that Spotify sends the browser back to do it, and wait until the account appears."""
    if settings.listeners_by_token:
        raise InvalidInput(
            f"The service at {address} has its listeners sign in with their tokens: GET {_LOGIN} there."
        )
    # A browser that is sent there must find Segue, and not what else uses the port.
    try:
        async with asyncio.timeout(settings.spotify_timeout_s):
            await call_server(address, settings, "GET", _STATUS, CONNECTION_STATUS)
    except TimeoutError:
        raise ServerRefused(f"What listens at {address} does not answer; stop it or try again.") from None
    before = await connection_status(app, LOCAL_LISTENER)
    show(f"{address}{_LOGIN}?taste={str(taste).lower()}")
    for _ in range(_polls(app)):
        await app.sleep(POLL_S)
        status = await connection_status(app, LOCAL_LISTENER)
        if status["connected"] and status.get("authorized_at") != before.get("authorized_at"):
            return status
    raise SignInFailed("No account was connected in time: run the command again.")


def _polls(app: SpotifyApp) -> int:
    return round(app.config.sign_in_minutes * 60 / POLL_S)


def listen_at(host: str, port: int) -> socket.socket | None:
    """A listening socket of this host, 0 for any free port; None when something listens there already.

    Raises:
        InvalidInput: the system does not let us listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return None
        raise InvalidInput(
            "SPOTIFY_REDIRECT_URI: this machine does not let us listen at that port; take another."
        ) from None


async def sign_in_here(
    app: SpotifyApp, listener: str, listening: socket.socket, redirect_uri: str, *, taste: bool, show: Show
) -> ConnectionStatus:
    """Serve the start and the end of a sign-in until it is done.

    Args:
        listening: the socket of the redirect URI's host and port.
        show: receives the address to open in a browser.

    Raises:
        SignInFailed: nobody came back in time, or what came back does not fit.
        SpotifyError: the account cannot be connected.
    """
    result: asyncio.Future[ConnectionStatus] = asyncio.get_running_loop().create_future()
    parts = urlsplit(redirect_uri)
    start = "/" if parts.path not in ("", "/") else "/start"
    config = uvicorn.Config(
        _web(app, listener, redirect_uri, start, taste, result),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))

    def interrupted(_: object) -> None:
        if not result.done():
            result.set_exception(_nobody_came())

    serving.add_done_callback(interrupted)
    show(f"http://{parts.netloc}{start}")
    try:
        async with asyncio.timeout(app.config.sign_in_minutes * 60):
            return await result
    except TimeoutError:
        raise _nobody_came() from None
    finally:
        server.should_exit = True
        await serving


def _web(
    app: SpotifyApp,
    listener: str,
    redirect_uri: str,
    start: str,
    taste: bool,
    result: asyncio.Future[ConnectionStatus],
) -> Starlette:
    issued: set[str] = set()
    callback = urlsplit(redirect_uri).path or "/"

    async def begin(_request: Request) -> Response:
        sign_in = await begin_sign_in(app, listener, taste=taste, redirect_uri=redirect_uri)
        issued.add(sign_in.cookie)
        cookie = cookie_header(
            sign_in.cookie, path=callback, secure=False, max_age_s=app.config.sign_in_minutes * 60
        )
        headers = {"Location": sign_in.authorize_url, "Set-Cookie": cookie, "Cache-Control": "no-store"}
        return Response(status_code=303, headers=headers)

    async def back(request: Request) -> Response:
        query, cookie = request.query_params, request.cookies.get(COOKIE)
        try:
            status = await finish_sign_in(
                app, state=query.get("state"), code=query.get("code"), error=query.get("error"), cookie=cookie
            )
        except DomainError as failure:
            # What another browser or page sends here does not end the wait.
            if cookie in issued and not result.done():
                result.set_exception(failure)
            raise
        if not result.done():
            result.set_result(status)
        return Response(page("Connected", "Your Spotify account is connected."), headers=PAGE_HEADERS)

    async def on_error(_request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)
        return Response(page("Not connected", error.message), error.status, headers=PAGE_HEADERS)

    return Starlette(
        routes=[Route(start, begin), Route(callback, back)], exception_handlers={DomainError: on_error}
    )


def _nobody_came() -> SignInFailed:
    return SignInFailed("Nobody came back from Spotify in time: run the command again.")
