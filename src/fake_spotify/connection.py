"""Waiting on a client that may hang up, and hanging up on it."""

import asyncio
import socket
import struct
from typing import Final

from starlette.types import Receive, Scope

# Linger on, for no time: closing sends a reset instead of the end of the stream.
_RESET: Final = struct.pack("ii", 1, 0)


async def wait(seconds: float, closing: asyncio.Event, receive: Receive) -> bool:
    """Wait; False as soon as the client has hung up or the server goes down."""
    ends = {asyncio.create_task(_hung_up(receive)), asyncio.create_task(closing.wait())}
    done, pending = await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return not done


async def hang_up(scope: Scope, receive: Receive, *, reset: bool = False) -> None:
    """Close the connection without a further word.

    Raises:
        ConnectionResetError: there is no connection, since the app is called without a server.
    """
    transport = scope.get("state", {}).get("transport")
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("the fake hung up")
    if reset:
        connection = transport.get_extra_info("socket")
        if not transport.is_closing():
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    else:
        transport.close()
    # Until the server has noticed, it would answer for an app that returns without an answer.
    await _hung_up(receive)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
