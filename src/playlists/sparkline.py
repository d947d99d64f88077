"""The course of a list for the terminal: a line of blocks for energy, tempo and year."""

from collections.abc import Sequence
from typing import Final

from src.playlists.lanes import Lane, lanes_of, range_words
from src.playlists.models.result import PlaylistEntry

BLOCKS: Final = "▁▂▃▄▅▆▇█"
UNKNOWN: Final = " "
# `energy`, `tempo`, `year`, two blanks between the parts, `100 to 200 bpm`.
_NAME_COLUMNS: Final = 6
_GAP: Final = "  "
LEAST_BLOCKS: Final = 8
DEFAULT_WIDTH: Final = 80


def sparklines(entries: Sequence[PlaylistEntry], width: int = DEFAULT_WIDTH) -> str:
    """Three lines: the lane's name, a block a track, and from which to which value.

    A blank is a track whose value no record tells. Lists longer than the width are drawn in runs of tracks
    of equal number, each by its mean.

    Args:
        width: of the terminal, in columns.
    """
    lanes = lanes_of(entries)
    words = [_words(lane, len(entries)) for lane in lanes]
    room = width - _NAME_COLUMNS - 2 * len(_GAP) - max(len(text) for text in words)
    columns = min(len(entries), max(room, LEAST_BLOCKS))
    return "\n".join(
        f"{lane.name:<{_NAME_COLUMNS}}{_GAP}{blocks(lane, columns)}{_GAP}{text}".rstrip()
        for lane, text in zip(lanes, words, strict=True)
    )


def blocks(lane: Lane, columns: int) -> str:
    """The lane in so many blocks. Energy stands on its own scale of 0 to 1, the others on what is there."""
    low, high = (0.0, 1.0) if lane.name == "energy" else (lane.low or 0.0, lane.high or 0.0)
    return "".join(_block(value, low, high) for value in _bucketed(lane.values, columns))


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return UNKNOWN
    share = (value - low) / (high - low) if high > low else 0.5
    return BLOCKS[min(int(max(share, 0.0) * len(BLOCKS)), len(BLOCKS) - 1)]


def _bucketed(values: Sequence[float | None], columns: int) -> list[float | None]:
    """The means of so many runs, by what is known in each."""
    if len(values) <= columns:
        return list(values)
    means: list[float | None] = []
    for column in range(columns):
        run = values[column * len(values) // columns : (column + 1) * len(values) // columns]
        known = [value for value in run if value is not None]
        means.append(sum(known) / len(known) if known else None)
    return means


def _words(lane: Lane, tracks: int) -> str:
    unknown = f" ({lane.known} of {tracks} known)" if 0 < lane.known < tracks else ""
    return f"{range_words(lane)}{unknown}"
