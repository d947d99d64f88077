"""Genres as listeners name them, and the vocabulary of genres that a catalogue has."""

from collections import Counter
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import SHIPPED, ArtistNames, load_artist_names
from src.catalogue.names import genre_key, genre_terms
from src.lexicon.vocabulary import COMMON_WORDS

# Facet values read for the vocabulary: a catalogue of 182,513 tracks has some 5,000 genre terms.
_VOCABULARY_LIMIT = 20_000


# A part of genres' names is a genre to listeners when this many tracks share it: `house`, `folk`.
_SHARED_BY = 3


# Shorter parts of genres' names are words of some language: `en`, `de`, `do`.
_SHORTEST_PART = 3


# Listeners' words for genres that catalogues spell otherwise.
GENRE_WORDS = {
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


ELSEWHERE = frozenset(genre_key(name) for name in _ELSEWHERE_NAMES.replace("\n", " ").split(","))


# Parts of genres' names that are no genre by themselves.
_PARTS = """
and, r, b, the, new, hop, hip, bass, drum, and b, deep, big, dance music, music, album, post,
alternative, contemporary, modern, classic, hard, soft, dream, art, trip, city, n, of, in, uk, us, k, j,
beat, wave, roll, rhythm, tropical, permanent, urban, progressive, electro, indie poptimism, vocal,
singer, cool, free, early, nova, american, british, german, french, italian, spanish, japanese, korean,
brazilian, room, russian, swedish, turkish, indian, mexican, cuban, irish, northern, southern,
east, west, coast, world, traditional, mellow, gold, show, tunes, pop film, film
"""


NOT_GENRES = frozenset(part.strip() for part in _PARTS.replace("\n", " ").split(",")) | {
    *("instrumental", "vocal", "piano", "guitar", "acoustic", "saxophone", "synth", "organ", "violin"),
    *("strings", "orchestra", "choir", "solo", "female", "male", "band", "big band era"),
}


# Tags that some catalogues hold as genres, and that say a mood or an occasion to a listener.
MOOD_TAGS = frozenset({"love", "sad", "happy", "chill", "sleep", "study", "party", "romance"})


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
