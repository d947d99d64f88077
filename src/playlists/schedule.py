"""When a playlist is refreshed: cron expressions in the listener's time zone.

Where clocks go forward, a time that does not exist comes as soon as it can; where they go back, a time that
comes twice is kept once. Both as Debian's cron does.
"""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from src.errors import InvalidInput

DEFAULT_ZONE: Final = "UTC"
SHORTEST_INTERVAL_MINUTES: Final = 15
MAX_CRON_CHARACTERS: Final = 100
_FIELDS: Final = 5
_MINUTES_OF_A_DAY: Final = 24 * 60
# Any day: what is read from the expression does not depend on it.
_SOME_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)


def check_schedule(cron: str, zone: str) -> None:
    """Check an expression and its zone.

    Raises:
        InvalidInput: the expression makes no sense, names no day there is, or comes too often; or there is no
            such zone.
    """
    next_time(cron, zone, _SOME_DAY)


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time of a schedule after a moment, in UTC.

    Args:
        cron: minute, hour, day of the month, month, day of the week.
        zone: IANA name of the time zone that the expression is meant in.
        after: an aware time.

    Raises:
        InvalidInput: as of `check_schedule`.
    """
    _check_interval(_parse(cron, _SOME_DAY))
    times = _parse(cron, after.astimezone(_read_zone(zone)))
    # Where clocks go back, the library starts from the first of the two hours: it may name a time gone by.
    for time in times:
        if time > after:
            return time.astimezone(UTC)
    raise InvalidInput(
        "This schedule names a day that never comes: change the day, the month or the weekday."
    )


def describe_schedule(cron: str) -> str:
    """A schedule in words: `At 07:30 on Monday`.

    Raises:
        InvalidInput: the expression makes no sense.
    """
    return _parse(cron, _SOME_DAY).explain()


def _parse(cron: str, start: datetime) -> CronSim:
    if len(cron) > MAX_CRON_CHARACTERS or len(cron.split()) != _FIELDS:
        raise _nonsense()
    try:
        return CronSim(cron, start)
    except (CronSimError, ValueError):
        raise _nonsense() from None


def _read_zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    # An unknown name is a KeyError, a path a ValueError, the name of a folder of zones an OSError.
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            "There is no such time zone: give an IANA name such as Europe/Berlin, or UTC."
        ) from None


def _check_interval(schedule: CronSim) -> None:
    """Two times of one day, or of midnight and after, must not be too close."""
    times = sorted(hour * 60 + minute for hour in schedule.hours for minute in schedule.minutes)
    around_midnight = [*times, times[0] + _MINUTES_OF_A_DAY]
    if min(later - earlier for earlier, later in pairwise(around_midnight)) < SHORTEST_INTERVAL_MINUTES:
        raise InvalidInput(
            f"A playlist is refreshed at most every {SHORTEST_INTERVAL_MINUTES} minutes: choose times that "
            "lie further apart."
        )


def _nonsense() -> InvalidInput:
    return InvalidInput(
        "A schedule is a cron expression of five fields (minute, hour, day of the month, month, weekday) "
        "such as `30 7 * * MON`."
    )
