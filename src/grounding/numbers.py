"""Numbers written as words, and keys: `nineteen eighty-seven`, `the eighties`, `in F sharp minor`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from src.lexicon.numbers import TENS, UNITS_AND_TEENS
from src.lexicon.tables import numbers, word_set

_SMALL = {"zero": 0, "oh": 0} | UNITS_AND_TEENS
_POWERS = {"hundred": 100, "thousand": 1_000}
ENGLISH_NUMBER_WORDS = _SMALL.keys() | TENS.keys() | _POWERS.keys()
# Below this a number alone is everyday speech (`two slow ones`), unless a unit follows it.
_EVERYDAY_TO = 12
_UNITS = word_set("claims", "units")

# Names of decades, and tens in other languages, which name them too: the last two digits of the decade.
_DECADE_NAMES = numbers("years", "written_decades")
_DECADE = re.compile(r"^((?:1[89]|20)?\d0)(?:s|ies|er|ern)$")
PARTS_OF_DECADE = {"early": (0, 3), "mid": (3, 7), "middle": (3, 7), "late": (6, 9)}
_NOTES = ("c", "c sharp", "d", "d sharp", "e", "f", "f sharp", "g", "g sharp", "a", "a sharp", "b")
_FLATS = {1: "d flat", 3: "e flat", 6: "g flat", 8: "a flat", 10: "b flat"}
_MODES = frozenset({"major", "minor"})
_FOREIGN_MODES = word_set("claims", "foreign_modes")
_MODE_ALONE = word_set("claims", "mode_alone")


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A number in words: its digits, as they are said one after the other, and the word after it."""

    digits: str
    after: str


def spoken_numbers(words: Sequence[str]) -> Iterator[SpokenNumber]:
    """Numbers written out in folded words, without those of everyday speech."""
    position = 0
    while position < len(words):
        end = position
        while end < len(words) and (_is_number(words[end]) or _joins(words, position, end)):
            end += 1
        if end == position:
            position += 1
            continue
        after = words[end] if end < len(words) else ""
        values = list(_values(words[position:end]))
        if len(values) > 1 or values[0] > _EVERYDAY_TO or after in _UNITS:
            joined = str(values[0]) + "".join(f"{value:02d}" for value in values[1:])
            yield SpokenNumber(joined, after)
        position = end


def decade_names(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Decades by name: (last two digits, the word before)."""
    for position, word in enumerate(words):
        digits = _DECADE_NAMES.get(word)
        if digits is None and word.endswith("ern"):
            digits = _DECADE_NAMES.get(word[:-1])
        if digits is None and word == "vingt" and words[position - 1 : position] == ["quatre"]:
            digits = 80
        if digits is not None:
            yield digits, words[position - 1] if position else ""


def is_decade(key: str) -> bool:
    """Whether a key names a decade in digits: `90s`, `1990s`, `90er`."""
    return _DECADE.match(key) is not None


def decade_key(key: str) -> str:
    """`90s`, `90ies` and `90er` as `90s`, `1990s` as it is; anything else unchanged."""
    match = _DECADE.match(key)
    return f"{match[1]}s" if match else key


def key_names(key: int, mode: int | None) -> set[str]:
    """How a recording's key may be called: `a sharp minor`, `b flat minor`; its note alone without a mode."""
    notes = {_NOTES[key], _FLATS.get(key, _NOTES[key])}
    return notes if mode is None else {f"{note} {'major' if mode else 'minor'}" for note in notes}


def claimed_keys(words: Sequence[str]) -> Iterator[str]:
    """Keys and modes that folded words speak of: `f sharp minor`, `minor`, `c` after `key of`."""
    for position, word in enumerate(words):
        if word in _FOREIGN_MODES:
            yield word
        if word in _MODES:
            after = words[position + 1] if position + 1 < len(words) else ""
            note = "" if after in _MODE_ALONE else _note_before(words, position)
            yield f"{note} {word}".strip()
        if word == "of" and words[position - 1 : position] == ["key"] and position + 1 < len(words):
            accidental = words[position + 2 : position + 3]
            yield " ".join(
                [words[position + 1], *(accidental if accidental in (["sharp"], ["flat"]) else [])]
            )


def _note_before(words: Sequence[str], position: int) -> str:
    before = list(words[max(0, position - 2) : position])
    if before and before[-1] in ("sharp", "flat"):
        return " ".join(before)
    return before[-1] if before and len(before[-1]) == 1 else ""


def _is_number(word: str) -> bool:
    return word in _SMALL or word in TENS or word in _POWERS


def _joins(words: Sequence[str], start: int, position: int) -> bool:
    """`one hundred and forty`: `and` within a number."""
    return (
        words[position] == "and"
        and position > start
        and words[position - 1] in _POWERS
        and position + 1 < len(words)
        and _is_number(words[position + 1])
    )


def _values(words: Sequence[str]) -> Iterator[int]:
    """The run as whole numbers: `nineteen eighty seven` is 19 and 87, `two thousand five` is 2005."""
    value: int | None = None
    open_to = 0
    for word in words:
        if word == "and":
            continue
        if word in _POWERS:
            value = (1 if value is None else value) * _POWERS[word]
            open_to = _POWERS[word]
            continue
        number = _SMALL[word] if word in _SMALL else TENS[word]
        if value is not None and number < open_to:
            value += number
        else:
            if value is not None:
                yield value
            value = number
        open_to = 10 if word in TENS else 0
    if value is not None:
        yield value
