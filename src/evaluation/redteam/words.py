"""How the red team compares words: by its own folding and reading of records, shared with nothing."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from src.catalogue.models.track import Track

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})
_KEYS = ("c", "c sharp", "d", "d sharp", "e", "f", "f sharp", "g", "g sharp", "a", "a sharp", "b")
_FLATS = {1: "d flat", 3: "e flat", 6: "g flat", 8: "a flat", 10: "b flat"}
LANGUAGE_NAMES = {
    "en": "english",
    "es": "spanish",
    "ja": "japanese",
    "de": "german",
    "fr": "french",
    "ko": "korean",
    "pt": "portuguese",
    "it": "italian",
    "sv": "swedish",
    "is": "icelandic",
    "fi": "finnish",
    "tr": "turkish",
    "hi": "hindi",
    "cy": "welsh",
    "zxx": "instrumental",
}
COUNTRY_NAMES = {
    "DE": "germany german",
    "FI": "finland finnish",
    "FR": "france french",
    "IS": "iceland icelandic",
    "MX": "mexico mexican",
    "NG": "nigeria nigerian",
    "NO": "norway norwegian",
    "NZ": "new zealand",
    "PL": "poland polish",
    "SE": "sweden swedish",
    "TR": "turkey turkish",
}
DECADES = {
    1920: "twenties",
    1930: "thirties",
    1940: "forties",
    1950: "fifties",
    1960: "sixties",
    1970: "seventies",
    1980: "eighties",
    1990: "nineties",
}


# The judge folds the same few hundred texts of the records and claims for every turn.
@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    """Text as single words in small letters without accents, apart by one blank."""
    letters = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold().translate(_LETTERS)
    # Of Latin, Greek and Cyrillic alone: marks of other scripts make other letters.
    kept = "".join(character for character in letters if not "\u0300" <= character <= "\u036f")
    kept = "".join(character for character in kept if unicodedata.category(character) != "Cf")
    return " ".join(
        re.findall(r"[^\W_]+", unicodedata.normalize("NFC", kept.replace("'", "").replace("’", "")))
    )


def holds(folded: str, phrase: str) -> bool:
    """Whether a folded text has the words of a folded phrase, one after the other.

    Scripts that set no blanks are searched letter by letter.
    """
    if not phrase.isascii():
        return phrase in folded
    return f" {phrase} " in f" {folded} "


def record_text(track: Track) -> str:
    """Every word that the record of a track supports, folded; values in the spellings that they may have."""
    parts = [track["title"], *track["artists"], *track.get("aliases", []), track.get("album", "")]
    parts += [*track["genres"], *track["moods"], *track["tags"], *track["versions"]]
    if (year := track.get("year")) is not None:
        decade = year // 10 * 10
        parts += [str(year), f"{decade}s", f"{year % 100:02d}", f"{decade % 100:02d}s"]
        parts += [DECADES.get(decade, "")]
    if (language := track.get("language")) is not None:
        parts.append(LANGUAGE_NAMES.get(language, language))
    if (country := track.get("country")) is not None:
        parts.append(COUNTRY_NAMES.get(country, country))
    features = track.get("features", {})
    if (tempo := features.get("tempo")) is not None:
        parts.append(f"{round(tempo)} bpm")
    if key_name := key_of(track):
        parts.append(key_name)
    return " . ".join(fold(part) for part in parts)


def key_of(track: Track) -> str:
    """The key of a recording in words (`a minor`); empty when its record does not tell."""
    features = track.get("features", {})
    key, mode = features.get("key"), features.get("mode")
    if key is None or mode is None:
        return ""
    return f"{_FLATS.get(key, _KEYS[key])} {'major' if mode else 'minor'}"


def any_holds(texts: Iterable[str], phrase: str) -> bool:
    """Whether one of the folded texts holds the phrase."""
    return any(holds(text, phrase) for text in texts)
