"""Deletion of a conversation with everything that was kept of it."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from src.conversations.store import delete_conversation
from src.errors import NotFound
from src.jobs.store import delete_jobs_of
from src.recordings.store import delete_recordings_of
from src.storage.database import Database, uninterrupted, write


@uninterrupted
async def forget_conversation(db: Database, listener: str, conversation_id: str) -> None:
    """Delete the conversation with its turns, spans, feedback, recordings and jobs; all of it or nothing.

    Playlists that were made from it stay: they are the listener's own.

    Raises:
        NotFound: there is no such conversation, or it is another listener's.
    """
    try:
        beside = partial(_delete_beside, listener, conversation_id)
        await delete_conversation(db, listener, conversation_id, beside=beside)
    except NotFound:
        # A conversation whose only turn failed has recordings and nothing else.
        async with write(db) as connection:
            if not await delete_recordings_of(connection, listener, conversation_id):
                raise


async def _delete_beside(listener: str, conversation_id: str, connection: AsyncConnection) -> None:
    await delete_recordings_of(connection, listener, conversation_id)
    await delete_jobs_of(connection, listener, conversation_id)
