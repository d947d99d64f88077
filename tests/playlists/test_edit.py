from contextlib import suppress
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from src.constraints.models.edit import MAX_OPERATIONS, Operation
from src.errors import InvalidInput
from src.playlists.diff import diff_lists
from src.playlists.edit import Edited, apply_operations, edit_grounds, restored_version, with_pins
from tests.playlists.lists import solved

CHANGE: Operation = {"op": "change_spec", "wishes": [], "shares": []}


def on(op: str, *positions: int) -> Operation:
    return {"op": op, "positions": list(positions)}  # type: ignore[typeddict-item]


def move(start: int, end: int) -> Operation:
    return {"op": "move", "from_position": start, "to_position": end}


def order(edited: Edited) -> str:
    return "".join(entry["track"]["id"] for entry in edited.entries)


def edit(names: str, *operations: Operation, pins: tuple[int, ...] = ()) -> Edited:
    return apply_operations(solved(names, pins), operations)


def needs_solver(edited: Edited) -> bool:
    """Whether the list is not finished yet."""
    return bool(edited.spec_changes or edited.replaced)


def test_apply_operations_of_pin_and_unpin_changes_pins_alone():
    edited = edit("ABCD", on("pin", 1, 3), on("unpin", 4), pins=(4,))
    assert [entry["pinned"] for entry in edited.entries] == [True, False, True, False]
    assert (order(edited), needs_solver(edited), edited.rejected_ids) == ("ABCD", False, ())


def test_apply_operations_of_remove_makes_the_list_shorter_and_needs_no_solver():
    edited = edit("ABCD", on("remove", 2))
    assert order(edited) == "ACD"
    assert [entry["position"] for entry in edited.entries] == [1, 2, 3]
    assert (needs_solver(edited), edited.rejected_ids, edited.never_ids) == (False, ("B",), ("B",))
    assert edited.entries_fixed == {1: "A", 2: "C", 3: "D"}


def test_apply_operations_of_remove_leaves_pins_at_their_numbers():
    assert order(edit("ABCDE", on("remove", 1), pins=(3,))) == "BDCE"


def test_apply_operations_of_remove_brings_the_last_pins_up_to_the_end():
    assert order(edit("ABCDE", on("remove", 1, 2), pins=(4, 5))) == "CDE"
    assert order(edit("ABCDE", on("remove", 5), pins=(5,))) == "ABCD"


def test_apply_operations_of_replace_leaves_all_others_fixed():
    edited = edit("ABCD", on("replace", 3))
    assert needs_solver(edited)
    assert edited.entries_fixed == {1: "A", 2: "B", 4: "D"}
    assert (edited.rejected_ids, edited.never_ids, edited.replaced) == (("C",), ("C",), {"C": 3})


def test_apply_operations_of_replace_takes_the_pin_off():
    edited = edit("ABC", on("replace", 2), pins=(2,))
    assert not edited.entries[1]["pinned"]
    assert 2 not in edited.entries_fixed


def test_apply_operations_of_keep_replaces_all_but_the_named_and_the_pinned():
    edited = edit("ABCDE", on("keep", 1, 5), pins=(3,))
    assert edited.entries_fixed == {1: "A", 3: "C", 5: "E"}
    assert edited.rejected_ids == ("B", "D")
    # They were not turned down one by one: a later refresh may bring them back.
    assert edited.never_ids == ()


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(4, 1, "DABC"), (1, 4, "BCDA"), (2, 3, "ACBD"), (3, 3, "ABCD")]
)
def test_apply_operations_of_move_puts_the_track_at_that_number(start: int, end: int, expected: str):
    edited = edit("ABCD", move(start, end))
    assert (order(edited), needs_solver(edited)) == (expected, False)
    assert edited.moved_to == {"ABCD"[start - 1]: end}


def test_apply_operations_of_move_leaves_pins_at_their_numbers():
    assert order(edit("ABCDE", move(5, 1), pins=(3,))) == "EACBD"


def test_apply_operations_of_move_takes_the_pin_along():
    edited = edit("ABCD", move(1, 3), pins=(1,))
    assert [entry["pinned"] for entry in edited.entries] == [False, False, True, False]


def test_apply_operations_of_move_to_a_pinned_place_is_refused():
    with pytest.raises(InvalidInput, match="Number 2 is pinned"):
        edit("ABCD", move(4, 2), pins=(2,))


def test_apply_operations_when_positions_follow_a_removal_mean_the_list_before():
    edited = edit("ABCDE", on("remove", 1), on("remove", 2), move(5, 1))
    assert order(edited) == "ECD"


def test_apply_operations_when_a_removed_track_is_named_again_is_refused():
    with pytest.raises(InvalidInput, match="Number 2 was removed"):
        edit("ABC", on("remove", 2), on("pin", 2))


@pytest.mark.parametrize(
    "operation", [on("pin", 4), on("remove", 0), on("replace", -1), on("keep", 99), move(4, 1), move(1, 4)]
)
def test_apply_operations_when_a_position_is_not_in_the_list_names_its_length(operation: Operation):
    with pytest.raises(InvalidInput, match="The list has 3 tracks"):
        edit("ABC", operation)


def test_apply_operations_when_nothing_would_be_left_is_refused():
    with pytest.raises(InvalidInput, match="delete the playlist"):
        edit("AB", on("remove", 1, 2))


def test_apply_operations_of_a_changed_spec_fixes_pins_and_what_was_placed_alone():
    edited = edit("ABCDE", CHANGE, move(5, 2), on("pin", 3), pins=(1,))
    assert needs_solver(edited)
    assert edited.entries_fixed == {1: "A", 2: "E", 4: "C"}
    assert edited.spec_changes == (CHANGE,)


def test_apply_operations_of_a_changed_spec_with_keep_fixes_the_kept():
    assert edit("ABCDE", on("keep", 2, 4), CHANGE).entries_fixed == {2: "B", 4: "D"}


def test_apply_operations_when_the_last_of_two_contradicts_the_first_it_holds():
    kept = edit("ABC", on("replace", 2), on("keep", 2))
    assert (kept.entries_fixed, kept.never_ids) == ({2: "B"}, ())
    pinned = edit("ABC", on("replace", 2), on("pin", 2))
    assert (needs_solver(pinned), pinned.rejected_ids) == (False, ())


def test_apply_operations_of_restore_is_refused():
    with pytest.raises(InvalidInput, match="must be sent alone"):
        edit("ABC", {"op": "restore", "version": 1})


def test_with_pins_marks_these_and_no_others():
    edited = edit("ABCD", on("replace", 3), on("pin", 1), on("unpin", 2), pins=(2, 4))
    assert edited.pins == {1: "A", 4: "D"}
    # All that stays was fixed for the solver, and a careless one put D elsewhere.
    pinned = with_pins(solved("ABDX", [1, 2, 3, 4]), edited.pins)
    assert [entry["pinned"] for entry in pinned["entries"]] == [True, False, False, False]


def test_edit_grounds_tell_the_diff_why():
    edited = edit("ABCDE", on("remove", 1), on("replace", 3), move(5, 1))
    assert order(edited) == "EBCD"
    diff = diff_lists(solved("ABCDE"), solved("EBXD"), edit_grounds(edited))
    assert {
        entry["track_id"]: entry["why"] for entry in [*diff["added"], *diff["removed"], *diff["moved"]]
    } == {
        "X": "It takes the place of “Song C”, which was to be replaced.",
        "A": "It was removed on request.",
        "C": "It was replaced on request.",
        "E": "It was moved on request.",
    }
    assert edit_grounds(edit("AB", CHANGE)).spec_changed


def test_restored_version_is_none_for_other_edits():
    assert restored_version([on("pin", 1)], 3) is None


@pytest.mark.parametrize(("asked", "present", "expected"), [(2, 5, 2), (0, 5, 4)])
def test_restored_version_counts_zero_as_the_one_before(asked: int, present: int, expected: int):
    assert restored_version([{"op": "restore", "version": asked}], present) == expected


def test_restored_version_of_the_first_or_with_others_is_refused():
    with pytest.raises(InvalidInput, match="first version"):
        restored_version([{"op": "restore", "version": 0}], 1)
    with pytest.raises(InvalidInput, match="must be sent alone"):
        restored_version([{"op": "restore", "version": 1}, on("pin", 1)], 3)


_POSITIONS = st.lists(st.integers(1, 8), min_size=1, max_size=4)
OPERATIONS = TypeAdapter(Annotated[list[Operation], Field(min_length=1, max_length=MAX_OPERATIONS)])
_OPERATIONS = st.lists(
    st.one_of(
        st.builds(
            lambda op, at: on(op, *at),
            st.sampled_from(["pin", "unpin", "remove", "replace", "keep"]),
            _POSITIONS,
        ),
        st.builds(move, st.integers(1, 8), st.integers(1, 8)),
        st.just(CHANGE),
    ),
    max_size=6,
)


@given(st.sets(st.integers(1, 8)), _OPERATIONS)
def test_apply_operations_keeps_each_track_once_and_pins_at_their_numbers(
    pins: set[int], operations: list[Operation]
):
    before = solved("ABCDEFGH", pins)
    try:
        edited = apply_operations(before, operations)
    except InvalidInput:
        return
    stands = order(edited)
    removed = set("ABCDEFGH") - set(stands)
    assert len(set(stands)) == len(stands)
    assert [entry["position"] for entry in edited.entries] == list(range(1, len(stands) + 1))
    assert removed <= set(edited.never_ids) <= set(edited.rejected_ids)
    assert not set(edited.entries_fixed.values()) & set(edited.rejected_ids)
    assert all(stands[at - 1] == name for at, name in edited.entries_fixed.items())
    fixed = set(edited.entries_fixed.values())
    assert all(entry["track"]["id"] in fixed for entry in edited.entries if entry["pinned"])
    if not needs_solver(edited):
        assert "".join(edited.entries_fixed[at] for at in range(1, len(stands) + 1)) == stands
    if not removed:
        touched = set(edited.moved_to)
        for at, name in enumerate("ABCDEFGH", 1):
            if (
                at in pins
                and name not in touched
                and not any(
                    operation["op"] in ("unpin", "replace") and at in operation["positions"]
                    for operation in operations
                )
            ):
                assert stands[at - 1] == name


@given(_OPERATIONS)
def test_apply_operations_leaves_the_list_before_as_it_was(operations: list[Operation]):
    before = solved("ABCDEFGH", [2])
    with suppress(InvalidInput):
        apply_operations(before, operations)
    assert before == solved("ABCDEFGH", [2])


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [{"op": "pin"}],
        [{"op": "pin", "positions": []}],
        [{"op": "pin", "positions": [0]}],
        [{"op": "pin", "positions": [501]}],
        [{"op": "explode", "positions": [1]}],
        [{"op": "move", "from_position": 1}],
        [{"op": "restore", "version": -1}],
        [{"op": "pin", "positions": [1], "why": "extra"}],
        [{"op": "pin", "positions": [1]}] * 51,
    ],
)
def test_operations_that_are_none_are_refused(operations: list[object]):
    with pytest.raises(ValidationError):
        OPERATIONS.validate_python(operations)


def test_operations_are_told_apart_by_their_tag():
    sent = [
        {"op": "keep", "positions": [1, 5, 9]},
        {"op": "move", "from_position": 2, "to_position": 1},
        {"op": "change_spec", "wishes": [], "shares": [], "duration_change_s": -600},
        {"op": "restore", "version": 0},
    ]
    assert OPERATIONS.validate_python(sent) == sent
