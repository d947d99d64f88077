"""Quotas of a list for genres and eras: `half soul, half bossa`, `a third from the 80s`."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from src.constraints.models.brief import UncheckableConstraint
from src.constraints.models.spec import Quota
from src.lexicon.tokens import Token, find_phrases, tokenize
from src.lexicon.vocabulary import LANGUAGES, MOODS, TAGS, Vocabulary
from src.schema import with_present
from src.understanding.genres import read_genres
from src.understanding.playlist.fractions import FRACTION, MOSTLY_SHARE, fraction_of
from src.understanding.playlist.text import Prompt
from src.understanding.sound import read_vocals
from src.understanding.years import read_years

MAX_QUOTAS = 8
# The words for how much are within this many letters of what they are about.
_REACH = 160
# `first half jazz` leaves room for a track or two of something else.
_HALF_SHARE = 0.8
# `less electronic`, `more rock`: without a number these are what to aim at.
_LESS_SHARE, _MORE_SHARE = 0.2, 0.5
# A list without a number of tracks has at least so many: half of it may be half a track less.
_USUAL_TRACKS = 20

_LEAST = (
    r"at\s+least|no\s+less\s+than|minimum(?:\s+of)?|mindestens|al\s+menos|por\s+lo\s+menos|au\s+moins"
    r"|more\s+than|over"
)
_MOST = (
    r"at\s+most|no\s+more\s+than|not\s+more\s+than|max(?:imum)?\.?(?:\s+of)?|up\s+to|less\s+than|under"
    r"|hochstens"
    r"|maximal|como\s+maximo|au\s+plus|au\s+maximum|not\s+over"
)
_SOFTLY = r"about|around|roughly|maybe|perhaps|ideally|preferably|some|etwa|ungefahr|unos|environ"
_MAINLY = (
    r"mostly|mainly|primarily|predominantly|largely|chiefly|hauptsachlich|uberwiegend|vor\s+allem|meistens"
    r"|sobre\s+todo|principalmente|mayormente|surtout|principalement|(?:the\s+)?majority|most"
)
_REST = r"(?:the\s+)?(?:rest|remainder|other\s+half)|the\s+other|der\s+rest|el\s+resto|le\s+reste"
_FILL = (
    r"(?:\s+(?:of|it|them|the|that|this|list|playlist|songs?|tracks?|music|should|must|to|be|is|are|has"
    r"|have|in|from|von|aus"
    r"|der|de|des|del|los|las|la|le|les|an|a|tunes|stuff|ones|being|made|up|out|need|needs|can|may"
    r"|released|some|auf))*"
)
_QUANTITY = re.compile(
    rf"(?:\b(?P<least>{_LEAST})\s+|\b(?P<most>{_MOST})\s+|\b(?P<softly>{_SOFTLY})\s+)?"
    rf"(?:(?P<fraction>{FRACTION})|\b(?P<mainly>{_MAINLY})\b|\b(?P<rest>{_REST})\b){_FILL}:?\s*$"
)
_BEHIND = re.compile(
    rf"\s*[:(=]?\s*(?:(?P<least>{_LEAST})\s+|(?P<most>{_MOST})\s+"
    rf"|(?P<softly>{_SOFTLY})\s+)?(?P<fraction>{FRACTION})\s*\)?"
)
_EQUAL = re.compile(
    r"\b(?:(?:in\s+)?equal\s+(?:parts|shares|amounts)(?:\s+of)?|equally|evenly\s+split\s+between"
    r"|half\s*(?:and|/|-)\s*half|50\s*[/-]\s*50"
    r"|fifty[\s-]fifty|zu\s+gleichen\s+teilen|a\s+partes\s+iguales|a\s+parts\s+egales)(?:\s+(?:of|between"
    r"|mix\s+of))*[:,]?\s*$"
)
_FIRST = r"(?:first|opening|erste[nr]?|primera|premiere)\s+(?:half|halfte|mitad|moitie)"
_SECOND = (
    r"(?:second|last|latter|closing|zweite[nr]?|letzte[nr]?|segunda|seconde|deuxieme|derniere)\s+"
    r"(?:half|halfte|mitad|moitie)"
)
_HALF_BEFORE = re.compile(
    rf"(?:\b(?:in|for|over|during|make|have|and|then|with|der|in\s+der|en)\s+)*(?:the\s+|la\s+"
    rf"|die\s+)?\b(?:(?P<first>{_FIRST})|(?P<second>{_SECOND}))"
    r"(?:\s+(?:of\s+(?:it|the\s+(?:list|playlist))))?[:,]?(?:\s+(?:only|just|nur|solo|should|must|be|is"
    r"|are|to|all|of|more"
    r"|from|with|the|be|has|have|a|ist|soll|es))*\s*$"
)
_HALF_BEHIND = re.compile(
    rf"(?:\s+(?:songs?|tracks?|music|stuff))?\s+(?:in|for|during|over|en|dans|throughout)\s+(?:the\s+"
    rf"|der\s+|la\s+)?(?:(?P<first>{_FIRST})|(?P<second>{_SECOND}))"
    r"(?:\s+of\s+(?:it|the\s+(?:list|playlist)))?"
)
_CUE = re.compile(
    r"\b(?:(?P<none>no|not\s+any|without|kein\w*|ohne|sin|sans|pas\s+de|nothing)|(?P<less>less|weniger"
    r"|menos|moins\s+de|fewer)"
    r"|(?P<more>more|mehr|mas|plus\s+de)|(?P<only>only|just|nur|solo|uniquement))\s+(?:of\s+)?(?:the\s+)?$"
)
_JOINT = re.compile(r"\s*(?:,|and|or|und|oder|y|o|et|ou|&|/|plus|\+|mixed\s+with)\s*")
_LAST_JOINT = re.compile(r"\s*(?:and|or|und|oder|y|o|et|ou|&|/|plus|\+|mixed\s+with)\s*")
_OR_LATER = re.compile(
    r"\s*(?:\+|(?:or|and|und|oder|o|ou)\s+(?:later|newer|after|younger|up|onwards?|neuer|spater|despues"
    r"|apres)\b|onwards?\b)"
)
_OR_EARLIER = re.compile(r"\s*(?:or|and|und|oder|o|ou)\s+(?:earlier|older|before|alter|fruher|antes|avant)\b")
_BESIDE = re.compile(r"\s*(?:(?:from|of|in|the|aus|den|der|de|los|anos|des|annees)\s+)*")


@dataclass(frozen=True, slots=True)
class _Item:
    """A genre or years, and where they are in the prompt."""

    start: int
    end: int
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """What one quantity is about: genres of which any counts, in years."""

    start: int
    end: int
    genres: tuple[str, ...]
    year_from: int | None
    year_to: int | None


@dataclass(slots=True)
class Quotas:
    """Quotas that are asked for, and those that no record can prove."""

    constraints: list[Quota] = field(default_factory=list)
    unproven: list[UncheckableConstraint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Quantity:
    start: int
    end: int
    at_least: float | None
    at_most: float | None
    hard: bool
    half: str = ""
    is_rest: bool = False
    keeps: bool = True
    said: float = 0.0


def read_quotas(
    prompt: Prompt, vocabulary: Vocabulary, this_year: int, tracks: int | None = None
) -> tuple[Prompt, Quotas]:
    """The quotas that are asked for, and the prompt without their numbers.

    Genres that the list is to have stay in the prompt, as something to look for; years of a part, and what is
    bounded from above or to one half of the list, do not hold for the list as a whole and are cut.

    Args:
        tracks: their number where it is known: half of 25 tracks are 12.
    """
    tokens = tokenize(prompt.written)
    items = _items(prompt.folded, tokens, vocabulary, this_year)
    quotas, used = Quotas(), 0
    cuts: list[tuple[int, int, bool]] = []
    place = 0
    rests: list[Quota] = []
    taken = 0.0
    while place < len(items):
        group, after = _group_at(prompt.folded, items, place, used)
        equal = _EQUAL.search(prompt.folded, max(used, group.start - _REACH), group.start)
        if equal is not None:
            parts, after = _parts_at(prompt.folded, items, place)
            words = prompt.words(equal.start(), parts[-1].end)
            quotas.constraints += [
                _quota(_of(part), _Quantity(0, 0, _floor(1 / len(parts), tracks), None, True), words)
                for part in parts
            ]
            cuts.append((equal.start(), equal.end(), True))
            used, place = parts[-1].end, after
            continue
        quantity = _quantity(prompt.folded, group, items[after:], used, tracks)
        if quantity is None:
            place += 1
            continue
        start, end = min(quantity.start, group.start), max(quantity.end, group.end)
        constraint = _quota(group, quantity, prompt.words(start, end))
        if quantity.is_rest:
            rests.append(constraint)
        elif not quantity.half:
            taken += quantity.said
        quotas.constraints.append(constraint)
        cuts += _cuts(group, quantity)
        used, place = end, after
    _fill_rests(quotas.constraints, rests, taken, tracks)
    cuts += _read_unproven(prompt, tokens, quotas, cuts)
    quotas.constraints = [
        constraint for constraint in quotas.constraints if "at_least" in constraint or "at_most" in constraint
    ][:MAX_QUOTAS]
    for start, end, joins in cuts:
        prompt = prompt.without(start, end, joins=joins)
    return prompt, quotas


def _items(folded: str, tokens: list[Token], vocabulary: Vocabulary, this_year: int) -> list[_Item]:
    items = [
        _Item(tokens[span.first].start, tokens[span.last - 1].end, genre=genre)
        for span, genre in read_genres(tokens, vocabulary)
    ]
    for reading in read_years(tokens, this_year):
        start, end = tokens[reading.span.first].start, tokens[reading.span.last - 1].end
        if any(start < item.end and item.start < end for item in items):
            continue
        year_from, year_to = reading.year_from, reading.year_to
        if since := _OR_LATER.match(folded, end):
            year_to, end = None, since.end()
        elif until := _OR_EARLIER.match(folded, end):
            year_from, end = None, until.end()
        items.append(_Item(start, end, None, year_from, year_to))
    return sorted(items, key=lambda item: item.start)


def _of(item: _Item) -> _Group:
    genres = (item.genre,) if item.genre else ()
    return _Group(item.start, item.end, genres, item.year_from, item.year_to)


def _group_at(folded: str, items: Sequence[_Item], place: int, used: int) -> tuple[_Group, int]:
    """The items from a place on that one quantity is about, and the place after them."""
    group = _of(items[place])
    before = folded[max(used, group.start - _REACH) : group.start]
    mainly = re.search(rf"\b(?:{_MAINLY})\b{_FILL}\s*$", before) or _HALF_BEFORE.search(before)
    place += 1
    while place < len(items):
        item = items[place]
        between = folded[group.end : item.start]
        if item.genre and group.genres and group.year_from is None and group.year_to is None:
            joint = (_JOINT if mainly else _LAST_JOINT).fullmatch(between)
            if joint is None or _BEHIND.match(folded, item.end):
                break
            group = _Group(group.start, item.end, (*group.genres, item.genre), None, None)
        elif bool(item.genre) != bool(group.genres) and _BESIDE.fullmatch(between):
            years = group if item.genre else item
            genres = (item.genre,) if item.genre else group.genres
            group = _Group(group.start, item.end, genres, years.year_from, years.year_to)
        else:
            break
        place += 1
    return group, place


def _parts_at(folded: str, items: Sequence[_Item], place: int) -> tuple[list[_Item], int]:
    """Items of a list with equal quotas."""
    parts = [items[place]]
    place += 1
    while place < len(items) and _JOINT.fullmatch(folded[parts[-1].end : items[place].start]):
        parts.append(items[place])
        place += 1
    return parts, place


def _quantity(
    folded: str, group: _Group, later: Sequence[_Item], used: int, tracks: int | None
) -> _Quantity | None:
    used = max(used, group.start - _REACH)
    half_behind = _HALF_BEHIND.match(folded, group.end)
    if half_behind is not None:
        return _in_half(folded, used, group.start, _half(half_behind), half_behind.end(), tracks)
    before = folded[used : group.start]
    if (half_before := _HALF_BEFORE.search(before)) and not re.search(
        r"\b(?:the\s+)?other\s+half\s*$", before
    ):
        half = _half(half_before)
        share = 1.0 if re.search(r"\b(?:only|just|nur|solo)\b", half_before[0]) else _HALF_SHARE
        return _Quantity(used + half_before.start(), group.start, share, None, True, half, keeps=False)
    if match := _QUANTITY.search(before):
        # `second half mostly latin pop`: the half comes before the quantity.
        lead = _HALF_BEFORE.search(before[: match.start()])
        start = used + (lead.start() if lead is not None else match.start())
        quantity = _measured(match, start, group.start, tracks)
        plain = bool(group.genres) and group.year_from is None and group.year_to is None
        keeps = quantity.at_most is None and lead is None and plain
        return replace(quantity, half=_half(lead), keeps=keeps)
    if (cue := _CUE.search(before)) and cue["less"] and group.genres:
        return _Quantity(used + cue.start(), group.start, None, _LESS_SHARE, False, keeps=False)
    behind = _BEHIND.match(folded, group.end)
    follows = behind is not None and any(
        re.fullmatch(rf"{_FILL}\s*", folded[behind.end() : item.start]) for item in later[:1]
    )
    if behind is None or follows or re.match(r"\s*(?:an?\s+)?hour", folded[behind.end() :]):
        return None
    quantity = _measured(behind, group.end, behind.end(), tracks)
    keeps = quantity.at_most is None and bool(group.genres)
    return replace(quantity, keeps=keeps)


def _measured(match: re.Match[str], start: int, end: int, tracks: int | None) -> _Quantity:
    said = match.groupdict()
    hard = not said.get("softly")
    if said.get("rest"):
        return _Quantity(start, end, 0.0, None, hard, is_rest=True)
    if said.get("mainly"):
        return _Quantity(start, end, MOSTLY_SHARE, None, hard, said=MOSTLY_SHARE)
    share = fraction_of(match["fraction"])
    if said.get("most"):
        return _Quantity(start, end, None, share, hard=True)
    if said.get("least"):
        return _Quantity(start, end, share, None, hard=True, said=share)
    return _Quantity(start, end, _floor(share, tracks), None, hard, said=share)


def _half(match: re.Match[str] | None) -> str:
    return "" if match is None else "first" if match["first"] else "second"


def _in_half(folded: str, used: int, start: int, half: str, end: int, tracks: int | None) -> _Quantity:
    """`no rap in the second half`, `more rock in the first half`, `at least 30 % rock in the second half`."""
    before = folded[used:start]
    if match := _QUANTITY.search(before):
        return replace(_measured(match, used + match.start(), end, tracks), half=half, keeps=False)
    cue = _CUE.search(before)
    begin = used + cue.start() if cue else start
    if cue is None:
        return _Quantity(begin, end, _HALF_SHARE, None, True, half, keeps=False)
    if cue["none"]:
        return _Quantity(begin, end, None, 0.0, True, half, keeps=False)
    if cue["less"]:
        return _Quantity(begin, end, None, _LESS_SHARE, False, half, keeps=False)
    if cue["more"]:
        return _Quantity(begin, end, _MORE_SHARE, None, False, half, keeps=False)
    return _Quantity(begin, end, 1.0, None, True, half, keeps=False)


def _floor(share: float, tracks: int | None) -> float:
    """A plain part, which need not come out even: half of 25 tracks are 12 of them."""
    if tracks is not None:
        return round(math.floor(share * tracks + 1e-9) / tracks, 4)
    return round(max(0.0, share - 1 / _USUAL_TRACKS), 4) if share < 1 else 1.0


def _quota(group: _Group, quantity: _Quantity, words: str) -> Quota:
    genres = list(dict.fromkeys(genre.lower() for genre in group.genres))[:12]
    quota: Quota = {"hard": quantity.hard, "words": words}
    return with_present(
        quota,
        genre=genres[0] if len(genres) == 1 else None,
        genres=genres if len(genres) > 1 else None,
        year_from=group.year_from,
        year_to=group.year_to,
        at_least=quantity.at_least,
        at_most=quantity.at_most,
        half=quantity.half or None,
    )


def _cuts(group: _Group, quantity: _Quantity) -> list[tuple[int, int, bool]]:
    if quantity.keeps:
        # `half latin half pop` leaves two genres, and not `latin pop`.
        return [(quantity.start, quantity.end, quantity.end > group.start)]
    return [(min(quantity.start, group.start), max(quantity.end, group.end), False)]


def _fill_rests(quotas: list[Quota], rests: list[Quota], taken: float, tracks: int | None) -> None:
    """`the rest edm` is what the other parts leave."""
    for quota in rests:
        if len(quotas) > len(rests) and taken < 1:
            quota["at_least"] = _floor(1 - taken, tracks)
        else:
            del quota["at_least"]


def _read_unproven(
    prompt: Prompt, tokens: list[Token], quotas: Quotas, taken: list[tuple[int, int, bool]]
) -> list[tuple[int, int, bool]]:
    """Quotas of something that no record holds: `at least a quarter in Spanish`, `half instrumental`."""
    spans = [span for table in (LANGUAGES, MOODS, TAGS) for span, _ in find_phrases(tokens, table)]
    spans += [span for span, _, _ in read_vocals(tokens, ["plain"] * len(tokens))]
    cuts: list[tuple[int, int, bool]] = []
    for span in spans:
        start, end = tokens[span.first].start, tokens[span.last - 1].end
        reach = max(0, start - _REACH)
        match = _QUANTITY.search(prompt.folded[reach:start])
        if match is None or not match["fraction"]:
            continue
        begin = reach + match.start()
        if any(begin < other_end and other < end for other, other_end, _ in [*taken, *cuts]):
            continue
        words = prompt.words(begin, end)
        quotas.unproven.append(
            {"kind": "uncheckable", "what": words, "hard": False, "words": words, "turn": 1}
        )
        cuts.append((begin, end, False))
    return cuts
