"""Which redirect URIs an app may use."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlencode, urlsplit


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
