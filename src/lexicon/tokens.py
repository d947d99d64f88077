"""A message as words: what every reader works on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from src.catalogue.names import name_key
from src.lexicon.tables import meanings

# A hyphen holds a word together unless digits follow: `lo-fi` is one word, `1990-1995` is three pieces.
# A Japanese or Chinese run is cut where its script changes; `d'` and `l'` are cut from a name after them.
_KANA, _KATA, _KANJI = "\u3040-\u309f", "\u30a0-\u30ff", "\u3400-\u4dbf\u4e00-\u9fff々"
_AFTER_NAME = "(?:以外|以前|以降|年代)"
_LETTER = rf"[^\W_{_KANA}{_KATA}{_KANJI}]"
_PIECE = re.compile(
    rf"[{_KANA}]+|[{_KATA}]+|{_AFTER_NAME}|[{_KANJI}]+?(?={_AFTER_NAME})|[{_KANJI}]+"
    rf"|\d+(?=[{_KANA}{_KATA}{_KANJI}])|\b[dlDL]['’](?=[A-ZÀ-ÖØ-Þ])|\b[dl]['’](?=[a-zà-ÿ]{{4}})"
    rf"|{_LETTER}+(?:(?:['’.&!$]|-(?=[^\W\d_])){_LETTER}+)*[!$]?|[“”\"«»„「」『』]|[,;:.!?()\n/&+、。！？]|[-–—]"
)
_QUOTES = frozenset('"“”«»„「」『』')
_ENDS = frozenset(".!?;\n。！？")
_THIS_CENTURY_TO = 30
_MANY = re.compile(r"([^\W\d])\1{2,}")
_SLANG = meanings("slang", "slang")
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

    def lies_in(self, other: "Span") -> bool:
        return other.first <= self.first and self.last <= other.last


def tokenize(message: str) -> list[Token]:
    """Words and marks in order; names in single quotes come out with double ones around them."""
    text = _OPEN_STRAIGHT.sub(lambda quoted: f'"{quoted[1]}"', message)
    return [Token(piece[0], _key_in(text, piece), *piece.span()) for piece in _PIECE.finditer(text)]


def _key_in(text: str, piece: re.Match[str]) -> str:
    """The key of a word; `'99` is a year."""
    digits = piece[0]
    if len(digits) == 2 and digits.isdecimal() and piece.start() and text[piece.start() - 1] in "'’‘":
        return f"{'19' if int(digits) >= _THIS_CENTURY_TO else '20'}{digits}"
    return _key(digits)


@lru_cache(maxsize=65_536)
def _key(text: str) -> str:
    """The key of a word; haste in writing (`plz`, `onlyyy`) is put right."""
    key = name_key(text)
    key = _MANY.sub(r"\1", key)
    return _SLANG.get(key, key)


def words_of(tokens: list[Token], span: Span, message: str) -> str:
    """The listener's own words in a span."""
    if span.first >= span.last:
        return ""
    return message[tokens[span.first].start : tokens[span.last - 1].end].strip()


def span_key(tokens: list[Token], span: Span) -> str:
    """The key of the words in a span, as names are compared."""
    return name_key(spelled(tokens, span))


def spelled(tokens: list[Token], span: Span) -> str:
    """The words of a span as written, with a blank where the message has one."""
    pieces: list[str] = []
    end = tokens[span.first].start if span.first < len(tokens) else 0
    for token in tokens[span.first : span.last]:
        pieces.append(token.text if token.start == end else f" {token.text}")
        end = token.end
    return "".join(pieces)


def phrase_at(keys: list[str], position: int, phrase: str) -> bool:
    """Whether the words at a position are those of `phrase`."""
    words = phrase.split()
    return keys[position : position + len(words)] == words


type PhraseIndex = dict[str, list[tuple[str, ...]]]


def index_phrases(phrases: Iterable[str]) -> PhraseIndex:
    """Phrases by their first word, the longest first: hundreds of them are looked for at every word."""
    index: PhraseIndex = {}
    for words in sorted((tuple(phrase.split()) for phrase in phrases), key=len, reverse=True):
        index.setdefault(words[0], []).append(words)
    return index


def indexed_phrase_at(keys: list[str], position: int, index: PhraseIndex) -> str | None:
    """The longest phrase of the index at a position."""
    for words in index.get(keys[position], ()):
        if tuple(keys[position : position + len(words)]) == words:
            return " ".join(words)
    return None


class Phrases(dict[str, str]):
    """Phrases with what they mean. It knows their first words, so that most positions cost one look."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        super().__init__(meanings)
        self.first_words = frozenset(phrase.split()[0] for phrase in meanings)
        self.longest = max(len(phrase.split()) for phrase in meanings)


def find_phrases(tokens: list[Token], phrases: Phrases) -> list[tuple[Span, str]]:
    """Every phrase of a table, longest first and without overlap: (span, what it means)."""
    keys = [token.key for token in tokens]
    found: list[tuple[Span, str]] = []
    position = 0
    while position < len(keys):
        if keys[position] in phrases.first_words or " " in keys[position]:
            for size in range(min(phrases.longest, len(keys) - position), 0, -1):
                value = phrases.get(" ".join(keys[position : position + size]))
                if value is not None and tokens[position].is_word:
                    found.append((Span(position, position + size), value))
                    position += size - 1
                    break
        position += 1
    return found
