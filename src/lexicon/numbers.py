"""Numbers in folded text, in digits and in words: English, German, Spanish and French."""

import re

from src.lexicon.tables import groups, numbers

_DOZEN = ("dozen", "dutzend", "docena", "docenas", "douzaine", "douzaines")
_ENGLISH = groups("numbers", "english")
# Numbers up to ninety by their English words, of which larger ones are made.
UNITS_AND_TEENS = {word: number for number, word in enumerate((*_ENGLISH["ones"], *_ENGLISH["teens"]), 1)}
TENS = {word: 10 * tens for tens, word in enumerate(_ENGLISH["tens"], 2)}


def _words() -> dict[str, int]:
    words = numbers("numbers", "single", "dozens")
    for language, lowest, joined in (
        ("english", 2, "{ten} {one}"),
        ("german", 2, "{one}und{ten}"),
        ("spanish", 3, "{ten} y {one}"),
        ("french", 2, "{ten}-{one}"),
    ):
        table = groups("numbers", language)
        ones = {one: number for number, one in enumerate(table["ones"], 1)}
        words |= ones | {teen: number for number, teen in enumerate(table.get("teens", ()), 10)}
        for tens, ten in enumerate(table["tens"], lowest):
            words[ten] = 10 * tens
            words |= {joined.format(ten=ten, one=one): 10 * tens + number for one, number in ones.items()}
    words |= {f"{one} hundred": 100 * hundreds for hundreds, one in enumerate(_ENGLISH["ones"], 1)}
    words |= {f"a hundred and {ten}": 100 + number for ten, number in TENS.items()}
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
