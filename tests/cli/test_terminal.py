"""Text on a terminal is printed as text, and a file that cannot be written is one message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.cli.terminal import plain, write_file
from src.errors import InvalidInput


@settings(deadline=None, database=None)
@given(st.text(st.characters()))
def test_plain_whatever_the_text_gives_printable_characters_and_line_ends(text):
    assert all(character.isprintable() or character == "\n" for character in plain(text))
    assert len(plain(text)) == len(text)


def test_write_file_when_it_cannot_be_written_raises_the_message(tmp_path):
    with pytest.raises(InvalidInput, match="not there"):
        write_file(tmp_path / "nowhere" / "file", b"x", "not there")
    write_file(tmp_path / "file", b"x", "not there")
    assert (tmp_path / "file").read_bytes() == b"x"
