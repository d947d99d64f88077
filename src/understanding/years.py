"""Years, decades and eras in a message."""

from dataclasses import dataclass
from typing import NamedTuple

from src.lexicon.tables import numbers, word_list, word_set
from src.lexicon.tokens import Span, Token, phrase_at

FIRST_YEAR, LAST_YEAR = 1900, 2100

_DECADE_NAMES = numbers("years", "decades")
_AFTER = word_list("years", "after")
_FROM = word_list("years", "from")
_BEFORE = word_list("years", "before")
_UNTIL = word_list("years", "until")
_BETWEEN = word_list("years", "between")
_TO = word_set("years", "to")
_NEGATORS = word_set("years", "negators")
_SOFT_WORDS = word_set("years", "soft_words")
_PARTS = {
    "early": (0, 3),
    "mid": (4, 6),
    "middle": (4, 6),
    "late": (7, 9),
    "mid to late": (4, 9),
    "early to mid": (0, 6),
}
_RECENT = {"this year": 0, "recent": 3, "recently": 3, "brand new": 1, "modern": 10}
# By the first word, in the order of the tables: fifty phrases are looked for at every word.
_PHRASES: dict[str, list[str]] = {}
for _phrase in dict.fromkeys((*_BETWEEN, *_UNTIL, *_FROM, *_AFTER, *_BEFORE, *_RECENT)):
    _PHRASES.setdefault(_phrase.split()[0], []).append(_phrase)


@dataclass(frozen=True, slots=True)
class YearReading:
    """Years read from a span; `hard` when they were stated, `is_bound` when by a word such as `before`, whose
    negation is read with it.
    """

    span: Span
    year_from: int | None
    year_to: int | None
    hard: bool
    is_bound: bool = False


class _Period(NamedTuple):
    last: int
    year_from: int
    year_to: int
    is_decade: bool


def read_years(tokens: list[Token], this_year: int) -> list[YearReading]:
    """Every year or era in the message, in order.

    A bound (`before 2000`, `nothing after 1995`, `1990-1999`, `from the 80s`, a bare year) is hard; an era
    named for its feel (`90s vibe`, a bare `90s`) is soft: a hard filter on era words loses the right track
    in three cases of ten.
    """
    keys = [token.key for token in tokens]
    readings: list[YearReading] = []
    position = 0
    while position < len(tokens):
        reading = _read_at(tokens, keys, position, this_year)
        if reading is None:
            position += 1
            continue
        readings.append(reading)
        position = reading.span.last
    return readings


def _read_at(tokens: list[Token], keys: list[str], position: int, this_year: int) -> YearReading | None:
    negated = _is_negated(tokens, position)
    begun = _PHRASES.get(keys[position], ())
    for words in begun:
        if words in _BETWEEN and phrase_at(keys, position, words):
            start = position + len(words.split())
            first = _period(tokens, keys, start, this_year)
            if first and first.last < len(keys) and _joins(tokens, keys, first.last):
                second = _period(tokens, keys, first.last + 1, this_year)
                if second:
                    return YearReading(Span(position, second.last), first.year_from, second.year_to, True)
    for table, bound in ((_UNTIL, "until"), (_FROM, "from"), (_AFTER, "after"), (_BEFORE, "before")):
        for words in begun:
            if words not in table or not phrase_at(keys, position, words):
                continue
            start = position + len(words.split())
            while start < len(keys) and (keys[start] in ("the", "year", "le", "el", "o", "in", "-", "von")):
                start += 1
            period = _period(tokens, keys, start, this_year)
            if period is None:
                continue
            span = Span(position, period.last)
            if bound == "from":
                return _from(tokens, keys, span, period, words, negated, this_year)
            if bound == "after":
                if negated:
                    return YearReading(span, None, period.year_to, True, is_bound=True)
                return YearReading(span, period.year_to + 1, None, True, is_bound=True)
            if bound == "before":
                if negated:
                    return YearReading(span, period.year_from, None, True, is_bound=True)
                return YearReading(span, None, period.year_from - 1, True, is_bound=True)
            return YearReading(span, None, period.year_to, True, is_bound=True)
    period = _period(tokens, keys, position, this_year)
    if period is None:
        return _recent(keys, position, this_year)
    short = _short_end(tokens, keys, period)
    if short is not None:
        return YearReading(Span(position, period.last + 2), period.year_from, short, True)
    if period.last < len(keys):
        second = _period(tokens, keys, period.last + _joins(tokens, keys, period.last), this_year)
        if second and second.year_to > period.year_from:
            hard = not period.is_decade and not _is_soft(keys, position, second.last)
            return YearReading(Span(position, second.last), period.year_from, second.year_to, hard)
    return _bare(keys, position, period)


def _is_negated(tokens: list[Token], position: int) -> bool:
    """Whether one of the four words before, in the same sentence, negates."""
    for before in range(position - 1, max(-1, position - 5), -1):
        if tokens[before].ends_clause:
            return False
        if tokens[before].key in _NEGATORS:
            return True
    return False


def _from(
    tokens: list[Token],
    keys: list[str],
    span: Span,
    period: _Period,
    words: str,
    negated: bool,
    this_year: int,
) -> YearReading:
    """`from 1990 to 1995`, `since 1990`, `from the 80s`; a bare `from 1990` means that year."""
    if period.last < len(keys) and keys[period.last] in ("on", "onward", "onwards", "forward"):
        return YearReading(Span(span.first, period.last + 1), period.year_from, None, True)
    if period.last < len(keys) - 1 and _joins(tokens, keys, period.last):
        second = _period(tokens, keys, period.last + 1, this_year)
        if second:
            return YearReading(Span(span.first, second.last), period.year_from, second.year_to, True)
    if words in ("from", "desde"):
        return YearReading(span, period.year_from, period.year_to, not _is_soft(keys, span.first, span.last))
    if words == "not before" or not negated:
        return YearReading(span, period.year_from, None, True, is_bound=True)
    return YearReading(span, None, period.year_from - 1, True, is_bound=True)


def _bare(keys: list[str], position: int, period: _Period) -> YearReading | None:
    """A year or decade without a bound: a decade is a feel, a year is meant."""
    last = period.last
    if last < len(keys) and keys[last] in ("以前", "まで"):
        return YearReading(Span(position, last + 1), None, period.year_to, True, is_bound=True)
    if last < len(keys) and keys[last] in ("以降", "から"):
        return YearReading(Span(position, last + 1), period.year_from, None, True, is_bound=True)
    if last < len(keys) and keys[last] in ("or", "and") and last + 1 < len(keys):
        if keys[last + 1] in ("later", "newer", "after", "up"):
            return YearReading(Span(position, last + 2), period.year_from, None, True)
        if keys[last + 1] in ("earlier", "older", "before"):
            return YearReading(Span(position, last + 2), None, period.year_to, True)
    if last < len(keys) and keys[last] in ("onwards", "onward"):
        return YearReading(Span(position, last + 1), period.year_from, None, True)
    soft = period.is_decade or _is_soft(keys, position, last)
    around = 0 if period.is_decade or not soft else 2
    return YearReading(Span(position, last), period.year_from - around, period.year_to + around, not soft)


def _is_soft(keys: list[str], first: int, last: int) -> bool:
    near = keys[max(0, first - 1) : first] + keys[last : last + 2]
    return any(key in _SOFT_WORDS for key in near)


def _short_end(tokens: list[Token], keys: list[str], period: _Period) -> int | None:
    """The last year of `1975-85`."""
    last = period.last
    if period.is_decade or last + 1 >= len(keys) or not _joins(tokens, keys, last):
        return None
    digits = keys[last + 1]
    year = period.year_from // 100 * 100 + int(digits) if digits.isdecimal() and len(digits) == 2 else 0
    return year if year > period.year_from else None


def _joins(tokens: list[Token], keys: list[str], position: int) -> bool:
    return position < len(tokens) and (tokens[position].text in _TO or keys[position] in _TO)


def _recent(keys: list[str], position: int, this_year: int) -> YearReading | None:
    for words in _PHRASES.get(keys[position], ()):
        if words in _RECENT and phrase_at(keys, position, words):
            years = _RECENT[words]
            span = Span(position, position + len(words.split()))
            return YearReading(span, this_year - years, None, words == "this year")
    return None


def _period(tokens: list[Token], keys: list[str], position: int, this_year: int) -> _Period | None:
    """A year or decade at a position, with `early`, `mid` or `late` before it."""
    part: tuple[int, int] | None = None
    while position < len(keys) and (keys[position] in _PARTS or keys[position] in ("the", "to", "")):
        if keys[position] == "to" and part is None:
            return None
        part = _PARTS.get(keys[position], part)
        position += 1
        if position < len(keys) and tokens[position].text == "-":
            position += 1
    if position >= len(keys):
        return None
    key = keys[position]
    after = keys[position + 1] if position + 1 < len(keys) else ""
    if after == "年代" and key.isdecimal() and (decade := _decade(f"{key}s")) is not None:
        return _Period(position + 2, decade, decade + 9, True)
    if after == "年" and key.isdecimal() and len(key) == 4:
        return _Period(position + 2, int(key), int(key), False)
    if position + 1 < len(keys) and key in ("anos", "annees", "anni"):
        decade = _decade(keys[position + 1] + "s")
        position += 1
    else:
        prefix, _, rest = key.partition(" ")
        if prefix in _PARTS and rest:
            part, key = _PARTS[prefix], rest
        decade = _decade(key)
    if decade is not None:
        low, high = part or (0, 9)
        return _Period(position + 1, decade + low, min(decade + high, LAST_YEAR), True)
    if key.isdecimal() and len(key) == 4 and FIRST_YEAR <= int(key) <= this_year + 1:
        return _Period(position + 1, int(key), int(key), False)
    return None


def _decade(key: str) -> int | None:
    """The first year of a decade: `90s`, `1990s`, `90z`, `nineties`; `10s` and `20s` are this century's."""
    key = key.removeprefix("nineteen ").replace("ern", "er")
    if key.endswith("z") and key[:-1].isdecimal():
        key = f"{key[:-1]}s"
    if key in _DECADE_NAMES:
        return _DECADE_NAMES[key]
    digits = key[:-1] if key.endswith("s") else key.removesuffix("er") if key.endswith("er") else ""
    if len(digits) == 4 and digits.isdecimal() and digits[3] == "0":
        return int(digits)
    if len(digits) == 2 and digits.isdecimal() and digits[1] == "0":
        return (1900 if int(digits) >= 30 else 2000) + int(digits)
    return None
