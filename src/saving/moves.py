"""From one order to another by the fewest moves."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """Take `length` entries from `start` and put them before the one at `before`.

    Positions count from 0 in the list before the move, as Spotify's `range_start`, `insert_before` and
    `range_length` do.
    """

    start: int
    before: int
    length: int


def apply_move[T](entries: Sequence[T], move: Move) -> list[T]:
    """The list after the move."""
    moved = list(entries[move.start : move.start + move.length])
    rest = [*entries[: move.start], *entries[move.start + move.length :]]
    place = move.before if move.before <= move.start else move.before - move.length
    return [*rest[:place], *moved, *rest[place:]]


def moves_between(standing: Sequence[str], wanted: Sequence[str]) -> list[Move]:
    """Moves that turn one order into the other, each of neighbours that stay together.

    What belongs to the longest rising run of blocks stays, each other block moves once. Among equal entries
    the first stays the first.

    Args:
        standing: the entries now.
        wanted: the same entries, as often each.
    """
    ranks = _ranks(standing, wanted)
    blocks = _blocks(ranks)
    staying = _longest_rising([block[0] for block in blocks])
    placed = {blocks[index][0] for index in staying}
    now = list(ranks)
    moves: list[Move] = []
    # In their wanted order: whatever belongs before a block is in place when the block is moved.
    for block in sorted(blocks):
        if block[0] in placed:
            continue
        start = now.index(block[0])
        before = 0 if block[0] == 0 else now.index(block[0] - 1) + 1
        move = Move(start, before, len(block))
        if before != start:
            moves.append(move)
            now = apply_move(now, move)
    return moves


def _ranks(standing: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """For each standing entry, its place in the wanted order."""
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, entry in enumerate(wanted):
        places[entry].append(place)
    return [places[entry].popleft() for entry in standing]


def _blocks(ranks: Sequence[int]) -> list[list[int]]:
    """Neighbours that are neighbours in the wanted order too, together."""
    blocks: list[list[int]] = []
    for rank in ranks:
        if blocks and blocks[-1][-1] + 1 == rank:
            blocks[-1].append(rank)
        else:
            blocks.append([rank])
    return blocks


def _longest_rising(values: Sequence[int]) -> list[int]:
    """Indices of the longest rising subsequence, by patience sorting."""
    tops: list[int] = []
    top_index: list[int] = []
    previous: list[int] = []
    for index, value in enumerate(values):
        pile = bisect_left(tops, value)
        previous.append(top_index[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        top_index[pile : pile + 1] = [index]
    chain: list[int] = []
    index = top_index[-1] if top_index else -1
    while index >= 0:
        chain.append(index)
        index = previous[index]
    return chain[::-1]
