"""A progress bar on standard error."""

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from src.cli.terminal import plain


class ProgressBar:
    """Removed from the terminal when the block ends; prints nothing where there is no terminal.

    A `detailed` one adds the percentage, the rate of the step `embedding`, and the time left.
    """

    def __init__(self, *, detailed: bool = False) -> None:
        console = Console(stderr=True)
        # Stopped where there is no terminal, rich would leave an empty line behind.
        self._is_seen = console.is_terminal
        details = (
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            *(details if detailed else ()),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("waiting", total=None, rate="")
        self._step = ""
        self._began = self._first = 0.0

    def __enter__(self) -> "ProgressBar":
        if self._is_seen:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_seen:
            self._progress.stop()

    def show(self, step: str, done: float, total: float) -> None:
        """Progress of a step, in whatever it counts."""
        now = time.perf_counter()
        if step != self._step:
            self._step, self._began, self._first = step, now, done
            self._progress.reset(self._task, description=plain(step) or "waiting", total=total)
        rate = (done - self._first) / max(now - self._began, 1e-6)
        unit = f"{rate:,.0f} tracks/s" if step == "embedding" else ""
        self._progress.update(self._task, completed=done, total=total, rate=unit)
