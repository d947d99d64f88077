"""Calls counted by the hour, and the groups of calls that Spotify closed: in the database, for all processes.

Spotify's quota is of the developer's account and rolls over about 24 hours; its sizes are unpublished.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from loguru import logger
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from src.schema import with_present
from src.spotify.app import Bucket, SpotifyApp
from src.spotify.errors import BudgetSpent, QuotaExceeded
from src.spotify.models.account import BucketStatus
from src.storage.database import read, uninterrupted, write
from src.storage.tables import spotify_calls, spotify_circuits

# Where Spotify names no time; see `close_bucket`.
DEFAULT_QUOTA_WAIT_S: Final = 3_600.0
# An hour counts until its last minute is 24 hours ago.
_WINDOW: Final = timedelta(hours=25)

_CLOSED = select(spotify_circuits.c.closed_until).where(spotify_circuits.c.bucket == bindparam("of_bucket"))
_SPENT = select(
    func.sum(spotify_calls.c.calls).label("calls"), func.min(spotify_calls.c.hour).label("first")
).where(spotify_calls.c.bucket == bindparam("of_bucket"), spotify_calls.c.hour > bindparam("since"))
_ALL_SPENT = (
    select(spotify_calls.c.bucket, func.sum(spotify_calls.c.calls).label("calls"))
    .where(spotify_calls.c.hour > bindparam("since"))
    .group_by(spotify_calls.c.bucket)
)
_ALL_CLOSED = select(spotify_circuits.c.bucket, spotify_circuits.c.closed_until)
_PURGE = delete(spotify_calls).where(
    spotify_calls.c.bucket == bindparam("of_bucket"), spotify_calls.c.hour <= bindparam("before")
)
# At the turn of an hour two processes count in different rows, which do not hold each other up.
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("lock_name"))))


@uninterrupted
async def reserve_call(app: SpotifyApp, bucket: Bucket) -> None:
    """Count one call of a group before it is made.

    Raises:
        QuotaExceeded: Spotify has closed the group for now.
        BudgetSpent: as many calls as are allowed here were made in the last 24 hours.
    """
    now = app.now()
    allowed = app.config.calls_per_day[bucket]
    hour = now.replace(minute=0, second=0, microsecond=0)
    dialect = sqlite if app.database.is_sqlite else postgresql
    insert = dialect.insert(spotify_calls)
    count = insert.on_conflict_do_update(
        index_elements=[spotify_calls.c.bucket, spotify_calls.c.hour],
        set_={"calls": spotify_calls.c.calls + 1},
    )
    async with write(app.database) as connection:
        closed = await connection.scalar(_CLOSED, {"of_bucket": bucket})
        if closed is not None and closed > now:
            raise quota_exceeded(bucket, closed, now)
        if not app.database.is_sqlite:
            await connection.execute(_ONE_AT_A_TIME, {"lock_name": f"spotify calls {bucket}"})
        spent = (await connection.execute(_SPENT, {"of_bucket": bucket, "since": now - _WINDOW})).one()
        if (spent.calls or 0) >= allowed:
            raise _budget_spent(bucket, allowed, (spent.first or hour) + _WINDOW, now)
        await connection.execute(count, {"bucket": bucket, "hour": hour, "calls": 1})
        await connection.execute(_PURGE, {"of_bucket": bucket, "before": now - _WINDOW})


@uninterrupted
async def open_circuit(app: SpotifyApp, bucket: Bucket, until: datetime) -> None:
    """Make no call of a group before a time; a later time that is stored already stays."""
    dialect = sqlite if app.database.is_sqlite else postgresql
    insert = dialect.insert(spotify_circuits)
    upsert = insert.on_conflict_do_update(
        index_elements=[spotify_circuits.c.bucket],
        set_={"closed_until": insert.excluded.closed_until},
        where=spotify_circuits.c.closed_until < insert.excluded.closed_until,
    )
    async with write(app.database) as connection:
        await connection.execute(upsert, {"bucket": bucket, "closed_until": until})


async def close_bucket(app: SpotifyApp, bucket: Bucket, asked_s: float | None) -> QuotaExceeded:
    """Make no call of a group for `asked_s` (None: an hour); returns the error to raise."""
    wait_s = DEFAULT_QUOTA_WAIT_S if asked_s is None else asked_s
    now = app.now()
    until = now + timedelta(seconds=wait_s)
    await open_circuit(app, bucket, until)
    logger.warning("spotify quota exceeded", bucket=bucket, wait_s=round(wait_s))
    return quota_exceeded(bucket, until, now)


def quota_exceeded(bucket: Bucket, until: datetime, now: datetime) -> QuotaExceeded:
    """The error of a group that is closed until a time."""
    return QuotaExceeded(
        f"Spotify's quota for {_words_of(bucket)} is used up until {_minute(until)}; try again then.",
        retry_at=until,
        retry_after_s=max(1.0, (until - now).total_seconds()),
    )


@uninterrupted
async def quota_status(app: SpotifyApp) -> list[BucketStatus]:
    """Calls made in each group, and whether it is closed."""
    now = app.now()
    async with read(app.database) as connection:
        spent = {
            row.bucket: row.calls for row in await connection.execute(_ALL_SPENT, {"since": now - _WINDOW})
        }
        closed = {row.bucket: row.closed_until for row in await connection.execute(_ALL_CLOSED)}
    statuses: list[BucketStatus] = []
    for bucket, allowed in app.config.calls_per_day.items():
        status: BucketStatus = {
            "bucket": bucket,
            "calls_today": int(spent.get(bucket, 0)),
            "calls_per_day": allowed,
        }
        until = closed.get(bucket, now)
        open_again = until.astimezone(UTC).isoformat() if until > now else None
        statuses.append(with_present(status, closed_until=open_again))
    return statuses


def _budget_spent(bucket: Bucket, allowed: int, again_at: datetime, now: datetime) -> BudgetSpent:
    variable = "SPOTIFY_SEARCHES_PER_DAY" if bucket == "search" else "SPOTIFY_CALLS_PER_DAY"
    return BudgetSpent(
        f"This service's own limit of {allowed} calls for {_words_of(bucket)} in 24 hours is reached: "
        f"none is free before {_minute(again_at)}. The operator may raise {variable}.",
        retry_after_s=max(1.0, (again_at - now).total_seconds()),
    )


def _words_of(bucket: Bucket) -> str:
    return bucket.replace("_", " ")


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
