"""The language of a message: for the reply's, among those that the reply's texts are written in."""

import re

from src.lexicon.tables import groups
from src.lexicon.tokens import Token

# Words of a message in which one mark tells.
_SHORT = 4
# Frequent words that the others do not share, and those that requests for music hold.
_WORDS = {language: frozenset(words) for language, words in groups("languages", "marks").items()}
_SCRIPTS = [
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
]


def message_language(message: str, tokens: list[Token]) -> str:
    """ISO 639-1 code: by script, else by frequent words; `en` when nothing tells."""
    for language, script in _SCRIPTS:
        letters = len(script.findall(message))
        if letters and 2 * letters >= sum(character.isalpha() for character in message) - letters:
            return language
    keys = [token.key for token in tokens if token.is_word]
    scores = {language: sum(key in words for key in keys) for language, words in _WORDS.items()}
    best = max(scores, key=lambda language: (scores[language], language == "en"))
    # One frequent word of another language proves little in a long message.
    is_clear = scores[best] > scores["en"] and (scores[best] > 1 or len(keys) <= _SHORT)
    return best if is_clear else "en"
