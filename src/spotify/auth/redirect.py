"""Where Spotify may send the browser after the consent page, and the page at the end of a sign-in."""

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import SplitResult, urlsplit

from src.errors import InvalidInput

MAX_CHARS = 2_000
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1"})

# What a URI is made of (RFC 3986); readers of anything else do not agree on its host.
_URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


def check_redirect_uri(uri: str) -> SplitResult:
    """The parts of a redirect URI: https, or http on 127.0.0.1 or [::1].

    Raises:
        InvalidInput: Spotify would refuse it; the message says why.
    """
    parts = _split(uri)
    if parts is None or not parts.hostname or parts.username is not None or parts.fragment or uri[-1] == "#":
        raise InvalidInput(
            "SPOTIFY_REDIRECT_URI must be a whole address without a user name and without #, such as "
            "http://127.0.0.1:8000/v1/spotify/callback."
        )
    if parts.hostname == "localhost" or parts.hostname.endswith((".localhost", "localhost.")):
        raise InvalidInput("SPOTIFY_REDIRECT_URI: Spotify refuses localhost; write 127.0.0.1 in its place.")
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS):
        return parts
    raise InvalidInput(
        "SPOTIFY_REDIRECT_URI must begin with https://, or with http://127.0.0.1 or http://[::1] on this "
        "machine alone."
    )


def with_port(uri: str, port: int) -> str:
    """A loopback URI without a port, or with port 0, with this one; other URIs as they are.

    Spotify accepts any port for a loopback URI that was registered without one.
    """
    parts = check_redirect_uri(uri)
    if names_port(parts) or parts.hostname not in LOOPBACK_HOSTS or parts.scheme != "http":
        return uri
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()


def names_port(parts: SplitResult) -> bool:
    """Whether the URI says which port."""
    return bool(parts.port)


def origin_of(uri: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _split(uri: str) -> SplitResult | None:
    if len(uri) > MAX_CHARS or not _URI.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


COOKIE = "segue_spotify_sign_in"

# The address of the page holds a code and a state: it loads nothing and is not cached.
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Segue: {title}</title>
</head>
<body>
<h1>{title}</h1>
<p>{message}</p>
<p>You can close this page.</p>
</body>
</html>
"""


def page(title: str, message: str) -> str:
    """A whole HTML page that needs nothing else; both texts are escaped."""
    return _PAGE.format(title=escape(title), message=escape(message))


def cookie_header(value: str, *, path: str, secure: bool, max_age_s: int) -> str:
    """`Set-Cookie` of a sign-in; `max_age_s` 0 takes the cookie away.

    `Lax`: the browser comes back from Spotify's site, and brings the cookie on that way alone.
    """
    parts = [f"{COOKIE}={value}", f"Path={path}", f"Max-Age={max_age_s}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if secure else parts)
