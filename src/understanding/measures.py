"""Numbers in a message: tempo, length of a track, how many tracks, how many by one artist."""

from dataclasses import dataclass

from src.constraints.models.brief import RangeName
from src.lexicon.numbers import whole_number
from src.lexicon.tables import word_list, word_set
from src.lexicon.tokens import Phrases, Span, Token, find_phrases, index_phrases, indexed_phrase_at
from src.lexicon.vocabulary import COUNTED, VAGUE_NUMBERS
from src.understanding.negation import Polarity

MAX_COUNT = 50
# `around 120 bpm` means within this many beats a minute, `around 4 minutes` within this many seconds.
TEMPO_TOLERANCE = 6.0
LENGTH_TOLERANCE_S = 45.0

_AT_LEAST = word_set("measures", "at_least")
_AT_MOST = word_set("measures", "at_most")
_AROUND = word_set("measures", "around")
_NEGATING = frozenset({"no", "not", "nothing", "never", "dont", "isnt", "none"})
_BESIDE_BOUNDS = (
    _AT_LEAST | _AT_MOST | _AROUND | _NEGATING | {"at", "than", "tempo", "between", "de", "von", "a"}
)
_TO = frozenset({"-", "–", "to", "and", "y", "und", "et", "a", "bis"})
_MINUTES = {"minute": 60, "minutes": 60, "min": 60, "mins": 60, "minutos": 60, "minuten": 60, "seconds": 1}
_REACH = 4
# Words of the longest number that is spelled out: `a hundred and twenty`.
_LONGEST_NUMBER = 4

_BEFORE_COUNT = word_set("measures", "before_count")
_AFTER_COUNT = index_phrases(word_list("measures", "after_count"))
_MEASURED = frozenset({*_MINUTES, "bpm", "hours", "hour", "h", "s", "years", "year", "people", "kids", "of"})
_ONLY_ONE_AFTER = frozenset({"just", "only", "exactly"})
_PER_ARTIST = index_phrases(word_list("measures", "per_artist"))
_ONE_EACH = Phrases(dict.fromkeys(word_list("measures", "one_each"), ""))


@dataclass(frozen=True, slots=True)
class RangeReading:
    """Bounds on one property, read from a span."""

    span: Span
    feature: RangeName
    low: float | None
    high: float | None
    hard: bool


def read_tempo(tokens: list[Token], polarity: list[Polarity]) -> list[RangeReading]:
    """`around 120 bpm`, `no slower than 100`, `between 90 and 110 bpm`; always beats a minute."""
    keys = [token.key for token in tokens]
    spoken_of = any(key.endswith("bpm") for key in keys)
    readings: list[RangeReading] = []
    for position, key in enumerate(keys):
        number = key.removesuffix("bpm")
        if not number.isdecimal() or not 30 <= int(number) <= 300:
            continue
        if key != number:
            last = position + 1
        elif keys[position + 1 : position + 2] == ["bpm"]:
            last = position + 2
        elif spoken_of and set(keys[max(0, position - 2) : position]) & {"faster", "slower"}:
            last = position + 1
        else:
            continue
        low, high, first = _bounds(tokens, polarity, position, float(number), TEMPO_TOLERANCE)
        readings.append(RangeReading(Span(first, last), "tempo", low, high, hard=True))
    return readings


def read_duration(tokens: list[Token], polarity: list[Polarity]) -> list[RangeReading]:
    """`under 3 minutes`, `between 4 and 5 minutes long`: the length of a track, never of a whole list."""
    keys = [token.key for token in tokens]
    readings: list[RangeReading] = []
    for position in range(len(keys) - 1):
        number, unit = _number(keys[position]), _MINUTES.get(keys[position + 1])
        if number is None or unit is None:
            continue
        low, high, first = _bounds(tokens, polarity, position, float(number), LENGTH_TOLERANCE_S / unit)
        if first == position:
            # `a 40 minute commute` bounds nothing.
            continue
        low_s, high_s = (None if bound is None else bound * unit for bound in (low, high))
        readings.append(RangeReading(Span(first, position + 2), "duration_s", low_s, high_s, hard=True))
    return readings


def read_count(tokens: list[Token]) -> tuple[Span, int] | None:
    """How many tracks are asked for, 1 to 50: `give me 7`, `a dozen songs`, `top five`.

    A number that counts songs goes before one that merely follows `just`; of several the last one counts,
    since it corrects the others.
    """
    counted: list[tuple[Span, int]] = []
    asked: list[tuple[Span, int]] = []
    keys = [token.key for token in tokens]
    position = 0
    while position < len(keys):
        number, size = _number_at(keys, position) or (0, 1)
        position += size
        found = _count_at(keys, Span(position - size, position), number)
        if found is not None:
            span, count, counts_songs = found
            (counted if counts_songs else asked).append((span, count))
    best = counted or asked
    return best[-1] if best else None


def read_per_artist(tokens: list[Token]) -> tuple[Span, int] | None:
    """`at most two per artist`, `up to three each`, `all by different artists`."""
    for span, _ in find_phrases(tokens, _ONE_EACH):
        return span, 1
    keys = [token.key for token in tokens]
    for position in range(len(keys)):
        words = indexed_phrase_at(keys, position, _PER_ARTIST)
        last = position + len(words.split()) if words else 0
        if words is None or (last < len(keys) and keys[last] in COUNTED):
            # `one recording of each song`
            continue
        for back in range(position - 1, max(-1, position - 5), -1):
            count = _number(keys[back])
            if count and count <= MAX_COUNT:
                return Span(back, last), count
    return None


def _bounds(
    tokens: list[Token], polarity: list[Polarity], position: int, number: float, tolerance: float
) -> tuple[float | None, float | None, int]:
    """(low, high, where the words of the bound begin) for the number at a position."""
    keys = [token.key for token in tokens]
    joint = keys[position - 1] or tokens[position - 1].text if position >= 2 else ""
    earlier = _number(keys[position - 2].removesuffix("bpm")) if position >= 2 else None
    if joint in _TO and earlier is not None and earlier < number:
        first = position - 2
        return float(earlier), number, first - (first > 0 and keys[first - 1] in ("between", "from", "entre"))
    first = position
    while first > 0 and position - first < _REACH and keys[first - 1] in _BESIDE_BOUNDS:
        first -= 1
    said = set(keys[first:position])
    negated = bool(said & _NEGATING) or polarity[position] == "rejected"
    if said & _AT_LEAST:
        return (None, number, first) if negated else (number, None, first)
    if said & _AT_MOST:
        return (number, None, first) if negated else (None, number, first)
    return number - tolerance, number + tolerance, first


def _number_at(keys: list[str], position: int) -> tuple[int, int] | None:
    """(number, in how many words) of the longest number that begins here."""
    for size in range(min(_LONGEST_NUMBER, len(keys) - position), 0, -1):
        number = _number(" ".join(keys[position : position + size]))
        if number is not None:
            return number, size
    return None


def _count_at(keys: list[str], span: Span, count: int) -> tuple[Span, int, bool] | None:
    """(span, count, whether songs are counted) when the number there is one of tracks."""
    position, last = span.first, span.last
    if not 1 <= count <= MAX_COUNT or _is_part_of_number(keys, span):
        return None
    after, before = keys[last : last + 4], keys[position - 1] if position else ""
    per_artist = bool({"per", "each"} & set(after[:2])) or after[:3] == ["by", "the", "same"]
    if per_artist or set(after[:1]) & _MEASURED - {"of"} or before in ("number", "no", "track"):
        return None
    alone = len([key for key in keys if key]) == last - position
    if keys[position:last] == ["one"]:
        # `the first one` is no number, nor is `that one`.
        asked = before in _ONLY_ONE_AFTER or after[:1] == ["more"]
        return (span, 1, bool(set(after[:1]) & COUNTED)) if asked else None
    if any(word in COUNTED for word in after):
        return span, count, True
    follows = last < len(keys) and indexed_phrase_at(keys, last, _AFTER_COUNT) is not None
    makes = keys[max(0, position - 2) : position] == ["make", "it"]
    # `something from Iceland, 3`
    makes = makes or (before == "," and (last == len(keys) or keys[last] in (",", ".", "and", "!")))
    return (span, count, False) if before in _BEFORE_COUNT or follows or makes or alone else None


def _is_part_of_number(keys: list[str], span: Span) -> bool:
    """Whether the words next to it make it another number: `nineteen eighties`, `one hundred and twenty`."""
    before = keys[span.first - 2 : span.first - 1] if keys[span.first - 1 : span.first] == ["and"] else []
    neighbours = [*before, *keys[max(0, span.first - 1) : span.first], *keys[span.last : span.last + 1]]
    spelled = [key for key in neighbours if not key.isdecimal() and key not in COUNTED]
    return any(
        key == "thousand" or whole_number(key) is not None or whole_number(_singular(key)) is not None
        for key in spelled
    )


def _singular(key: str) -> str:
    """`eighty` of `eighties`, `ten` of `tens`."""
    return f"{key.removesuffix('ies')}y" if key.endswith("ies") else key.removesuffix("s")


def _number(key: str) -> int | None:
    return VAGUE_NUMBERS.get(key) or whole_number(key)
