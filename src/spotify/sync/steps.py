"""From the present entries of a playlist to the wanted ones: the next writes, without a call.

Entries are compared as the keys of `spotify/sync/entries.py`. From any state that a lost answer or a crash
has left, the steps lead to the wanted list or fail with a reason: so a save can be resumed.
"""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from src.errors import Conflict


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


def moves_between(entries: Sequence[str], wanted: Sequence[str]) -> list[Move]:
    """Moves that turn one order into the other, each of neighbours that stay together.

    Blocks in the longest rising run stay, and each other block moves once. Among equal entries the first
    stays the first. `wanted` has the same entries, as often each.
    """
    ranks = _ranks(entries, wanted)
    blocks = _blocks(ranks)
    staying = _longest_rising([block[0] for block in blocks])
    placed = {blocks[index][0] for index in staying}
    now = list(ranks)
    moves: list[Move] = []
    # In their wanted order: when a block is moved, everything before it is in place.
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


def _ranks(entries: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """For each entry, its position in the wanted order."""
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, entry in enumerate(wanted):
        places[entry].append(place)
    return [places[entry].popleft() for entry in entries]


def _blocks(ranks: Sequence[int]) -> list[list[int]]:
    """Entries that stay neighbours in the wanted order, together."""
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


BLOCK: Final = 100
# Beyond it a new order is written as a whole list, in a call for each 100 entries.
MAX_MOVES: Final = 20
# Substitutes for entries that no URI can write again.
LOCAL: Final = "local:"
EMPTY: Final = "empty"


@dataclass(frozen=True, slots=True)
class ReplaceAll:
    """The list becomes these URIs, at most 100."""

    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddBlock:
    """These URIs, at most 100, go in at `position` from 0; None: at the end at that time."""

    uris: tuple[str, ...]
    position: int | None


@dataclass(frozen=True, slots=True)
class RemoveEvery:
    """Every entry with one of these URIs, at most 100, goes out."""

    uris: tuple[str, ...]


type Step = ReplaceAll | AddBlock | RemoveEvery | Move


class ChangedByOthers(Conflict):
    """The playlist holds entries that are neither old nor ours: going on would destroy them."""


class UnreadableEntries(Conflict):
    """Entries that should be tracks cannot be seen, so nothing is repaired."""


def apply_step(entries: Sequence[str], step: Step) -> list[str]:
    """The list after a step that was carried out once."""
    match step:
        case ReplaceAll(uris):
            return list(uris)
        case AddBlock(uris, position):
            place = len(entries) if position is None else position
            return [*entries[:place], *uris, *entries[place:]]
        case RemoveEvery(uris):
            return [entry for entry in entries if entry not in uris]
        case Move():
            return apply_move(entries, step)


def is_lost_by_rewriting(entry: str) -> bool:
    """Whether an entry cannot be written again: a local file, or one that has lost its track."""
    return entry == EMPTY or entry.startswith(LOCAL)


def steps_to_list(entries: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Make the list these URIs: append the missing end, or write all anew."""
    if list(entries) == list(wanted):
        return []
    if entries and list(wanted[: len(entries)]) == list(entries):
        return _additions(wanted, len(entries))
    return [ReplaceAll(tuple(wanted[:BLOCK])), *_additions(wanted, BLOCK)]


def steps_beside(entries: Sequence[str], wanted: Sequence[str], own: Collection[str]) -> list[Step]:
    """Make our own entries the `wanted` URIs, in order and once each, and leave every other entry alone.

    `own` are the URIs that we may add and remove, `wanted` among them.
    """
    ours = [entry for entry in entries if entry in own]
    if ours == list(wanted):
        return []
    if ours == list(wanted[: len(ours)]):
        return _at_the_end(wanted[len(ours) :])
    return [*_removals(ours), *_at_the_end(wanted)]


def steps_to_create(entries: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Fill a playlist that we created; entries of others stay."""
    own = frozenset(wanted)
    if is_masked(entries, wanted):
        return []
    if all(entry in own for entry in entries):
        return steps_to_list(entries, wanted)
    return _beside_unless_masked(entries, wanted, own, 0)


def steps_to_append(entries: Sequence[str], before: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Add to the end of a playlist; nothing in `wanted` was in it before."""
    if is_masked(entries, [*before, *wanted]):
        return []
    return _beside_unless_masked(entries, wanted, frozenset(wanted), before.count(EMPTY))


def steps_to_replace(entries: Sequence[str], before: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Replace a list by another; `ChangedByOthers` when others added entries to the old one."""
    own = frozenset(wanted)
    known = own | frozenset(before)
    if is_masked(entries, wanted):
        return []
    if all(entry in known for entry in entries):
        return steps_to_list(entries, wanted)
    if any(entry in known and entry not in own for entry in entries):
        raise changed_by_others()
    return _beside_unless_masked(entries, wanted, own, 0)


def steps_to_order(entries: Sequence[str], target: Sequence[str], *, rewriting: bool) -> list[Step]:
    """Put the entries in another order: by moves while these are few, else by writing the list anew.

    `rewriting`: the list is being written anew, so that a part may be missing. `too_many_moves`: a rewrite
    would lose entries.
    """
    if list(entries) == list(target):
        return []
    if rewriting:
        if any(entry not in set(target) for entry in entries):
            raise changed_by_others()
        return steps_to_list(entries, target)
    if Counter(entries) != Counter(target):
        raise changed_by_others()
    moves = moves_between(entries, target)
    if len(moves) <= MAX_MOVES:
        return list(moves)
    if any(is_lost_by_rewriting(entry) for entry in target):
        raise Conflict(
            f"That order takes more than {MAX_MOVES} moves, and writing the list anew would lose its local "
            "files: ask for a smaller change of the order.",
            code="too_many_moves",
        )
    return steps_to_list(entries, target)


def is_masked(entries: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the list is the wanted one, as far as its entries can be seen."""
    return len(entries) == len(wanted) and all(
        there in (entry, EMPTY) for there, entry in zip(entries, wanted, strict=True)
    )


def changed_by_others() -> ChangedByOthers:
    """The error for a list that others changed."""
    return ChangedByOthers(
        "The playlist was changed by somebody else meanwhile: look at it in Spotify, then ask again.",
        code="playlist_changed",
    )


def lost_files() -> Conflict:
    """The error for writing a list anew that holds entries which cannot be written again."""
    return Conflict(
        "The playlist holds local files, or entries whose track is gone, which would be lost: append to it, "
        "or save a new playlist.",
        code="local_files",
    )


def _beside_unless_masked(
    entries: Sequence[str], wanted: Sequence[str], own: Collection[str], empty_before: int
) -> list[Step]:
    steps = steps_beside(entries, wanted, own)
    hidden = entries.count(EMPTY) > empty_before and not frozenset(wanted) <= frozenset(entries)
    if steps and hidden:
        raise UnreadableEntries(
            "Spotify shows entries of the playlist without their tracks, so nothing is mended: send the same "
            "request again later.",
            code="playlist_unreadable",
        )
    return steps


def _additions(wanted: Sequence[str], start: int) -> list[Step]:
    return [
        AddBlock(tuple(wanted[place : place + BLOCK]), place) for place in range(start, len(wanted), BLOCK)
    ]


def _at_the_end(uris: Sequence[str]) -> list[Step]:
    return [AddBlock(tuple(uris[place : place + BLOCK]), None) for place in range(0, len(uris), BLOCK)]


def _removals(ours: Sequence[str]) -> list[Step]:
    once = list(dict.fromkeys(ours))
    return [RemoveEvery(tuple(once[place : place + BLOCK])) for place in range(0, len(once), BLOCK)]
