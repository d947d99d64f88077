"""Genres as listeners name them, and the vocabulary of genres that a catalogue has."""

from collections import Counter
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import SHIPPED, ArtistNames, load_artist_names
from src.catalogue.names import genre_key, genre_terms
from src.lexicon.tables import meanings, word_list, word_set
from src.lexicon.vocabulary import COMMON_WORDS

# Facet values read for the vocabulary: a catalogue of 182,513 tracks has some 5,000 genre terms.
_VOCABULARY_LIMIT = 20_000
# A part of genres' names is a genre to listeners when this many tracks share it: `house`, `folk`.
_SHARED_BY = 3
# Shorter parts of genres' names are words of some language: `en`, `de`, `do`.
_SHORTEST_PART = 3

# Listeners' words for genres that catalogues spell otherwise.
GENRE_WORDS = meanings("genres", "names")
# Genres that a catalogue may lack: their absence must be said.
ELSEWHERE = frozenset(genre_key(name) for name in word_list("genres", "elsewhere"))
# Parts of genres' names that are no genre by themselves.
NOT_GENRES = word_set("genres", "parts")
# Tags that some catalogues hold as genres, and that say a mood or an occasion to a listener.
MOOD_TAGS = word_set("genres", "mood_tags")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The catalogue's genres by key, with the spelling to show; all that they fall under; and its artists."""

    genres: dict[str, str]
    terms: frozenset[str] = frozenset()
    artists: ArtistNames = SHIPPED

    def holds(self, genre: str) -> bool:
        """Whether a track of the catalogue may be of this genre."""
        key = genre_key(genre)
        return key in self.genres or key in self.terms


async def load_vocabulary(catalogue: Catalogue) -> Vocabulary:
    """The genres and artists of the catalogue; ask once a catalogue version."""
    genres: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    for genre, tracks in (await catalogue.engine.facet("track.genres", [], _VOCABULARY_LIMIT)).items():
        key = genre_key(genre)
        genres.setdefault(key, genre)
        # `death metal` is a kind of metal, and not of death.
        kinds[key.split()[-1]] += tracks
    for term, tracks in kinds.items():
        is_word = term not in NOT_GENRES and term not in COMMON_WORDS and not term.isdecimal()
        if tracks >= _SHARED_BY and is_word and len(term) >= _SHORTEST_PART:
            genres.setdefault(term, term)
    terms = frozenset(term for genre in genres.values() for term in genre_terms(genre))
    return Vocabulary(genres, terms, await load_artist_names(catalogue))
