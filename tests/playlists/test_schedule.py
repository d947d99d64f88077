from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.playlists.schedule import check_schedule, next_time


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 7 * * MON", "UTC", at(2026, 11, 24, 9), at(2026, 11, 30, 7, 30)),
        ("30 7 * * MON", "Europe/Berlin", at(2026, 11, 24, 9), at(2026, 11, 30, 6, 30)),
        ("0 9 * * *", "Asia/Kolkata", at(2026, 11, 24, 3, 30), at(2026, 11, 25, 3, 30)),
        ("*/15 * * * *", "UTC", at(2026, 11, 24, 9, 14, 59), at(2026, 11, 24, 9, 15)),
        ("*/15 * * * *", "UTC", at(2026, 11, 24, 9, 15), at(2026, 11, 24, 9, 30)),
        ("0 0 L * *", "UTC", at(2026, 2, 1), at(2026, 2, 28)),
        ("0 0 29 2 *", "UTC", at(2026, 3, 1), at(2028, 2, 29)),
    ],
)
def test_next_time_is_the_first_after_the_moment(cron: str, zone: str, after: datetime, expected: datetime):
    found = next_time(cron, zone, after)
    assert (found, found.utcoffset()) == (expected, timedelta(0))


def test_next_time_where_the_clock_goes_forward_comes_as_soon_as_it_can():
    # 2:30 does not exist on 29 March 2026: the clock goes from 2:00 to 3:00.
    assert next_time("30 2 * * *", "Europe/Berlin", at(2026, 3, 28, 12)) == at(2026, 3, 29, 1)
    assert next_time("30 2 * * *", "Europe/Berlin", at(2026, 3, 29, 1)) == at(2026, 3, 30, 0, 30)


def test_next_time_where_the_clock_goes_back_comes_once():
    # 2:30 comes at 0:30 and at 1:30 UTC on 25 October 2026.
    assert next_time("30 2 * * *", "Europe/Berlin", at(2026, 10, 24, 12)) == at(2026, 10, 25, 0, 30)
    assert next_time("30 2 * * *", "Europe/Berlin", at(2026, 10, 25, 0, 30)) == at(2026, 10, 26, 1, 30)
    assert next_time("30 2 * * *", "Europe/Berlin", at(2026, 10, 25, 1, 10)) == at(2026, 10, 26, 1, 30)


def test_next_time_every_quarter_of_an_hour_goes_on_through_both_hours_when_the_clock_goes_back():
    moment, found = at(2026, 10, 25, 0), []
    for _ in range(8):
        moment = next_time("*/15 * * * *", "Europe/Berlin", moment)
        found.append(moment)
    assert found == [at(2026, 10, 25) + timedelta(minutes=15 * n) for n in range(1, 9)]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 (the zone is given below)
    st.integers(0, 59),
    st.integers(0, 23),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_next_time_of_a_daily_schedule_comes_within_a_day_at_its_time(
    moment: datetime, minute: int, hour: int, zone: str
):
    after = moment.replace(tzinfo=UTC)
    found = next_time(f"{minute} {hour} * * *", zone, after)
    # A day may have 25 hours, and the time may be twice there and be kept the first time.
    assert after < found <= after + timedelta(hours=26)
    local = found.astimezone(ZoneInfo(zone))
    wanted = local.replace(hour=hour, minute=minute, second=0)
    exists = wanted.astimezone(UTC).astimezone(ZoneInfo(zone)) == wanted
    assert not exists or (local.hour, local.minute) == (hour, minute)


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "daily",
        "* * * *",
        "0 0 12 * * *",
        "61 * * * *",
        "0 24 * * *",
        "0 0 30 2 *",
        "0 0 * * FUNDAY",
        "0 0 1-L * *",
        "0 0 ² * *",
        "0 0 * * \x00",
        "0," * 60 + "0 0 * * *",
    ],
)
def test_check_schedule_when_it_is_nonsense_says_what_one_looks_like(cron: str):
    with pytest.raises(InvalidInput, match="30 7 \\* \\* MON"):
        check_schedule(cron, "UTC")


def test_check_schedule_when_its_day_never_comes_says_so():
    # The first of a month is never its fifth Monday.
    with pytest.raises(InvalidInput, match="never comes"):
        check_schedule("0 0 */31 * MON#5", "UTC")


@pytest.mark.parametrize(
    "cron", ["* * * * *", "*/14 * * * *", "*/25 * * * *", "0,10 5 * * *", "0,50 0,23 * * *"]
)
def test_check_schedule_when_it_comes_too_often_says_how_often_it_may(cron: str):
    with pytest.raises(InvalidInput, match="every 15 minutes"):
        check_schedule(cron, "UTC")


@pytest.mark.parametrize("cron", ["*/15 * * * *", "50 0,23 * * *", "0 * * * *", "0,15,30,45 9 * * *"])
def test_check_schedule_lets_every_quarter_of_an_hour_pass(cron: str):
    check_schedule(cron, "UTC")


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "Europe", "/etc/passwd", "../UTC", "a\x00b", "x" * 5_000]
)
def test_check_schedule_when_there_is_no_such_zone_names_one(zone: str):
    with pytest.raises(InvalidInput, match="Europe/Berlin") as raised:
        check_schedule("0 8 * * *", zone)
    assert "passwd" not in raised.value.message


@given(st.text(alphabet="0123456789*/,-#LW MON²\x00", max_size=40) | st.text(max_size=40))
def test_check_schedule_of_any_text_is_right_or_invalid_input(text: str):
    try:
        check_schedule(text, "Europe/Berlin")
    except InvalidInput:
        return
    assert next_time(text, "Europe/Berlin", datetime(2026, 1, 1, tzinfo=UTC))
