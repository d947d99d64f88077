"""The page at the end of a sign-in, and the cookie at its beginning."""

from collections.abc import Mapping
from html import escape

COOKIE = "segue_spotify_sign_in"

# The address of the page holds a code and a state: nothing is loaded, told to others or kept.
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
