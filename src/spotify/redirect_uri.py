"""Where Spotify may send the browser after the consent page; Spotify's own rules."""

import re
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
    """A loopback URI that names no port, or port 0, with this one; others as they are.

    Spotify takes any port for a loopback URI that was registered without one.

    Raises:
        InvalidInput: as `check_redirect_uri`.
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
