"""What stands behind the handles of tracks that only Spotify has: kept for days, apart from the answers.

What has expired is emptied and not deleted: a number stands for one track in its conversation, for good.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import spotify_handles

_LOAD = select(spotify_handles.c.number, spotify_handles.c.spotify_id).where(
    spotify_handles.c.conversation_id == bindparam("of_conversation"),
    spotify_handles.c.listener == bindparam("of_listener"),
    spotify_handles.c.expires_at > bindparam("now"),
    spotify_handles.c.spotify_id != "",
)
_LAST = select(func.max(spotify_handles.c.number)).where(
    spotify_handles.c.conversation_id == bindparam("of_conversation")
)
_EMPTY = (
    update(spotify_handles)
    .where(spotify_handles.c.expires_at <= bindparam("now"), spotify_handles.c.spotify_id != "")
    .values(spotify_id="")
)
_KEY = [spotify_handles.c.conversation_id, spotify_handles.c.number]


async def load_handles(
    db: Database, listener: str, conversation_id: str, now: datetime
) -> tuple[dict[int, str], int]:
    """(handle number to Spotify id, as far as kept; the highest number)."""
    async with read(db) as connection:
        keys = {"of_conversation": conversation_id, "of_listener": listener, "now": now}
        rows = (await connection.execute(_LOAD, keys)).all()
        last = await connection.scalar(_LAST, {"of_conversation": conversation_id})
    return {row.number: row.spotify_id for row in rows}, last or 0


@uninterrupted
async def store_handles(
    db: Database,
    listener: str,
    conversation_id: str,
    ids: Mapping[int, str],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep what stands behind handles; one that was kept already is kept anew. Expired ones are emptied."""
    dialect = sqlite if db.is_sqlite else postgresql
    insert = dialect.insert(spotify_handles)
    upsert = insert.on_conflict_do_update(
        index_elements=_KEY, set_={"expires_at": insert.excluded.expires_at}
    )
    rows = [
        {
            "conversation_id": conversation_id,
            "number": number,
            "listener": listener,
            "spotify_id": id_,
            "expires_at": expires_at,
        }
        for number, id_ in ids.items()
    ]
    async with write(db) as connection:
        await connection.execute(_EMPTY, {"now": now})
        if rows:
            await connection.execute(upsert, rows)


@uninterrupted
async def empty_expired(db: Database, now: datetime) -> None:
    """Empty every handle that has expired."""
    async with write(db) as connection:
        await connection.execute(_EMPTY, {"now": now})
