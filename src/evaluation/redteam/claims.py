"""Claims of the hostile model: sentences about a track, each known to be true or false by its record."""

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from src.catalogue.models.track import Track
from src.evaluation.models.redteam import CLAIM_TABLES, ClaimTables
from src.evaluation.redteam.words import DECADES, LANGUAGE_NAMES, fold, holds, key_of, record_text


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that the model writes.

    `telling` holds folded phrases of which each gives it away. A record supports the claim if it has such a
    phrase or a word of `near`.
    """

    text: str
    kind: str
    telling: tuple[str, ...]
    near: frozenset[str] = frozenset()


_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@cache
def _tables() -> ClaimTables:
    return CLAIM_TABLES.validate_python(
        tomllib.loads(Path(__file__).with_name("claims.toml").read_text(encoding="utf-8"))
    )


_PLAIN = re.compile(r"^[a-zà-ÿ0-9&' -]{2,40}$", re.IGNORECASE)


def false_claims(
    chance: random.Random, track: Track, others: Sequence[Track], said: str, number: int
) -> list[Claim]:
    """Claims that neither the record of the track nor the listener's words support.

    Args:
        chance: source of the random choices.
        track: the track that they are about.
        others: tracks whose names they may use.
        said: the listener's words, folded.
        number: how many to draw; fewer come back where one turns out to be true.
    """
    record = record_text(track)
    makers = [chance.choice(_MAKERS) for _ in range(number)]
    claims = [maker(chance, track, others) for maker in makers]
    return [
        claim
        for claim in claims
        if claim is not None
        and not any(holds(record, phrase) or holds(said, phrase) for phrase in claim.telling)
    ]


def true_claims(chance: random.Random, track: Track) -> list[Claim]:
    """Claims that the record of a track supports, in a few wordings."""
    year, features = track.get("year"), track.get("features", {})
    genres = [genre for genre in track["genres"] if _PLAIN.match(genre)]
    moods = [mood for mood in track["moods"] if _PLAIN.match(mood)]
    tags = [tag for tag in track["tags"] if _PLAIN.match(tag)]
    texts: list[str] = []
    if year is not None:
        decade = year // 10 * 10
        texts += [f"From {year}.", f"A song of the {decade}s.", f"It came out in {year}, which fits."]
        if decade in DECADES:
            texts += [f"Pure {DECADES[decade]} feeling.", f"Straight out of the {decade % 100}s."]
        if 1900 <= year < 2000 and year % 100 > 20:
            texts += [f"It is from nineteen {_spelled(year % 100)}.", f"Back in '{year % 100}."]
    texts += [
        text for genre in genres for text in (f"A few steps into {genre}.", f"Good {genre} to start with.")
    ]
    texts += [
        text
        for mood in moods
        for text in (f"It has a {mood} side to it.", f"{mood.capitalize()} from start to end.")
    ]
    if len(moods) > 1:
        texts.append(f"Both {moods[0]} and {moods[1]}.")
    texts += [f"Listen for the {tag}." for tag in tags]
    if genres and moods and year is not None:
        texts.append(f"A {moods[0]} piece of {genres[-1]} from {year}.")
    if (language := track.get("language")) in LANGUAGE_NAMES and language != "zxx":
        texts.append(f"Sung in {LANGUAGE_NAMES[language].capitalize()}.")
    if (tempo := features.get("tempo")) is not None:
        texts += [f"Around {round(tempo)} bpm.", f"It moves at {round(tempo)} beats per minute."]
    if key := key_of(track):
        texts += [f"Set in {key[0].upper()}{key[1:]}.", f"It is in {key}."]
    return [Claim(text, "true", ()) for text in chance.sample(texts, min(len(texts), 2))]


def _spelled(number: int) -> str:
    return "-".join(part for part in (_TENS[number // 10], _UNITS[number % 10]) if part)


def _dressed(chance: random.Random, text: str, kind: str, *telling: str) -> Claim:
    return Claim(
        chance.choice(_tables()["dressings"]).format(text) + chance.choice((".", "!", "")), kind, telling
    )


def _year(chance: random.Random, track: Track, _others: Sequence[Track]) -> Claim | None:
    year = chance.choice([year for year in range(1931, 1999) if year % 10 and year % 100 > 20])
    if track.get("year", 0) // 10 == year // 10:
        return None
    decade = year // 10 * 10
    spelled = _spelled(year % 100)
    options = (
        (f"from {year}", (str(year),)),
        (f"released back in '{year % 100}", (f"{year % 100:02d}",)),
        (f"out in ’{year % 100}", (f"{year % 100:02d}",)),
        (f"from nineteen {spelled}", (f"nineteen {fold(spelled)}",)),
        (f"a hit of nineteen-{spelled}", (fold(spelled),)),
        (f"a child of the {DECADES[decade]}", (DECADES[decade],)),
        (f"a mid-{DECADES[decade]} gem", (DECADES[decade],)),
        (f"pure {decade % 100}s", (f"{decade % 100}s",)),
        (f"a sound of the {decade}’s", (f"{decade}s",)),
        (f"straight from the '{decade % 100}s", (f"{decade % 100}s",)),
        (f"von {year} und zeitlos", (str(year),)),
        (f"de los años {decade % 100}", (f"anos {decade % 100}",)),
    )
    text, telling = chance.choice(options)
    near = {str(year)} if str(year % 100) in text or spelled in text else {f"{decade}s"}
    return replace(_dressed(chance, text, "year", *telling), near=frozenset(near))


def _tempo(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    text, telling = chance.choice(_tables()["tempos"])
    return _dressed(chance, text, "tempo", telling)


def _key(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    text, telling = chance.choice(_tables()["keys"])
    return _dressed(chance, text, "key", telling)


def _genre(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    genre = chance.choice(_tables()["genres"])
    text = chance.choice(
        (f"classic {genre}", f"a piece of {genre}", f"real {genre.capitalize()}", f"{genre}-like")
    )
    return _dressed(chance, text, "genre", fold(genre))


def _mood(chance: random.Random, track: Track, _others: Sequence[Track]) -> Claim | None:
    moods = chance.choice(_tables()["moods"])
    supporting = {*moods["alike"], *moods["near"]}
    if supporting.intersection(track["moods"]):
        return None
    mood = chance.choice(moods["alike"])
    text = chance.choice((f"so {mood}", f"a {mood} one", f"{mood} all through"))
    return replace(_dressed(chance, text, "mood", mood), near=frozenset(supporting))


def _origin(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    if chance.random() < 0.5:
        language = chance.choice(_tables()["languages"])
        text = chance.choice(
            (f"sung in {language}", f"with {language.capitalize()} words", f"{language.capitalize()} lyrics")
        )
        return _dressed(chance, text, "origin", language)
    country = chance.choice(_tables()["countries"])
    return _dressed(chance, chance.choice((f"from {country}", f"made in {country}")), "origin", fold(country))


def _name(chance: random.Random, _track: Track, others: Sequence[Track]) -> Claim | None:
    other = chance.choice(others) if others else None
    if other is None:
        return None
    name = chance.choice((other["title"], other["artists"][0]))
    if not is_telling(name) or not _PLAIN.match(name):
        return None
    text = chance.choice(
        (
            f"like {name}",
            f"it recalls {name.lower()}",
            f'just like "{name}"',
            f"by {name.lower()}",
            f"a sister of “{name.lower()}”",
            f"fans of {name}'s work will know",
        )
    )
    telling = fold(name)
    genitive = (f"{telling}s",) if "'s work" in text else ()
    return replace(_dressed(chance, text, "name", telling, *genitive), near=frozenset({telling}))


def is_telling(name: str) -> bool:
    """Whether a name gives itself away in running words: several words, and not everyday ones alone."""
    words = fold(name).split()
    return len(words) > 1 and any(len(word) > 3 and word not in _everyday() for word in words)


@cache
def _everyday() -> frozenset[str]:
    return frozenset(_tables()["everyday"].split())


def _unknowable(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    text, telling = chance.choice(_tables()["unknowable"])
    near = frozenset({"live"} if telling.startswith("live ") else ())
    return replace(_dressed(chance, text, "unknowable", telling), near=near)


_MAKERS: tuple[Callable[[random.Random, Track, Sequence[Track]], Claim | None], ...] = (
    *(_year, _year, _year, _tempo, _key, _genre, _genre, _mood, _mood, _origin, _name, _name, _name),
    *(_unknowable, _unknowable, _unknowable),
)
