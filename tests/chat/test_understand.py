import pytest

from src.chat.understand import clean_message
from src.errors import InvalidInput


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x01", "a" * 4001])
def test_clean_message_when_unusable(text):
    with pytest.raises(InvalidInput):
        clean_message(text)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" jazz\x00 please ", "jazz  please"),
        ("a" * 4000, "a" * 4000),
        ("夜 🌙\x1b[31m", "夜 🌙 [31m"),
        ("x\ud800y", "x?y"),
    ],
)
def test_clean_message_when_odd(text, clean):
    assert clean_message(text) == clean
