"""The words of a request that BM25 should look for."""

from src.lexicon.tables import word_set
from src.lexicon.tokens import tokenize
from src.lexicon.vocabulary import MOODS, TAGS, TALK_WORDS

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
