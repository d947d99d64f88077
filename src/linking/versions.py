"""What a title says of the recording: its name, the kind of version, whose and where, and the guests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from src.catalogue.names import name_key, split_title
from src.linking.note_words import (
    ALBUM_LIVE,
    CUTS,
    HARMLESS,
    IMITATION,
    IMITATION_ALBUM,
    IMITATORS,
    KIND_WORDS,
    KINDS,
    OWNERS,
    PARTS,
    REMASTER_YEAR,
    SAME_MIX,
    Cut,
    Kind,
)


@dataclass(frozen=True, slots=True)
class TitleReading:
    """A title taken apart.

    `name`: the song's own name, with brackets that belong to it. `short`: without those brackets, where they
    may be left out. `words`: what the notes say beyond the kind, such as the remixer or the place. `notes`:
    the notes as they stand, without those that name guests.
    """

    name: str
    short: str
    kinds: frozenset[Kind]
    cuts: frozenset[Cut]
    words: frozenset[str]
    guests: tuple[str, ...]
    notes: tuple[str, ...]


_BRACKETS: Final = str.maketrans("（）［］【】〔〕〈〉{}", "()[][][]()()")
_BRACKET: Final = re.compile(r" ?[(\[]([^()\[\]]*)[)\]]")
_DASH: Final = re.compile(" [-–—] ")
_GUEST: Final = re.compile(r"^(?:feat|ft|featuring|with|w/|con)\b[.:]?\s*", re.IGNORECASE)
_GUEST_TAIL: Final = re.compile(r" (?:feat|ft|featuring)\b\.?\s+(?P<names>.+)$", re.IGNORECASE)
_YEAR: Final = re.compile(r"^(?:1[89]|20)\d\d$")


def read_title(title: str) -> TitleReading:
    """Take a title apart: `Clocks (feat. X) - Live at Y / 2011 Remaster` is `Clocks`, live, with `X`."""
    text = " ".join(title.translate(_BRACKETS).split())
    notes: list[str] = []

    def take(note: str) -> bool:
        if _is_note(note):
            notes.append(note)
            return True
        return False

    text = _BRACKET.sub(lambda found: "" if found.start() > 0 and take(found[1]) else found[0], text)
    parts = _DASH.split(text)
    kept = parts[:1]
    for place, part in enumerate(parts[1:], start=1):
        # "1998 - Remaster" is one note; and what follows a note is another.
        year_of_note = bool(_YEAR.match(part)) and place + 1 < len(parts) and _is_note(parts[place + 1])
        if year_of_note or _is_note(part):
            notes.extend(parts[place:])
            break
        kept.append(part)
    text = " - ".join(kept)
    if tail := _GUEST_TAIL.search(text):
        notes.append(tail[0].strip())
        text = text[: tail.start()]
    name = text.strip() or title.strip()
    guests = tuple(note for note in notes if _GUEST.match(note))
    said = [note for note in notes if not _GUEST.match(note)]
    kinds, cuts = _kinds(said)
    return TitleReading(
        name=name,
        short=_without_brackets(name),
        kinds=kinds,
        cuts=cuts,
        words=_words(said),
        guests=tuple(_GUEST.sub("", note) for note in guests),
        notes=tuple(said),
    )


def album_kinds(album: str) -> frozenset[Kind]:
    """What an album's title says of every recording on it: live, sung over, all instrumental."""
    key = name_key(album)
    kinds = set(read_title(album).kinds) - {"remix", "version", "cover"}
    if ALBUM_LIVE.search(key):
        kinds.add("live")
    return frozenset(kinds)


def is_imitation(text: str) -> bool:
    """Whether a title is one of the karaoke and tribute trade."""
    return bool(IMITATION.search(name_key(text)))


def is_imitation_album(album: str) -> bool:
    """Whether an album's title is; `Tribute` by itself is anybody's album."""
    return bool(IMITATION_ALBUM.search(name_key(album)))


def is_imitator(artist: str) -> bool:
    """Whether an artist's name is one that records after others."""
    return bool(IMITATORS.search(name_key(artist)))


def _is_note(note: str) -> bool:
    """The catalogue's own judgement, and what it does not know."""
    if split_title(f"x ({note})").name == "x" or _GUEST.match(note):
        return True
    kinds, cuts = _kinds([note])
    return bool(kinds or cuts)


def _kinds(notes: Iterable[str]) -> tuple[frozenset[Kind], frozenset[Cut]]:
    kinds: set[Kind] = set()
    cuts: set[Cut] = set()
    for note in notes:
        key = name_key(note)
        cuts.update(cut for cut, pattern in CUTS if pattern.search(key))
        plain = SAME_MIX.sub(" ", REMASTER_YEAR.sub(" ", key))
        found = {kind for kind, pattern in KINDS if pattern.search(plain)}
        if OWNERS.search(note):
            found.add("rerecorded")
        found |= _named_cut(plain) if not found else set()
        kinds |= found
    # A karaoke version is instrumental, an unplugged one acoustic: one kind is enough to tell.
    if "karaoke" in kinds:
        kinds -= {"instrumental", "cover", "acoustic"}
    return frozenset(kinds), frozenset(cuts)


def _named_cut(key: str) -> set[Kind]:
    """`Tiësto Edit` is a remix, `Country Version` and `Version 2` are versions; `Radio Edit` is neither."""
    words = key.split()
    if len(words) > 1 and words[0] == "version":
        return {"version"}
    own = [word for word in words if not HARMLESS.fullmatch(word) and not word.isdecimal()]
    if not own:
        return set()
    if words[-1] == "edit":
        return {"remix"}
    return {"version"} if words[-1] in ("version", "ver") else set()


def _words(notes: Iterable[str]) -> frozenset[str]:
    found = {word for note in notes for word in name_key(note).split()}
    return frozenset(
        word for word in found if not HARMLESS.fullmatch(word) and not KIND_WORDS.fullmatch(word)
    )


def _without_brackets(name: str) -> str:
    """The name without brackets, unless they number it or make it another piece."""

    def drop(found: re.Match[str]) -> str:
        words = name_key(found[1]).split()
        numbered = any(PARTS.fullmatch(word) or any(letter.isdigit() for letter in word) for word in words)
        return found[0] if numbered else " "

    return " ".join(_BRACKET.sub(drop, name).split()) or name
