"""The lines of a file of recordings: a header, the parts, the recordings, and an end line."""

from typing import Literal

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.recordings.models.recording import Recording
from src.schema import documented


@documented
class Header(TypedDict, closed=True):
    """The first line."""

    format: str
    """`segue-recordings`; a file with anything else is refused."""
    version: int
    """Version of the file's layout; a reader refuses one that it does not know."""
    recordings: int
    """Number of recording lines."""
    parts: int
    """Number of part lines, which come before the recordings."""


@documented
class PartLine(TypedDict, closed=True):
    """A part, which the recordings name."""

    part: str
    """Digest of its content, in hexadecimal digits: its name."""
    text: str
    """Its content."""


@documented
class RecordingLine(TypedDict, closed=True):
    """A recording with its digest."""

    label: str
    """Its name in a suite, `case/turn`; empty outside one."""
    digest: str
    """Digest of the recording as JSON with sorted keys: another one means that it was edited."""
    recording: Recording
    """One recorded turn."""


@documented
class EndLine(TypedDict, closed=True):
    """The last line, without which the file is truncated."""

    end: Literal[True]
    """Always true: no other line has this key."""
    sha256: str
    """SHA-256 of all lines before, in hexadecimal digits."""


HEADER = TypeAdapter(Header)
PART = TypeAdapter(PartLine)
RECORDING_LINE = TypeAdapter(RecordingLine)
END = TypeAdapter(EndLine)
