"""When a playlist is refreshed: cron expressions in the listener's time zone.

Where clocks go forward, a skipped time is due right after the change; where they go back, a repeated time is
due once. Both as in Debian's cron.
"""

from contextlib import suppress
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
# Any day: parsing the expression does not depend on it.
_SOME_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)


def check_schedule(cron: str, zone: str) -> None:
    """Check an expression and its zone.

    Raises:
        InvalidInput: the expression is malformed, matches no day, or is due too often; or no such zone.
    """
    next_time(cron, zone, _SOME_DAY)


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time of a schedule after a moment, in UTC.

    Args:
        cron: minute, hour, day of the month, month, day of the week.
        zone: IANA name of the time zone of the expression.
        after: an aware time.

    Raises:
        InvalidInput: as in `check_schedule`.
    """
    _check_interval(_parse(cron, _SOME_DAY))
    times = _parse(cron, after.astimezone(_read_zone(zone)))
    # Where clocks go back, the library starts from the first of the two hours: it may return a past time.
    time = next((time for time in times if time > after), None)
    if time is None:
        raise InvalidInput(
            "This schedule names a day that never comes: change the day, the month or the weekday."
        )
    return time.astimezone(UTC)


def _parse(cron: str, start: datetime) -> CronSim:
    if len(cron) <= MAX_CRON_CHARACTERS and len(cron.split()) == _FIELDS:
        with suppress(CronSimError, ValueError):
            return CronSim(cron, start)
    raise InvalidInput(
        "A schedule is a cron expression of five fields (minute, hour, day of the month, month, weekday) "
        "such as `30 7 * * MON`."
    )


def _read_zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    # An unknown name is a KeyError, a path a ValueError, the name of a folder of zones an OSError.
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            "There is no such time zone: give an IANA name such as Europe/Berlin, or UTC."
        ) from None


def _check_interval(schedule: CronSim) -> None:
    """Refuse times that are too close, within a day or around midnight."""
    times = sorted(hour * 60 + minute for hour in schedule.hours for minute in schedule.minutes)
    around_midnight = [*times, times[0] + _MINUTES_OF_A_DAY]
    if min(later - earlier for earlier, later in pairwise(around_midnight)) < SHORTEST_INTERVAL_MINUTES:
        raise InvalidInput(
            f"A playlist is refreshed at most every {SHORTEST_INTERVAL_MINUTES} minutes: choose times that "
            "lie further apart."
        )
