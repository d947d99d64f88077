"""Words of listeners and what they mean in a record, and the genres that a catalogue has."""

from collections import Counter
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import SHIPPED, ArtistNames, load_artist_names
from src.catalogue.names import genre_key, genre_terms
from src.lexicon.numbers import NUMBER_WORDS
from src.lexicon.tables import bounds, groups, meanings, numbers, word_list, word_set
from src.lexicon.tokens import Phrases, tokenize

# A listener's word for a mood or for an instrument, a voice, an occasion, and what catalogues write for it;
# the moods and tags that count as one of them as well; and what it sounds like.
MOODS = Phrases(meanings("moods", "names"))
MOOD_KIN = groups("moods", "kin")
MOOD_SOUND = bounds("moods", "sound")
TAGS = Phrases(meanings("tags", "names"))
TAG_KIN = groups("tags", "kin")
TAG_SOUND = bounds("tags", "sound")

# Names of languages and of their speakers, to ISO 639; and how a language is shown.
LANGUAGES = Phrases(meanings("languages", "names"))
LANGUAGE_NAMES = {code: name.capitalize() for name, code in reversed(LANGUAGES.items())} | {
    "pt": "Portuguese",
    "zh": "Chinese",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "zxx": "no words",
}

# Names of countries and words for what comes from them, to ISO 3166-1 alpha-2; and how a country is shown.
COUNTRIES = Phrases(meanings("countries", "names"))
DEMONYMS = Phrases(meanings("countries", "people"))
COUNTRY_NAMES = {code: name.title() for name, code in reversed(COUNTRIES.items())} | {
    "US": "the United States",
    "GB": "the United Kingdom",
    "KR": "South Korea",
    "NL": "the Netherlands",
    "CD": "Congo",
    "CZ": "the Czech Republic",
    "PH": "the Philippines",
}

VERSIONS = Phrases(meanings("versions", "names"))

# What no record can prove or disprove, however it is said.
UNCHECKABLE = Phrases(meanings("uncheckable", "names"))

VAGUE_NUMBERS = numbers("numbers", "vague")
# What a number of tracks is said with.
COUNTED = word_set("words", "counted")

# Talk of a request that says nothing of music.
TALK_WORDS = word_set("words", "talk")
# Words that are never by themselves the name of somebody, however the catalogue's artists are called.
COMMON_WORDS = word_set("words", "common") | NUMBER_WORDS | {"couple", "handful", "single"}


_REQUEST_WORDS = word_set("words", "request")
_TELLING = word_set("words", "telling")


def keywords(text: str) -> str:
    """The words of a text that say something of music; empty when it has none.

    Titles hold everyday words too, so that BM25 would otherwise answer `looking for …` with songs called so.
    """
    return " ".join(token.text for token in tokenize(text) if token.is_word and _tells(token.key))


def _tells(key: str) -> bool:
    is_music = key in _TELLING or key in MOODS or key in TAGS
    return (is_music or key not in TALK_WORDS) and key not in _REQUEST_WORDS


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
