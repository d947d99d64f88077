"""Forbidding the network to a block of code: an attempt to use it is an error, and no socket is opened."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FORBIDDEN = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
    }
)


class NetworkUsed(Exception):
    """Code that must work offline reached for the network."""


class _Guard:
    """How many blocks forbid it now. An audit hook cannot be taken back, so it is set once and looks here."""

    blocks = 0
    is_set = False


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if _Guard.blocks and event in _FORBIDDEN:
        raise NetworkUsed(f"{event} while the network is forbidden")


@contextmanager
def network_forbidden() -> Iterator[None]:
    """Every use of the network by this process raises `NetworkUsed` until the block ends."""
    if not _Guard.is_set:
        sys.addaudithook(_refuse)
        _Guard.is_set = True
    _Guard.blocks += 1
    try:
        yield
    finally:
        _Guard.blocks -= 1
