"""How energy or tempo is to run over a list: `starts calm, ends dancing`, `from 100 to 130 bpm`."""

import re

from src.constraints.models.spec import Contour, ContourFeature, ContourPoint, ShapeName, tempo_level
from src.lexicon.numbers import NUMBER, number_of
from src.understanding.playlist.text import Prompt

# Words for how much there is of it, 0 to 1.
_LEVELS: dict[float, str] = {
    0.1: r"silent|sleepy|asleep|whisper\w*|schlafrig",
    0.15: (
        r"calm\w*|quiet\w*|peaceful\w*|still|low|ruhig\w*|leise\w*|tranquil[oa]?s?|calmad[oa]s?|calmement"
        r"|calme"
    ),
    0.2: (
        r"slow\w*|soft\w*|gentle\w*|gently|relax\w*|ambient|sad|sanft\w*|langsam\w*|entspannt|suaves?"
        r"|lent[oae]?s?"
        r"|doux|douce\w*|tender|easy|down\s?tempo"
    ),
    0.25: r"mellow\w*|chill\w*|dreamy|acoustic|laid[\s-]?back|gemutlich|mild",
    0.4: r"warm\w*|smooth|cosy|cozy",
    0.5: r"medium|moderate|mid[\s-]?tempo",
    0.65: r"groov\w+|funky|bouncy|lively|livelier|happy|lebhaft|animad[oa]s?|alegres?|up",
    0.8: r"upbeat|up[\s-]?tempo|danc\w+|tanz\w*|bail\w+|dansant\w*|movid[oa]s?|big|cheerful|festi[fv]\w*",
    0.85: (
        r"fast\w*|quick\w*|schnell\w*|rapid\w*|energi\w+|energetic\w*|energetique|energique|high|hype\w*"
        r"|pumped"
    ),
    0.95: r"loud\w*|laut\w*|wild\w*|intense\w*|hard\w*|heavy|heavier|banging|bangers?|raging"
    r"|explo\w+|erupt\w*|euphori\w+|crazy|party"
    r"|partying|full[\s-]on|fuerte\w*|explosive|peak[\s-]time|bang",
}
_LEVEL = re.compile(
    "|".join(rf"(?P<l{place}>\b(?:{words})\b)" for place, words in enumerate(_LEVELS.values()))
)
_OF_TEMPO = re.compile(
    r"\b(?:slow\w*|fast\w*|quick\w*|langsam\w*|schnell\w*|lent[oae]?s?|rapid\w*|tempo|bpm|speed)\b"
)
_W = r"(?:(?!and\b|then\b|und\b|y\b|et\b|ends?\b|finish\w*|clos\w+|endet|termina\w*|finit)[\w'/-]+\s+){0,5}?"
_STARTS = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|open(?:s|ing)?|kicks?\s+off|erst|anfangs|am\s+anfang|beginnt"
    r"|startet|fangt"
    r"|zuerst|empieza|empezando|comienza|al\s+principio|commence|demarre|debute|au\s+debut)"
    r"(?P<with>\s+(?:off\s+|out\s+)?(?:with|mit|con|avec)\b)?"
)
_ENDS = re.compile(
    r"\b(?:end(?:s|ing|et)?|finish(?:es|ing)?|clos(?:e|es|ing)|conclud(?:e|es|ing)|hort|aufhort"
    r"|termina(?:ndo)?|acaba"
    r"|acabando|finit|termine|se\s+termine)\b"
)
_TO_THE_END = re.compile(
    r"\b(?:(?:at|by|towards?|near)\s+the\s+(?:very\s+)?end|in\s+the\s+end|am\s+(?:ende|schluss)"
    r"|zum\s+schluss|gegen\s+ende"
    r"|al\s+final|hacia\s+el\s+final|a\s+la\s+fin|vers\s+la\s+fin)\b"
)
_AT_FIRST = re.compile(
    r"\b(?:(?:at|in)\s+the\s+(?:very\s+)?(?:start|beginning)|at\s+first|am\s+anfang|zu\s+beginn"
    r"|al\s+principio"
    r"|au\s+debut)\b"
)
# `a chill start, a big finish`
_CHILL_START = re.compile(r"\b(?P<level>[\w-]{1,20})\s+(?:start|beginning|opening|intro)\b")
_BIG_FINISH = re.compile(r"\b(?P<level>[\w-]{1,20})\s+(?:finish|ending|finale|close)\b(?!\s+(?:with|on))")
_CHAIN = re.compile(
    r"\b(?:first\s+|erst\s+|primero\s+|d'abord\s+)?(?P<a>[\w-]+)\s*,?\s*(?:and\s+|und\s+|y\s+|et\s+)?"
    r"(?:then|dann|luego|despues|puis|ensuite)\s+(?P<b>[\w-]+)"
    r"(?:\s*,?\s*(?:and\s+)?(?:then|dann|luego|puis)\s+(?P<c>[\w-]+)(?:\s+again)?)?\b"
)
_MIDDLE = re.compile(
    r"\b(?:in\s+the\s+middle|half\s?way(?:\s+through)?|mid\s?way|in\s+der\s+mitte|en\s+(?:el\s+)?medio"
    r"|a\s+mitad|au\s+milieu)\b"
)
_FROM_TO = re.compile(
    rf"\b(?:from|goes|von|de|du)\s+(?P<a>{_W}[\w-]+)\s+(?:to|into|bis|zu|nach|a|au)\s+(?P<b>{_W}[\w-]+)"
)
_TO = re.compile(r"\b(?P<a>[\w-]+)\s+to\s+(?P<b>[\w-]+)\b")
_REACH = re.compile(r"(?:[^\S\n]*[\w'/&-]+){0,5}")
_GETTING = (
    r"(?:get(?:s|ting)?|grow(?:s|ing)?|becom(?:es?|ing)|turn(?:s|ing)?|gradually|slowly|steadily|increasingly"
    r"|progressively|bit\s+by\s+bit|more\s+and\s+more|wird|werden|immer|allmahlich|cada\s+vez|poco\s+a\s+poco"
    r"|de\s+plus\s+en\s+plus|progressivement|peu\s+a\s+peu)"
)
_MORE = (
    r"(?:\s+(?:ever|more|and|immer|mas|plus|getting|gradually|slowly|progressively|increasingly|a\s+bit"
    r"|much|als))*"
)
_CHANGE = re.compile(
    rf"\b(?:that\s+|which\s+)?(?:keeps?\s+|keep\s+on\s+)?{_GETTING}{_MORE}\s+(?P<what>[\w-]+)"
    r"(?:\s+(?:as\s+it\s+goes(?:\s+on)?|over\s+time|towards?\s+the\s+end|throughout))?"
)
_THROUGHOUT = re.compile(
    r"\b(?:throughout|from\s+start\s+to\s+(?:finish|end)|all\s+the\s+way\s+through|the\s+whole\s+(?:way|time)"
    r"(?:\s+through)?|die\s+ganze\s+zeit|todo\s+el\s+tiempo|du\s+debut\s+a\s+la\s+fin)\b"
)
_IN_A_HALF = re.compile(
    r"\b(?:more\s+)?(?P<what>[\w-]+)\s+(?:in|for|during|towards)\s+the\s+(?:(?P<first>first|opening)"
    r"|second|last|latter)\s+half\b"
)
_LESS = re.compile(r"\b(?:less|weniger|menos|moins)\s+(?:and\s+less\s+)?(?:energ\w+|intens\w+)")
_OF_IT = r"(?:\s+(?:the\s+)?(?:energy|tempo|intensity|pace|mood|level))?"
_AT_END = r"(?:\s+(?:slowly|gradually|nicely|gently))?(?:\s+(?:towards|at|by|near)\s+the\s+end)?"
_NAMED: list[tuple[str, ShapeName, ContourFeature | None]] = [
    (
        r"\b(?:no|without|keine?)\s+(?:big\s+)?(?:ups?\s+and\s+downs?|peaks?|swings?)\b"
        r"|\bauf\s+einem\s+level\b",
        "steady",
        None,
    ),
    (
        r"\b(?:(?:keep(?:s|ing)?|at|hold(?:s|ing)?|with|stays?\s+at)\s+)?(?:the\s+|a\s+)?"
        r"(?:steady|same|constant|even|consistent|unchanging|flat|stable)"
        r"\s+(?:energy|tempo|level|mood|pace|intensity|vibe|beat)(?:\s+level)?"
        r"(?:\s+(?:throughout|all\s+(?:the\s+way|along|through)(?:\s+through)?|the\s+whole\s+(?:way"
        r"|time)(?:\s+through)?"
        r"|from\s+start\s+to\s+(?:finish|end)|for\s+the\s+whole\s+\w+))?",
        "steady",
        None,
    ),
    (r"\b(?:stays?\s+)?steady(?:\s+throughout)?\b(?!\s+\w+ing)", "steady", None),
    (
        r"\bgleichbleibende?\w*\s+energie\b|\benergia\s+constante\b|\benergie\s+constante\b"
        r"|\bno\s+build[\s-]?up\b",
        "steady",
        None,
    ),
    (
        r"\b(?:build\w*|rises?|climbs?|goes|go|ramps?)\s+(?:up\s+)?(?:to\s+a\s+(?:peak"
        r"|climax)\s*)?,?\s*(?:and\s+)?(?:then)\s+"
        r"(?:it\s+)?(?:\w+\s+)?(?:back\s+)?(?:cool\w*|wind\w*|calm\w*|come\w*|fad\w*|slow\w*|fall\w*"
        r"|drop\w*|down)"
        r"(?:\s+(?:back\s+)?(?:down|out|off))?(?:\s+again)?",
        "peak",
        None,
    ),
    (
        r"\b(?:peak(?:s|ing)?|climax(?:es)?|high\s?point|highlight|hohepunkt|pico|climax"
        r"|apogee)\s+(?:\w+\s+)?"
        r"(?:in\s+the\s+middle|half\s?way(?:\s+through)?|mid\s?way|at\s+the\s+midpoint|in\s+der\s+mitte"
        r"|en\s+(?:el\s+)?medio|a\s+mitad|au\s+milieu)\b|\bup\s+(?:and\s+)?then\s+down\b|\barc[\s-]shaped\b",
        "peak",
        None,
    ),
    (
        r"\b(?:dip(?:s|ping)?|breather|a\s+rest|breathe?s?|lull)\s+(?:\w+\s+)?(?:in\s+the\s+middle"
        r"|half\s?way)\b"
        r"|\bdown\s+(?:and\s+)?then\s+up\b",
        "valley",
        None,
    ),
    (
        r"\b(?:in\s+waves|(?:energy\s+)?(?:like|as)\s+(?:a\s+)?waves?|wave[\s-]?(?:like|shaped)"
        r"|energy\s+waves?"
        r"|(?:a\s+)?wave\s+of\s+energy|waves\s+of\s+energy|ups?\s+and\s+downs?(?:\s+welcome)?"
        r"|roller\s?coaster\w*|goes?\s+up\s+and"
        r"\s+down|up\s+and\s+down|auf\s+und\s+ab|altibajos|subidas\s+y\s+bajadas|en\s+vagues"
        r"|hauts\s+et\s+bas)\b",
        "wave",
        None,
    ),
    (
        rf"\b(?:slow(?:s|ing)?|getting\s+slow(?:er)?)\s+(?:it\s+)?(?:down\b){_OF_IT}{_AT_END}",
        "cool_down",
        "tempo",
    ),
    (rf"\bspeed(?:s|ing)?\s+up\b{_AT_END}", "build", "tempo"),
    (
        r"\b(?:(?:for\s+)?(?:a\s+)?(?:wind(?:s|ing)?|cool(?:s|ing)?|calm(?:s|ing)?|com(?:es?|ing)"
        r"|settl(?:es?|ing)|bring\w*)"
        rf"(?:\s+(?:it|me|us|things))?[\s-]+down|wind-down|cool-?down){_OF_IT}{_AT_END}",
        "cool_down",
        None,
    ),
    (
        rf"\b(?:fad(?:es?|ing)\s+(?:out|away)|mellow(?:s|ing)?\s+out|tail(?:s|ing)?\s+off|wind(?:s"
        rf"|ing)?\s+up\s+calm){_AT_END}"
        r"|\bausklingen\w*|\bzum\s+runterkommen\b|\bva\s+bajando\b|\bde\s+mas\s+a\s+menos\b|\bredescend\w*"
        r"|\bse\s+calme\b|\b(?:decreasing|falling|dropping|declining)\s+(?:energy|intensity|tempo)\b"
        r"|\b(?:energy|intensity|tempo)\s+(?:decreas\w+|fall\w*|drop\w*|declin\w+|go(?:es|ing)\s+down)\b",
        "cool_down",
        None,
    ),
    (
        rf"\b(?:build(?:s|ing)?[\s-]*(?:up|slowly|gradually|steadily)|ramp(?:s|ing)?\s+up|warms\s+up"
        rf"|warming\s+up\s+slowly"
        rf"|escalat\w+|crescendo\w*|pick(?:s|ing)?\s+up|heat(?:s|ing)?\s+up|work(?:s"
        rf"|ing)?\s+up){_OF_IT}{_AT_END}"
        r"|\b(?:slowly|gradually|steadily)\s+(?:build\w*|ris\w+|climb\w*)(?:\s+up)?|\bsteigert?\s+sich\b"
        r"|\bsich\s+steigern\w*"
        r"|\bva\s+subiendo\b|\bde\s+menos\s+a\s+mas\b|\bmont\w+\s+en\s+puissance\b|\bva\s+crescendo\b"
        r"|\b(?:rising|increasing|growing|building)\s+(?:energy|intensity|tempo)\b"
        r"|\b(?:energy|intensity|tempo)\s+(?:ris\w+|increas\w+|grow\w*|build\w*|climb\w*|go(?:es|ing)\s+up)\b"
        r"|\bbuilds\b|\bthat\s+build\b|\bbuild(?:ing)?\s+to\s+a\s+(?:peak|climax)\b|\bslow[\s-]burn\w*",
        "build",
        None,
    ),
]
_SHAPES = [(re.compile(pattern), shape, feature) for pattern, shape, feature in _NAMED]
_BPM_FROM_TO = re.compile(
    rf"(?P<lead>(?:\b(?:starts?|starting|begins?|beginning|going|goes|tempo|bpm|rising|rises?|climb\w*"
    rf"|build\w*|fall\w*"
    rf"|ramp\w*|slow\w*|speed\w*|from|at|around|with|up|down|von|de|desde|a|bei|mit|off|out)\s+){{0,4}})"
    rf"(?P<a>{NUMBER})\s*(?P<u1>bpm)?(?P<joint>[^\d.;\n]{{1,45}}?)(?P<b>{NUMBER})\s*(?P<u2>bpm)?\b"
)
_MOVES = re.compile(
    r"\b(?:start\w*|begin\w*|ris\w+|climb\w*|build\w*|ramp\w*|fall\w*|slow\w*|speed\w*|up|down|ends?"
    r"|ending|finish\w*"
    r"|goes|going|empieza|termina\w*|beginnt|endet|steig\w*|commence|finit|hasta)\b"
)
_BETWEEN_BPM = re.compile(
    r"\b(?:to|ends?|finish\w*|up|down|until|bis|a|hasta|termina\w*|endet|finit|jusqu)\b|-"
)
_FLAT = 0.12


def read_contours(prompt: Prompt) -> tuple[Prompt, list[Contour]]:
    """The contours asked for, at most one of energy and one of tempo, and the prompt without them."""
    contours: list[Contour] = []
    for read in (_read_tempo, _read_throughout, _read_levels, _read_changes, _read_named):
        before = prompt
        prompt, contour = read(prompt)
        if contour is not None and any(contour["feature"] == other["feature"] for other in contours):
            prompt, contour = before, None
        if contour is not None:
            contours.append(contour)
            if len(contours) == 2:
                break
    return prompt, contours


def level_of(words: str) -> float | None:
    """How much the first word that tells says, 0 to 1; None when none tells."""
    match = _LEVEL.search(words)
    return None if match is None else _level(match)


def _level(match: re.Match[str]) -> float:
    return list(_LEVELS)[int((match.lastgroup or "l0")[1:])]


def _read_tempo(prompt: Prompt) -> tuple[Prompt, Contour | None]:
    position = 0
    while match := _BPM_FROM_TO.search(prompt.folded, position):
        position = match.end("a")
        low, high = number_of(match["a"]), number_of(match["b"])
        said = bool(match["u1"] or match["u2"]) or "bpm" in match["lead"]
        moves = _MOVES.search(match["lead"] + match["joint"])
        if not (said and moves and _BETWEEN_BPM.search(match["joint"])):
            continue
        if not (30 <= low <= 300 and 30 <= high <= 300) or low == high:
            continue
        points: list[ContourPoint] = [
            {"at": 0.0, "level": tempo_level(low)},
            {"at": 1.0, "level": tempo_level(high)},
        ]
        shape: ShapeName = "build" if high > low else "cool_down"
        words = prompt.words(match.start(), match.end())
        contour: Contour = {"feature": "tempo", "shape": shape, "points": points, "words": words}
        return prompt.without(match.start(), match.end()), contour
    return prompt, None


def _read_levels(prompt: Prompt) -> tuple[Prompt, Contour | None]:
    """`starts calm, gets wild in the middle, ends soft`, `from mellow to hype`, `calm in the middle`."""
    start, middle, end = _start_level(prompt), _middle_level(prompt), _end_level(prompt)
    opener_alone = start is not None and start[3] and end is None and middle is None
    said = [part for part in (None if opener_alone else start, middle, end) if part is not None]
    if not said:
        return _read_from_to(prompt)
    words = prompt.words(min(part[0] for part in said), max(part[1] for part in said))
    is_tempo = all(_OF_TEMPO.search(prompt.folded, part[0], part[1]) for part in said)
    levels = [None if part is None else part[2] for part in (None if opener_alone else start, middle, end)]
    contour = _contour(levels, "tempo" if is_tempo else "energy", words)
    for part in said:
        prompt = prompt.without(part[0], part[1])
    return prompt, contour


def _contour(levels: list[float | None], feature: ContourFeature, words: str) -> Contour:
    first, middle, last = levels
    if middle is not None:
        first = 1 - middle if first is None else first
        last = first if last is None else last
        shape: ShapeName = "points"
        if middle > max(first, last):
            shape = "peak"
        elif middle < min(first, last):
            shape = "valley"
        points: list[ContourPoint] = [
            {"at": 0.0, "level": first},
            {"at": 0.5, "level": middle},
            {"at": 1.0, "level": last},
        ]
        return {"feature": feature, "shape": shape, "points": points, "words": words}
    # One end alone says where the list comes from or goes to; the other is opposite.
    low = first if first is not None else 1 - (last or 0.0)
    high = last if last is not None else 1 - (first or 0.0)
    shape = "steady" if abs(high - low) < _FLAT else "build" if high > low else "cool_down"
    ends: list[ContourPoint] = [{"at": 0.0, "level": low}, {"at": 1.0, "level": high}]
    return {"feature": feature, "shape": shape, "points": ends, "words": words}


type _Part = tuple[int, int, float, bool]


def _start_level(prompt: Prompt) -> _Part | None:
    for match in _STARTS.finditer(prompt.folded):
        level = _level_after(prompt.folded, match.end())
        if level is not None:
            return match.start(), level.end(), _level(level), bool(match["with"])
    for match in _AT_FIRST.finditer(prompt.folded):
        before = _level_before(prompt.folded, match.start())
        if before is not None:
            return before[0], match.end(), before[1], False
    return _adjacent(prompt, _CHILL_START)


def _end_level(prompt: Prompt) -> _Part | None:
    for match in _ENDS.finditer(prompt.folded):
        level = _level_after(prompt.folded, match.end())
        if level is not None:
            return match.start(), level.end(), _level(level), False
    for match in _TO_THE_END.finditer(prompt.folded):
        before = _level_before(prompt.folded, match.start())
        after = _level_after(prompt.folded, match.end())
        if before is not None:
            return before[0], match.end(), before[1], False
        if after is not None:
            return match.start(), after.end(), _level(after), False
    return _adjacent(prompt, _BIG_FINISH)


def _adjacent(prompt: Prompt, pattern: re.Pattern[str]) -> _Part | None:
    for match in pattern.finditer(prompt.folded):
        level = _LEVEL.fullmatch(match["level"])
        if level is not None:
            return match.start(), match.end(), _level(level), False
    return None


def _middle_level(prompt: Prompt) -> _Part | None:
    for match in _MIDDLE.finditer(prompt.folded):
        before = _level_before(prompt.folded, match.start())
        if before is not None:
            return before[0], match.end(), before[1], False
    return None


def _level_after(folded: str, position: int) -> re.Match[str] | None:
    reach = _REACH.match(folded, position)
    level = _LEVEL.search(folded, position, reach.end() if reach else position)
    between = folded[position : level.start()] if level else ""
    # `starts calm and ends …`: the second half of a pair has its own word.
    return None if level is None or _ENDS.search(between) or _STARTS.search(between) else level


def _level_before(folded: str, position: int) -> tuple[int, float] | None:
    """The last level within five words before a position, with the verb that leads to it."""
    clause = re.search(r"(?:(?:[\w'-]+)\s+){1,5}$", folded[:position])
    levels = list(_LEVEL.finditer(folded, clause.start(), position)) if clause else []
    if not levels:
        return None
    lead = re.search(
        rf"\b{_GETTING}(?:\s+(?:really|more|all|very|quite))*\s+$|\b(?:even\s+)?more\s+$",
        folded[: levels[-1].start()],
    )
    return (lead.start() if lead else levels[-1].start()), _level(levels[-1])


def _read_from_to(prompt: Prompt) -> tuple[Prompt, Contour | None]:
    for match in _CHAIN.finditer(prompt.folded):
        parts = [_LEVEL.fullmatch(match[name] or "") for name in ("a", "b", "c")]
        levels = [_level(part) for part in parts if part is not None]
        if len(levels) < 2 or parts[0] is None:
            continue
        words = prompt.words(match.start(), match.end())
        middle = levels[1] if len(levels) == 3 else None
        contour = _contour([levels[0], middle, levels[-1]], "energy", words)
        return prompt.without(match.start(), match.end()), contour
    for pattern in (_FROM_TO, _TO):
        for match in pattern.finditer(prompt.folded):
            first, last = _LEVEL.search(match["a"]), _LEVEL.search(match["b"])
            if first is None or last is None or abs(_level(first) - _level(last)) < _FLAT:
                continue
            said = prompt.folded[match.start() : match.end()]
            is_tempo = len(_OF_TEMPO.findall(said)) > 1
            words = prompt.words(match.start(), match.end())
            contour = _contour([_level(first), None, _level(last)], "tempo" if is_tempo else "energy", words)
            return prompt.without(match.start(), match.end()), contour
    return prompt, None


def _read_changes(prompt: Prompt) -> tuple[Prompt, Contour | None]:
    """`gets faster and faster`, `gradually calmer`, `wird immer schneller`, `less and less energy`."""
    for match in _IN_A_HALF.finditer(prompt.folded):
        level = level_of(match["what"])
        if level is not None:
            rises = (level > 0.5) != bool(match["first"])
            words = prompt.words(match.start(), match.end())
            shape: ShapeName = "build" if rises else "cool_down"
            contour: Contour = {"feature": "energy", "shape": shape, "words": words}
            return prompt.without(match.start(), match.end()), contour
    less = _LESS.search(prompt.folded)
    for match in _CHANGE.finditer(prompt.folded):
        level = level_of(match["what"])
        if level is None:
            continue
        # `gets slower` is a change, `get slow songs` is none.
        if match[0].startswith(("get ", "turn ")) and not re.search(r"er$|more|and", match[0]):
            continue
        feature: ContourFeature = "tempo" if _OF_TEMPO.search(match["what"]) else "energy"
        end = match.end()
        again = re.compile(rf"\s+and\s+{re.escape(match['what'])}\b").match(prompt.folded, end)
        end = again.end() if again else end
        shape = "build" if level > 0.5 else "cool_down"
        words = prompt.words(match.start(), end)
        return prompt.without(match.start(), end), {"feature": feature, "shape": shape, "words": words}
    if less is not None and re.search(_GETTING + r"[\s\w]*$", prompt.folded[: less.start()]):
        words = prompt.words(less.start(), less.end())
        contour = {"feature": "energy", "shape": "cool_down", "words": words}
        return prompt.without(less.start(), less.end()), contour
    return prompt, None


def _read_throughout(prompt: Prompt) -> tuple[Prompt, Contour | None]:
    """`mellow throughout`, `high energy from start to finish`: the word itself stays in the prompt."""
    for match in _THROUGHOUT.finditer(prompt.folded):
        before = _level_before(prompt.folded, match.start())
        if before is None:
            continue
        level = before[1]
        points: list[ContourPoint] = [{"at": 0.0, "level": level}, {"at": 1.0, "level": level}]
        words = prompt.words(before[0], match.end())
        contour: Contour = {"feature": "energy", "shape": "steady", "points": points, "words": words}
        return prompt.without(match.start(), match.end()), contour
    return prompt, None


def _read_named(prompt: Prompt) -> tuple[Prompt, Contour | None]:
    for pattern, shape, feature in _SHAPES:
        match = pattern.search(prompt.folded)
        if match is None:
            continue
        of_tempo = "tempo" in match[0] or "bpm" in match[0]
        chosen: ContourFeature = feature or ("tempo" if of_tempo else "energy")
        words = prompt.words(match.start(), match.end())
        return prompt.without(match.start(), match.end()), {"feature": chosen, "shape": shape, "words": words}
    return prompt, None
