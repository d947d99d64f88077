"""Numbers in a folded prompt, in digits and in words: English, German, Spanish and French."""

import re
from itertools import product

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DE_ONES = "ein zwei drei vier funf sechs sieben acht neun".split()
_DE_TEENS = "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn".split()
_DE_TENS = "zwanzig dreißig vierzig funfzig sechzig siebzig achtzig neunzig".split()
_ES_ONES = "un dos tres cuatro cinco seis siete ocho nueve".split()
# `once` is English for something else.
_ES_TEENS = {"diez": 10, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16}
_ES_TWENTIES = {"veinte": 20, "veinticinco": 25, "veintidos": 22, "veintitres": 23, "veinticuatro": 24}
_ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_FR_ONES = "un deux trois quatre cinq six sept huit neuf".split()
_FR_TEENS = "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split()
_FR_TENS = "vingt trente quarante cinquante soixante".split()
_DOZENS = {"a dozen": 12, "one dozen": 12, "half a dozen": 6, "two dozen": 24, "three dozen": 36}
_OTHERS = {"zero": 0, "a hundred": 100, "one hundred": 100, "hundred": 100, "hundert": 100, "cien": 100}
_BIG = {"a thousand": 1_000, "one thousand": 1_000, "ten thousand": 10_000, "tausend": 1_000, "mil": 1_000}


def _words() -> dict[str, int]:
    words: dict[str, int] = {**_ES_TEENS, **_ES_TWENTIES, **_DOZENS, **_OTHERS, **_BIG}
    for ones, teens in ((_ONES, _TEENS), (_DE_ONES, _DE_TEENS), (_FR_ONES, _FR_TEENS), (_ES_ONES, [])):
        words |= {word: number for number, word in enumerate(ones, 1)}
        words |= {word: number for number, word in enumerate(teens, 10)}
    for tens, first in ((_TENS, 20), (_DE_TENS, 20), (_FR_TENS, 20), (_ES_TENS, 30)):
        words |= {word: first + 10 * place for place, word in enumerate(tens)}
    for (ten, first), (one, number) in product(list(enumerate(_TENS, 2)), list(enumerate(_ONES, 1))):
        words[f"{first} {number}"] = 10 * ten + one
    for (ten, first), (one, number) in product(list(enumerate(_DE_TENS, 2)), list(enumerate(_DE_ONES, 1))):
        words[f"{number}und{first}"] = 10 * ten + one
    for (ten, first), (one, number) in product(list(enumerate(_ES_TENS, 3)), list(enumerate(_ES_ONES, 1))):
        words[f"{first} y {number}"] = 10 * ten + one
    for (ten, first), (one, number) in product(list(enumerate(_FR_TENS, 2)), list(enumerate(_FR_ONES, 1))):
        words[f"{first}-{number}"] = 10 * ten + one
    for hundreds, number in enumerate(_ONES, 1):
        words[f"{number} hundred"] = 100 * hundreds
    for number in range(10, 60, 10):
        words[f"a hundred and {_TEENS[0] if number == 10 else _TENS[number // 10 - 2]}"] = 100 + number
    # `dreissig` and `fünfundzwanzig` as they are typed without the letters.
    return words | {word.replace("ß", "ss"): number for word, number in words.items() if "ß" in word}


# Articles that count one in some languages, and nothing in `un poco` or `ein Lied`.
_ARTICLES = frozenset({"ein", "un"})
_WORDS = {word: number for word, number in _words().items() if word not in _ARTICLES}
_SPELLED = "|".join(
    re.escape(word).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]")
    for word in sorted(_WORDS, key=len, reverse=True)
)
# To be put into a pattern of its own; what it matches goes to `number_of`.
NUMBER = rf"(?:(?<![\w.,])\d{{1,3}}(?:[,.]\d{{3}})+(?!\d)|(?<![\w.,])\d{{1,6}}(?:[.,]\d{{1,2}})?|\b(?:{_SPELLED})\b)"
_THOUSANDS = re.compile(r"\d{1,3}(?:[,.]\d{3})+")
_KEYS = {re.sub(r"[\s-]+", " ", word): number for word, number in _WORDS.items()}


def number_of(text: str) -> float:
    """The number that a match of `NUMBER` says: `1.5`, `10,000`, `twenty-five`, `treinta y cinco`."""
    text = text.strip()
    if _THOUSANDS.fullmatch(text):
        return float(re.sub(r"[,.]", "", text))
    if text[0].isdigit():
        return float(text.replace(",", "."))
    return float(_KEYS[re.sub(r"[\s-]+", " ", text)])
