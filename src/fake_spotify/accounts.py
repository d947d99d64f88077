"""The accounts pages: consent, and tokens."""

import html
import ipaddress
from collections.abc import Iterable
from typing import Annotated, Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from src.fake_spotify.models.control import TokenAnswer
from src.fake_spotify.problems import AccountsProblem
from src.fake_spotify.tokens import WorldOf, answer_grant, new_code
from src.fake_spotify.world import AuthorizeRequest, World


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Whether a redirect URI is one of the app's.

    It is the same to the letter, or one of a loopback address that was registered without a port. Plain http
    is for loopback addresses alone, and `localhost` is none.
    """
    asked = _split(uri)
    if asked is None or asked.fragment or not (asked.scheme == "https" or _is_loopback(asked)):
        return False
    return any(uri == one or _same_but_port(asked, _split(one)) for one in registered)


def with_query(uri: str, query: dict[str, str]) -> str:
    """The URI with more query."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(query)}"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        # A port that is no number is found on reading it.
        return parts if parts.hostname and (parts.port is None or parts.port) else None
    except ValueError:
        return None


def _same_but_port(asked: SplitResult, registered: SplitResult | None) -> bool:
    if registered is None or registered.port is not None or not _is_loopback(registered):
        return False
    return (asked.scheme, asked.hostname, asked.path, asked.query) == (
        registered.scheme,
        registered.hostname,
        registered.path,
        registered.query,
    )


def _is_loopback(parts: SplitResult) -> bool:
    if parts.scheme != "http" or parts.username is not None:
        return False
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


router = APIRouter()

SCOPES: Final = frozenset(
    {
        "playlist-modify-private",
        "playlist-modify-public",
        "playlist-read-collaborative",
        "playlist-read-private",
        "ugc-image-upload",
        "user-follow-modify",
        "user-follow-read",
        "user-library-modify",
        "user-library-read",
        "user-modify-playback-state",
        "user-read-currently-playing",
        "user-read-email",
        "user-read-playback-state",
        "user-read-private",
        "user-read-recently-played",
        "user-top-read",
    }
)
_FORM: Final = "application/x-www-form-urlencoded"
# A digest of 32 bytes, in base 64 without padding.
_CHALLENGE_LENGTH: Final = 43

Text = Annotated[str | None, Query()]


@router.get("/authorize")
async def authorize(
    world: WorldOf,
    client_id: Text = None,
    redirect_uri: Text = None,
    response_type: Text = None,
    scope: Text = None,
    state: Text = None,
    code_challenge: Text = None,
    code_challenge_method: Text = None,
) -> Response:
    """The consent page, or the way back at once when the world consents by itself."""
    # Nobody is sent to an address that is not known to be the app's.
    if client_id != world.client_id:
        return _page("INVALID_CLIENT: Invalid client", status=400)
    if redirect_uri is None or not is_registered(redirect_uri, world.redirect_uris):
        return _page("INVALID_CLIENT: Invalid redirect URI", status=400)
    scopes = frozenset((scope or "").split())
    asked = AuthorizeRequest(redirect_uri, scopes, state, code_challenge)
    if response_type != "code":
        return _back(asked, {"error": "unsupported_response_type"})
    if not scopes <= SCOPES:
        return _back(asked, {"error": "invalid_scope"})
    if not _is_challenge(code_challenge, code_challenge_method):
        return _back(asked, {"error": "invalid_request"})
    if world.auto_consent is not None:
        return _decide(world, asked, world.auto_consent)
    number = world.fresh("asked")
    world.sign_ins.asked[number] = asked
    return _page(_form(world, number, scopes))


@router.post("/authorize/decide")
async def decide(world: WorldOf, request: Request) -> Response:
    """Where the buttons of the consent page lead."""
    form = dict(parse_qsl((await request.body()).decode()))
    asked = world.sign_ins.asked.pop(form.get("asked", ""), None)
    if asked is None:
        return _page("This page has been answered already.", status=400)
    return _decide(world, asked, form.get("user", "deny"))


@router.post("/api/token")
async def token(
    world: WorldOf,
    request: Request,
    authorization: Annotated[str, Header()] = "",
    content_type: Annotated[str, Header()] = "",
) -> TokenAnswer:
    """Tokens for a code, for a refresh token, or for the app itself."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise AccountsProblem("invalid_request", f"the content type must be {_FORM}", 415)
    form = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    return answer_grant(world, form, authorization)


def _is_challenge(challenge: str | None, method: str | None) -> bool:
    if challenge is None:
        return method is None
    return method == "S256" and len(challenge) == _CHALLENGE_LENGTH


def _decide(world: World, asked: AuthorizeRequest, user_id: str) -> Response:
    if user_id not in world.users:
        return _back(asked, {"error": "access_denied"})
    return _back(asked, {"code": new_code(world, asked, user_id)})


def _back(asked: AuthorizeRequest, query: dict[str, str]) -> Response:
    if asked.state is not None:
        query["state"] = asked.state
    return RedirectResponse(with_query(asked.redirect_uri, query), status_code=303)


def _form(world: World, number: str, scopes: frozenset[str]) -> str:
    wanted = "".join(f"<li>{html.escape(scope)}</li>" for scope in sorted(scopes))
    buttons = "".join(
        f'<p><button name="user" value="{html.escape(user.id)}">'
        f"Allow as {html.escape(user.display_name)}</button>"
        for user in world.users.values()
    )
    return (
        f"<h1>Fake Spotify</h1><p>{html.escape(world.client_id)} wants to:</p><ul>{wanted}</ul>"
        f'<form method="post" action="/authorize/decide"><input type="hidden" name="asked" value="{number}">'
        f'{buttons}<p><button name="user" value="deny">Deny</button></form>'
    )


def _page(body: str, *, status: int = 200) -> Response:
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Fake Spotify</title>{body}', status
    )
