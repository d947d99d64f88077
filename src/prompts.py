"""The texts under `prompts/`, rendered strictly: a missing or an unused value is an error."""

import hashlib
import string
from functools import cache
from pathlib import Path

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"


_MAX_DATA_CHARS = 80
_MARKS = str.maketrans("<>[]|", "‹›()/")


def as_data(text: str) -> str:
    """Somebody else's text for a prompt: on one line, short, and unable to close its fence or to look like a
    handle.
    """
    return " ".join(text.split()).translate(_MARKS)[:_MAX_DATA_CHARS]


@cache
def load_prompt(name: str) -> str:
    """The raw text of `prompts/{name}`, without the newline at its end."""
    return (PROMPTS / name).read_text(encoding="utf-8").rstrip("\n")


@cache
def prompts_digest() -> str:
    """Tells one state of all texts under `prompts/` from another."""
    digest = hashlib.sha256()
    for path in sorted(PROMPTS.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def render_prompt(name: str, **values: str) -> str:
    """`prompts/{name}` with every `{value}` filled.

    Raises:
        ValueError: a placeholder has no value, or a value has no placeholder.
    """
    text = load_prompt(name)
    wanted = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    if wanted != set(values):
        raise ValueError(f"prompts/{name}: placeholders {sorted(wanted)}, values {sorted(values)}")
    return text.format_map(values)
