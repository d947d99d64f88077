"""Numbers in folded text, in digits and in words: English, German, Spanish and French."""

import re

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_DE_ONES = ["ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"]
_DE_TEENS = [
    "zehn",
    "elf",
    "zwolf",
    "dreizehn",
    "vierzehn",
    "funfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
]
_DE_TENS = ["zwanzig", "dreißig", "vierzig", "funfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_ES_ONES = ["un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
# `once` is English for something else.
_ES_TEENS = {"diez": 10, "doce": 12, "trece": 13, "catorce": 14, "quince": 15} | {
    f"dieci{one}": number for number, one in enumerate(_ES_ONES[5:], 16)
}
_ES_TWENTIES = {"veinte": 20, "veintiuno": 21} | {
    f"veinti{one}": number for number, one in enumerate(_ES_ONES, 21)
}
_ES_TENS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_FR_ONES = ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
_FR_TEENS = [
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_FR_TENS = ["vingt", "trente", "quarante", "cinquante", "soixante"]
_DOZEN = ("dozen", "dutzend", "docena", "docenas", "douzaine", "douzaines")
_DOZENS = {
    **dict.fromkeys(["dozen", "a dozen", "dutzend", "ein dutzend", "docena", "una docena"], 12),
    **dict.fromkeys(["douzaine", "une douzaine"], 12),
    **dict.fromkeys(["couple dozen", "a couple dozen", "a couple of dozen"], 24),
    **dict.fromkeys(["half a dozen", "half dozen", "ein halbes dutzend", "media docena"], 6),
    **dict.fromkeys(["demi douzaine", "une demi douzaine"], 6),
    **dict.fromkeys(["bakers dozen", "a bakers dozen", "baker's dozen", "a baker's dozen"], 13),
}
_OTHERS = {"zero": 0, "a hundred": 100, "one hundred": 100, "hundred": 100, "hundert": 100, "cien": 100}
_BIG = {"a thousand": 1_000, "one thousand": 1_000, "ten thousand": 10_000, "tausend": 1_000, "mil": 1_000}


def _words() -> dict[str, int]:
    words: dict[str, int] = {**_ES_TEENS, **_ES_TWENTIES, **_DOZENS, **_OTHERS, **_BIG}
    for ones, teens in ((_ONES, _TEENS), (_DE_ONES, _DE_TEENS), (_FR_ONES, _FR_TEENS), (_ES_ONES, [])):
        words |= {word: number for number, word in enumerate([*ones], 1)}
        words |= {word: number for number, word in enumerate(teens, 10)}
    languages = (
        (_TENS, 2, _ONES, "{ten} {one}"),
        (_DE_TENS, 2, _DE_ONES, "{one}und{ten}"),
        (_ES_TENS, 3, _ES_ONES, "{ten} y {one}"),
        (_FR_TENS, 2, _FR_ONES, "{ten}-{one}"),
    )
    for tens, lowest, ones, joined in languages:
        for place, ten in enumerate(tens, lowest):
            words[ten] = 10 * place
            words |= {joined.format(ten=ten, one=one): 10 * place + n for n, one in enumerate(ones, 1)}
    words |= {f"{one} hundred": 100 * hundreds for hundreds, one in enumerate(_ONES, 1)}
    words |= {f"a hundred and {ten}": 100 + 10 * place for place, ten in enumerate(_TENS, 2)}
    # `dreissig`, as it is typed without the letter.
    return words | {word.replace("ß", "ss"): number for word, number in words.items() if "ß" in word}


# Articles that count one in some languages, and nothing in `un poco` or `ein Lied`.
_ARTICLES = frozenset({"ein", "un"})
_WORDS = {word: number for word, number in _words().items() if word not in _ARTICLES}
_SPELLED = "|".join(
    re.escape(word).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]")
    for word in sorted(_WORDS, key=len, reverse=True)
)
# To be put into a pattern of its own; what it matches goes to `number_of`.
NUMBER = (
    r"(?:(?<![\w.,])\d{1,3}(?:[,.]\d{3})+(?!\d)|(?<![\w.,])\d{1,6}(?:[.,]\d{1,2})?"
    rf"|\b(?:{_SPELLED})\b)(?:\s+(?:{'|'.join(_DOZEN)})\b)?"
)
_DOZENS_AFTER = re.compile(rf"\s+(?:{'|'.join(_DOZEN)})$")
# Longer runs of digits count nothing that is asked for.
_MOST_DIGITS = 3
_THOUSANDS = re.compile(r"\d{1,3}(?:[,.]\d{3})+")
_KEYS = {re.sub(r"[\s-]+", " ", word): number for word, number in _WORDS.items()}


def number_of(text: str) -> float:
    """The number that a match of `NUMBER` says: `1.5`, `10,000`, `twenty-five`, `treinta y cinco`."""
    text = text.strip()
    if re.sub(r"[\s-]+", " ", text) not in _KEYS and (dozens := _DOZENS_AFTER.search(text)):
        return 12 * number_of(text[: dozens.start()])
    if _THOUSANDS.fullmatch(text):
        return float(re.sub(r"[,.]", "", text))
    if text[0].isdigit():
        return float(text.replace(",", "."))
    return float(_KEYS[re.sub(r"[\s-]+", " ", text)])


def whole_number(key: str) -> int | None:
    """The number that a key of one or more words says and nothing else: `seventeen`, `two dozen`, `17`."""
    if key.isdecimal():
        return int(key) if len(key) <= _MOST_DIGITS else None
    if key in _KEYS:
        return _KEYS[key]
    counted, _, last = key.rpartition(" ")
    dozens = whole_number(counted) if last in _DOZEN and counted else None
    return None if dozens is None else 12 * dozens


# Words of numbers: ordinary ones, that on their own name nobody.
NUMBER_WORDS = frozenset(_KEYS) | {word for key in _KEYS for word in key.replace("'", "").split()}
