"""What a title says of the recording: its name, the kind of version, whose and where, and the guests."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from src.catalogue.names import name_key, split_title

# Another recording than the plain studio one, whatever its length.
type Kind = Literal[
    "live",
    "karaoke",
    "cover",
    "instrumental",
    "a cappella",
    "acoustic",
    "remix",
    "speed",
    "demo",
    "rerecorded",
    "orchestral",
    "language",
    "version",
]
# The same recording cut to another length, or transferred anew.
type Cut = Literal["edit", "extended", "remaster"]

# New transfers and mixes that stand in for the recording, and the first mix of a dance record.
_SAME_MIX: Final = re.compile(
    r"\b(?:original|album|single|mono|stereo|radio|main|full|(?:19|20)\d\d(?: stereo| mono)?) mix\b"
)
_REMASTER_YEAR: Final = re.compile(
    r"remaster\w* version (?:19|20)\d\d|(?:19|20)\d\d remaster\w*(?: version)?"
)
_OWNERS: Final = re.compile(r"\w['’]s? version\b", re.IGNORECASE)
_ALBUM_LIVE: Final = re.compile(
    r"^live$|^live (?:at|in|from|on)\b| live$|\blive (?:at|from)\b|\bunplugged\b|\bin concert\b"
    r"|\ben (?:vivo|directo)\b|\bao vivo\b|\bdal vivo\b|\bconcert live\b"
)
# The rest of the words are in a file of tables.
TABLES: Final = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
_HARMLESS: Final = frozenset(TABLES["harmless"].split())
_KIND_WORDS: Final = frozenset(TABLES["kind_words"].split())
_PARTS: Final = frozenset(TABLES["parts"].split())


def _any_of(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


_KINDS: Final[dict[Kind, re.Pattern[str]]] = {kind: _any_of(each) for kind, each in TABLES["kinds"].items()}
_CUTS: Final[dict[Cut, re.Pattern[str]]] = {cut: _any_of(each) for cut, each in TABLES["cuts"].items()}
_IMITATION: Final = _any_of(TABLES["imitation"])
_IMITATION_ALBUM: Final = _any_of(TABLES["imitation_album"])
_IMITATORS: Final = _any_of([*TABLES["imitation"], *TABLES["imitators"]])


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
    if _ALBUM_LIVE.search(key):
        kinds.add("live")
    return frozenset(kinds)


def is_imitation(text: str) -> bool:
    """Whether a title is one of the karaoke and tribute trade."""
    return bool(_IMITATION.search(name_key(text)))


def is_imitation_album(album: str) -> bool:
    """Whether an album's title is; `Tribute` by itself is anybody's album."""
    return bool(_IMITATION_ALBUM.search(name_key(album)))


def is_imitator(artist: str) -> bool:
    """Whether an artist's name is one that records after others."""
    return bool(_IMITATORS.search(name_key(artist)))


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
        cuts.update(cut for cut, pattern in _CUTS.items() if pattern.search(key))
        plain = _SAME_MIX.sub(" ", _REMASTER_YEAR.sub(" ", key))
        found = {kind for kind, pattern in _KINDS.items() if pattern.search(plain)}
        if _OWNERS.search(note):
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
    own = [word for word in words if word not in _HARMLESS and not word.isdecimal()]
    if not own:
        return set()
    if words[-1] == "edit":
        return {"remix"}
    return {"version"} if words[-1] in ("version", "ver") else set()


def _words(notes: Iterable[str]) -> frozenset[str]:
    found = {word for note in notes for word in name_key(note).split()}
    return frozenset(word for word in found if word not in _HARMLESS and word not in _KIND_WORDS)


def _without_brackets(name: str) -> str:
    """The name without brackets, unless they number it or make it another piece."""

    def drop(found: re.Match[str]) -> str:
        words = name_key(found[1]).split()
        numbered = any(word in _PARTS or any(letter.isdigit() for letter in word) for word in words)
        return found[0] if numbered else " "

    return " ".join(_BRACKET.sub(drop, name).split()) or name
