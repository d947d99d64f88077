"""A message as words: what every reader of wishes works on."""

import re
from dataclasses import dataclass

from src.catalogue.names import name_key

# A hyphen holds a word together unless digits follow: `lo-fi` is one word, `1990-1995` is three pieces.
_PIECE = re.compile(r"[^\W_]+(?:(?:['’.&!$]|-(?=[^\W\d_]))[^\W_]+)*[!$]?|[“”\"«»„]|[,;:.!?()\n/&+]|[-–—]")
_QUOTES = frozenset('"“”«»„')
_ENDS = frozenset(".!?;\n")
_OPEN_STRAIGHT = re.compile(r"(?:(?<=\s)|^)['‘]([^'‘’\n]{2,60}?)['’](?=[\s,.!?;)]|$)")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark of the message.

    `text` is as written, `key` as names are compared; `start` and `end` are positions in the message.
    """

    text: str
    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def ends_clause(self) -> bool:
        return self.text in _ENDS

    @property
    def is_quote(self) -> bool:
        return self.text in _QUOTES

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens from `first` up to, not including, `last`."""

    first: int
    last: int

    def overlaps(self, other: "Span") -> bool:
        return self.first < other.last and other.first < self.last


def tokenize(message: str) -> list[Token]:
    """Words and marks in order; names in single quotes come out with double ones around them."""
    text = _OPEN_STRAIGHT.sub(lambda quoted: f'"{quoted[1]}"', message)
    return [Token(piece[0], name_key(piece[0]), *piece.span()) for piece in _PIECE.finditer(text)]


def words_of(tokens: list[Token], span: Span, message: str) -> str:
    """The listener's own words in a span."""
    if span.first >= span.last:
        return ""
    return message[tokens[span.first].start : tokens[span.last - 1].end].strip()


def span_key(tokens: list[Token], span: Span) -> str:
    """The key of the words in a span, as names are compared."""
    return name_key(" ".join(token.text for token in tokens[span.first : span.last]))


def phrase_at(keys: list[str], position: int, phrase: str) -> bool:
    """Whether the words of `phrase` stand at a position."""
    words = phrase.split()
    return keys[position : position + len(words)] == words


def find_phrases(tokens: list[Token], phrases: dict[str, str], longest: int = 5) -> list[tuple[Span, str]]:
    """Where phrases of a table stand, longest first and without overlap: (span, the table's value)."""
    keys = [token.key for token in tokens]
    found: list[tuple[Span, str]] = []
    position = 0
    while position < len(keys):
        for size in range(min(longest, len(keys) - position), 0, -1):
            value = phrases.get(" ".join(keys[position : position + size]))
            if value is not None and tokens[position].is_word:
                found.append((Span(position, position + size), value))
                position += size - 1
                break
        position += 1
    return found
