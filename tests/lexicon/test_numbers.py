"""Numbers in words and digits."""

import re

import pytest

from src.lexicon.numbers import NUMBER, number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("25", 25),
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("10,000", 10_000),
        ("10.000", 10_000),
        ("thirty-two", 32),
        ("a hundred", 100),
        ("a hundred and twenty", 120),
        ("two dozen", 24),
        ("3 dozen", 36),
        ("baker's dozen", 13),
        ("zwei dutzend", 24),
        ("diecisiete", 17),
        ("veintiseis", 26),
        ("funfundzwanzig", 25),
        ("dreissig", 30),
        ("treinta y cinco", 35),
        ("vingt-cinq", 25),
    ],
)
def test_number_of_reads_what_number_matches(text, number):
    match = re.search(NUMBER, text)
    assert match is not None
    assert match[0] == text
    assert number_of(match[0]) == number


@pytest.mark.parametrize("text", ["someone", "un", "once upon", "often"])
def test_number_leaves_other_words(text):
    assert re.search(NUMBER, text) is None
