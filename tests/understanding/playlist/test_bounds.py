"""Prompts of blanks and commas without end: read in proportion to their length."""

import time

import pytest

from src.understanding.playlist.contour import read_contours
from src.understanding.playlist.length import read_length
from src.understanding.playlist.text import open_prompt


@pytest.mark.parametrize("blank", [" ", "\t", "\n", " \n", "\u3000"])
def test_open_prompt_when_words_stand_far_apart_leaves_one_blank_between(blank):
    assert open_prompt(f"ten songs{blank * 900}of jazz").folded.split() == ["ten", "songs", "of", "jazz"]
    assert len(open_prompt(f"ten songs{blank * 900}of jazz").folded) == len("ten songs of jazz")


@pytest.mark.parametrize("blank", [" ", "\t", "\n"])
def test_read_length_when_words_stand_far_apart_takes_no_time(blank):
    prompt = open_prompt(f"ten songs{blank * 3_900}of jazz")

    began = time.thread_time()
    read_length(prompt)
    read_contours(prompt)

    # Cubic in the blanks it took minutes.
    assert time.thread_time() - began < 1


def test_rest_when_a_prompt_is_commas_takes_no_more_than_in_proportion():
    def cpu(commas: int) -> float:
        prompt = open_prompt(f"jazz{',' * commas}x")
        taken = []
        for _ in range(5):
            began = time.thread_time()
            prompt.rest()
            taken.append(time.thread_time() - began)
        return min(taken)

    assert cpu(3_900) < 10 * cpu(975) + 0.001
