"""The listener's own listening as an example: `like what I've been playing lately`, `my liked songs`."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.constraints.models.brief import OwnSource
from src.lexicon.tables import meanings, word_list, word_set
from src.lexicon.tokens import Phrases, Span, Token, find_phrases, words_of

_SOURCES = Phrases(meanings("own_listening", "sources"))
_RULING_OUT = word_set("own_listening", "ruling_out")
_BEFORE = word_set("own_listening", "before")
_AFTER = word_set("own_listening", "after")
_TIMES = word_list("own_listening", "times")
_LIKENESS = frozenset({"like", "to", "from", "on", "of", "off", "as", "open", "in"})
_MAX_NAME = 6


@dataclass(frozen=True, slots=True)
class OwnReading:
    """Where the listener's own listening is named; `playlist` is the name of an own playlist.

    `is_ruled_out`: the words themselves leave it out, such as `none of`.
    """

    span: Span
    source: OwnSource
    playlist: str = ""
    is_ruled_out: bool = False


def read_own_listening(tokens: Sequence[Token], text: str) -> list[OwnReading]:
    """Every such place, in order."""
    listed = list(tokens)
    found = [_reading(listed, span, value) for span, value in find_phrases(listed, _SOURCES)]
    return found + [
        reading
        for reading in _playlists(listed, text)
        if not any(reading.span.overlaps(other.span) for other in found)
    ]


def _reading(tokens: list[Token], span: Span, value: str) -> OwnReading:
    widened = _widened(tokens, span)
    before = {token.key for token in tokens[max(0, widened.first - 2) : span.first]}
    return OwnReading(widened, _source(value), is_ruled_out=value == "unheard" or bool(before & _RULING_OUT))


def _source(value: str) -> OwnSource:
    match value:
        case "top":
            return "top"
        case "saved":
            return "saved"
        case _:
            return "recent"


def _widened(tokens: list[Token], span: Span) -> Span:
    """With `what` before it and `lately` after it."""
    first, last = span.first, span.last
    while first > 0 and span.first - first < 3 and tokens[first - 1].key in _BEFORE:
        first -= 1
    while last < len(tokens) and last - span.last < 3:
        pair = " ".join(token.key for token in tokens[last : last + 2])
        if pair in _TIMES:
            last += 2
        elif tokens[last].key in _AFTER:
            last += 1
        else:
            break
    return Span(first, last)


def _playlists(tokens: list[Token], text: str) -> list[OwnReading]:
    """`like my playlist Night Drive`, `from my "Night Drive" playlist`."""
    readings: list[OwnReading] = []
    for position, token in enumerate(tokens):
        before = tokens[position - 1].key if position else ""
        if token.key != "my" or before not in _LIKENESS:
            continue
        if position + 1 < len(tokens) and tokens[position + 1].key == "playlist":
            name = _name_after(tokens, position + 2)
            span = Span(position, name.last if name else position + 2)
        else:
            name = _name_before(tokens, position + 1)
            span = Span(position, name.last + 1) if name else Span(position, position)
        if name is not None:
            written = words_of(tokens, name, text).strip("\"“”«»'. ")
            if written:
                readings.append(OwnReading(_past_quote(tokens, span), "playlist", written))
    return readings


def _name_after(tokens: list[Token], first: int) -> Span | None:
    """A quoted name, or capitalised words."""
    while first < len(tokens) and tokens[first].key in ("called", "named"):
        first += 1
    if first < len(tokens) and tokens[first].is_quote:
        return _quoted(tokens, first)
    last = first
    while last < len(tokens) and last - first < _MAX_NAME and tokens[last].is_capitalised:
        last += 1
    return Span(first, last) if last > first else None


def _name_before(tokens: list[Token], first: int) -> Span | None:
    """The words between `my` and `playlist`."""
    for last in range(first + 1, min(first + _MAX_NAME + 3, len(tokens))):
        if tokens[last].key == "playlist":
            return Span(first, last)
    return None


def _quoted(tokens: list[Token], first: int) -> Span | None:
    closing = next((place for place in range(first + 1, len(tokens)) if tokens[place].is_quote), None)
    return None if closing is None or closing == first + 1 else Span(first + 1, closing)


def _past_quote(tokens: list[Token], span: Span) -> Span:
    more = span.last < len(tokens) and tokens[span.last].is_quote
    return Span(span.first, span.last + 1) if more else span
