"""Order by year, and how much of a list is to be unfamiliar."""

import re

from src.curation.prompt_text import Prompt
from src.curation.spec_fractions import FRACTION, MOSTLY_SHARE, fraction_of
from src.playlists.models.spec import OrderName

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
