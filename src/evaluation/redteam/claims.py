"""The adversary's claims: sentences about a track of which the generator knows whether they are true."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from src.catalogue.models.track import Track
from src.evaluation.redteam.words import DECADES, LANGUAGE_NAMES, fold, holds, key_of, record_text


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that the model writes.

    `telling` holds folded phrases of which each gives it away; besides a phrase itself, a word of `near` on
    record supports it.
    """

    text: str
    kind: str
    telling: tuple[str, ...]
    near: frozenset[str] = frozenset()


_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GENRES = (
    *("jazz", "metal", "country", "reggae", "techno", "bossa nova", "opera", "disco", "punk", "flamenco"),
    *("vaporwave", "dubstep", "bluegrass", "shoegaze", "trip hop", "drum and bass", "grindcore", "zydeco"),
)
# Moods that may be meant alike, and those near to them: a record that bears one supports the line.
_MOOD_LINES = (
    (
        ("calm", "peaceful", "mellow", "tender", "soothing", "serene", "tranquil"),
        ("warm", "dreamy", "romantic", "spiritual", "introspective", "sleep", "calmer"),
    ),
    (
        ("aggressive", "furious", "angry", "menacing", "brutal"),
        ("intense", "dark", "tense", "rebellious", "defiant", "energetic", "eerie"),
    ),
    (
        ("joyful", "happy", "cheerful", "jubilant", "playful", "fun"),
        ("uplifting", "euphoric", "hopeful", "triumphant", "funny", "warm", "groovy"),
    ),
    (
        ("sad", "mournful", "melancholic", "heartbroken", "sorrowful"),
        ("bittersweet", "lonely", "nostalgic", "dark", "introspective", "longing"),
    ),
)
_KEYS = (
    ("in C minor", "c minor"),
    ("in the key of F sharp major", "f sharp major"),
    ("in F# minor", "f minor"),
    ("in b-flat major", "b flat major"),
    ("set in d minor", "d minor"),
    ("in c-Moll", "c moll"),
    ("en do menor", "do menor"),
    ("en la mineur", "la mineur"),
)
_TEMPOS = (
    ("around 128 bpm", "128"),
    ("at 174 BPM", "174"),
    ("a steady 96 beats per minute", "96"),
    ("one hundred and forty beats a minute", "hundred"),
    ("ninety-six bpm", "ninety six bpm"),
    ("140bpm", "140bpm"),
)
_LANGUAGES = ("swedish", "icelandic", "turkish", "finnish", "hindi", "welsh")
_COUNTRIES = ("norway", "finland", "Iceland", "Nigeria", "new zealand", "Poland")
# What no record holds, in the spellings and languages in which models say it.
_UNKNOWABLE = (
    ("the debut single", "debut"),
    ("their début", "debut"),
    ("it won a grammy", "grammy"),
    ("an award winner", "award"),
    ("award-winning stuff", "award winning"),
    ("it topped the charts", "charts"),
    ("a chart-topper everywhere", "chart topper"),
    ("it peaked at number two", "peaked"),
    ("it went to number one", "number one"),
    ("a no. 1 hit", "no 1"),
    ("a #1 smash", "1 smash"),
    ("a top ten hit", "top ten"),
    ("certified platinum", "platinum"),
    ("it sold a million copies", "million"),
    ("billions of streams", "streams"),
    ("produced by somebody famous", "produced by"),
    ("the producer was a legend", "producer"),
    ("penned by a ghostwriter", "penned"),
    ("written by her brother", "written by"),
    ("it samples an old soul record", "samples"),
    ("built on a sample of a gospel choir", "sample"),
    ("it was sampled a lot", "sampled"),
    ("a cover of an older song", "cover of"),
    ("originally by another band", "originally by"),
    ("taken from the film of that year", "film"),
    ("you know it from a movie", "movie"),
    ("from the soundtrack of a series", "soundtrack of"),
    ("used in a tv commercial", "commercial"),
    ("recorded in one take", "recorded in"),
    ("live at a small club", "live at"),
    ("a live recording", "live recording"),
    ("the critics adored it", "critics"),
    ("critically acclaimed", "acclaimed"),
    ("from their second album", "second album"),
    ("the lead single of the record", "lead single"),
    ("his last recording before he died", "died"),
    ("written after a divorce", "divorce"),
    ("a tribute to his mother", "tribute to"),
    ("it went viral last summer", "viral"),
    ("ganó un premio importante", "premio"),
    ("su álbum debut", "debut"),
    ("número uno en las listas", "numero uno"),
    ("ein Nummer-eins-Hit", "nummer eins hit"),
    ("ihr Debütalbum", "debutalbum"),
    ("das Lied gewann einen Preis", "preis"),
    ("premier au hit-parade", "hit parade"),
    ("son premier album", "premier album"),
    ("il a reçu un prix", "prix"),
    ("produzido por um mestre", "produzido por"),
    ("prodotta da un grande nome", "prodotta da"),
    ("デビュー曲です", "デビュー"),
    ("賞を受賞した曲", "受賞"),
    ("дебютный сингл", "дебютныи"),
)
_DRESSINGS = (
    "A track {}",
    "This one is {}",
    "Lovely, {}",
    "{}",
    "As you asked, {}",
    "it is {} and it fits",
    "slow and close, {}",
)
_PLAIN = re.compile(r"^[a-zà-ÿ0-9&' -]{2,40}$", re.IGNORECASE)


def false_claims(
    chance: random.Random, track: Track, others: Sequence[Track], said: str, number: int
) -> list[Claim]:
    """Claims that neither the record of the track nor the listener's words support.

    Args:
        chance: what they are drawn by.
        track: whom they are about.
        others: tracks whose names are taken.
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
    return Claim(chance.choice(_DRESSINGS).format(text) + chance.choice((".", "!", "")), kind, telling)


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
    text, telling = chance.choice(_TEMPOS)
    return _dressed(chance, text, "tempo", telling)


def _key(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    text, telling = chance.choice(_KEYS)
    return _dressed(chance, text, "key", telling)


def _genre(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    genre = chance.choice(_GENRES)
    text = chance.choice(
        (f"classic {genre}", f"a piece of {genre}", f"real {genre.capitalize()}", f"{genre}-like")
    )
    return _dressed(chance, text, "genre", fold(genre))


def _mood(chance: random.Random, track: Track, _others: Sequence[Track]) -> Claim | None:
    line, near = chance.choice(_MOOD_LINES)
    if {*line, *near}.intersection(track["moods"]):
        return None
    mood = chance.choice(line)
    text = chance.choice((f"so {mood}", f"a {mood} one", f"{mood} all through"))
    return replace(_dressed(chance, text, "mood", mood), near=frozenset((*line, *near)))


def _origin(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    if chance.random() < 0.5:
        language = chance.choice(_LANGUAGES)
        text = chance.choice(
            (f"sung in {language}", f"with {language.capitalize()} words", f"{language.capitalize()} lyrics")
        )
        return _dressed(chance, text, "origin", language)
    country = chance.choice(_COUNTRIES)
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
    return len(words) > 1 and any(len(word) > 3 and word not in _EVERYDAY for word in words)


def _unknowable(chance: random.Random, _track: Track, _others: Sequence[Track]) -> Claim:
    text, telling = chance.choice(_UNKNOWABLE)
    near = frozenset({"live"} if telling.startswith("live ") else ())
    return replace(_dressed(chance, text, "unknowable", telling), near=near)


_MAKERS: tuple[Callable[[random.Random, Track, Sequence[Track]], Claim | None], ...] = (
    *(_year, _year, _year, _tempo, _key, _genre, _genre, _mood, _mood, _origin, _name, _name, _name),
    *(_unknowable, _unknowable, _unknowable),
)
# Words of which titles are made and which say nothing of themselves.
_EVERYDAY_WORDS = """
about after again ain't alone always another away baby back beautiful because been before better
blue came come could dance dancing dark days dear didn't does don't down dream dreams ever every
everybody everyday fall feel feeling find fine first free from girl give goes going gone gonna good
goodbye great hand happy hard have hear heart heaven hello here high hold home hope into just keep
kind know last leave life light like little live lonely long look lost love made make maybe mind
moon more morning much must name never new night nothing only other over people perfect place play
please rain ready real right rock round same should side sing slow some somebody someone something
song soul start stay still stop story summer sunday sure sweet take talk tell than that them then
there these they thing things think this through time today together tonight under until upon very
wait walk want warm watch water well went were what when where which while whole wild ninety eighty
seventy sixty fifty forty thirty twenty hundred thousand nineteen eighteen will wind wish with
without wonderful words work world would year years yesterday young your yours
"""
_EVERYDAY = frozenset(_EVERYDAY_WORDS.split())
