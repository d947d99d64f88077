"""Order by year, unfamiliar tracks, transitions between neighbours, and the spacing of an artist."""

import re

from src.constraints.models.spec import OrderName, Transitions
from src.errors import InvalidInput
from src.lexicon.numbers import NUMBER, number_of
from src.understanding.playlist.fractions import FRACTION, MOSTLY_SHARE, fraction_of
from src.understanding.playlist.text import Prompt

_DESCENDING = re.compile(
    r"\b(?:in\s+)?(?:reverse(?:d)?\s+(?:chronological\w*|release)(?:\s+order)?"
    r"|(?:in\s+(?:order\s+of\s+release|chronological\s+order)"
    r"|chronological\w*|(?:sorted|ordered)\s+by\s+year|by\s+(?:release\s+)?year)\s*[,(]?\s*(?:newest"
    r"|latest|most\s+recent)\s+(?:first|to\s+oldest)\)?"
    r"|(?:from\s+)?(?:the\s+)?(?:newest|new|latest|most\s+recent)\s+(?:first|to\s+(?:the\s+)?(?:oldest|old))"
    r"|neue(?:ste)?\s+zuerst|von\s+neu\s+nach\s+alt|(?:de\s+)?(?:las?\s+)?mas\s+nuev[oa]s?\s+(?:primero"
    r"|a\s+(?:las?\s+)?mas\s+(?:viej|antigu)[oa]s?)"
    r"|(?:les\s+)?plus\s+recente?s\s+d'abord|ordre\s+chronologique\s+inverse)\b"
)
_ASCENDING = re.compile(
    r"\b(?:in\s+(?:order\s+of\s+(?:release|year)(?:\s+date)?|chronological\s+order|year\s+order"
    r"|release\s+order)|chronological(?:ly)?"
    r"(?:\s+order(?:ed)?)?|(?:sort(?:ed)?|order(?:ed)?|arranged)\s+by\s+(?:release\s+)?(?:year|date)"
    r"|by\s+(?:release\s+)?year"
    r"|(?:from\s+)?(?:the\s+)?(?:oldest|old|earliest)\s+(?:first|to\s+(?:the\s+)?(?:newest|new|latest))"
    r"|in\s+der\s+reihenfolge\s+(?:ihres\s+)?erscheinens"
    r"|chronologisch\w*|nach\s+jahr(?:en)?(?:\s+(?:sortiert|geordnet))?|von\s+alt\s+(?:nach|zu)\s+neu"
    r"|(?:en\s+|por\s+)?orden\s+cronologico|por\s+ano"
    r"|de\s+las?\s+mas\s+(?:antigu|viej)[oa]s?\s+a\s+las?\s+mas\s+(?:nuev|recient)\w+|(?:par\s+|en\s+"
    r"|dans\s+l')?ordre\s+chronologique"
    r"|par\s+annee|du\s+plus\s+ancien\s+au\s+plus\s+recent)\b"
)
_UNKNOWN = (
    r"(?:unknown|unfamiliar|new\s+to\s+me|obscure|lesser[\s-]known|little[\s-]known|deep\s+cuts?"
    r"|hidden\s+gems?|underrated"
    r"|b[\s-]sides?|rarities|rare|overlooked|forgotten|undiscovered|discoveries"
    r"|(?:(?:that|which)\s+)?(?:i|we)\s+(?:dont|don't|do\s+not)\s+(?:already\s+)?know|(?:(?:that"
    r"|which)\s+)?(?:i|we)(?:'ve|\s+have)?\s+never\s+heard(?:\s+(?:of|before))*"
    r"|(?:i|we)\s+(?:haven't|havent|have\s+not)\s+heard(?:\s+(?:of|before|yet))*|never\s+heard(?:\s+(?:of"
    r"|before))*"
    r"|unbekannt\w*|(?:die\s+)?ich\s+nicht\s+kenne|poco\s+conocid[oa]s?|desconocid[oa]s?|que\s+no\s+conozco"
    r"|meconnu\w*|peu\s+connu\w*|que\s+je\s+ne\s+connais\s+pas)"
)
_FILL = (
    r"(?:\s+(?:of|it|them|the|that|this|list|songs?|tracks?|ones|things?|stuff|music|artists?|which"
    r"|should|be|is|are|with"
    r"|must|to|a|an|really|lieder|canciones|chansons|titel))*\s+"
)
_SHARED = re.compile(
    rf"(?:(?P<bound>at\s+least|about|around|roughly)\s+)?(?P<f>{FRACTION}){_FILL}{_UNKNOWN}\b"
)
_MOST = re.compile(
    rf"\b(?:mostly|mainly|primarily|mehrheitlich|hauptsachlich|sobre\s+todo|surtout){_FILL}{_UNKNOWN}\b"
)
_ALL = re.compile(
    r"\bnothing\s+(?:that\s+)?(?:i|we)\s+(?:already\s+)?know\b|"
    rf"\b(?:only|just|all|exclusively|nothing\s+but|nur|solo|que\s+des){_FILL}{_UNKNOWN}\b"
    rf"|\b{_UNKNOWN}\s+(?:only|exclusively|nur)\b"
)
_SOME = re.compile(
    rf"\b(?:some|a\s+few|a\s+couple\s+of|a\s+bit\s+of|ein\s+paar|algun[oa]s|quelques){_FILL}{_UNKNOWN}\b"
)
_BARE = re.compile(rf"\b{_UNKNOWN}\b")
_NOT_BARE = re.compile(r"\b(?:no|not|nothing|without|never|kein\w*|sin|sans|too|less)\s+(?:\w+\s+)?$")
_SOME_SHARE, _BARE_SHARE = 0.25, 0.8


def read_order(prompt: Prompt) -> tuple[Prompt, OrderName | None]:
    """`chronological`, `newest first`; and the prompt without it."""
    orders: list[tuple[re.Pattern[str], OrderName]] = [(_DESCENDING, "year_descending"), (_ASCENDING, "year")]
    for pattern, order in orders:
        if match := pattern.search(prompt.folded):
            return prompt.without(match.start(), match.end()), order
    return prompt, None


def read_unfamiliar(prompt: Prompt) -> tuple[Prompt, float | None]:
    """The share of tracks that are to be unknown, and the prompt without it."""
    if match := _SHARED.search(prompt.folded):
        return prompt.without(match.start(), match.end()), fraction_of(match["f"])
    for pattern, share in ((_MOST, MOSTLY_SHARE), (_ALL, 1.0), (_SOME, _SOME_SHARE)):
        if match := pattern.search(prompt.folded):
            return prompt.without(match.start(), match.end()), share
    for match in _BARE.finditer(prompt.folded):
        if not _NOT_BARE.search(prompt.folded[: match.start()]):
            return prompt.without(match.start(), match.end(), joins=True), _BARE_SHARE
    return prompt, None


# `smooth transitions`: a step that is hardly heard.
SMOOTH_STEP_BPM = 8.0
MAX_SPACING = 50
# `spread the artists out` without a number.
_SPREAD = 3
_AT_MOST = (
    r"(?:no\s+more\s+than|not\s+more\s+than|at\s+most|max(?:imum)?(?:\s+of)?|within|less\s+than|under|up\s+to"
    r"|hochstens|maximal|como\s+maximo|maximo|au\s+maximum|au\s+plus)"
)
_STEPS = [
    re.compile(
        rf"\b(?:with\s+)?(?:tempo\s+(?:steps?|changes?|jumps?|differences?)\s+(?:of\s+"
        rf"|between\s+\w+\s+)?(?:{_AT_MOST}\s+)?"
        rf"(?P<n>{NUMBER})\s*(?:bpm|beats)|{_AT_MOST}\s+(?P<m>{NUMBER})\s*(?:bpm"
        rf"|beats(?:\s+per\s+minute)?)\s+"
        r"(?:apart|between|of\s+(?:each|one|the\s+(?:previous|last|next))|difference|jumps?|steps?"
        r"|changes?|from\s+(?:one|track))"
        r"(?:\s+(?:other|another|to|the|tracks?|songs?|one|next|neighbou?rs|them|consecutive|previous"
        r"|last))*)"
    ),
    re.compile(
        rf"\b(?P<n>{NUMBER})\s*bpm\s+(?:apart\s+)?at\s+most\s+between(?:\s+(?:tracks?|songs?|neighbou?rs))?"
    ),
]
_SMOOTH = re.compile(
    r"\b(?:with\s+)?(?:(?:smooth\w*|seamless\w*|soft|gentle|sanfte?n?|flie[sß]+ende?n?)\s+(?:transitions?"
    r"|mix(?:ing|es)?"
    r"|blends?|flow|ubergange?n?|changes?)|transiciones\s+suaves|transitions\s+(?:douces|fluides)"
    r"|(?:that\s+)?(?:flows?|flowing|blends?|blending)\s+(?:smoothly|nicely|well|seamlessly"
    r"|into\s+(?:each|one)\s+(?:other|another))"
    r"|no\s+(?:jarring|abrupt|sudden)\s+(?:tempo\s+)?(?:jumps?|changes?|transitions?|breaks?)"
    r"|beat[\s-]?match(?:ed|ing)"
    r"|seamless(?:ly)?)\b"
)
_HARMONIC = re.compile(
    r"\b(?:with\s+)?(?:(?:mixed|mixing|keep\s+it|stay(?:s|ing)?|all)\s+in\s+key(?!\s+of)|in\s+key\b(?!\s+of)"
    r"|harmonic(?:ally)?(?:\s+(?:mix(?:ed|ing)?|compatible|matched|transitions?))?|key[\s-]compatible"
    r"|(?:compatible|matching|neighbou?ring)\s+keys|camelot(?:\s+wheel)?|harmonisch\s+gemischt"
    r"|en\s+armonia)\b"
)
_SPACED = re.compile(
    rf"(?:\b(?:(?:the\s+)?same\s+artist\s+|leave\s+|keep\s+|with\s+)?(?:at\s+least\s+"
    rf"|minimum\s+(?:of\s+)?|mindestens\s+"
    rf"|al\s+menos\s+|au\s+moins\s+)?)"
    rf"(?P<n>{NUMBER})\s+(?:(?:other|different|andere|otras?|autres?)\s+)?(?:songs?|tracks?|others|lieder"
    rf"|titel|canciones|chansons|morceaux)\s+"
    r"(?:\w+\s+)?(?P<joint>between|apart|zwischen|entre)"
    r"(?:\s+(?:two|songs?|tracks?|by|of|from|the|same|one|an?|any|artists?|band|singer|each|titles?|zwei"
    r"|vom|von|selben"
    r"|kunstlers?|dos|del|mismo|artista|deux|du|meme|artiste|lieder\w*|titeln?|repeats?|ones?|appearances"
    r"|its)\b)*"
)
_WITHIN = re.compile(
    rf"\b(?:(?:dont|don't|do\s+not|never|no)\s+)(?:repeat(?:ing|s)?\s+)?(?:of\s+)?(?:(?:an|the\s+same"
    rf"|any)\s+)?artists?\s+"
    rf"(?:repeat\w*\s+)?(?:twice\s+)?within\s+(?P<n>{NUMBER})\s+(?:songs|tracks)"
)
_NEVER_TWICE = re.compile(
    r"\b(?:and\s+)?(?:(?:never|not|no|dont|don't|do\s+not|without"
    r"|avoid)\s+(?:\w+\s+){0,3}?(?:the\s+)?same\s+(?:artist|band|singer|one|rapper)s?"
    r"\s+(?:\w+\s+){0,2}?(?:in\s+a\s+row|back[\s-]to[\s-]back|after\s+(?:each|one)\s+(?:other|another)"
    r"|consecutively"
    r"|one\s+after\s+(?:the\s+other|another)|running)"
    r"|(?:no|never|without|not"
    r"|avoid)\s+(?:\w+\s+){0,2}?artists?\s+(?:\w+\s+){0,2}?(?:back[\s-]to[\s-]back|(?:twice\s+)?in\s+a\s+row)"
    r"|no\s+back[\s-]to[\s-]back\s+(?:artists?|songs\s+by\s+the\s+same\s+\w+)"
    r"|(?:no|not|never)\s+two\s+(?:songs?\s+|tracks?\s+)?(?:(?:in\s+a\s+row|back[\s-]to[\s-]back)\s+(?:by"
    r"|from)\s+the\s+same\s+\w+"
    r"|(?:by|from|of)\s+the\s+same\s+\w+\s+(?:in\s+a\s+row|back[\s-]to[\s-]back|next\s+to\s+each\s+other"
    r"|running))"
    r"|nie(?:mals)?\s+(?:zweimal\s+)?(?:de[rn]selben?|der\s+gleiche"
    r"|den\s+gleichen)\s+kunstler\s+(?:zweimal\s+)?(?:hintereinander|nacheinander|in\s+folge)"
    r"|nunca\s+el\s+mismo\s+artista\s+(?:dos\s+veces\s+)?(?:seguid[oa]s?|seguidas)"
    r"|jamais\s+(?:deux\s+fois\s+)?le\s+meme\s+artiste\s+(?:deux\s+fois\s+)?(?:de\s+suite|d'affilee))"
)
_SPREAD_OUT = re.compile(r"\b(?:spread|space)\s+(?:out\s+)?(?:the\s+)?artists(?:\s+(?:out|apart))?\b")


def read_transitions(prompt: Prompt) -> tuple[Prompt, Transitions | None]:
    """What is asked of neighbours, and the prompt without it."""
    transitions: Transitions = {"words": ""}
    said: list[str] = []
    for pattern in _STEPS:
        match = pattern.search(prompt.folded)
        step = _number(match) if match else 0.0
        if match and 0 < step <= 200:
            transitions["tempo_step"] = step
            said.append(prompt.words(match.start(), match.end()))
            prompt = prompt.without(match.start(), match.end())
            break
    if match := _HARMONIC.search(prompt.folded):
        transitions["harmonic"] = True
        said.append(prompt.words(match.start(), match.end()))
        prompt = prompt.without(match.start(), match.end())
    if match := _SMOOTH.search(prompt.folded):
        transitions.setdefault("tempo_step", SMOOTH_STEP_BPM)
        said.append(prompt.words(match.start(), match.end()))
        prompt = prompt.without(match.start(), match.end())
    if not said:
        return prompt, None
    transitions["words"] = "; ".join(said)[:200]
    return prompt, transitions


def read_spacing(prompt: Prompt) -> tuple[Prompt, int | None]:
    """How many tracks of others are between two of one artist, at least; and the prompt without it.

    Raises:
        InvalidInput: more than 50.
    """
    spacing = 0
    for pattern in (_SPACED, _WITHIN):
        for numbered in pattern.finditer(prompt.folded):
            spacing = max(spacing, int(number_of(numbered["n"])))
            prompt = prompt.without(numbered.start(), numbered.end())
    for pattern, least in ((_NEVER_TWICE, 1), (_SPREAD_OUT, _SPREAD)):
        if match := pattern.search(prompt.folded):
            spacing = max(spacing, least)
            prompt = prompt.without(match.start(), match.end())
    if spacing > MAX_SPACING:
        raise InvalidInput(f"Between two tracks of one artist there can be 1 to {MAX_SPACING} of others.")
    return prompt, spacing or None


def _number(match: re.Match[str]) -> float:
    groups = match.groupdict()
    return number_of(groups.get("n") or groups.get("m") or "0")
