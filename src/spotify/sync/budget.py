"""How many calls a save may make, and how many it needs without a failure."""

from typing import Final

from src.spotify.client.request import MAX_PAGE
from src.spotify.sync.models.save import SaveMode
from src.spotify.sync.steps import BLOCK, MAX_MOVES

# Creating the playlist, or reading its owner and entries; writing; reading back; three in reserve.
_BESIDES_SEARCHES: Final = 6
# What searching leaves: create or read, write, read back.
_KEPT_FOR_WRITING: Final = 3


def calls_allowed(searches: int, *, written: int, moves: int = 0) -> int:
    """The most calls of one run of a save: n + 6 for up to 50 tracks.

    Each further block of 100 to be written adds a call, and so does each move of a new order. Each further
    page of 50 entries adds one when the first page was read.

    Args:
        searches: tracks that may have to be searched for; 0 where a save is resumed.
        written: tracks to be written.
        moves: of a new order, at most.
    """
    return searches + _BESIDES_SEARCHES + further(written, BLOCK) + moves


def kept_for_writing(written: int, moves: int = 0) -> int:
    """How many of the allowed calls are reserved, and not for searches."""
    return _KEPT_FOR_WRITING + further(written, BLOCK) + moves


def moves_allowed(mode: SaveMode) -> int:
    """The most moves of a save; only a new order is made by moves."""
    return MAX_MOVES if mode == "reorder" else 0


def further(count: int, size: int) -> int:
    """Blocks of this size beyond the first."""
    return max(0, -(-count // size) - 1)


def calls_needed(*, creates: bool, writes: int, before: int, after: int) -> int:
    """Calls after the searches without a failure: create, or read owner and entries; write; read back.

    Args:
        creates: whether the playlist is new.
        writes: calls that write its entries.
        before, after: numbers of its entries.
    """
    reads = 1 if creates else 2 + further(before, MAX_PAGE)
    return reads + (writes + 1 + further(after, MAX_PAGE) if writes else 0)
