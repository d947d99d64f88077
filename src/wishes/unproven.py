"""What no record can prove or disprove, however it is said: films, charts, awards, key changes."""

from src.wishes.tokens import Span, Token, find_phrases
from src.wishes.vocabulary import UNCHECKABLE

# The work that is named after these words belongs to them.
_NAMED_WORKS = frozenset({"from a film", "from a game", "from a series"})


def read_unproven(tokens: list[Token]) -> list[tuple[Span, str]]:
    """(span, what) of every such wish, in order; `from the film Pulp Fiction` is one."""
    readings: list[tuple[Span, str]] = []
    for span, what in find_phrases(tokens, UNCHECKABLE):
        last = span.last
        while what in _NAMED_WORKS and last < len(tokens) and tokens[last].is_capitalised:
            last += 1
        readings.append((Span(span.first, last), what))
    return readings
