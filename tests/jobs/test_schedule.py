"""Cron expressions: when the next time is, what is refused, and each due time once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import Busy, InvalidInput
from src.jobs.schedule import MIN_MINUTES, Scheduled, next_time, submit_due
from tests.jobs.scene import NOW


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "zone", "expected"),
    [
        ("0 7 * * MON", "2026-11-24T12:00", "UTC", "2026-11-30T07:00"),
        ("0 7 * * mon", "2026-11-30T07:00", "UTC", "2026-12-07T07:00"),
        ("*/15 * * * *", "2026-11-24T12:00:01", "UTC", "2026-11-24T12:15"),
        ("0 7 * * *", "2026-07-01T00:00", "Europe/Berlin", "2026-07-01T05:00"),
        ("0 7 * * *", "2026-12-01T00:00", "Europe/Berlin", "2026-12-01T06:00"),
        ("0 0 29 2 *", "2026-01-01T00:00", "UTC", "2028-02-29T00:00"),
        # Half past two is skipped that night; it is made up for when the clock goes on.
        ("30 2 * * *", "2026-03-28T12:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("55 23 * * *", "2026-11-24T12:00", "UTC", "2026-11-24T23:55"),
    ],
)
def test_next_time_in_utc(expression: str, after: str, zone: str, expected: str):
    assert next_time(expression, utc(after), zone) == utc(expected)


@pytest.mark.parametrize(
    ("expression", "zone", "says"),
    [
        ("every monday", "UTC", "five fields"),
        ("", "UTC", "five fields"),
        ("0 0 7 * * MON", "UTC", "five fields"),
        ("0 7 * * MON" + " " * 200, "UTC", "five fields"),
        ("61 7 * * *", "UTC", "Bad minute"),
        ("0 25 * * *", "UTC", "Bad hour"),
        ("0 7 * * FUNDAY", "UTC", "Bad day-of-week"),
        ("0 7 30 2 *", "UTC", "Bad day-of-month"),
        ("0 0 */29 2 MON#5", "UTC", "never comes"),
        ("* * * * *", "UTC", "too often"),
        ("*/14 * * * *", "UTC", "too often"),
        ("0,10 7 * * *", "UTC", "too often"),
        ("0,55 0,23 * * *", "UTC", "too often"),
        ("0 7 * * *", "Mars/Olympus", "time zone"),
        ("0 7 * * *", "", "time zone"),
        ("0 7 * * *", "../etc/passwd", "time zone"),
    ],
)
def test_next_time_of_nonsense_is_refused(expression: str, zone: str, says: str):
    with pytest.raises(InvalidInput, match=says):
        next_time(expression, NOW, zone)


@given(st.text(alphabet="0123456789*/,-#LMONSU ", max_size=20), st.datetimes(timezones=st.just(UTC)))
def test_next_time_is_later_or_refused(expression: str, after: datetime):
    if not 2000 < after.year < 2100:
        return
    try:
        first = next_time(expression, after)
    except InvalidInput:
        return
    assert after < first
    assert next_time(expression, first) - first >= timedelta(minutes=MIN_MINUTES)


class Table:
    """Schedules with their `next_at`, and what was asked for."""

    def __init__(self, *schedules: Scheduled) -> None:
        self.next_at = {one.id: one.next_at for one in schedules}
        self.asked: set[str] = set()
        self.busy = False

    async def submit(self, scheduled: Scheduled, key: str) -> None:
        if self.busy:
            raise Busy("full")
        self.asked.add(key)

    async def advance(self, scheduled: Scheduled, next_at: datetime) -> bool:
        if self.next_at[scheduled.id] != scheduled.next_at:
            return False
        self.next_at[scheduled.id] = next_at
        return True


async def test_submit_due_by_two_workers_asks_once_and_moves_on():
    weekly = Scheduled("s1", "0 7 * * MON", "UTC", utc("2026-11-23T07:00"))
    table = Table(weekly)
    moved = [
        await submit_due([weekly], NOW, submit=table.submit, advance=table.advance) for _worker in range(2)
    ]
    assert moved == [1, 0]
    assert table.asked == {"schedule s1 2026-11-23T07:00:00+00:00"}
    assert table.next_at["s1"] == utc("2026-11-30T07:00")


async def test_submit_due_after_many_missed_times_makes_up_for_one():
    daily = Scheduled("s1", "0 7 * * *", "UTC", utc("2026-10-01T07:00"))
    table = Table(daily)
    await submit_due([daily], NOW, submit=table.submit, advance=table.advance)
    assert len(table.asked) == 1
    assert table.next_at["s1"] == utc("2026-11-25T07:00")


async def test_submit_due_when_the_queue_is_full_leaves_it_due():
    daily = Scheduled("s1", "0 7 * * *", "UTC", utc("2026-11-24T07:00"))
    table = Table(daily)
    table.busy = True
    assert await submit_due([daily], NOW, submit=table.submit, advance=table.advance) == 0
    assert table.next_at["s1"] == daily.next_at
