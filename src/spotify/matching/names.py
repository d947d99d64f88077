"""Whether two names are the same title or the same first artist, however each side spells them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from src.catalogue.lookup import within_typos
from src.catalogue.names import name_key
from src.spotify.matching.versions import TABLES

# `near`: alike enough where the length agrees too. `unreadable`: in scripts that cannot be compared.
type Likeness = Literal["same", "near", "unreadable", "other"]

_CREDIT: Final = re.compile(
    r"\s*(?:,|;|\+|&|/|\band\b|\bx\b|\bvs\b\.?|\bfeat\b\.?|\bft\b\.?|\bfeaturing\b|\bwith\b)\s*",
    re.IGNORECASE,
)
_GUEST: Final = re.compile(r"\s+[(\[]?(?:feat|ft|featuring)\b\.?\s", re.IGNORECASE)
_BAND: Final = re.compile(r" and (?:the|his|her|their|los|las|die|les) ")
_UMLAUTS: Final = str.maketrans(dict(zip("äöüåøÄÖÜÅØ", ["ae", "oe", "ue", "aa", "oe"] * 2, strict=True)))
_LATIN: Final = re.compile("[a-z]")
_NUMBERED: Final = frozenset({"part", "volume", "number", "chapter", "act", "book", "movement"})
_SHORT_FOR: Final[dict[str, str]] = TABLES["short_for"]
_COUNTED: Final[dict[str, str]] = TABLES["counted"]
# A part of a bracketed or dashed title that is a name by itself.
_SHORTEST_NAME: Final = 2
# A Latin part with such a word is a note on the recording rather than the title once more.
_NOTE: Final = re.compile(
    r"\b(?:live|duet|ver|version|mix|remix|edit|take|demo|inst|instrumental|acoustic|cover)\b"
)
_DASH: Final = re.compile(" [-–—] ")
_BRACKET: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def title_likeness(one: str, two: str, *, aliases: Sequence[str] = ()) -> Likeness:
    """How alike two song names are, without their notes; `aliases` are other names of the first."""
    ones = {key for name in (one, *aliases) for key in _title_keys(name)}
    twos = _title_keys(two)
    if ones & twos:
        return "same"
    if any(key in twos for name in (one, *aliases) for key in _script_parts(name)):
        return "same"
    if any(key in ones for key in _script_parts(two)):
        return "same"
    if _is_near(one, two):
        return "near"
    return "other" if _comparable(one, two) else "unreadable"


def artist_likeness(
    credited: Sequence[str], others: Sequence[str], *, aliases: Sequence[str] = (), guests: Sequence[str] = ()
) -> Likeness:
    """Whether the first artist of the catalogue (`credited`) is the first of Spotify (`others`).

    `aliases` are other names of the first; `guests` are named in a title on either side.
    """
    if not credited or not others:
        return "other"
    first, other = _GUEST.split(credited[0])[0], _GUEST.split(others[0])[0]
    ones, twos = {key for name in (first, *aliases) for key in artist_keys(name)}, artist_keys(other)
    if ones & twos or _is_joint(first, others, guests) or _is_joint(other, [*credited, *aliases], guests):
        return "same"
    if artist_keys(" and ".join(credited)) & twos or ones & artist_keys(" and ".join(others)):
        return "same"
    if _is_near_artist(first, other):
        return "near"
    return "other" if _comparable(first, other) else "unreadable"


def artist_keys(name: str) -> frozenset[str]:
    """The forms in which an artist's name is compared: without spaces and `the`; umlauts both ways."""
    return frozenset(_artist_key(form) for form in {name, name.translate(_UMLAUTS)})


def same_people(ones: Iterable[str], twos: Iterable[str]) -> bool:
    """Whether anybody is among both."""
    keys = {key for name in ones for key in artist_keys(name)}
    return any(key in keys for name in twos for key in artist_keys(name))


def split_credit(credit: str) -> list[str]:
    """The names within one credit: `A & B feat. C` is three."""
    return [part for part in _CREDIT.split(credit) if part]


def _is_joint(credit: str, others: Sequence[str], guests: Sequence[str]) -> bool:
    """Whether a credit names the first of `others` first, and otherwise only known artists."""
    first, *rest = split_credit(credit) or [credit]
    if not rest or not artist_keys(first) & artist_keys(others[0]):
        return False
    known = {
        key
        for name in (*others, *guests)
        for part in (name, *split_credit(name))
        for key in artist_keys(part)
    }
    return all(artist_keys(name) & known for name in rest)


def _is_near_artist(one: str, two: str) -> bool:
    """A leader with and without the band, or first and last name the other way round."""
    a, b = name_key(one), name_key(two)
    shorter, longer = sorted((a, b), key=len)
    if longer.startswith(shorter) and _BAND.match(longer.removeprefix(shorter)):
        return True
    return len(a.split()) > 1 and sorted(a.split()) == sorted(b.split())


def _is_near(one: str, two: str) -> bool:
    """Word for word a typo apart, with the same numbers. A word more is another song."""
    ones, twos = name_key(one).split(), name_key(two).split()
    return len(ones) == len(twos) and all(
        a == b or (a.isalpha() and b.isalpha() and within_typos(a, b))
        for a, b in zip(ones, twos, strict=True)
    )


def _title_keys(name: str) -> frozenset[str]:
    return frozenset(_title_key(form) for form in {name, name.translate(_UMLAUTS)})


def _title_key(name: str) -> str:
    words: list[str] = []
    for word in name_key(name).split():
        full = _SHORT_FOR.get(word, word)
        words.append(_COUNTED.get(full, full) if words and words[-1] in _NUMBERED else full)
    return "".join(words) or name


def _artist_key(name: str) -> str:
    words = ["and" if word == "n" else word for word in name_key(name).removeprefix("the ").split()]
    return "".join(words) or name


def _script_parts(name: str) -> frozenset[str]:
    """A title that says itself in two scripts, taken apart: `너에게 (To You)`, `君の歌 - Kimi no Uta`."""
    bracketed = [_BRACKET.sub(" ", name), *_BRACKET.findall(name)]
    parts = bracketed if len(bracketed) > 1 else _DASH.split(name)
    if len(parts) < 2 or len({is_latin(part) for part in parts}) < 2:
        return frozenset()
    if any(_NOTE.search(name_key(part)) for part in parts):
        return frozenset()
    return frozenset(_title_key(part) for part in parts if len(part.strip()) >= _SHORTEST_NAME)


def is_latin(name: str) -> bool:
    """Whether any letter of the name is Latin."""
    return bool(_LATIN.search(name_key(name)))


def _comparable(one: str, two: str) -> bool:
    """False where one is written in Latin letters and the other in others; signs and digits are anybody's."""
    return is_latin(one) == is_latin(two) or not (_has_letters(one) and _has_letters(two))


def _has_letters(name: str) -> bool:
    return any(letter.isalpha() for letter in name)
