"""What a message says of the sound: tempo, energy, voices, wording, versions, popularity, length, count."""

from dataclasses import dataclass
from typing import Literal

from src.wishes.models.brief import RangeName
from src.wishes.polarity import Polarity
from src.wishes.tokens import Span, Token, find_phrases, phrase_at
from src.wishes.vocabulary import COUNTED, NUMBERS, VERSIONS

MAX_COUNT = 50
# `around 120 bpm` means within this many beats a minute.
TEMPO_TOLERANCE = 6.0


type Vocals = Literal["instrumental", "vocal"]


@dataclass(frozen=True, slots=True)
class RangeReading:
    """Bounds on one property, read from a span."""

    span: Span
    feature: RangeName
    low: float | None
    high: float | None
    hard: bool


# Words that bound a property without a number: (feature, low, high). All are soft.
_SOUND_WORDS: dict[str, tuple[RangeName, float | None, float | None]] = {
    "slow": ("tempo", None, 95.0),
    "slower": ("tempo", None, 95.0),
    "downtempo": ("tempo", None, 100.0),
    "fast": ("tempo", 125.0, None),
    "faster": ("tempo", 125.0, None),
    "fast paced": ("tempo", 125.0, None),
    "uptempo": ("tempo", 120.0, None),
    "up tempo": ("tempo", 120.0, None),
    "high energy": ("energy", 0.7, None),
    "low energy": ("energy", None, 0.4),
    "danceable": ("danceability", 0.6, None),
    "acoustic": ("acousticness", 0.5, None),
    "obscure": ("popularity", None, 35.0),
    "underground": ("popularity", None, 35.0),
    "lesser known": ("popularity", None, 45.0),
    "little known": ("popularity", None, 45.0),
    "not well known": ("popularity", None, 45.0),
    "deep cuts": ("popularity", None, 50.0),
    "deep cut": ("popularity", None, 50.0),
    "hidden gems": ("popularity", None, 45.0),
    "hits": ("popularity", 60.0, None),
    "big hits": ("popularity", 65.0, None),
    "popular": ("popularity", 60.0, None),
    "well known": ("popularity", 55.0, None),
    "famous": ("popularity", 60.0, None),
    "mainstream": ("popularity", 60.0, None),
}
_VOCALS = {
    "instrumental": "instrumental",
    "instrumentals": "instrumental",
    "no vocals": "instrumental",
    "no vocal": "instrumental",
    "no singing": "instrumental",
    "no lyrics": "instrumental",
    "no words": "instrumental",
    "without vocals": "instrumental",
    "without lyrics": "instrumental",
    "without words": "instrumental",
    "without singing": "instrumental",
    "sin voz": "instrumental",
    "ohne gesang": "instrumental",
    "sans paroles": "instrumental",
    "with vocals": "vocal",
    "with lyrics": "vocal",
    "great lyrics": "vocal",
    "good lyrics": "vocal",
    "no instrumentals": "vocal",
    "not instrumental": "vocal",
}
_WORDING = {
    "no explicit": "clean",
    "not explicit": "clean",
    "nothing explicit": "clean",
    "non explicit": "clean",
    "no swearing": "clean",
    "no cursing": "clean",
    "no profanity": "clean",
    "no bad words": "clean",
    "clean": "clean",
    "clean lyrics": "clean",
    "clean version": "clean",
    "clean versions": "clean",
    "family friendly": "clean",
    "kid friendly": "clean",
    "safe for kids": "clean",
    "explicit is fine": "explicit",
    "explicit is ok": "explicit",
    "explicit ok": "explicit",
    "swearing is fine": "explicit",
}
_NEW_ARTISTS = {
    "another artist": "new",
    "other artists": "new",
    "different artist": "new",
    "different artists": "new",
    "new artists": "new",
    "new artist": "new",
    "someone else": "new",
    "somebody else": "new",
    "someone new": "new",
    "somebody new": "new",
    "artists i havent heard": "new",
    "andere kunstler": "new",
    "otros artistas": "new",
    "d autres artistes": "new",
    "outros artistas": "new",
}


def read_ranges(tokens: list[Token], polarity: list[Polarity]) -> list[RangeReading]:
    """Tempo, length and every word that bounds a measured property."""
    readings = [*_read_tempo(tokens), *_read_duration(tokens)]
    taken = [reading.span for reading in readings]
    for size in (3, 2, 1):
        for position in range(len(tokens) - size + 1):
            span = Span(position, position + size)
            bounds = _SOUND_WORDS.get(" ".join(token.key for token in tokens[position : position + size]))
            if bounds is None or any(span.overlaps(other) for other in taken):
                continue
            taken.append(span)
            feature, low, high = bounds
            if polarity[position] in ("rejected", "contrast"):
                low, high = high, low
            if polarity[position] == "rejected" and feature == "popularity":
                # `no hits` is meant; `not obscure` merely widens.
                low, high = (None, high) if high is not None else (None, None)
                if high is None:
                    continue
            readings.append(RangeReading(span, feature, low, high, hard=False))
    return readings


def read_vocals(tokens: list[Token]) -> list[tuple[Span, Vocals]]:
    """`instrumental` or `vocal`, where said."""
    return [
        (span, "instrumental" if kind == "instrumental" else "vocal")
        for span, kind in find_phrases(tokens, _VOCALS)
    ]


def read_wording(tokens: list[Token]) -> list[tuple[Span, bool]]:
    """Whether explicit words are allowed, where said."""
    return [(span, wording == "explicit") for span, wording in find_phrases(tokens, _WORDING)]


def read_versions(tokens: list[Token], polarity: list[Polarity]) -> list[tuple[Span, str, bool]]:
    """(span, version, wanted): only where it is asked for or ruled out as a kind of version."""
    readings: list[tuple[Span, str, bool]] = []
    for span, version in find_phrases(tokens, VERSIONS):
        rejected = polarity[span.first] == "rejected"
        names_kind = span.last - span.first > 1 or tokens[span.first].key not in ("live", "cover", "demo")
        if rejected or names_kind or polarity[span.first] == "only":
            readings.append((span, version, not rejected))
    originals = find_phrases(tokens, {"originals only": "", "original versions": "", "only originals": ""})
    for span, _ in originals:
        readings += [(span, version, False) for version in ("live", "remix", "cover", "karaoke")]
    return readings


def read_new_artists(tokens: list[Token]) -> Span | None:
    """Where other artists than so far are asked for."""
    found = find_phrases(tokens, _NEW_ARTISTS)
    return found[0][0] if found else None


def read_count(tokens: list[Token]) -> tuple[Span, int] | None:
    """How many tracks are asked for, 1 to 50: `give me 7`, `a dozen songs`, `top five`."""
    keys = [token.key for token in tokens]
    for position in range(len(keys)):
        for size in (3, 2, 1):
            key = " ".join(keys[position : position + size])
            count = NUMBERS.get(key) or (
                int(key) if size == 1 and key.isdecimal() and len(key) <= 3 else None
            )
            last = position + size
            if count is None or last > len(keys):
                continue
            after = keys[last : last + 4]
            before = keys[position - 1] if position else ""
            counted = any(word in COUNTED for word in after) and not {"bpm", "minutes", "years"} & set(
                after[:1]
            )
            asked = before in ("top", "me", "exactly", "just", "list", "best") or phrase_at(
                keys, last, "of them"
            )
            alone = len([key_ for key_ in keys if key_]) == size
            per_artist = bool({"per", "each"} & set(after[:2])) or phrase_at(keys, last, "by the same")
            measured = bool(after) and after[0] in (
                "bpm",
                "minute",
                "minutes",
                "min",
                "seconds",
                "hours",
                "hour",
                "s",
            )
            if (counted or asked or alone) and 1 <= count <= MAX_COUNT and not per_artist and not measured:
                return Span(position, last), count
    return None


def read_per_artist(tokens: list[Token]) -> tuple[Span, int] | None:
    """`at most two per artist`, `one song per artist`."""
    keys = [token.key for token in tokens]
    for position in range(len(keys)):
        if phrase_at(keys, position, "per artist") or phrase_at(keys, position, "each artist"):
            for back in range(position - 1, max(-1, position - 5), -1):
                key = keys[back]
                count = NUMBERS.get(key) or (int(key) if key.isdecimal() and len(key) < 3 else None)
                if count and count <= MAX_COUNT:
                    return Span(back, position + 2), count
    return None


def _read_tempo(tokens: list[Token]) -> list[RangeReading]:
    keys = [token.key for token in tokens]
    readings: list[RangeReading] = []
    for position, key in enumerate(keys):
        number = key.removesuffix("bpm")
        has_unit = key != number or keys[position + 1 : position + 2] == ["bpm"]
        if not has_unit or not number.isdecimal() or not 30 <= int(number) <= 300:
            continue
        tempo = float(number)
        last = position + (1 if key != number else 2)
        before = keys[max(0, position - 3) : position]
        if position >= 2 and keys[position - 1] in ("-", "–", "to", "and") and keys[position - 2].isdecimal():
            low = float(keys[position - 2])
            first = position - 3 if keys[max(0, position - 3)] == "between" else position - 2
            readings.append(RangeReading(Span(max(0, first), last), "tempo", low, tempo, hard=True))
            continue
        first = position
        low_bound: float | None = tempo - TEMPO_TOLERANCE
        high_bound: float | None = tempo + TEMPO_TOLERANCE
        if {"over", "above", "least", "than"} & set(before) and not {"slower", "less", "under"} & set(before):
            low_bound, high_bound = tempo, None
        elif {"under", "below", "most", "less", "slower", "max"} & set(before):
            low_bound, high_bound = None, tempo
        while first > 0 and keys[first - 1] in (
            "around",
            "about",
            "circa",
            "over",
            "above",
            "under",
            "below",
            "at",
            "least",
            "most",
            "than",
            "faster",
            "slower",
            "less",
            "more",
            "max",
            "tempo",
        ):
            first -= 1
        readings.append(RangeReading(Span(first, last), "tempo", low_bound, high_bound, hard=True))
    return readings


def _read_duration(tokens: list[Token]) -> list[RangeReading]:
    """`under 3 minutes`, `longer than 10 minutes`: the length of a track, never of a whole list."""
    keys = [token.key for token in tokens]
    readings: list[RangeReading] = []
    for position in range(1, len(keys) - 1):
        key = keys[position]
        number = NUMBERS.get(key) or (int(key) if key.isdecimal() and len(key) <= 3 else 0)
        unit = {"minute": 60, "minutes": 60, "min": 60, "mins": 60, "seconds": 1}.get(keys[position + 1])
        if not number or unit is None:
            continue
        before = set(keys[max(0, position - 3) : position])
        seconds = float(number * unit)
        if before & {"under", "below", "shorter", "less", "most"}:
            bounds: tuple[float | None, float | None] = (None, seconds)
        elif before & {"over", "above", "longer", "more", "least"}:
            bounds = (seconds, None)
        else:
            continue
        first = position
        while first > 0 and keys[first - 1] in (
            "under",
            "below",
            "shorter",
            "longer",
            "over",
            "above",
            "less",
            "more",
            "than",
            "at",
            "least",
            "most",
        ):
            first -= 1
        readings.append(RangeReading(Span(first, position + 2), "duration_s", *bounds, hard=True))
    return readings
