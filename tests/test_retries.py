"""How long to wait before a call is tried again."""

from hypothesis import given
from hypothesis import strategies as st

from src.retries import backoff_s


def test_backoff_s_doubles_up_to_its_bound() -> None:
    assert [backoff_s(attempt, 1.0) for attempt in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]


def test_backoff_s_takes_its_share_of_the_bound() -> None:
    assert [backoff_s(3, chance) for chance in (0, 0.25, 1)] == [0, 0.5, 2]


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_backoff_s_stays_in_its_bounds(attempt: int, chance: float) -> None:
    assert 0 <= backoff_s(attempt, chance) <= 8
