"""Genres in a message: the catalogue's own, by their names, their parts and the words listeners use; and
those that are known to be genres and that the catalogue lacks.
"""

from functools import lru_cache

from rapidfuzz.distance import OSA

from src.catalogue.names import GENRE_NAMES, genre_key, name_key
from src.lexicon.tokens import Span, Token
from src.lexicon.vocabulary import (
    COMMON_WORDS,
    ELSEWHERE,
    GENRE_WORDS,
    LANGUAGES,
    MOOD_TAGS,
    NOT_GENRES,
    Vocabulary,
)

# A shorter word is too near to others.
_SHORTEST_MISSPELT = 6
# Marks that end the name of a genre.
_BETWEEN_GENRES = frozenset(",;:.!?()\n/+、。！？")


def read_genres(tokens: list[Token], vocabulary: Vocabulary) -> list[tuple[Span, str]]:
    """Genres of the catalogue in the message, the longest names first: (span, the catalogue's spelling)."""
    texts, keys = [token.text for token in tokens], [token.key for token in tokens]
    are_words = [token.is_word for token in tokens]
    firsts = _first_words(vocabulary)
    found: list[tuple[Span, str]] = []
    position = 0
    while position < len(tokens):
        longest = min(4 if _may_begin(tokens[position], firsts) else 1, len(tokens) - position)
        for size in range(longest if are_words[position] else 0, 0, -1):
            end = position + size
            # `latin, pop` are two genres.
            if not are_words[end - 1] or _BETWEEN_GENRES.intersection(texts[position:end]):
                continue
            written, read = " ".join(texts[position:end]), " ".join(keys[position:end])
            genre = _genre(written, size, vocabulary) or _genre(read, size, vocabulary)
            if genre is not None:
                found.append((Span(position, end), genre))
                position += size - 1
                break
        position += 1
    return found


@lru_cache(maxsize=4)
def _first_words(vocabulary: Vocabulary) -> frozenset[str]:
    """The words that names of several words begin with, as written in any way."""
    names = (*vocabulary.genres, *ELSEWHERE, *GENRE_WORDS, *GENRE_NAMES)
    return frozenset(name.split()[0] for name in names if " " in name)


def _may_begin(token: Token, first_words: frozenset[str]) -> bool:
    """Whether a name of several words may begin here; most words are spared three looks."""
    return any(key.partition(" ")[0] in first_words for key in (token.key, name_key(token.text)))


@lru_cache(maxsize=65_536)
def _genre(words: str, size: int, vocabulary: Vocabulary) -> str | None:
    key = genre_key(words)
    if key in MOOD_TAGS or key in LANGUAGES:
        return None
    if size == 1 and (key in NOT_GENRES or key.removesuffix("s") in NOT_GENRES):
        return None
    spellings = (key, genre_key(GENRE_WORDS.get(key, "")), genre_key(key.removesuffix("s")))
    for spelling in spellings:
        if spelling in vocabulary.genres:
            return vocabulary.genres[spelling]
    for spelling in spellings:
        if spelling in ELSEWHERE:
            return spelling
    return _misspelt(key, vocabulary) if size == 1 and key not in COMMON_WORDS else None


@lru_cache(maxsize=16_384)
def _misspelt(word: str, vocabulary: Vocabulary) -> str | None:
    """The genre that a long word is, but for one letter (`clasical`); None when several could be."""
    if len(word) < _SHORTEST_MISSPELT or not word.isascii():
        return None
    near = [
        genre
        for key, genre in vocabulary.genres.items()
        if abs(len(key) - len(word)) <= 1
        and key[0] == word[0]
        and OSA.distance(key, word, score_cutoff=1) <= 1
    ]
    return near[0] if len(near) == 1 else None
