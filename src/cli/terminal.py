"""What every command does with the terminal: settings, console, plain text, files."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING

from src.errors import InvalidInput

if TYPE_CHECKING:
    from rich.console import Console

    from src.settings import Settings

# The colour and the sign of each verdict in a constraint report.
VERDICT_MARKS = {
    "met": ("✓", "green"),
    "relaxed": ("~", "yellow"),
    "unmet": ("✗", "red"),
    "uncheckable": ("?", "yellow"),
}


def command_settings(log_level: str = "ERROR") -> Settings:
    """The settings of a command that logs little, so that its own output stays readable."""
    from src.settings import load_settings
    from src.telemetry.logging import configure_logging

    configure_logging(log_level)
    return load_settings()


def run_async[T](work: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end, by asyncio: a quarter of what `segue --help` would import."""
    import asyncio

    return asyncio.run(work)


def open_console() -> Console:
    """Standard output as it is: nothing highlighted, no line broken."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def plain(text: str) -> str:
    """Text without control characters: a title must not move the cursor or colour the screen."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def print_plain(console: Console, text: str, style: str = "") -> None:
    """Print somebody else's text: no markup, no control characters."""
    from rich.text import Text

    console.print(Text(plain(text), style=style))


def write_file(file: Path, content: bytes, problem: str) -> None:
    """Write a file.

    Raises:
        InvalidInput: it cannot be written; `problem` is the message.
    """
    try:
        file.write_bytes(content)
    except OSError:
        raise InvalidInput(problem) from None
