"""Ids as Spotify writes them: 22 characters of base 62, here made from names."""

import hashlib
import re
import string
from typing import Final

_DIGITS: Final = string.digits + string.ascii_letters
_LENGTH: Final = 22
_ID: Final = re.compile(r"[0-9A-Za-z]{22}")


def fake_id(seed: int, kind: str, *names: str) -> str:
    """The id of what has these names, the same at every start with the same seed."""
    digest = hashlib.sha256("\x1f".join((str(seed), kind, *names)).encode()).digest()
    number = int.from_bytes(digest[:16])
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(digits)


def is_id(text: str) -> bool:
    """Whether the text could be an id."""
    return _ID.fullmatch(text) is not None


def split_uri(uri: str) -> tuple[str, str] | None:
    """(kind, id) of `spotify:kind:id`; None for anything else."""
    parts = uri.split(":")
    if len(parts) != 3 or parts[0] != "spotify" or not parts[1] or not parts[2]:
        return None
    return parts[1], parts[2]
