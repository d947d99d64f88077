"""A new order is made by the fewest moves."""

import random

from hypothesis import given
from hypothesis import strategies as st

from src.saving.moves import Move, apply_move, moves_between


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
