"""Parts of a whole in a folded prompt: `half`, `two thirds`, `30 %`, `mostly`."""

import re

from src.lexicon.numbers import NUMBER, number_of

# `mostly soul` is at least this share of the list.
MOSTLY_SHARE = 0.6
_PERCENT = r"(?:%|percent\b|per\s+cent\b|prozent\b|por\s+ciento\b|pour\s*cent\b)"
_PARTS = {
    r"thirds?|drittel|tercios?|tiers": 3,
    r"quarters?|fourths?|viertel|cuartos?|cuarta\s+parte|quarts?": 4,
    r"fifths?|funftel|quintos?": 5,
    r"tenths?|zehntel|decimos?": 10,
}
_HALF = r"(?:half|halb(?:e[srn]?)?|halfte|mitad|moitie)"
_SOME_PARTS = "|".join(_PARTS)
FRACTION = (
    rf"(?:{NUMBER}\s*{_PERCENT}|\b[1-9]/(?:[2-9]|10)\b|(?:\b(?:a|one|the|die|la)\s+)?\b{_HALF}\b"
    rf"|(?:(?:\b(?:an?|one|two|three|four|ein|zwei|un|dos|une?|deux|el|le)"
    rf"|\b\d)[\s-]+)?\b(?:{_SOME_PARTS})\b)"
)
_COUNTS = {"two": 2, "zwei": 2, "dos": 2, "deux": 2, "three": 3, "four": 4}


def fraction_of(text: str) -> float:
    """The part that a match of `FRACTION` says, 0 to 1."""
    if percent := re.match(rf"({NUMBER})\s*{_PERCENT}", text):
        return min(1.0, number_of(percent[1]) / 100)
    if slash := re.fullmatch(r"(\d)/(\d+)", text):
        return min(1.0, int(slash[1]) / int(slash[2]))
    if re.search(rf"\b{_HALF}\b", text):
        return 0.5
    parts = next(number for words, number in _PARTS.items() if re.search(rf"\b(?:{words})\b", text))
    first = text.split()[0].split("-")[0]
    count = int(first) if first.isdecimal() else _COUNTS.get(first, 1)
    return min(1.0, count / parts)
