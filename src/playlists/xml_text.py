"""Text as XML 1.0 can hold it."""

from html import escape
from typing import Final

_ALLOWED: Final = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_SPACES: Final = frozenset({0x9, 0xA})


def xml_text(text: str) -> str:
    """Escaped for an element or an attribute; what no XML may hold, even escaped, is left out."""
    return escape("".join(letter for letter in text if _is_allowed(ord(letter))))


def _is_allowed(code: int) -> bool:
    return code in _SPACES or any(low <= code <= high for low, high in _ALLOWED)
