"""A client that goes away ends the work for it: FastAPI does not do that by itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.types import Receive


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


@asynccontextmanager
async def cancelled_when_gone(
    receive: Receive, *, every_s: float | None = None, beat: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[None]:
    """Cancel the block when the client disconnects.

    The block runs in the caller's own task, so that time-outs and spans opened in it stay where they are.

    Args:
        receive: the request's channel; its body must have been read.
        every_s, beat: call `beat` whenever this many seconds have passed without a word from the client.

    Raises:
        ClientGone: in place of the cancellation that this caused.
    """
    worker = asyncio.current_task()
    assert worker is not None
    gone = False

    async def watch() -> None:
        nonlocal gone
        while True:
            try:
                async with asyncio.timeout(every_s):
                    message = await receive()
            except TimeoutError:
                if beat is not None:
                    await beat()
                continue
            if message["type"] == "http.disconnect":
                gone = True
                worker.cancel()
                return

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if gone and worker.uncancel() == 0:
            raise ClientGone from None
        raise
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
