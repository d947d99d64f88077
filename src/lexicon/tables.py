"""The word tables: one TOML file a subject, in this folder.

A list of words is one string with commas between the words, in single quotes: it loads ten times as fast as
an array, and twice as fast as in double quotes.
A comment above each list says what it is for.
"""

import tomllib
from functools import cache
from pathlib import Path

type Table = dict[str, object]
type Bounds = tuple[str, float | None, float | None]
"""A property, at least, at most."""


@cache
def table(subject: str) -> Table:
    """Everything in the file of a subject."""
    return tomllib.loads(Path(__file__).with_name(f"{subject}.toml").read_text(encoding="utf-8"))


def pattern(subject: str, key: str) -> str:
    """A regular expression that is written over several lines."""
    return _text(subject, key).replace("\n", "")


def word_list(subject: str, key: str) -> tuple[str, ...]:
    """Words or phrases, in the order of the file."""
    return _split(_text(subject, key))


def word_set(subject: str, key: str) -> frozenset[str]:
    """Words or phrases whose order does not matter."""
    return frozenset(word_list(subject, key))


def groups(subject: str, key: str) -> dict[str, tuple[str, ...]]:
    """A table of lists, by what the words of each list mean."""
    value = table(subject)[key]
    if not isinstance(value, dict):
        raise TypeError(f"{key} in {subject}.toml is no table")
    return {name: _split(str(words)) for name, words in value.items()}


def meanings(subject: str, key: str) -> dict[str, str]:
    """The same by word: every word of the lists, with what it means."""
    return {word: name for name, words in groups(subject, key).items() for word in words}


def numbers(subject: str, *keys: str) -> dict[str, int]:
    """Every word of several tables, with the number that it means."""
    return {word: int(number) for key in keys for word, number in meanings(subject, key).items()}


def bounds(subject: str, key: str) -> dict[str, Bounds]:
    """Every word of a list of tables, with the bounds that it sets."""
    entries = table(subject)[key]
    if not isinstance(entries, list):
        raise TypeError(f"{key} in {subject}.toml is no list of tables")
    return {
        word: (str(entry["feature"]), entry.get("low"), entry.get("high"))
        for entry in entries
        for word in _split(entry["words"])
    }


def _text(subject: str, key: str) -> str:
    value = table(subject)[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} in {subject}.toml is no text")
    return value


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))
