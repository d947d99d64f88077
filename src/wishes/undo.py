"""What a message takes back: `forget the 90s`, `Drake is fine again`, `start over`."""

from src.wishes.naming import NameReading
from src.wishes.tokens import Token, phrase_at

_FORGET = ("forget about", "forget", "never mind", "drop", "ignore")
_FINE = ("is fine", "is ok", "is okay", "are fine", "are ok", "are okay", "is allowed", "are allowed")
_START_OVER = ("start over", "start again", "start afresh", "forget everything", "forget all that", "reset")
_REACH = 6


def read_undo(tokens: list[Token], names: list[NameReading]) -> frozenset[str]:
    """Keys of the words that are taken back."""
    keys = [token.key for token in tokens]
    undone: set[str] = set()
    for position in range(len(keys)):
        for words in _FORGET:
            if phrase_at(keys, position, words):
                start = position + len(words.split())
                undone.update(keys[start : start + _REACH])
        if any(phrase_at(keys, position, words) for words in _FINE):
            undone.update(keys[max(0, position - _REACH) : position])
            undone.update(
                reading.artist.key if reading.artist else reading.said.casefold()
                for reading in names
                if reading.span.last <= position
            )
    return frozenset(undone)


def starts_over(tokens: list[Token]) -> bool:
    """Whether the listener wants a clean slate."""
    keys = [token.key for token in tokens]
    return any(phrase_at(keys, position, words) for position in range(len(keys)) for words in _START_OVER)
