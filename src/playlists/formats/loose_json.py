"""JSON of anybody's, taken as it comes: a value of another kind than expected counts as absent."""

import json
from typing import Final, NoReturn

from src.errors import InvalidInput
from src.playlists.formats.text import decode_text

_DIGITS: Final = 12
_LARGEST: Final = 10**_DIGITS
_EMPTY: Final[dict[str, object]] = {}


def parse_json(data: bytes) -> tuple[object, list[str]]:
    """The document, and what must be said of how it was read.

    Raises:
        InvalidInput: it is no JSON, or too large; the message names the line.
    """
    text, notes = decode_text(data)
    try:
        document: object = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Line {error.lineno}: the file is no JSON.") from None
    except (ValueError, RecursionError):
        raise InvalidInput("Line 1: the file is nested too deep, or a number is beyond all bounds.") from None
    return document, notes


def table(value: object) -> dict[str, object]:
    """The object that it is, or an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else _EMPTY


def rows(value: object) -> list[object]:
    """The array that it is; a lone value is an array of one."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def words(value: object) -> str:
    """The text that it is, or an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The texts among its values."""
    return [item for item in rows(value) if isinstance(item, str)]


def number(value: object) -> float | None:
    """The number that it is, or that its text is."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= _DIGITS:
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return float(value)


def _refuse(_constant: str) -> NoReturn:
    raise ValueError
