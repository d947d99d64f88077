"""Taking words out of a prompt: places stay true, and what is left reads as a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.understanding.playlist.text import MAX_PROMPT_CHARS, open_prompt


def test_open_prompt_folds_letter_for_letter():
    prompt = open_prompt("  Flûte ‘Höhe’ – ok ")
    assert prompt.written == "Flûte ‘Höhe’ – ok"
    assert prompt.folded == "flute 'hohe' - ok"


@given(st.text(max_size=300))
def test_open_prompt_of_any_text_keeps_one_length(text):
    prompt = open_prompt(text)
    assert len(prompt.written) == len(prompt.folded)
    assert "¦" not in prompt.rest()
    assert "·" not in prompt.rest()


def test_open_prompt_when_too_long():
    with pytest.raises(InvalidInput, match="4000"):
        open_prompt("a" * (MAX_PROMPT_CHARS + 1))


def test_rest_joins_words_and_parts_clauses():
    prompt = open_prompt("a long list, starts calm and no rap")
    assert prompt.without(2, 6, joins=True).rest() == "a list, starts calm and no rap"
    assert prompt.without(11, 24).rest() == "a long list, no rap"


def test_rest_drops_a_joint_that_leads_nowhere():
    prompt = open_prompt("rock and builds up")
    assert prompt.without(9, 18).rest() == "rock"
