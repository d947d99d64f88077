"""Languages and countries in a message: what is sung, where artists are from, the reply's own language."""

import re
from dataclasses import dataclass
from typing import Literal

from src.lexicon.tables import groups, word_set
from src.lexicon.tokens import Phrases, Span, Token, find_phrases
from src.lexicon.vocabulary import COUNTRIES, DEMONYMS, LANGUAGES

_BEFORE_LANGUAGE = word_set("origins", "before_language")
_AFTER_LANGUAGE = word_set("origins", "after_language")
_SUNG = word_set("origins", "sung")
_AFTER_PEOPLE = word_set("origins", "after_people")
_PEOPLES = Phrases(DEMONYMS | LANGUAGES)
_BEFORE_COUNTRY = word_set("origins", "before_country")
_LANGUAGE_FIRST = word_set("origins", "language_first")


@dataclass(frozen=True, slots=True)
class OriginReading:
    """A language (ISO 639) or a country (ISO 3166-1 alpha-2); `demanded` when it is more than a style."""

    span: Span
    kind: Literal["language", "country"]
    code: str
    demanded: bool


def read_origins(tokens: list[Token]) -> list[OriginReading]:
    """Every language and country in the message, in order, one reading a word.

    `in French` and `French songs` are about the words, `French bands` and `from France` about the artists;
    `French house` is a matter of style, read as where it comes from.
    """
    readings: list[OriginReading] = []
    for span, _ in find_phrases(tokens, _PEOPLES):
        word = " ".join(token.key for token in tokens[span.first : span.last])
        before = tokens[span.first - 1].key if span.first else ""
        after = tokens[span.last].key if span.last < len(tokens) else ""
        language, country = LANGUAGES.get(word), DEMONYMS.get(word)
        if country is not None and _is_about_people(tokens, span.last):
            readings.append(OriginReading(span, "country", country, demanded=True))
        elif language is not None and (
            before in _BEFORE_LANGUAGE or after in _AFTER_LANGUAGE or _goes_on(tokens, readings, span)
        ):
            readings.append(OriginReading(span, "language", language, demanded=True))
        elif country is not None and after not in _SUNG and word not in _LANGUAGE_FIRST:
            readings.append(OriginReading(span, "country", country, demanded=False))
        elif language is not None:
            readings.append(OriginReading(span, "language", language, demanded=False))
        elif country is not None:
            readings.append(OriginReading(span, "country", country, demanded=False))
    for span, code in find_phrases(tokens, COUNTRIES):
        if span.first and tokens[span.first - 1].key in _BEFORE_COUNTRY and _is_place(tokens, span):
            readings.append(OriginReading(span, "country", code, demanded=True))
    return sorted(readings, key=lambda reading: reading.span.first)


def _goes_on(tokens: list[Token], readings: list[OriginReading], span: Span) -> bool:
    """`in Icelandic or Finnish`: the second is a language as the first."""
    return bool(readings) and (
        readings[-1].kind == "language"
        and readings[-1].demanded
        and readings[-1].span.last + 1 == span.first
        and (
            tokens[span.first - 1].key in ("or", "and", "o", "y", "oder", "ou")
            or tokens[span.first - 1].text == ","
        )
    )


def _is_about_people(tokens: list[Token], position: int) -> bool:
    """Whether artists are named within the next three words: `Swedish metal bands`."""
    for token in tokens[position : position + 3]:
        if not token.is_word:
            return False
        if token.key in _AFTER_PEOPLE:
            return True
    return False


def _is_place(tokens: list[Token], span: Span) -> bool:
    """`us`, `in` and `the` are everyday words: short names need their capitals, `in` needs a place."""
    written = tokens[span.first].text
    return len(written) > 2 or written.isupper()


# Words of a message in which one mark tells.
_SHORT = 4
# Frequent words that the others do not share, and those that requests for music hold.
_WORDS = {language: frozenset(words) for language, words in groups("languages", "marks").items()}
_SCRIPTS = [
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
]


def message_language(message: str, tokens: list[Token]) -> str:
    """ISO 639-1 code: by script, else by frequent words; `en` when nothing tells."""
    for language, script in _SCRIPTS:
        letters = len(script.findall(message))
        if letters and 2 * letters >= sum(character.isalpha() for character in message) - letters:
            return language
    keys = [token.key for token in tokens if token.is_word]
    scores = {language: sum(key in words for key in keys) for language, words in _WORDS.items()}
    best = max(scores, key=lambda language: (scores[language], language == "en"))
    # One frequent word of another language proves little in a long message.
    is_clear = scores[best] > scores["en"] and (scores[best] > 1 or len(keys) <= _SHORT)
    return best if is_clear else "en"
