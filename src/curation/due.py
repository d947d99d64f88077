"""Asking for the refreshes that are due by their schedules; the job and the next time are stored together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from loguru import logger

from src.errors import DomainError
from src.jobs.dispatch import Dispatch, sweep
from src.jobs.store import NewJob, insert_job_in
from src.playlists.store import claim_due_playlists
from src.storage.database import write

LOOK_EVERY_S: Final = 30.0
_CLAIMED_AT_ONCE: Final = 50


async def ask_for_due(dispatch: Dispatch) -> int:
    """Ask for every refresh that is due now; gives how many there were.

    Two processes that look at once ask for each refresh once between them.
    """
    now = dispatch.now()
    async with write(dispatch.db) as connection:
        due = await claim_due_playlists(connection, now, _CLAIMED_AT_ONCE)
        for playlist in due:
            job = NewJob(
                id=dispatch.new_id(),
                listener=playlist["listener"],
                kind="refresh",
                request={"playlist_id": playlist["id"]},
                created_at=now,
            )
            await insert_job_in(connection, job)
    if due:
        await sweep(dispatch)
    return len(due)


@asynccontextmanager
async def due_refreshes(
    dispatch: Dispatch, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[None]:
    """Look for due refreshes from time to time until the block ends."""
    looking = asyncio.create_task(_look_forever(dispatch, sleep))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _look_forever(dispatch: Dispatch, sleep: Callable[[float], Awaitable[None]]) -> None:
    while True:
        try:
            await ask_for_due(dispatch)
        except DomainError as error:
            logger.warning("Due refreshes could not be looked for: {}", error.code)
        await sleep(LOOK_EVERY_S)
