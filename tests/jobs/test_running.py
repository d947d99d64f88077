"""Waits between attempts come in steps that double."""

from datetime import timedelta

import pytest

from src.jobs.running import delay_steps, delay_until, retry_delay_s
from tests.jobs.scene import NOW

STEPS = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)


def test_delay_steps_double_up_to_the_last():
    assert delay_steps(5, 300) == STEPS
    assert delay_steps(5, 5) == (5,)
    assert delay_steps(5, 1) == (5,)


def test_retry_delay_grows_to_the_last_step():
    assert [retry_delay_s(STEPS, failures) for failures in (1, 2, 3, 7, 99)] == [5, 10, 20, 300, 300]


@pytest.mark.parametrize(("seconds", "step"), [(-9, 5), (0, 5), (7, 5), (10, 10), (59, 40), (9_999, 300)])
def test_delay_until_does_not_pass_the_moment(seconds: float, step: float):
    assert delay_until(STEPS, NOW, NOW + timedelta(seconds=seconds)) == step


def test_delay_until_no_moment_is_the_first_step():
    assert delay_until(STEPS, NOW, None) == 5
