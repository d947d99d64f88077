"""Edits of a list by operations: which tracks stay and where, and which the solver has to replace.

Positions are of the list that the listener sees, before the edit, whatever an earlier operation of the same
edit did. Pinned tracks keep their positions, and the others close up around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from src.constraints.models.edit import ChangeSpecOperation, MoveOperation, Operation, PositionsOperation
from src.errors import InvalidInput
from src.playlists.diff import Grounds
from src.playlists.models.result import PlaylistEntry, PlaylistResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A list after its operations, and what the solver has to do.

    Attributes:
        entries: the list, renumbered. It still holds the tracks that the solver is to replace.
        entries_fixed: track ids by position that the solver must keep: all that stay, or, when the spec
            changes, only those pinned or placed by this edit.
        rejected_ids: tracks excluded from this solving, in the order of the old list.
        never_ids: those of them that the listener named: rejected for good.
        pins: track ids by position that are pinned from now on.
        replaced: positions by the ids of the tracks to be replaced.
        moved_to: new positions by the ids of the tracks that were moved.
        spec_changes: changes to the spec.
    """

    entries: list[PlaylistEntry]
    entries_fixed: Mapping[int, str]
    rejected_ids: tuple[str, ...]
    never_ids: tuple[str, ...]
    pins: Mapping[int, str]
    replaced: Mapping[str, int]
    moved_to: Mapping[str, int]
    spec_changes: tuple[ChangeSpecOperation, ...]


@dataclass(slots=True, eq=False)
class _Item:
    """An entry under edit, compared by identity: a list may hold a track twice."""

    entry: PlaylistEntry
    pinned: bool
    placed: bool = False
    replaced: bool = False
    turned_down: bool = False


@dataclass(slots=True)
class _List:
    """The list under edit: the items as the listener sees them, and those left so far."""

    shown: Sequence[_Item]
    left: list[_Item]
    moved: list[_Item] = field(default_factory=list)
    spec_changes: list[ChangeSpecOperation] = field(default_factory=list)


def apply_operations(result: PlaylistResult, operations: Sequence[Operation]) -> Edited:
    """The list after the operations, in their order.

    Raises:
        InvalidInput: a position is not in the list, names a track that this edit removed, or is taken by a
            pinned one; nothing would be left; or a `restore` is among the operations.
    """
    shown = [_Item(entry, entry["pinned"]) for entry in result["entries"]]
    edited = _List(shown, list(shown))
    for operation in operations:
        match operation["op"]:
            case "move":
                _move(edited, operation)
            case "change_spec":
                edited.spec_changes.append(operation)
            case "restore":
                raise InvalidInput("Restoring a version must be sent alone, without other operations.")
            case _:
                _change(edited, operation)
    if not edited.left:
        raise InvalidInput("This would leave no track: delete the playlist instead, or keep one track.")
    return _finish(edited)


def with_pins(result: PlaylistResult, pins: Mapping[int, str]) -> PlaylistResult:
    """A solved list with these pins alone, each where its track is at its position.

    What was fixed for one solving only is not pinned.
    """
    entries: list[PlaylistEntry] = [
        {**entry, "pinned": pins.get(entry["position"]) == entry["track"]["id"]}
        for entry in result["entries"]
    ]
    return {**result, "entries": entries}


def edit_grounds(edited: Edited) -> Grounds:
    """Why an edit changed a list."""
    return Grounds(
        removed=frozenset(edited.never_ids) - set(edited.replaced),
        replaced=edited.replaced,
        moved=frozenset(edited.moved_to),
        spec_changed=bool(edited.spec_changes),
    )


def restored_version(operations: Sequence[Operation], present: int) -> int | None:
    """Number of the version that an edit restores; None for any other edit.

    Raises:
        InvalidInput: other operations come with it, or there is no version before the present one.
    """
    restores = [operation for operation in operations if operation["op"] == "restore"]
    if not restores:
        return None
    if len(operations) > 1:
        raise InvalidInput("Restoring a version must be sent alone, without other operations.")
    number = restores[0]["version"] or present - 1
    if number == 0:
        raise InvalidInput("This is the first version: there is none before it to restore.")
    return number


def _change(edited: _List, operation: PositionsOperation) -> None:
    items = [_item_at(edited, position) for position in dict.fromkeys(operation["positions"])]
    match operation["op"]:
        case "pin":
            for item in items:
                item.pinned, item.replaced, item.turned_down = True, False, False
        case "unpin":
            for item in items:
                item.pinned = False
        case "replace":
            for item in items:
                item.pinned, item.replaced, item.turned_down = False, True, True
        case "remove":
            _remove(edited, items)
        case "keep":
            for item in edited.left:
                if item in items:
                    item.placed, item.replaced, item.turned_down = True, False, False
                elif not item.pinned:
                    item.replaced = True


def _item_at(edited: _List, position: int) -> _Item:
    if not 1 <= position <= len(edited.shown):
        raise InvalidInput(f"The list has {len(edited.shown)} tracks: number {position} is not in it.")
    item = edited.shown[position - 1]
    if item not in edited.left:
        raise InvalidInput(
            f"Number {position} was removed earlier in this edit: leave out what follows on it."
        )
    return item


def _remove(edited: _List, items: Sequence[_Item]) -> None:
    for item in items:
        item.turned_down = True
    left = [item for item in edited.left if item not in items]
    pins = [item for item in left if item.pinned]
    # A pin beyond the end of the shorter list gets the last index that is free for it.
    at = {
        min(edited.left.index(item), len(left) - (len(pins) - number)): item
        for number, item in enumerate(pins)
    }
    edited.left = _laid_out(at, [item for item in left if not item.pinned])


def _move(edited: _List, operation: MoveOperation) -> None:
    item = _item_at(edited, operation["from_position"])
    to = operation["to_position"] - 1
    if not 0 <= to < len(edited.left):
        raise InvalidInput(
            f"The list has {len(edited.left)} tracks: nothing can be moved to number {to + 1}."
        )
    if edited.left[to].pinned and edited.left[to] is not item:
        raise InvalidInput(f"Number {to + 1} is pinned: unpin it first, or choose another position.")
    others = [other for other in edited.left if other is not item]
    at = {index: other for index, other in enumerate(edited.left) if other.pinned and other is not item}
    edited.left = _laid_out(at | {to: item}, [other for other in others if not other.pinned])
    item.placed = True
    edited.moved.append(item)


def _laid_out(at: Mapping[int, _Item], others: Sequence[_Item]) -> list[_Item]:
    """The items of `at` at their indices, the others between them in their order."""
    rest = iter(others)
    return [at[index] if index in at else next(rest) for index in range(len(at) + len(others))]


def _finish(edited: _List) -> Edited:
    numbered = [(position, item, item.entry["track"]["id"]) for position, item in enumerate(edited.left, 1)]
    solved_anew = bool(edited.spec_changes)
    rejected = [item for item in edited.shown if item.replaced or item not in edited.left]
    return Edited(
        entries=[
            {**item.entry, "position": position, "pinned": item.pinned} for position, item, _ in numbered
        ],
        entries_fixed={
            position: id_
            for position, item, id_ in numbered
            if not item.replaced and (item.pinned or item.placed or not solved_anew)
        },
        rejected_ids=_ids(rejected),
        never_ids=_ids([item for item in rejected if item.turned_down]),
        pins={position: id_ for position, item, id_ in numbered if item.pinned},
        replaced={id_: position for position, item, id_ in numbered if item.replaced},
        moved_to={id_: position for position, item, id_ in numbered if item in edited.moved},
        spec_changes=tuple(edited.spec_changes),
    )


def _ids(items: Sequence[_Item]) -> tuple[str, ...]:
    return tuple(item.entry["track"]["id"] for item in items)
