"""Prose or not: handles, addresses, markup and hidden letters; and where a sentence ends."""

import re
import unicodedata

_LONGEST_WORD = 60
_HANDLE = re.compile(r"\bt-?\d+\b|[\[\]]", re.IGNORECASE)
# Addresses and markup: a weak model's leftovers, or somebody else's words.
_NOT_PROSE = re.compile(
    r"\w+:/|www\.|\w\.(?:com|net|org|io|fm|tv|co|me|ly|gg|app|shop|xyz|example|info|link)\b|\w@\w|@\w"
    r"|<[\w/|!?<]|[\w|/\"]>|[{}\\`|~^_=]|&#?\w+;|\*\*|#\w|--|\w\(|\b\w+:\w+:|\b[A-Ga-g][#♯♭]"
)
# Letters that are not seen, or turn the line around: words could hide behind them.
_HIDDEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_APOSTROPHES = str.maketrans("’‘ʼ′`´", "''''''")
# Or `beat`, a genre to some catalogues, would be read in it.
_BEATS = re.compile(r"\bbeats (?:per|a) minute\b", re.IGNORECASE)
# The full stop of an abbreviation ends no sentence: what follows it is a name.
_ABBREVIATIONS = (
    *("Dr", "Mr", "Mrs", "Ms", "St", "No", "no", "Nr", "Vol", "vol", "Feat", "feat", "Ft", "ft", "vs"),
    *("Jr", "Prod", "prod", "[A-Z]"),
)
_ENDS_NONE = "".join(rf"(?<!\b{word}\.)" for word in _ABBREVIATIONS)
SENTENCE_END = re.compile(rf"(?<=[.!?。！？]){_ENDS_NONE}\s+|(?<=[。！？])")


def is_prose(text: str) -> bool:
    """Whether a text is plain words: no handle, address, markup, hidden letter, or word of two scripts."""
    words = text.split()
    # Before the patterns: on a word without end they are quadratic.
    if any(word.isascii() and len(word) > _LONGEST_WORD for word in words):
        return False
    if _HANDLE.search(text) or _NOT_PROSE.search(text) or _HIDDEN.search(text):
        return False
    return not any(_mixes_scripts(word) for word in words)


def _mixes_scripts(word: str) -> bool:
    if word.isascii():
        return False
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


def straight(text: str) -> str:
    """One kind of apostrophe, one word for tempo, and hyphened words apart: `mid-’80s` as `mid '80s`."""
    return _BEATS.sub("bpm", _HYPHEN.sub(" ", text.translate(_APOSTROPHES)))
