"""Genres in a message: the catalogue's own, by their names, their parts and the words listeners use; and
those that are known to be genres and that the catalogue lacks.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import SHIPPED, ArtistNames, load_artist_names
from src.catalogue.names import GENRE_NAMES, genre_key, genre_terms, name_key
from src.wishes.tokens import Span, Token
from src.wishes.vocabulary import COMMON_WORDS, LANGUAGES

# Facet values read for the vocabulary: a catalogue of 182,513 tracks has some 5,000 genre terms.
_VOCABULARY_LIMIT = 20_000
# A part of genres' names is a genre to listeners when this many tracks share it: `house`, `folk`.
_SHARED_BY = 3

# Shorter parts of genres' names are words of some language: `en`, `de`, `do`.
_SHORTEST_PART = 3

# A shorter word is too near to others.
_SHORTEST_MISSPELT = 6

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
    "ヒップホップ": "hip hop",
    "ラップ": "hip hop",
    "ジャズ": "jazz",
    "ロック": "rock",
    "ポップ": "pop",
    "ポップス": "pop",
    "クラシック": "classical",
    "メタル": "metal",
    "テクノ": "techno",
    "ハウス": "house",
    "レゲエ": "reggae",
    "ブルース": "blues",
    "フォーク": "folk",
    "ソウル": "soul",
    "ファンク": "funk",
    "パンク": "punk",
    "アンビエント": "ambient",
    "シティポップ": "city pop",
    "ボサノヴァ": "bossa nova",
    "ボサノバ": "bossa nova",
    "カントリー": "country",
    "재즈": "jazz",
    "힙합": "hip hop",
    "록": "rock",
    "爵士": "jazz",
    "摇滚": "rock",
    "джаз": "jazz",
    "рок": "rock",
}

# Genres that a catalogue may lack: their absence must be said.
_ELSEWHERE_NAMES = """
indie, alternative, experimental, avant-garde, roots, newage, goth, gothic, hyperpop,
bubblegum pop,
polka, klezmer, zydeco, cajun, bluegrass, flamenco, fado, tango, salsa, bachata, merengue, cumbia,
reggaeton, reggae, ska, dub, dancehall, calypso, soca, afrobeat, afrobeats, highlife, amapiano,
kwaito, gqom, rai, qawwali, bhangra, raga, gamelan, enka, city pop, j-pop, k-pop, cantopop,
mandopop, bollywood, gospel, barbershop, doo wop, rockabilly, surf rock, psychobilly, shoegaze,
dream pop, post-rock, math rock, krautrock, grunge, emo, hardcore, metalcore, deathcore, grindcore,
black metal, death metal, doom metal, thrash metal, power metal, nu metal, opera, baroque, medieval,
gregorian chant, choral, techno, trance, dubstep, grime, drum and bass, jungle, breakbeat, gabber,
hardstyle, vaporwave, synthwave, chiptune, trap, drill, phonk, boom bap, lo-fi, trip hop, ambient,
new age, drone, noise, industrial, ebm, italo disco, disco, funk, soul, motown, northern soul,
swing, bebop, big band, ragtime, dixieland, bossa nova, samba, forro, mariachi, ranchera, norteno,
chanson, schlager, volksmusik, yodel, celtic, sea shanty, americana, honky tonk, jazz, blues, folk,
country, classical, punk, metal, hip hop, r&b, house, electronic, rock, pop
"""
_ELSEWHERE = frozenset(genre_key(name) for name in _ELSEWHERE_NAMES.replace("\n", " ").split(","))

# Parts of genres' names that are no genre by themselves.
_PARTS = """
and, r, b, the, new, hop, hip, bass, drum, and b, deep, big, dance music, music, album, post,
alternative, contemporary, modern, classic, hard, soft, dream, art, trip, city, n, of, in, uk, us, k, j,
beat, wave, roll, rhythm, tropical, permanent, urban, progressive, electro, indie poptimism, vocal,
singer, cool, free, early, nova, american, british, german, french, italian, spanish, japanese, korean,
brazilian, room, russian, swedish, turkish, indian, mexican, cuban, irish, northern, southern,
east, west, coast, world, traditional, mellow, gold, show, tunes, pop film, film
"""
_NOT_GENRES = frozenset(part.strip() for part in _PARTS.replace("\n", " ").split(",")) | {
    *("instrumental", "vocal", "piano", "guitar", "acoustic", "saxophone", "synth", "organ", "violin"),
    *("strings", "orchestra", "choir", "solo", "female", "male", "band", "big band era"),
}
# Marks that end the name of a genre.
_BETWEEN_GENRES = frozenset(",;:.!?()\n/+、。！？")
# Tags that some catalogues hold as genres, and that say a mood or an occasion to a listener.
_MOOD_TAGS = frozenset({"love", "sad", "happy", "chill", "sleep", "study", "party", "romance"})


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
        is_word = term not in _NOT_GENRES and term not in COMMON_WORDS and not term.isdecimal()
        if tracks >= _SHARED_BY and is_word and len(term) >= _SHORTEST_PART:
            genres.setdefault(term, term)
    terms = frozenset(term for genre in genres.values() for term in genre_terms(genre))
    return Vocabulary(genres, terms, await load_artist_names(catalogue))


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
    names = (*vocabulary.genres, *_ELSEWHERE, *_GENRE_WORDS, *GENRE_NAMES)
    return frozenset(name.split()[0] for name in names if " " in name)


def _may_begin(token: Token, first_words: frozenset[str]) -> bool:
    """Whether a name of several words may begin here; most words are spared three looks."""
    return any(key.partition(" ")[0] in first_words for key in (token.key, name_key(token.text)))


@lru_cache(maxsize=65_536)
def _genre(words: str, size: int, vocabulary: Vocabulary) -> str | None:
    key = genre_key(words)
    if key in _MOOD_TAGS or key in LANGUAGES:
        return None
    if size == 1 and (key in _NOT_GENRES or key.removesuffix("s") in _NOT_GENRES):
        return None
    spellings = (key, genre_key(_GENRE_WORDS.get(key, "")), genre_key(key.removesuffix("s")))
    for spelling in spellings:
        if spelling in vocabulary.genres:
            return vocabulary.genres[spelling]
    for spelling in spellings:
        if spelling in _ELSEWHERE:
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
