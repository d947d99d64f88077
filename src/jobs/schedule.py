"""Work that comes back: when it is next due by a cron expression, and asking for what is due."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from loguru import logger

from src.errors import Busy, InvalidInput

MIN_MINUTES: Final = 15
EXPRESSION_CHARACTERS: Final = 100

_FIELDS: Final = 5
_MINUTES_OF_A_DAY: Final = 24 * 60
# Whether a time ever comes does not depend on when one looks.
_FROM: Final = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something that comes back; `next_at` is when it is due."""

    id: str
    expression: str
    zone: str
    next_at: datetime


def check_schedule(expression: str, zone: str = "UTC") -> None:
    """Refuse what makes no sense, never happens, or happens too often.

    Raises:
        InvalidInput: it says what is wrong.
    """
    times = _times(expression, _FROM, zone)
    in_a_day = [60 * hour + minute for hour in sorted(times.hours) for minute in sorted(times.minutes)]
    # From the last of one day to the first of the next; with one a day that is the whole day.
    gaps = [later - earlier for earlier, later in pairwise([*in_a_day, in_a_day[0] + _MINUTES_OF_A_DAY])]
    if min(gaps) < MIN_MINUTES:
        raise InvalidInput(
            f"This cron expression is due too often: leave {MIN_MINUTES} minutes between two times."
        )
    if next(times, None) is None:
        raise InvalidInput("This cron expression names a time that never comes, such as 30 February.")


def next_time(expression: str, after: datetime, zone: str = "UTC") -> datetime:
    """The first time after a moment, in UTC.

    Args:
        expression: five fields, such as `0 7 * * MON` for Mondays at seven.
        after: an aware time.
        zone: whose clock counts, such as `Europe/Berlin`.

    Raises:
        InvalidInput: as `check_schedule`.
    """
    check_schedule(expression, zone)
    return next(_times(expression, after, zone)).astimezone(UTC)


async def submit_due[T: Scheduled](
    due: Sequence[T],
    now: datetime,
    *,
    submit: Callable[[T, str], Awaitable[object]],
    advance: Callable[[T, datetime], Awaitable[bool]],
) -> int:
    """Ask for everything that is due, each once; gives how many times were moved on here.

    Of several missed times one is made up for.

    Args:
        due: what has a `next_at` that is not after `now`.
        now: the time.
        submit: asks for the job, under an idempotency key that names this time of this schedule: two workers
            that both get here ask for the same job.
        advance: sets `next_at` to the given time where it still is the one that was read; False where another
            worker was first.
    """
    moved = 0
    for scheduled in due:
        key = f"schedule {scheduled.id} {scheduled.next_at.isoformat()}"
        try:
            await submit(scheduled, key)
        except Busy:
            logger.warning("A scheduled job waits, since too many jobs do already")
            break
        moved += await advance(scheduled, next_time(scheduled.expression, now, scheduled.zone))
    return moved


def _times(expression: str, after: datetime, zone: str) -> CronSim:
    if len(expression) > EXPRESSION_CHARACTERS or len(expression.split()) != _FIELDS:
        raise InvalidInput(
            "A cron expression has five fields: minute, hour, day of month, month, day of week; "
            "for example 0 7 * * MON."
        )
    try:
        local = after.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput("There is no such time zone: write it like Europe/Berlin, or UTC.") from None
    try:
        return CronSim(" ".join(expression.split()).upper(), local)
    except CronSimError as error:
        raise InvalidInput(f"This cron expression makes no sense: {error}.") from None
