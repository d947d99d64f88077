"""A file can be saved under any list's name, on any system."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.playlists.formats.text import MAX_NAME_BYTES, MAX_NAME_CHARS, NAMELESS, export_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dinner, then dancing", "Dinner, then dancing"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\win.ini", "C-Windows-win.ini"),
        ("  AC/DC  live \n", "AC-DC live"),
        ("夜に駆ける 🌙", "夜に駆ける 🌙"),
        ("🎉", "🎉"),
        ("...", NAMELESS),
        ("", NAMELESS),
        ("\x00\x1b[31m", "[31m"),
        ("--rm -rf", "rm -rf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("COM1", "_COM1"),
        ("nul.tar", "_nul.tar"),
        ("Aux .", "_Aux"),
        ("Console", "Console"),
        ("100% #1", "100- -1"),
    ],
)
def test_export_name_of_titles(title: str, name: str) -> None:
    assert export_name(title) == name


@given(st.text(max_size=400))
def test_export_name_of_any_text_is_safe(title: str) -> None:
    name = export_name(title)
    assert 0 < len(name) <= MAX_NAME_CHARS + 1
    assert len(name.encode()) <= MAX_NAME_BYTES + 1
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name)
    assert name == name.strip(" .")
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", name.split(".")[0].strip())
