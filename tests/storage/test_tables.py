from datetime import UTC, datetime, timedelta, timezone

import pytest

from src.storage.tables import from_microseconds, to_microseconds


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 23, 3, 53, 0, 123_457, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_to_microseconds_and_back_is_exact(moment: datetime):
    assert from_microseconds(to_microseconds(moment)) == moment


def test_from_microseconds_gives_utc():
    local = datetime(2026, 11, 23, 3, tzinfo=timezone(timedelta(hours=5)))
    assert from_microseconds(to_microseconds(local)).isoformat() == "2026-11-22T22:00:00+00:00"


def test_to_microseconds_when_time_has_no_zone_fails():
    with pytest.raises(TypeError):
        to_microseconds(datetime(2026, 11, 23))  # noqa: DTZ001 (the rule under test)
