"""The words of a request that BM25 should look for."""

from src.lexicon.tags import TAGS
from src.lexicon.tokens import tokenize
from src.lexicon.vocabulary import MOODS, TALK_WORDS

# Talk about asking rather than about music, besides the everyday words.
_REQUEST_WORDS = frozenset(
    {
        "looking",
        "need",
        "want",
        "recommend",
        "songs",
        "song",
        "music",
        "similar",
        "vibe",
        "vibes",
        "sounds",
        "help",
    }
    | {
        "having",
        "trouble",
        "anyone",
        "guys",
        "ideas",
        "suggest",
        "suggestions",
        "theme",
        "lyrics",
        "overtones",
    }
)
# Everyday words that are music to a search: they stand in genres, moods and tags.
_TELLING = frozenset(
    {
        "pop",
        "rock",
        "indie",
        "soul",
        "instrumental",
        "soundtrack",
        "quiet",
        "slow",
        "heavy",
        "happy",
        "summer",
    }
    | {
        "winter",
        "rain",
        "rainy",
        "night",
        "morning",
        "party",
        "workout",
        "trip",
        "love",
        "moon",
        "melody",
        "voice",
    }
)


def keywords(text: str) -> str:
    """The words of a text that say something of music; empty when it has none.

    Titles hold everyday words too, so that BM25 would otherwise answer `looking for …` with songs called so.
    """
    return " ".join(token.text for token in tokenize(text) if token.is_word and _tells(token.key))


def _tells(key: str) -> bool:
    is_music = key in _TELLING or key in MOODS or key in TAGS
    return (is_music or key not in TALK_WORDS) and key not in _REQUEST_WORDS
