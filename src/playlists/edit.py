"""Edits of a list by operations: what stays where, what goes, and whether the solver has to fill places.

Positions name what the listener sees: the list before the edit, whatever an earlier operation of the same
edit did. What is pinned stays at its number, and the others close up around it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from src.constraints.models.edit import ChangeSpecOperation, MoveOperation, Operation, PositionsOperation
from src.errors import InvalidInput
from src.playlists.diff import Grounds
from src.playlists.models.result import PlaylistEntry, PlaylistResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A list after its operations, and what is left for the solver.

    Attributes:
        entries: the list, renumbered. Tracks to be replaced still stand in it: the solver puts others there.
        entries_fixed: track ids by position that the solver must leave. All that stays, or only what is
            pinned or was placed by this edit when the spec changes.
        rejected_ids: tracks not to come again in this solving, in the order of the old list.
        never_ids: those of them that the listener turned down one by one: not to come again at all.
        pins: track ids by position that are pinned from now on.
        replaced: tracks whose places others are to take, with those places.
        moved_to: new positions by the ids of the tracks that were moved.
        spec_changes: what is asked of the list as a whole from now on.
        needs_solver: whether the list is not finished yet.
    """

    entries: list[PlaylistEntry]
    entries_fixed: Mapping[int, str]
    rejected_ids: tuple[str, ...]
    never_ids: tuple[str, ...]
    pins: Mapping[int, str]
    replaced: Mapping[str, int]
    moved_to: Mapping[str, int]
    spec_changes: tuple[ChangeSpecOperation, ...]
    needs_solver: bool


@dataclass(slots=True)
class _Item:
    entry: PlaylistEntry
    pinned: bool
    placed: bool = False
    replaced: bool = False
    turned_down: bool = False


@dataclass(slots=True)
class _List:
    """The list under edit: the items as the listener sees them, and those that are left."""

    shown: Sequence[_Item]
    rule_constraints: list[_Item]
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
                raise InvalidInput("Restoring a version stands alone: send it without other operations.")
            case _:
                _change(edited, operation)
    if not edited.rule_constraints:
        raise InvalidInput("This would leave no track: delete the playlist instead, or keep one track.")
    return _finish(edited)


def with_pins(result: PlaylistResult, pins: Mapping[int, str]) -> PlaylistResult:
    """A solved list with these pins and no others: what was only fixed for one solving is not pinned.

    A pin holds where its track stands at its place.
    """
    entries: list[PlaylistEntry] = [
        {**entry, "pinned": pins.get(entry["position"]) == entry["track"]["id"]}
        for entry in result["entries"]
    ]
    return {**result, "entries": entries}


def edit_grounds(edited: Edited) -> Grounds:
    """What an edit tells of why a list changed."""
    return Grounds(
        removed=frozenset(edited.never_ids) - set(edited.replaced),
        replaced=edited.replaced,
        moved=frozenset(edited.moved_to),
        spec_changed=bool(edited.spec_changes),
    )


def restored_version(operations: Sequence[Operation], present: int) -> int | None:
    """Number of the version that an edit restores; None when it is an edit of another kind.

    Args:
        operations: the edit.
        present: number of the present version.

    Raises:
        InvalidInput: other operations come with it, or there is no version before the present one.
    """
    restores = [operation for operation in operations if operation["op"] == "restore"]
    if not restores:
        return None
    if len(operations) > 1:
        raise InvalidInput("Restoring a version stands alone: send it without other operations.")
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
            for item in edited.rule_constraints:
                if any(item is kept for kept in items):
                    item.placed, item.replaced, item.turned_down = True, False, False
                elif not item.pinned:
                    item.replaced = True


def _item_at(edited: _List, position: int) -> _Item:
    if not 1 <= position <= len(edited.shown):
        raise InvalidInput(f"The list has {len(edited.shown)} tracks: number {position} is not in it.")
    item = edited.shown[position - 1]
    if not any(item is left for left in edited.rule_constraints):
        raise InvalidInput(
            f"Number {position} was removed earlier in this edit: leave out what follows on it."
        )
    return item


def _remove(edited: _List, items: Sequence[_Item]) -> None:
    for item in items:
        item.turned_down = True
    left = [item for item in edited.rule_constraints if not any(item is gone for gone in items)]
    at = {id(item): place for place, item in enumerate(edited.rule_constraints)}
    pins = [item for item in left if item.pinned]
    # A pin beyond the end of the shorter list takes the last place that is free for it.
    places = {min(at[id(item)], len(left) - (len(pins) - index)): item for index, item in enumerate(pins)}
    edited.rule_constraints = _laid_out(places, [item for item in left if not item.pinned])


def _move(edited: _List, operation: MoveOperation) -> None:
    item = _item_at(edited, operation["from_position"])
    to = operation["to_position"] - 1
    if not 0 <= to < len(edited.rule_constraints):
        raise InvalidInput(
            f"The list has {len(edited.rule_constraints)} tracks: nothing can be moved to number {to + 1}."
        )
    taken = edited.rule_constraints[to]
    if taken.pinned and taken is not item:
        raise InvalidInput(f"Number {to + 1} is pinned: unpin it first, or move the track to another place.")
    places = {
        place: other
        for place, other in enumerate(edited.rule_constraints)
        if other.pinned and other is not item
    }
    places[to] = item
    edited.rule_constraints = _laid_out(
        places, [other for other in edited.rule_constraints if not other.pinned and other is not item]
    )
    item.placed = True
    edited.moved.append(item)


def _laid_out(places: Mapping[int, _Item], others: Sequence[_Item]) -> list[_Item]:
    """Those with a place at their places, the others between them in their order."""
    rest = iter(others)
    return [places[at] if at in places else next(rest) for at in range(len(places) + len(others))]


def _finish(edited: _List) -> Edited:
    numbered = list(enumerate(edited.rule_constraints, 1))
    solved_anew = bool(edited.spec_changes)
    fixed = {
        position: item.entry["track"]["id"]
        for position, item in numbered
        if not item.replaced and (item.pinned or item.placed or not solved_anew)
    }
    replaced = {item.entry["track"]["id"]: position for position, item in numbered if item.replaced}
    stands = {id(item) for item in edited.rule_constraints}
    rejected = [item for item in edited.shown if item.replaced or id(item) not in stands]
    return Edited(
        entries=[{**item.entry, "position": position, "pinned": item.pinned} for position, item in numbered],
        entries_fixed=fixed,
        rejected_ids=_ids(rejected),
        never_ids=_ids([item for item in rejected if item.turned_down]),
        pins={position: item.entry["track"]["id"] for position, item in numbered if item.pinned},
        replaced=replaced,
        moved_to={
            item.entry["track"]["id"]: position
            for position, item in numbered
            if any(item is moved for moved in edited.moved)
        },
        spec_changes=tuple(edited.spec_changes),
        needs_solver=solved_anew or bool(replaced),
    )


def _ids(items: Sequence[_Item]) -> tuple[str, ...]:
    return tuple(item.entry["track"]["id"] for item in items)
