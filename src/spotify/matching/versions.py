"""What a title says of the recording: its name, the kind of version, whose and where, and the guests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
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

_KIND_PATTERNS: Final[tuple[tuple[Kind, str], ...]] = (
    (
        "karaoke",
        "karaoke|backing (?:track|version)|originally performed by|made (?:famous|popular) by"
        "|in the style of|as performed by|sing ?along|minus one|no lead vocals?|without (?:lead )?vocals?"
        "|instrumentals? .*style",
    ),
    (
        "cover",
        "covers?|tribute|rendition|emulation|8 bit|lullab(?:y|ies)|music box|parody|soundalike|performed by",
    ),
    (
        "live",
        "^live|live$|live (?:at|in|from|on|im|i|a|au|en|version|recording|session|sessions|performance|take"
        "|acoustic|studio|video|audio|bootleg)|unplugged|in concert|en (?:vivo|directo|concierto)|ao vivo"
        "|dal vivo|en public|sessions?|recorded (?:at|live|in|on)|spotify singles?|tiny desk|concert",
    ),
    ("instrumental", "instrumentals?|no vocals?"),
    ("a cappella", "a ?capp?ella|acap|vocals only|isolated vocals?"),
    ("acoustic", "acoustic|acustic[oa]|stripped(?: down)?|(?:solo )?piano|campfire|guitar version"),
    (
        "remix",
        "remix(?:ed|es)?|re ?work(?:ed)?|bootleg|vip|flip|dub|refix|re ?edit|mash ?up|mix|mixed|club|megamix",
    ),
    (
        "speed",
        "sped up|speed ?up|sped|nightcore|slowed(?: down)?|super slowed|reverb|8d|daycore"
        "|pitched(?: up| down)?|chopped|screwed|fast version|slow version|432 ?hz",
    ),
    (
        "demo",
        "demos?|rough (?:mix|cut)|early (?:version|take|mix)|outtake|out take|alternat(?:e|ive)|alt"
        "|take \\d+|rehearsal|work ?tape|voice memo|home recording|unfinished|unreleased version|first take",
    ),
    (
        "rerecorded",
        "re ?recorded|re ?recording|new (?:recording|version)|remake|(?:19|20)\\d\\d (?:version|recording)"
        "|version (?:19|20)\\d\\d|re ?imagined|revisited|redux",
    ),
    ("orchestral", "orchestral?|symphonic|philharmonic|sinfonico|string quartet|strings?"),
    (
        "language",
        "(?:english|spanish|french|german|italian|portuguese|japanese|korean|chinese|mandarin|cantonese"
        "|russian|swedish|dutch|arabic|hebrew|hindi) (?:version|ver)"
        "|en (?:espanol|ingles|francais|italiano)|in (?:english|spanish|french|german)|auf deutsch"
        "|in italiano|version (?:francaise|anglaise|espanola)|(?:deutsche|englische) version",
    ),
)
_CUT_PATTERNS: Final[tuple[tuple[Cut, str], ...]] = (
    ("remaster", "(?:digital(?:ly)? )?re ?master(?:ed|izado)?"),
    ("extended", "extended|long|12(?: inch)?|maxi|full length"),
    (
        "edit",
        "(?:radio|single|video|short|album|7(?: inch)?|tv|clean)? ?(?:edit(?:ed)?|cut)"
        "|(?:radio|single|short|video|7(?: inch)?) (?:mix|version|ver)|radio|short",
    ),
)
# New transfers and mixes that stand in for the recording, and the first mix of a dance record.
SAME_MIX: Final = re.compile(
    r"\b(?:original|album|single|mono|stereo|radio|main|full|(?:19|20)\d\d(?: stereo| mono)?) mix\b"
)
REMASTER_YEAR: Final = re.compile(r"remaster\w* version (?:19|20)\d\d|(?:19|20)\d\d remaster\w*(?: version)?")
OWNERS: Final = re.compile(r"\w['’]s? version\b", re.IGNORECASE)
ALBUM_LIVE: Final = re.compile(
    r"^live$|^live (?:at|in|from|on)\b| live$|\blive (?:at|from)\b|\bunplugged\b|\bin concert\b"
    r"|\ben (?:vivo|directo)\b|\bao vivo\b|\bdal vivo\b|\bconcert live\b"
)
IMITATION: Final = re.compile(
    r"\bkaraoke\b|\btribute\b|\bmade (?:famous|popular) by\b|\bin the style of\b|\boriginally performed by\b"
    r"|\bbacking (?:tracks?|crew|band)\b|\blullab(?:y|ies)\b|\b8 bit\b"
)
IMITATION_ALBUM: Final = re.compile(
    r"\bkaraoke\b|\btribute to\b|\bmade (?:famous|popular) by\b|\bin the style of\b|\bbacking tracks?\b"
)
IMITATORS: Final = re.compile(
    IMITATION.pattern
    + r"|\bvitamin string quartet\b|\bparty tyme\b|\bsing king\b|\bsing2piano\b|\bsing2guitar\b|\bsunfly\b"
    r"|\brockabye baby\b|\bthe hit crew\b|\bhit co masters\b|\bameritz\b|\bsound ?alikes?\b|\bkidz bop\b"
    r"|\btwinkle twinkle little rock star\b|\bstarlite (?:singers|karaoke)\b|\bstudio allstars\b"
    r"|\bpickin on series\b|\bmolotov cocktail piano\b|\bcover (?:crew|band|all ?stars|guru|nation)\b"
)
# Words of notes that say nothing of the recording.
HARMLESS: Final = re.compile(
    "album|original|main|full|explicit|clean|deluxe|standard|stereo|mono|studio|lp|ep|soundtrack|film"
    "|movie|bonus|track|tracks|final|international|uk|us|american|european|edition|single|version|ver"
    "|expanded|anniversary|the|from|motion|picture|radio|remaster|remastered|digital|digitally"
    "|extended|long|short|edit|edited|cut|inch|7|12|maxi|length|special|limited|and|mix|of|in|at|on|a"
    "|th|st|nd|rd"
)
# Words that name the kind itself, or hold a note together: what is left tells whose and where.
KIND_WORDS: Final = re.compile(
    "live|karaoke|cover|covers|tribute|remix|remixed|rework|reworked|bootleg|vip|flip|dub|club"
    "|instrumental|acoustic|demo|session|sessions|recorded|recording|take|performance|concert"
    "|unplugged|orchestral|en|vivo|ao|stripped|piano|cappella|acapella|version|slowed|sped|up|speed"
    "|nightcore|reverb|rerecorded|re|with|feat|ft|featuring|by|prod|slow|down|instrumentals|demos"
)
# Words that number a piece or make it another one.
PARTS: Final = re.compile(
    "part|parts|pt|pts|vol|volume|no|act|chapter|movement|reprise|interlude|intro|outro|prelude"
    "|postlude|overture|finale|medley|skit|commentary|remix|continued|side|disc|ii|iii|iv|vi|vii|viii"
    "|ix"
)


def _whole_words[K](patterns: tuple[tuple[K, str], ...]) -> tuple[tuple[K, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(rf"\b(?:{pattern})\b")) for kind, pattern in patterns)


KINDS: Final = _whole_words(_KIND_PATTERNS)
CUTS: Final = _whole_words(_CUT_PATTERNS)


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
