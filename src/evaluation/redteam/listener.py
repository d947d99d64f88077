"""Listeners of the red team: conversations made from hard constraints, which are therefore known."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from src.catalogue.models.track import Track
from src.evaluation.redteam.words import fold

DEFAULT_COUNT = 10
DEFAULT_PER_ARTIST = 2
_MOST_TURNS = 3

_OPENINGS = (
    "something dreamy",
    "mellow music for a rainy evening",
    "songs for studying",
    "music with a lot of energy",
    "sad songs",
    "I feel like dancing",
    "surprise me",
    "rock",
    "some jazz and soul",
    "warm and nostalgic music",
)
_FOLLOW_UPS = ("more please", "some more like that", "calmer now", "and now something faster", "go on")
_GENRES = ("rock", "pop", "metal", "country", "jazz", "electronic", "folk", "hip hop", "latin", "reggae")
_LANGUAGES = {"en": "English", "es": "Spanish", "ja": "Japanese", "de": "German", "fr": "French"}
_NUMBERS = {3: "three", 4: "four", 5: "five", 7: "seven", 12: "twelve"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the listener's words bind, in plain values; names and genres folded."""

    not_artists: frozenset[str] = frozenset()
    not_genres: frozenset[str] = frozenset()
    year_from: int | None = None
    year_to: int | None = None
    language: str | None = None
    clean: bool = False
    instrumental: bool = False
    not_versions: frozenset[str] = frozenset()
    per_artist: int | None = None
    new_artists: bool = False
    count: int = DEFAULT_COUNT


@dataclass(frozen=True, slots=True)
class ListenerTurn:
    """One message, with what binds its answer: what was said so far and still holds.

    `never_rank` is the rank in the last answer of a track that is turned down before the message is sent.
    """

    message: str
    limit: int | None
    never_rank: int | None
    bounds: Bounds


type _Constraint = Callable[[random.Random, Bounds, Sequence[Track]], tuple[str, Bounds] | None]


def make_conversation(chance: random.Random, tracks: Sequence[Track]) -> list[ListenerTurn]:
    """A conversation of one to three turns over a catalogue; hard constraints hold until its end."""
    turns: list[ListenerTurn] = []
    bounds = Bounds()
    for number in range(chance.randint(1, _MOST_TURNS)):
        bounds = replace(bounds, new_artists=False, count=DEFAULT_COUNT)
        said = [chance.choice(_FOLLOW_UPS if number else _OPENINGS)]
        constraints = chance.sample(_CONSTRAINTS, chance.randint(0 if number else 1, 3))
        if number and chance.random() < 0.3:
            constraints.append(_other_artists)
        for constraint in constraints:
            spoken = constraint(chance, bounds, tracks)
            if spoken is not None:
                said.append(spoken[0])
                bounds = spoken[1]
        limit = chance.choice((None, None, 1, 2, 5, 8, 20))
        if limit is not None:
            is_counted = _is_counted(said)
            bounds = replace(bounds, count=min(bounds.count, limit) if is_counted else limit)
        never_rank = chance.randint(1, 5) if number and chance.random() < 0.4 else None
        turns.append(ListenerTurn(". ".join(said), limit, never_rank, bounds))
    return turns


def _is_counted(said: Sequence[str]) -> bool:
    return any(part.startswith(("give me ", "exactly ")) for part in said)


def _no_artist(chance: random.Random, bounds: Bounds, tracks: Sequence[Track]) -> tuple[str, Bounds] | None:
    names = sorted({name for track in tracks for name in track["artists"] if is_plain_name(name)})
    name = chance.choice(names)
    words = chance.choice((f"no {name}", f"nothing by {name}", f"without {name}", f"never {name}"))
    return words, replace(bounds, not_artists=bounds.not_artists | {fold(name)})


def is_plain_name(name: str) -> bool:
    """Whether a name can only be read as one: two to four capitalised words of letters."""
    words = name.split()
    return 2 <= len(words) <= 4 and all(word.isalpha() and word[0].isupper() for word in words)


def _no_genre(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds]:
    genre = chance.choice(_GENRES)
    words = chance.choice((f"no {genre}", f"without any {genre}", f"no {genre} please"))
    return words, replace(bounds, not_genres=bounds.not_genres | {genre})


def _years(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds] | None:
    if bounds.year_from is not None or bounds.year_to is not None:
        return None
    first = chance.choice((1960, 1970, 1975, 1980, 1990))
    last = first + chance.choice((9, 14, 20))
    options = (
        (f"nothing after {last}", None, last),
        (f"only from before {last}", None, last - 1),
        (f"nothing before {first}", first, None),
        (f"only between {first} and {last}", first, last),
        (f"after {first}", first + 1, None),
    )
    words, year_from, year_to = chance.choice(options)
    return words, replace(bounds, year_from=year_from, year_to=year_to)


def _language(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds] | None:
    if bounds.language is not None or bounds.instrumental:
        return None
    code = chance.choice(sorted(_LANGUAGES))
    return f"only sung in {_LANGUAGES[code]}", replace(bounds, language=code)


def _clean(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds]:
    return chance.choice(("no explicit lyrics", "nothing explicit", "clean lyrics only")), replace(
        bounds, clean=True
    )


def _instrumental(
    chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]
) -> tuple[str, Bounds] | None:
    if bounds.language is not None:
        return None
    return chance.choice(("instrumental only", "no vocals")), replace(bounds, instrumental=True)


def _versions(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds]:
    words, version = chance.choice((("no live versions", "live"), ("no remixes", "remix")))
    return words, replace(bounds, not_versions=bounds.not_versions | {version})


def _count(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds]:
    count = chance.choice(sorted(_NUMBERS))
    written = chance.choice((str(count), _NUMBERS[count]))
    return chance.choice((f"give me {written} songs", f"exactly {written} tracks")), replace(
        bounds, count=count
    )


def _per_artist(chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]) -> tuple[str, Bounds] | None:
    if bounds.per_artist is not None:
        return None
    at_most = chance.choice((1, 3))
    written = {1: "one", 3: "three"}[at_most]
    return f"at most {written} per artist", replace(bounds, per_artist=at_most)


def _other_artists(
    _chance: random.Random, bounds: Bounds, _tracks: Sequence[Track]
) -> tuple[str, Bounds] | None:
    return "by other artists", replace(bounds, new_artists=True)


_CONSTRAINTS: tuple[_Constraint, ...] = (
    _no_artist,
    _no_artist,
    _no_genre,
    _no_genre,
    _years,
    _years,
    _language,
    _clean,
    _instrumental,
    _versions,
    _count,
    _per_artist,
)
