"""What a search asks for: words, and filters such as `artist:"Nine Paper Boats"`."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

_FILTER: Final = re.compile(
    r'\b(artist|track|album|year|genre|isrc|upc|tag):(?:"([^"]*)"|(\S+))', re.IGNORECASE
)
_YEARS: Final = re.compile(r"(\d{4})(?:-(\d{4}))?")
_WORD: Final = re.compile(r"\w+")
_APOSTROPHES: Final = re.compile(r"['’`´]")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query, read. `impossible`: nothing can match it, such as one that joins two codes."""

    words: tuple[str, ...]
    artist: tuple[str, ...] = ()
    track: tuple[str, ...] = ()
    album: tuple[str, ...] = ()
    genre: tuple[str, ...] = ()
    isrc: str | None = None
    upc: str | None = None
    tag: str | None = None
    years: tuple[int, int] | None = None
    impossible: bool = False
    filters: frozenset[str] = field(default=frozenset())


def read_query(text: str) -> SearchQuery:
    """The words and the filters of a query; a filter that is given twice counts once, by its last value."""
    found = [(name.lower(), quoted or bare) for name, quoted, bare in _FILTER.findall(text)]
    filters = dict(found)
    codes = [value for name, value in found if name in ("isrc", "upc")]
    years = _YEARS.fullmatch(filters.get("year", ""))
    rest = words_of(_FILTER.sub(" ", text).replace('"', " "))
    return SearchQuery(
        words=rest,
        artist=words_of(filters.get("artist", "")),
        track=words_of(filters.get("track", "")),
        album=words_of(filters.get("album", "")),
        genre=words_of(filters.get("genre", "")),
        isrc=filters.get("isrc"),
        upc=filters.get("upc"),
        tag=filters.get("tag"),
        years=(int(years[1]), int(years[2] or years[1])) if years else None,
        impossible=len(codes) > 1 or ("year" in filters and years is None) or not (rest or filters),
        filters=frozenset(filters),
    )


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case, accents and apostrophes; signs, where there is nothing else."""
    bare = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    words = _WORD.findall("".join(mark for mark in bare if not unicodedata.combining(mark)))
    return tuple(words or text.split())
