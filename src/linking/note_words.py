"""The words by which titles, albums and artists' names tell what a recording is.

All patterns are over folded text (`name_key`): no accents, dots or apostrophes, `&` is `and`.
"""

import re
from typing import Final, Literal

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
