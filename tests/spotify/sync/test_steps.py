"""From any state that lost answers leave, the steps lead to what is wanted, and lose nothing of others."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.errors import Conflict
from src.spotify.sync.steps import (
    EMPTY,
    LOCAL,
    MAX_MOVES,
    AddBlock,
    ChangedByOthers,
    Move,
    RemoveEvery,
    ReplaceAll,
    UnreadableEntries,
    apply_move,
    apply_step,
    moves_between,
    steps_beside,
    steps_to_append,
    steps_to_create,
    steps_to_list,
    steps_to_order,
    steps_to_replace,
)

WANTED = [f"w{number}" for number in range(250)]
BEFORE = ["b0", f"{LOCAL}1", "b1", EMPTY, "b2", "b0"]


def apply_all(entries, steps):
    now = list(entries)
    for step in steps:
        now = apply_step(now, step)
    return now


@st.composite
def disturbed(draw, wanted):
    """A list after blocks landed not at all, once, twice or in the wrong place."""
    now: list[str] = []
    for start in range(0, len(wanted), 100):
        block = wanted[start : start + 100]
        for _ in range(draw(st.integers(0, 2))):
            place = draw(st.integers(0, len(now)))
            now[place:place] = block
    return now


@given(disturbed(WANTED))
@settings(max_examples=60)
def test_steps_to_create_from_any_landings_give_exactly_the_list(entries):
    assert apply_all(entries, steps_to_create(entries, WANTED)) == WANTED


@given(st.integers(0, 250))
def test_steps_to_create_from_any_prefix_add_only_what_is_missing(length):
    steps = steps_to_create(WANTED[:length], WANTED)
    assert apply_all(WANTED[:length], steps) == WANTED
    added = [step for step in steps if isinstance(step, AddBlock)]
    if length:
        assert added == steps
        assert sum(len(step.uris) for step in added) == 250 - length


@given(disturbed(WANTED), st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=3), st.randoms())
@settings(max_examples=40)
def test_steps_to_create_leave_entries_of_others_alone(entries, foreign, chance):
    for entry in foreign:
        entries.insert(chance.randint(0, len(entries)), entry)
    after = apply_all(entries, steps_to_create(entries, WANTED))
    assert [entry for entry in after if entry in WANTED] == WANTED
    assert [entry for entry in after if entry not in WANTED] == [e for e in entries if e not in WANTED]
    assert steps_to_create(after, WANTED) == []


@given(disturbed(WANTED))
@settings(max_examples=40)
def test_steps_to_append_keep_the_list_that_stood_there(landed):
    entries = [*BEFORE, *landed]
    steps = steps_to_append(entries, BEFORE, WANTED)
    assert apply_all(entries, steps) == [*BEFORE, *WANTED]
    assert not any(isinstance(step, ReplaceAll) for step in steps)


@given(disturbed(WANTED), st.booleans())
@settings(max_examples=40)
def test_steps_to_replace_from_any_landings_give_exactly_the_list(landed, with_old):
    before = ["b0", "w3", "b1"]
    entries = [*before, *landed] if with_old else landed
    assert apply_all(entries, steps_to_replace(entries, before, WANTED)) == WANTED


def test_steps_to_replace_when_somebody_else_has_added_to_the_old_list():
    with pytest.raises(ChangedByOthers):
        steps_to_replace(["b0", "x"], ["b0"], ["w0"])


def test_steps_to_replace_when_somebody_else_has_added_to_the_new_list():
    assert steps_to_replace(["w0", "x"], ["b0"], ["w0"]) == []


def test_steps_to_create_when_an_entry_cannot_be_seen_sends_nothing():
    assert steps_to_create(["w0", EMPTY, "w2"], ["w0", "w1", "w2"]) == []


def test_steps_when_an_entry_of_ours_may_be_hidden_mend_nothing():
    with pytest.raises(UnreadableEntries):
        steps_to_create(["w0", EMPTY], ["w0", "w1", "w2"])
    with pytest.raises(UnreadableEntries):
        steps_to_append(["b0", EMPTY, EMPTY], ["b0", EMPTY], ["w0", "w1"])


def test_steps_write_blocks_of_at_most_a_hundred_with_their_positions():
    steps = steps_to_list([], WANTED)
    assert steps == [
        ReplaceAll(tuple(WANTED[:100])),
        AddBlock(tuple(WANTED[100:200]), 100),
        AddBlock(tuple(WANTED[200:]), 200),
    ]
    removed = steps_beside([*WANTED, *WANTED], (), frozenset(WANTED))
    assert [len(step.uris) for step in removed if isinstance(step, RemoveEvery)] == [100, 100, 50]


def test_steps_to_list_can_empty_a_list():
    assert steps_to_list(["a"], []) == [ReplaceAll(())]
    assert steps_to_list([], []) == []


def test_steps_to_order_moves_while_moves_are_few():
    before = [str(number) for number in range(30)]
    (move,) = steps_to_order(before, [*before[1:], before[0]], rewriting=False)
    assert apply_step(before, move) == [*before[1:], before[0]]


def test_steps_to_order_when_too_many_moves_writes_the_list_anew():
    before = [str(number) for number in range(60)]
    assert steps_to_order(before, before[::-1], rewriting=False) == [ReplaceAll(tuple(before[::-1]))]


def test_steps_to_order_when_too_many_moves_and_a_local_file_refuses():
    before = [*(str(number) for number in range(2 * MAX_MOVES)), f"{LOCAL}1"]
    with pytest.raises(Conflict) as caught:
        steps_to_order(before, before[::-1], rewriting=False)
    assert caught.value.code == "too_many_moves"


def test_steps_to_order_when_an_entry_has_gone_refuses():
    with pytest.raises(ChangedByOthers):
        steps_to_order(["a"], ["b", "a"], rewriting=False)


def test_steps_to_order_goes_on_with_a_list_that_is_half_written():
    target = [str(number) for number in range(150)]
    assert apply_all(target[:100], steps_to_order(target[:100], target, rewriting=True)) == target


@st.composite
def orders(draw):
    before = draw(st.lists(st.sampled_from("abcdefgh"), max_size=12))
    return before, draw(st.permutations(before))


@given(orders())
def test_moves_between_gives_the_wanted_order_for_any_lists(pair):
    before, wanted = pair
    now = list(before)
    for move in moves_between(before, wanted):
        assert 0 <= move.start < move.start + move.length <= len(now)
        assert 0 <= move.before <= len(now)
        assert not move.start <= move.before <= move.start + move.length
        now = apply_move(now, move)
    assert now == list(wanted)


@given(st.permutations([str(number) for number in range(9)]))
def test_moves_between_moves_no_more_than_stands_outside_of_the_longest_rising_run(wanted):
    before = [str(number) for number in range(9)]
    ranks = [wanted.index(entry) for entry in before]
    longest = [1] * len(ranks)
    for index, rank in enumerate(ranks):
        longest[index] = 1 + max(
            (longest[earlier] for earlier in range(index) if ranks[earlier] < rank), default=0
        )
    assert len(moves_between(before, wanted)) <= len(before) - max(longest)


def test_moves_between_takes_neighbours_along_in_one_move():
    before = [str(number) for number in range(200)]
    assert moves_between(before, [*before[100:150], *before[:100], *before[150:]]) in (
        [Move(100, 0, 50)],
        [Move(0, 150, 100)],
    )


def test_moves_between_when_the_order_is_the_same():
    assert moves_between(["a", "b", "a"], ["a", "b", "a"]) == []


def test_apply_move_counts_the_place_before_the_move():
    assert apply_move("abcdef", Move(0, 4, 2)) == list("cdabef")
    assert apply_move("abcdef", Move(4, 1, 2)) == list("aefbcd")


def test_moves_between_of_a_long_shuffle_ends_in_the_wanted_order():
    wanted = [str(number) for number in range(500)]
    now = wanted.copy()
    random.Random(4).shuffle(now)
    for move in moves_between(now, wanted):
        now = apply_move(now, move)
    assert now == wanted
