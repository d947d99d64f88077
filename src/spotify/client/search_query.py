"""Queries in the syntax of Spotify's search: field filters and plain words."""

from typing import Final

# Spotify answers 400 to a longer one.
MAX_QUERY: Final = 250
_MAX_VALUE: Final = 120
# Quotes of any script end a quoted value, and a colon makes a filter of the word before it.
_SYNTAX: Final = frozenset('":“”„‟＂：')
_OPERATORS: Final = frozenset({"AND", "OR", "NOT"})
_LAST_YEAR: Final = 9999


def search_query(
    *,
    words: str = "",
    title: str = "",
    artist: str = "",
    album: str = "",
    year: int | tuple[int, int] | None = None,
    genre: str = "",
    isrc: str = "",
) -> str:
    """Field filters and plain words as one query of at most 250 characters; empty without any value.

    Quotes and colons are removed from every value: the syntax cannot escape them, and a value must not become
    a filter. A query that is too long is cut, the longest value first.
    """
    values = {
        "": _plain(words),
        "isrc": "".join(character for character in isrc if character.isascii() and character.isalnum()),
        "track": _plain(title),
        "artist": _plain(artist),
        "album": _plain(album),
        "genre": _plain(genre),
    }
    while (excess := len(query := _joined(values, year)) - MAX_QUERY) > 0:
        longest = max(values, key=lambda name: len(values[name]))
        # At most half at a time: another value may be the longest by then.
        kept = len(values[longest]) - min(excess, max(1, len(values[longest]) // 2))
        values[longest] = values[longest][:kept].strip()
    return query


def _joined(values: dict[str, str], year: int | tuple[int, int] | None) -> str:
    filters = [_filter(name, value) for name, value in values.items() if value]
    return " ".join([*filters, *_years(year)])


def _filter(name: str, value: str) -> str:
    if not name:
        return value
    is_one_word = value.isalnum() and value.isascii() and value.upper() not in _OPERATORS
    return f"{name}:{value}" if is_one_word else f'{name}:"{value}"'


def _years(year: int | tuple[int, int] | None) -> list[str]:
    if year is None:
        return []
    years = sorted(min(max(each, 0), _LAST_YEAR) for each in (year if isinstance(year, tuple) else (year,)))
    return ["year:" + "-".join(str(each) for each in dict.fromkeys(years))]


def _plain(value: str) -> str:
    # Unprintable characters find nothing, and half of a surrogate pair cannot even be sent.
    cleaned = "".join(
        " " if character in _SYNTAX or not character.isprintable() else character for character in value
    )
    return " ".join(cleaned.split())[:_MAX_VALUE].strip()
