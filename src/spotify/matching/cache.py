"""The stored matches of catalogue tracks, and the tracks behind handles; both expire after days."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from src.schema import to_json, with_present
from src.spotify.matching.models.link import STORED_LINK, Link, StoredLink
from src.spotify.matching.tracks import DETAILS
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import spotify_handles, spotify_links

# What Spotify lacks today it may have tomorrow, and a search by name can be mended.
MISSING_KEPT: Final = timedelta(days=1)
# Databases bound the number of values in one statement.
_IDS_A_QUERY: Final = 500
ROWS_A_PURGE: Final = 1_000

_LOAD = select(spotify_links.c.track_id, spotify_links.c.document).where(
    spotify_links.c.market == bindparam("in_market"),
    spotify_links.c.expires_at > bindparam("now"),
    spotify_links.c.track_id.in_(bindparam("ids", expanding=True)),
)
_KEY = [spotify_links.c.track_id, spotify_links.c.market]
_EXPIRED = (
    select(spotify_links.c.track_id, spotify_links.c.market)
    .where(spotify_links.c.expires_at <= bindparam("now"))
    .order_by(spotify_links.c.expires_at)
    .limit(bindparam("most"))
)
_DELETE = delete(spotify_links).where(
    spotify_links.c.track_id == bindparam("of_track"),
    spotify_links.c.market == bindparam("in_market"),
    spotify_links.c.expires_at <= bindparam("now"),
)


async def cached_links(
    db: Database, track_ids: Sequence[str], market: str | None, now: datetime
) -> dict[str, Link]:
    """What is known of these tracks, by id; what has expired is not."""
    ids = list(dict.fromkeys(track_ids))
    links: dict[str, Link] = {}
    if not ids:
        return links
    async with read(db) as connection:
        for start in range(0, len(ids), _IDS_A_QUERY):
            keys = {"in_market": market or "", "now": now, "ids": ids[start : start + _IDS_A_QUERY]}
            for row in await connection.execute(_LOAD, keys):
                if (link := _read(row.track_id, row.document)) is not None:
                    links[row.track_id] = link
    return links


@uninterrupted
async def store_links(
    db: Database, links: Sequence[Link], market: str | None, now: datetime, link_days: int
) -> None:
    """Store links in one transaction, in place of older ones, except those that were not looked up.

    A URI is kept for `link_days`, its absence for `MISSING_KEPT`.
    """
    found_until, missing_until = now + timedelta(days=link_days), now + MISSING_KEPT
    rows: Mapping[str, dict[str, object]] = {
        link["track_id"]: {
            "track_id": link["track_id"],
            "market": market or "",
            "document": to_json(STORED_LINK, stored),
            "expires_at": found_until if stored["status"] == "resolved" else missing_until,
        }
        for link in links
        if (stored := _stored(link)) is not None
    }
    if not rows:
        return
    insert = (sqlite if db.is_sqlite else postgresql).insert(spotify_links)
    upsert = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={"document": insert.excluded.document, "expires_at": insert.excluded.expires_at},
    )
    async with write(db) as connection:
        await connection.execute(upsert, list(rows.values()))
    await purge_links(db, now)


@uninterrupted
async def purge_links(db: Database, now: datetime, most: int = ROWS_A_PURGE) -> int:
    """Delete at most so many expired links, the oldest first; returns how many."""
    async with write(db) as connection:
        expired = (await connection.execute(_EXPIRED, {"now": now, "most": most})).all()
        if expired:
            keys = [{"of_track": row.track_id, "in_market": row.market, "now": now} for row in expired]
            await connection.execute(_DELETE, keys)
    return len(expired)


def _stored(link: Link) -> StoredLink | None:
    if link["status"] == "not_looked_up":
        return None
    stored: StoredLink = {"status": link["status"], "confidence": link["confidence"]}
    return with_present(stored, uri=link.get("uri"), method=link.get("method"))


def _read(track_id: str, document: str) -> Link | None:
    """The link of a row; None of one that another release wrote in another form."""
    try:
        stored = STORED_LINK.validate_json(document)
    except ValidationError:
        return None
    status = stored["status"]
    link: Link = {
        "track_id": track_id,
        "status": status,
        "confidence": stored["confidence"],
        "detail": DETAILS[status],
    }
    return with_present(link, uri=stored.get("uri"), method=stored.get("method"))


_LOAD_HANDLE = select(spotify_handles.c.number, spotify_handles.c.spotify_id).where(
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
_HANDLE_KEY = [spotify_handles.c.conversation_id, spotify_handles.c.number]


async def load_handles(
    db: Database, listener: str, conversation_id: str, now: datetime
) -> tuple[dict[int, str], int]:
    """(stored Spotify ids by handle number; the highest number)."""
    async with read(db) as connection:
        keys = {"of_conversation": conversation_id, "of_listener": listener, "now": now}
        rows = (await connection.execute(_LOAD_HANDLE, keys)).all()
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
    """Store the tracks behind handles, or prolong them; expired ones are emptied."""
    dialect = sqlite if db.is_sqlite else postgresql
    insert = dialect.insert(spotify_handles)
    upsert = insert.on_conflict_do_update(
        index_elements=_HANDLE_KEY, set_={"expires_at": insert.excluded.expires_at}
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
