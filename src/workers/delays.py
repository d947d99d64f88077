"""How long a job waits for its next attempt: steps that double, so that a queue of the broker serves each."""

from datetime import datetime


def delay_steps(first_s: float, max_s: float) -> tuple[float, ...]:
    """Every wait there is, the shortest first: `first_s` doubled until `max_s`."""
    steps = [first_s]
    while steps[-1] < max_s:
        steps.append(min(steps[-1] * 2.0, max_s))
    return tuple(steps)


def retry_delay_s(steps: tuple[float, ...], failures: int) -> float:
    """The wait after failure number `failures`, from 1."""
    return steps[min(failures, len(steps)) - 1]


def delay_until(steps: tuple[float, ...], now: datetime, moment: datetime | None) -> float:
    """The step that comes nearest to a moment without passing it; the first one when it is near or past."""
    wanted = (moment - now).total_seconds() if moment is not None else 0.0
    return max((step for step in steps if step <= wanted), default=steps[0])
