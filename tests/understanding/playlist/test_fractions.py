"""Parts of a whole."""

import re

import pytest

from src.understanding.playlist.fractions import FRACTION, fraction_of


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
