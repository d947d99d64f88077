"""How names and texts are made comparable: folding, keys, versions, trigrams."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Letters that Unicode does not decompose, and signs that stand for letters inside a word (P!nk, A$AP).
_LETTERS = str.maketrans("øłđðıə’‘`´", "olddie''''") | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
_SIGNS_IN_WORDS = re.compile(r"(?<=\w)([!$])(?=\w)")
_SIGN_LETTERS = {"!": "i", "$": "s"}
_DROPPED = re.compile(r"['.·]")
# Vowel signs of Indic and South-East Asian scripts belong to the word; `re` does not count them as letters.
_NOT_WORD = re.compile("[^\\w\u0900-\u0963\u0966-\u109f\u1780-\u17d3]+|_")
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")

_VERSION_WORDS = {
    word: version
    for version, words in {
        "live": ("live", "unplugged"),
        "remix": ("remix", "rework", "bootleg", "mix", "vip"),
        "karaoke": ("karaoke",),
        "cover": ("tribute", "cover"),
        "acoustic": ("acoustic", "stripped"),
        "instrumental": ("instrumental",),
        "demo": ("demo",),
        "edit": ("edit",),
        "remaster": ("remaster", "remastered"),
        "rerecorded": ("rerecorded",),
        "orchestral": ("orchestral",),
        "sped up": ("sped", "nightcore"),
        "slowed": ("slowed",),
    }.items()
    for word in words
}
# Words that make a bracket or a tail a note on the release rather than part of the title.
_NOTE_WORDS = frozenset(
    {"feat", "ft", "featuring", "with", "from", "version", "mono", "stereo", "single", "album", "original"}
    | {"bonus", "deluxe", "explicit", "clean", "radio", "extended", "soundtrack", "ost", "edition"}
    | {"session", "sessions", "recorded", "prod", "mixed", "anniversary"}
)
_KARAOKE_TITLE = re.compile(r"originally performed by|made famous by|in the style of", re.IGNORECASE)
_BRACKET = re.compile(r" ?[(\[]([^()\[\]]*)[)\]]")
_DASH = re.compile(" [-–—] ")
_FEATURED = re.compile(r" (?:feat|ft|featuring)\b\.?\s.*$", re.IGNORECASE)


class SongTitle(NamedTuple):
    """A title taken apart: the song's name, and what the title says of the recording."""

    name: str
    versions: tuple[str, ...]


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """A name in the form in which names are compared: `"Sigur Rós"` gives `"sigur ros"`, `"R.E.M."` `"rem"`.

    Case, accents, dots and apostrophes go, other punctuation becomes a space, `&` becomes `and`. A
    name of signs alone (`"!!!"`) stays as it is, in lower case.
    """
    decomposed = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    letters = _MARKS.sub("", decomposed.casefold()).translate(_LETTERS)
    text = unicodedata.normalize("NFC", letters)
    text = _SIGNS_IN_WORDS.sub(lambda sign: _SIGN_LETTERS[sign[1]], text.replace("&", " and "))
    return " ".join(_NOT_WORD.sub(" ", _DROPPED.sub("", text)).split()) or text.strip()


def fold_text(text: str) -> str:
    """Text as it is indexed and searched by BM25: folded like names, runs of CJK cut into bigrams."""
    return " ".join(part for word in name_key(text).split() for part in _cut_cjk(word))


def _cut_cjk(word: str) -> list[str]:
    if not _CJK.search(word):
        return [word]
    parts: list[str] = []
    end = 0
    for run in _CJK.finditer(word):
        parts.append(word[end : run.start()])
        letters = run[0]
        parts.extend(
            [letters] if len(letters) == 1 else [letters[i : i + 2] for i in range(len(letters) - 1)]
        )
        end = run.end()
    parts.append(word[end:])
    return [part for part in parts if part]


def trigrams(key: str) -> str:
    """The letter trigrams of a key's words, as words for a text index: a name with a typo keeps most of them.

    `ø` marks the ends of words: no key holds it, and the index takes it for a letter.
    """
    words = [f"ø{word}ø" for word in key.split()]
    return " ".join(dict.fromkeys(word[i : i + 3] for word in words for i in range(len(word) - 2)))


@lru_cache(maxsize=65_536)
def split_title(title: str) -> SongTitle:
    """Take version notes and featured artists off a title.

    `"Clocks - Remastered 2011 (feat. X) [Live]"` gives `("Clocks", ("live", "remaster"))`. A bracket or a
    tail that is no such note is part of the name: `"(I Can't Get No) Satisfaction"` stays whole.
    """
    versions: set[str] = {"karaoke"} if _KARAOKE_TITLE.search(title) else set()
    # Runs of spaces would make the patterns below quadratic.
    name = " ".join(title.split())

    def cut(note: str) -> bool:
        words = name_key(note).split()
        found = {_VERSION_WORDS[word] for word in words if word in _VERSION_WORDS}
        if found and not (found == {"live"} and words[0] != "live" and words[-1] != "live"):
            versions.update(found)
            return True
        is_note = bool(words) and (words[0] in _NOTE_WORDS or words[-1] == "version")
        return is_note or bool(_KARAOKE_TITLE.search(note))

    name = _BRACKET.sub(lambda bracket: "" if bracket.start() > 0 and cut(bracket[1]) else bracket[0], name)
    parts = _DASH.split(name)
    for place, note in enumerate(parts[1:], start=1):
        later = parts[place + 1 :]
        # "1998 - Remaster" is one note.
        if cut(note) or (note.isdecimal() and later and cut(later[0])):
            for other in later:
                cut(other)
            name = " - ".join(parts[:place])
            break
    name = _FEATURED.sub("", name)
    return SongTitle(name.strip() or title.strip(), tuple(sorted(versions)))


def song_key(title: str, artists: list[str]) -> str:
    """The key that all recordings of one song share: its name and its first artist."""
    return f"{name_key(split_title(title).name)}|{name_key(artists[0])}"


GENRE_NAMES = {
    "hiphop": "hip hop",
    "rap": "hip hop",
    "rnb": "r and b",
    "rhythm and blues": "r and b",
    "electronica": "electronic",
    "electro": "electronic",
    "d and b": "drum and bass",
    "dnb": "drum and bass",
    "drum n bass": "drum and bass",
    "rock n roll": "rock and roll",
    "alt rock": "alternative rock",
    "kpop": "k pop",
    "jpop": "j pop",
    "synthpop": "synth pop",
    "dreampop": "dream pop",
    "triphop": "trip hop",
    "lofi": "lo fi",
    "score": "soundtrack",
}


def genre_key(genre: str) -> str:
    """A genre in the form in which genres are compared: `"R&B"` gives `"r and b"`, `"Rap"` `"hip hop"`."""
    key = name_key(genre)
    return GENRE_NAMES.get(key, key)


@lru_cache(maxsize=8_192)
def genre_terms(genre: str) -> tuple[str, ...]:
    """Every genre that this one falls under by its name: `album rock` is `album rock`, `album` and `rock`."""
    words = genre_key(genre).split()
    runs = {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    return tuple(sorted({genre_key(run) for run in runs} | runs))
