"""How many calls a save may make, and how many it needs when nothing fails."""

from typing import Final

from src.spotify.client.request import MAX_PAGE
from src.spotify.sync.models.save import SaveMode
from src.spotify.sync.steps import BLOCK, MAX_MOVES

# Creating the playlist, or looking whose it is and what stands there; writing, reading back; three to spare.
_BESIDES_SEARCHES: Final = 6
# What searching leaves for the rest: create or read, write, read back.
_KEPT_FOR_WRITING: Final = 3


def calls_allowed(searches: int, *, written: int, moves: int = 0) -> int:
    """The most calls of one run of a save: n + 6 for up to 50 tracks.

    Each block of 100 beyond the first that is written adds a call, and so does each move of a new order. Each
    page of 50 beyond the first adds one as soon as it is known to be there: when the first page was read.

    Args:
        searches: tracks that may have to be searched for: n, and 0 where a save goes on.
        written: tracks to be written.
        moves: of a new order, at most.
    """
    return searches + _BESIDES_SEARCHES + further(written, BLOCK) + moves


def kept_for_writing(written: int, moves: int = 0) -> int:
    """How many of the calls that are allowed are not for searches."""
    return _KEPT_FOR_WRITING + further(written, BLOCK) + moves


def moves_allowed(mode: SaveMode) -> int:
    """The most moves of a save: a new order is made by moves."""
    return MAX_MOVES if mode == "reorder" else 0


def further(count: int, size: int) -> int:
    """Blocks of this size beyond the first."""
    return max(0, -(-count // size) - 1)


def calls_needed(*, creates: bool, writes: int, stood: int, stands: int) -> int:
    """Calls after the searches when nothing fails: create, or look whose it is and read it; write; read back.

    Args:
        creates: whether the playlist is new.
        writes: calls that write its entries.
        stood: entries before.
        stands: entries afterwards.
    """
    before = 1 if creates else 2 + further(stood, MAX_PAGE)
    return before + (writes + 1 + further(stands, MAX_PAGE) if writes else 0)
