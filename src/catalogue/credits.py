"""Who is credited with a track: main artists, guests, and those whom its title names.

Sources write several artists as one (`Rick Ross & Nobody`), and name guests only in titles. Whether `&` or a
comma joins artists or belongs to a name follows from known names: those that ship, and those that the
catalogue credits on their own.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Final
from weakref import WeakKeyDictionary

from src.catalogue.catalogue import Catalogue
from src.catalogue.credit_texts import CreditText, credit_texts
from src.catalogue.engine import Engine
from src.catalogue.models.track import Track
from src.catalogue.names import name_key

# Prefix of a key in the index where the record cannot tell whether it is an artist or half a name.
# No key of a name begins with it: `&` is written out in keys.
PART_MARK: Final = "&"
# The most words that one name is put together from, as in `Crosby, Stills, Nash & Young`.
_LONGEST_JOIN: Final = 5
# Tracks under one joint credit from which it is one act, where nobody in it is known.
_ACT_FROM: Final = 2
# More than any catalogue has artists.
_ALL: Final = 10_000_000
# Credits kept in memory: more than the candidates of many answers.
_KEPT: Final = 50_000

# A name with its band, or with an epithet: one act though the leader is known alone.
_BAND: Final = re.compile(
    r"(?:the|his|her|their|los|las|le|la|les|l'|die|das|der|os|as|sus?)\b", re.IGNORECASE
)
_SUFFIX: Final = re.compile(r"(?:jr|sr|snr|jnr|ii|iii|iv|ph\.?d|m\.?d|esq|inc|ltd)\b\.?", re.IGNORECASE)
# `with you` in a title names nobody, though an artist may have that name.
_PRONOUNS: Final = frozenset(
    {"me", "you", "u", "him", "her", "it", "us", "them", "myself", "yourself", "ya", "this", "that", "love"}
    | {"te", "ti", "tu", "mi", "mim", "moi", "toi", "lui", "dir", "mir", "dich", "voce", "vos", "me now"}
)


@dataclass(frozen=True, slots=True)
class Credits:
    """Who is credited with a track, as keys.

    `artists` has one entry an artist, with every key that the artist answers to. `named` are all keys by
    which an exclusion finds the track: those of the artists, whole credits, and halves of which nobody knows.
    """

    artists: tuple[frozenset[str], ...]
    keys: frozenset[str]
    named: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class ArtistNames:
    """The artists that a catalogue credits on their own, by key, with their number of tracks."""

    tracks: Mapping[str, int] = field(default_factory=dict)
    _read: dict[tuple[str, tuple[str, ...]], Credits] = field(default_factory=dict, repr=False)
    _joined: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def knows(self, key: str) -> bool:
        """Whether there is an artist of this name, here or among the shipped names."""
        return key in self.tracks or key in shipped_names()

    def credits_of(self, track: Track) -> Credits:
        """Who is credited with the track; read once a track."""
        place = (track["title"], tuple(track["artists"]))
        found = self._read.get(place)
        if found is None:
            if len(self._read) >= _KEPT:
                self._read.clear()
            found = self._read[place] = _resolve(*place, self)
        return found

    def artists_in(self, name: str) -> frozenset[str]:
        """Keys that a name said by a listener stands for: its own, and those of the artists that it joins.

        `Drake and Future` are two artists, though a credit may join them; Simon & Garfunkel are one.
        """
        if name not in self._joined:
            if len(self._joined) >= _KEPT:
                self._joined.clear()
            texts = [text for text in credit_texts("", (name,)) if text.kind == "credit"]
            parts = [name_key(text.run(*span)) for text in texts for span in _spans(text, self)]
            self._joined[name] = frozenset(key for key in (name_key(name), *parts) if key)
        return self._joined[name]

    def main_artist(self, track: Track) -> str:
        """The key to count the first artist by: a leader's for the band, the same for all of a credit."""
        first = self.credits_of({**track, "title": "", "artists": track["artists"][:1]}).artists
        return min(first[0], key=lambda key: (len(key), key)) if first else name_key(track["artists"][0])


@lru_cache(maxsize=1)
def shipped_names() -> frozenset[str]:
    """Keys of the starter's artists, and of acts whose names hold `&`, `,`, `and`, `x` or `with`."""
    starter = files("src.catalogue.starter").joinpath("tracks.jsonl").read_text(encoding="utf-8")
    joined = files("src.catalogue").joinpath("joined_names.txt").read_text(encoding="utf-8")
    names = {artist for line in starter.splitlines() for artist in json.loads(line)["artists"]}
    return frozenset(map(name_key, [*names, *joined.splitlines()]))


# What is known before any catalogue is read.
SHIPPED: Final = ArtistNames()


# Counting every name takes the engine 0.2 s at 28,352 tracks: once an open catalogue, while its size stays.
_LOADED: Final[WeakKeyDictionary[Engine, tuple[int, ArtistNames]]] = WeakKeyDictionary()


async def load_artist_names(catalogue: Catalogue) -> ArtistNames:
    """The artists of the catalogue; counted once while it is open and holds as many tracks."""
    size = await catalogue.engine.count([])
    loaded = _LOADED.get(catalogue.engine)
    if loaded is None or loaded[0] != size:
        loaded = _LOADED[catalogue.engine] = (size, await _count_artists(catalogue))
    return loaded[1]


async def _count_artists(catalogue: Catalogue) -> ArtistNames:
    counts = await catalogue.engine.facet("artist_keys", [], _ALL)
    return ArtistNames({key: count for key, count in counts.items() if not key.startswith(PART_MARK)})


def credit_terms(key: str) -> tuple[str, str]:
    """What the index holds for whoever may be this artist."""
    return key, PART_MARK + key


def indexed_keys(title: str, artists: Sequence[str]) -> list[str]:
    """The keys of a track's artists for the index: certain ones, then with `PART_MARK` those who may be.

    A head start for filters: only the catalogue as a whole tells what a joint credit holds.
    """
    sure = dict.fromkeys(name_key(name) for name in credited_names(title, artists))
    possible: dict[str, None] = {}
    for text in credit_texts(title, tuple(artists)):
        spans, count = _spans(text, SHIPPED), len(text.parts)
        if text.kind == "credit" and len(spans) == 1:
            runs = [(at, at) for at in range(count) if count > 1 and _may_be_member(text, at, (0, count - 1))]
        elif text.kind == "guests":
            runs = []
        else:
            runs = [(i, j) for i in range(count) for j in range(i, min(count, i + _LONGEST_JOIN))]
        possible.update(dict.fromkeys(PART_MARK + name_key(text.run(*run)) for run in runs))
    marked = [key for key in possible if key.removeprefix(PART_MARK) not in sure]
    return [*(key for key in sure if key), *(key for key in marked if key != PART_MARK)]


def credited_names(title: str, artists: Sequence[str]) -> list[str]:
    """The names of the artists whom the record alone tells: each credit whole, and the guests of `feat.`."""
    names = list(artists)
    for text in credit_texts(title, tuple(artists)):
        if text.kind == "guests" or (text.kind == "credit" and len(text.parts) == 1):
            names += [text.run(*span) for span in _spans(text, SHIPPED)]
    return list(dict.fromkeys(names))


def _resolve(title: str, artists: tuple[str, ...], names: ArtistNames) -> Credits:
    """Who is credited, with what is known of artists."""
    wholes = [name_key(name) for name in artists]
    found: dict[frozenset[str], None] = {}
    named: set[str] = set(wholes)
    for text in credit_texts(title, artists):
        spans = _spans(text, names)
        every = [(span, name_key(text.run(*span))) for span in spans]
        known = [(span, key) for span, key in every if names.knows(key)]
        credited = every
        match text.kind:
            case "credit" if len(every) > 1 and not known:
                # Nobody knows the parts: one artist to count by, and each part kept out if it is named so.
                named.update(key for _, key in every)
                whole = (0, len(text.parts) - 1)
                credited = [(whole, name_key(text.run(*whole)))]
            case "with" | "against":
                named.update(key for _, key in every)
                credited = known
            case "loose":
                credited = [(span, key) for span, key in known if key not in _PRONOUNS]
            case _:
                pass
        for span, key in credited:
            if key:
                found[frozenset((key, *_members(text, span, names)))] = None
    merged = _one_entry_an_artist(found)
    keys_ = frozenset(wholes).union(*merged)
    return Credits(merged, keys_, keys_ | frozenset(key for key in named if key))


def _one_entry_an_artist(found: Mapping[frozenset[str], None]) -> tuple[frozenset[str], ...]:
    """A leader and the leader's band are one."""
    merged: list[frozenset[str]] = []
    for keys in found:
        at = next((at for at, other in enumerate(merged) if other & keys), None)
        if at is None:
            merged.append(keys)
        else:
            merged[at] |= keys
    return tuple(merged)


def _members(text: CreditText, span: tuple[int, int], names: ArtistNames) -> list[str]:
    """Artists of their own within an act: `Bob Marley` of `Bob Marley & The Wailers`.

    A single word is one only before a band (`Prince & The Revolution`): `Earth` of `Earth, Wind & Fire` is
    not.
    """
    first, last = span
    if first == last:
        return []
    places = [at for at in range(first, last + 1) if _may_be_member(text, at, span)]
    return [key for at in places if names.knows(key := name_key(text.parts[at]))]


def _may_be_member(text: CreditText, at: int, span: tuple[int, int]) -> bool:
    first, last = span
    part = text.parts[at]
    if any("," in join for join in text.joins[first:last]):
        return False
    return (at == first and _BAND.match(text.parts[at + 1]) is not None) or (
        " " in part.strip() and _BAND.match(part) is None
    )


def _spans(text: CreditText, names: ArtistNames) -> list[tuple[int, int]]:
    """The artists of a text as first and last piece each: the longest known name at each piece."""
    spans: list[tuple[int, int]] = []
    at, count = 0, len(text.parts)
    while at < count:
        longest = min(count, at + _LONGEST_JOIN) - 1
        end = next((last for last in range(longest, at, -1) if _is_one_act(text, at, last, names)), at)
        spans.append((at, end))
        at = end + 1
    return spans


def _is_one_act(text: CreditText, first: int, last: int, names: ArtistNames) -> bool:
    """Whether pieces are one artist's name rather than several artists."""
    key = name_key(text.run(first, last))
    if key in shipped_names():
        return True
    if last == first + 1 and _SUFFIX.fullmatch(text.parts[last].strip()):
        return True
    known = [names.knows(name_key(part)) for part in text.parts[first : last + 1]]
    if all(known):
        return False
    with_band = last == first + 1 and _BAND.match(text.parts[last]) is not None
    if with_band and text.kind == "guests":
        return "," not in text.joins[first]
    return (with_band or not any(known)) and names.tracks.get(key, 0) >= _ACT_FROM
