"""Genres in a message: the catalogue's own, by their names, their parts and the words listeners use."""

from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.names import genre_key
from src.wishes.tokens import Span, Token
from src.wishes.vocabulary import COMMON_WORDS

# Facet values read for the vocabulary: a catalogue of 182,513 tracks has some 5,000 genre terms.
_VOCABULARY_LIMIT = 20_000
# A part of genres' names is a genre to listeners when this many tracks share it: `house`, `folk`.
_SHARED_BY = 3

# Shorter parts of genres' names are words of some language: `en`, `de`, `do`.
_SHORTEST_PART = 3

# Listeners' words for genres that catalogues spell otherwise.
_GENRE_WORDS = {
    "orchestral": "classical",
    "orchestra": "classical",
    "edm": "electronic",
    "film score": "soundtrack",
    "film scores": "soundtrack",
    "movie scores": "soundtrack",
    "ost": "soundtrack",
    "osts": "soundtrack",
    "soundtracks": "soundtrack",
    "bossa": "bossa nova",
    "jazzy": "jazz",
    "bluesy": "blues",
    "folky": "folk",
    "poppy": "pop",
    "punky": "punk",
}

# Parts of genres' names that are no genre by themselves.
_PARTS = """
and, r, b, the, new, hop, hip, bass, drum, and b, deep, big, dance music, music, album, post,
alternative, contemporary, modern, classic, hard, soft, dream, art, trip, city, n, of, in, uk, us, k, j,
beat, wave, roll, rhythm, tropical, permanent, urban, progressive, electro, indie poptimism, vocal,
singer, cool, free, early, nova, american, british, german, french, italian, spanish, japanese, korean,
brazilian, room, russian, swedish, turkish, indian, african, mexican, cuban, irish, northern, southern,
east, west, coast, world, traditional, mellow, gold, show, tunes, pop film, film
"""
_NOT_GENRES = frozenset(part.strip() for part in _PARTS.replace("\n", " ").split(",")) | {
    *("instrumental", "vocal", "piano", "guitar", "acoustic", "saxophone", "synth", "organ", "violin"),
    *("strings", "orchestra", "choir", "solo", "female", "male", "band", "big band era"),
}
# Tags that some catalogues hold as genres, and that say a mood or an occasion to a listener.
_MOOD_TAGS = frozenset({"love", "sad", "happy", "chill", "sleep", "study", "party", "romance"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The catalogue's genres by key, with the spelling to show."""

    genres: dict[str, str]


async def load_vocabulary(catalogue: Catalogue) -> Vocabulary:
    """The genres of the catalogue; ask once a catalogue version."""
    genres: dict[str, str] = {}
    for genre in await catalogue.engine.facet("track.genres", [], _VOCABULARY_LIMIT):
        genres.setdefault(genre_key(genre), genre)
    for term, tracks in (await catalogue.engine.facet("genre_terms", [], _VOCABULARY_LIMIT)).items():
        is_word = term not in _NOT_GENRES and term not in COMMON_WORDS and not term.isdecimal()
        if tracks >= _SHARED_BY and is_word and len(term) >= _SHORTEST_PART:
            genres.setdefault(term, term)
    return Vocabulary(genres)


def read_genres(tokens: list[Token], vocabulary: Vocabulary) -> list[tuple[Span, str]]:
    """Genres of the catalogue in the message, the longest names first: (span, the catalogue's spelling)."""
    found: list[tuple[Span, str]] = []
    position = 0
    while position < len(tokens):
        for size in range(min(4, len(tokens) - position), 0, -1):
            words = tokens[position : position + size]
            genre = _genre(" ".join(word.text for word in words), size, vocabulary)
            if genre is not None and words[0].is_word and words[-1].is_word:
                found.append((Span(position, position + size), genre))
                position += size - 1
                break
        position += 1
    return found


def _genre(words: str, size: int, vocabulary: Vocabulary) -> str | None:
    key = genre_key(words)
    if key in _MOOD_TAGS or (size == 1 and key in _NOT_GENRES):
        return None
    genre = vocabulary.genres.get(key)
    if genre is None and key in _GENRE_WORDS:
        genre = vocabulary.genres.get(genre_key(_GENRE_WORDS[key]))
    return genre
