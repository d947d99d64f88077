"""Numbers in words and digits."""

import re

import pytest

from src.curation.spec_fractions import FRACTION, fraction_of
from src.curation.spec_numbers import NUMBER, number_of


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


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("half", 0.5),
        ("30 %", 0.3),
        ("30 percent", 0.3),
        ("150%", 1.0),
        ("two thirds", 2 / 3),
        ("a quarter", 0.25),
        ("three quarters", 0.75),
        ("1/3", 1 / 3),
        ("ein drittel", 1 / 3),
        ("la mitad", 0.5),
    ],
)
def test_fraction_of_reads_parts(text, share):
    match = re.search(FRACTION, text)
    assert match is not None
    assert fraction_of(match[0]) == pytest.approx(share)
