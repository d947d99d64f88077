"""`/v1/spotify`: connecting a Spotify account, the state of the connection, and its end."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Cookie, Header, Query, Request, Response

from src.api.dependencies import ListenerOf, Service, ServiceOf
from src.api.errors import error_response, request_id_of
from src.errors import DomainError
from src.spotify.app import SpotifyApp
from src.spotify.auth.redirect import COOKIE, LOOPBACK_HOSTS, PAGE_HEADERS, cookie_header, origin_of, page
from src.spotify.auth.sign_in import begin_sign_in, connection_status, disconnect, finish_sign_in
from src.spotify.errors import Forbidden, SpotifyNotConfigured
from src.spotify.models.account import CONNECTION_STATUS, SIGN_IN_STARTED, ConnectionStatus, SignInStarted

PREFIX = "/v1/spotify"
HTML = "text/html"
JSON = "application/json"

router = APIRouter(prefix=PREFIX, tags=["spotify"])

Accept = Annotated[str, Header(description=f"`{HTML}` for a browser, `{JSON}` for others.")]
_HTML_DOC = {HTML: {"schema": {"type": "string"}}}
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def spotify_of(service: Service) -> SpotifyApp:
    """The service's Spotify app.

    Raises:
        SpotifyNotConfigured: it has none.
    """
    if service.agent.spotify is None:
        raise SpotifyNotConfigured("No Spotify app is set up here: set SPOTIFY_CLIENT_ID.")
    return service.agent.spotify


@router.get(
    "/login",
    response_model=SignInStarted,
    responses={303: {"description": f"To Spotify's consent page, for a client that accepts `{HTML}`."}},
)
async def login(
    request: Request,
    service: ServiceOf,
    listener: ListenerOf,
    taste: Annotated[bool, Query(description="Ask for what you played and saved as well.")] = False,
    accept: Accept = "",
) -> Response:
    """Begin to connect your Spotify account; the browser that gets this answer's cookie must finish it."""
    app = spotify_of(service)
    if HTML in accept and (elsewhere := _under_the_callbacks_name(request, app)):
        return Response(status_code=303, headers={"Location": elsewhere, **_PRIVATE})
    sign_in = await begin_sign_in(app, listener, taste=taste)
    headers = {**_PRIVATE, "Set-Cookie": _cookie(app, sign_in.cookie, app.config.sign_in_minutes * 60)}
    if HTML in accept:
        return Response(status_code=303, headers={**headers, "Location": sign_in.authorize_url})
    started: SignInStarted = {
        "authorize_url": sign_in.authorize_url,
        "expires_at": sign_in.expires_at.isoformat(),
    }
    return Response(SIGN_IN_STARTED.dump_json(started), headers=headers, media_type=JSON)


@router.get(
    "/callback",
    response_model=ConnectionStatus,
    responses={200: {"description": "Connected.", "content": _HTML_DOC}},
)
async def callback(
    request: Request,
    service: ServiceOf,
    state: Annotated[str | None, Query(description="As sent to Spotify.")] = None,
    code: Annotated[str | None, Query(description="To be exchanged for tokens.")] = None,
    error: Annotated[str | None, Query(description="In place of a code, such as `access_denied`.")] = None,
    cookie: Annotated[str | None, Cookie(alias=COOKIE)] = None,
    accept: Accept = "",
) -> Response:
    """Where Spotify sends the browser back to; the state names the listener, so no token is needed."""
    as_json = JSON in accept and HTML not in accept
    try:
        app = spotify_of(service)
        status = await finish_sign_in(app, state=state, code=code, error=error, cookie=cookie)
    except DomainError as failure:
        response = (
            error_response(failure, request_id_of(request))
            if as_json
            else Response(page("Not connected", failure.message), failure.status)
        )
    else:
        response = (
            Response(CONNECTION_STATUS.dump_json(status), media_type=JSON)
            if as_json
            else Response(page("Connected", "Your Spotify account is connected."))
        )
        response.headers["Set-Cookie"] = _cookie(app, "", 0)
    response.headers.update(_PRIVATE if as_json else PAGE_HEADERS)
    return response


@router.get("/status")
async def status(service: ServiceOf, listener: ListenerOf) -> ConnectionStatus:
    """Whether your Spotify account is connected, what it allows, and until when."""
    return await connection_status(spotify_of(service), listener)


@router.post("/disconnect", status_code=204)
async def end(
    request: Request,
    service: ServiceOf,
    listener: ListenerOf,
    origin: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Delete everything that is kept of your Spotify account, tokens and saves among it, at once."""
    app = spotify_of(service)
    # A page elsewhere may send a POST without a body unasked, and without tokens nothing else tells it apart.
    if origin is not None and not _is_own(origin, request, app, service.settings.cors_origins):
        raise Forbidden("A page of another site asked for this; do it from this service's own address.")
    await disconnect(app, listener)
    return Response(status_code=204)


def _is_own(origin: str, request: Request, app: SpotifyApp, allowed: tuple[str, ...]) -> bool:
    """Whether a page of this service, by whichever name, or of an origin that is allowed sent the request."""
    host = request.headers.get("host", "")
    return origin in (f"http://{host}", f"https://{host}", origin_of(app.config.redirect_uri), *allowed)


def _under_the_callbacks_name(request: Request, app: SpotifyApp) -> str | None:
    """The same address under the host that Spotify sends the browser back to, for a browser at `localhost`.

    The cookie of one host is not sent to the other, and Spotify does not take `localhost`.
    """
    redirect = urlsplit(app.config.redirect_uri)
    if request.url.hostname != "localhost" or redirect.hostname not in LOOPBACK_HOSTS:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{origin_of(app.config.redirect_uri)}{PREFIX}/login{query}"


def _cookie(app: SpotifyApp, value: str, max_age_s: int) -> str:
    secure = app.config.redirect_uri.startswith("https:")
    return cookie_header(value, path=PREFIX, secure=secure, max_age_s=max_age_s)
