"""The words of a request that BM25 should look for."""

from src.wishes.tokens import tokenize
from src.wishes.vocabulary import COMMON_WORDS

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
    """The text without the words that every request holds; the whole text when nothing else is in it.

    Titles hold these words too, so that BM25 would otherwise answer `looking for …` with songs called so.
    """
    kept = [
        token.text
        for token in tokenize(text)
        if token.is_word
        and (token.key in _TELLING or token.key not in COMMON_WORDS)
        and token.key not in _REQUEST_WORDS
    ]
    return " ".join(kept) or text
