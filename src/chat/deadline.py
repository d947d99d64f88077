"""The time that the work of a turn may take; it does not run while the caller reads an event."""

import asyncio
import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass


@dataclass(slots=True)
class Deadline:
    """The time of a turn, in seconds. A deadline serves one `within`."""

    seconds: float
    kept_s: float
    running: asyncio.Timeout | None = None

    @property
    def left_s(self) -> float:
        """Seconds left at this moment; infinite while the deadline is lifted."""
        if self.running is None:
            return self.kept_s
        when = self.running.when()
        return math.inf if when is None else when - asyncio.get_running_loop().time()

    def lift(self) -> None:
        """Suspend the deadline; only the work itself may call this."""
        assert self.running is not None
        self.running.reschedule(None)

    def restart(self) -> None:
        """Start again with the whole time; only the work itself may call this."""
        assert self.running is not None
        self.running.reschedule(asyncio.get_running_loop().time() + self.seconds)


def new_deadline(seconds: float) -> Deadline:
    """A deadline with all its time left."""
    return Deadline(seconds, kept_s=seconds)


async def within[T](deadline: Deadline, events: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """What `events` yields, as long as making them keeps the deadline. The caller closes `events`.

    Raises:
        TimeoutError: the deadline passed while an event was being made.
    """
    while True:
        # One time-out an event: held over the `yield`, it would cancel the reader in the reader's own code.
        async with asyncio.timeout(deadline.kept_s) as deadline.running:
            try:
                event = await anext(events)
            except StopAsyncIteration:
                return
        deadline.kept_s, deadline.running = deadline.left_s, None
        yield event
