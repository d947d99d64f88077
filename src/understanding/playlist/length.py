"""How long a list is to be, in time and in tracks: `ninety-minute`, `1h30`, `about 40 min`, `20 songs`."""

import re
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import known_artists, known_titles
from src.catalogue.names import name_key
from src.constraints.models.spec import MAX_DURATION_S, MAX_TRACKS, MIN_DURATION_S
from src.errors import InvalidInput
from src.lexicon.numbers import NUMBER, number_of
from src.understanding.playlist.text import Prompt

# `about two hours` is right within this share of them; `under two hours` is the last tenth below.
ROUGHLY = 0.05
_WINDOW = 0.1
_LEAST_SLACK_S = 30.0
# The words that bound a length are within this many letters before it.
_REACH = 60
# No listener wants a list so short; a bound below it is that of a track.
_TRACK_S = 15 * 60
_HOUR = r"(?:hours?|hrs?|hr|h|stunden?|std|horas?|heures?)\b"
_MINUTE = r"(?:minutes?|minuten?|minutos?|mins?|min)\b"
_SECOND = r"(?:seconds?|secs?|sec|sekunden?|segundos?|secondes?|s)\b"
_ONE = r"(?:\b(?:an?|one|eine[rn]?|una|une)\b)"
_N = rf"(?:{NUMBER}|{_ONE})"
_AND = r"\s*(?:and|und|y|et|,)?\s*"
_HALF = r"(?:\ba\s+half|half|ein\s*halb|media|demie?)\b"
_FIXED = {
    r"half(?:\s+an?)?[\s-]+hour\b": 1800,
    r"(?:an?\s+)?quarter\s+of\s+an\s+hour\b": 900,
    r"three[\s-]+quarters\s+of\s+an\s+hour\b": 2700,
    r"(?:an?\s+)?hour\s+and\s+(?:a\s+)?quarter\b": 4500,
    r"(?:(?:une|1)\s+)?heure\s+et\s+quart\b": 4500,
    r"hour\s+and\s+a\s+half\b": 5400,
    r"hora\s+y\s+media\b": 5400,
    r"heure\s+et\s+demie\b": 5400,
    r"(?:an?\s+)?hour[\s-]+long\b": 3600,
    r"(?:eine\s+)?halbe(?:n)?\s+stunde\b": 1800,
    r"dreiviertelstunde\b": 2700,
    r"viertelstunde\b": 900,
    r"(?:anderthalb|eineinhalb)\s+stunden\b": 5400,
    r"zweieinhalb\s+stunden\b": 9000,
    r"media\s+hora\b": 1800,
    r"(?:une\s+)?demi[\s-]*heure\b": 1800,
    r"(?:a\s+)?couple\s+(?:of\s+)?hours\b": 7200,
}
_PATTERNS: list[re.Pattern[str]] = [
    re.compile(rf"(?P<h>{_N})\s*-?\s*{_HOUR}{_AND}(?P<half>{_HALF})"),
    re.compile(rf"\b(?P<fixed>{'|'.join(_FIXED)})"),
    re.compile(rf"(?P<h>{_N})\s+(?:and\s+a\s+|1/2\s+)(?P<half>half\s+)?{_HOUR}"),
    re.compile(rf"(?P<h>{_N})\s*-?\s*{_HOUR}{_AND}(?P<m>{NUMBER})(?:\s*-?\s*{_MINUTE}|m\b|(?=\W|$))"),
    re.compile(r"(?<![\w:])(?P<h>\d{1,2})h(?P<m>\d{2})(?:m|min)?\b"),
    re.compile(r"(?<![\w:])(?P<h>\d):(?P<m>\d{2})\s*h\b"),
    re.compile(rf"(?P<h0>{NUMBER})\s*(?:-|to|and|bis|und|a|y|et)\s*(?P<h>{NUMBER})\s*-?\s*{_HOUR}"),
    re.compile(
        rf"(?P<m0>{NUMBER})\s*(?:{_MINUTE}\s*)?(?:-|to|and|bis|und|a|y|et)\s*(?P<m>{NUMBER})\s*-?\s*{_MINUTE}"
    ),
    re.compile(rf"(?P<h>{_N})\s*-?\s*{_HOUR}"),
    re.compile(rf"(?P<m>{_N})\s*-?\s*{_MINUTE}"),
    re.compile(rf"(?P<s>{NUMBER})\s*-?\s*{_SECOND}"),
]
_APPROXIMATELY = (
    r"about|around|roughly|approximately|approx\.?|circa|ca\.?|some|etwa|ungefahr|rund"
    r"|unos|unas|alrededor\s+de|mas\s+o\s+menos|environ|a\s+peu\s+pres|something\s+like|like"
)
_BELOW = (
    r"under|below|less\s+than|at\s+most|no\s+more\s+than|not\s+more\s+than|no\s+longer\s+than|up\s+to"
    r"|not\s+longer\s+than|max(?:imum)?\.?(?:\s+of)?|shorter\s+than|within|hochstens|maximal|unter"
    r"|como\s+maximo|menos\s+de|au\s+maximum|moins\s+de|au\s+plus|longer\s+than\s+no"
)
_ABOVE = (
    r"over|above|more\s+than|at\s+least|no\s+less\s+than|not\s+less\s+than|longer\s+than|minimum|min\.?"
    r"|no\s+shorter\s+than|mindestens|uber|mas\s+de|al\s+menos|por\s+lo\s+menos|au\s+moins|plus\s+de"
)
_LEAD = re.compile(
    rf"(?:\b(?:for|lasting|exactly|just|of|the|it|total|in\s+total)\s+)*"
    rf"(?:\b(?P<about>{_APPROXIMATELY})\s+|\b(?P<above>no(?:t)?\s+shorter\s+than)\s+"
    rf"|\b(?P<below>{_BELOW})\s+|\b(?P<more>{_ABOVE})\s+|\bbetween\s+|\bexactly\s+|\blasting\s+|\bfrom\s+)?"
    r"(?:(?:a|an|the)\s+)?$"
)
_TRAIL = re.compile(
    r"(?P<about>\s*(?:or\s+so|-?ish|more\s+or\s+less|give\s+or\s+take)\b)|(?P<below>\s*(?:or\s+less"
    r"|max(?:imum)?"
    r"|at\s+most|tops)\b)|(?P<more>\s*(?:or\s+more|at\s+least|minimum|or\s+longer)\b)|(?:\s+(?:long"
    r"|in\s+total)\b)"
)
_OF_TRACKS_BEFORE = re.compile(
    r"\b(?:songs?|tracks?|tunes?|nothing|none|anything|everything|ones?|each|titles?|lieder|titel|canciones"
    r"|chansons|morceaux|keine?r?|ninguna)\b[^.;\n]{0,30}$"
)
_OF_TRACKS_AFTER = re.compile(
    r"[\s-]*(?:each|apiece|per\s+(?:song|track)|long\s+(?:songs|tracks)|(?:[\w&'-]{1,20}\s+){0,2}(?:songs"
    r"|tracks|tunes)\b)"
)
_PART_BEFORE = re.compile(
    r"\b(?:first|last|every|after|final|opening|past|ersten|letzten|primeros|derniers?)\s+$"
)
_LIST_AFTER = re.compile(r"[\s-]*(?:\w{1,20}\s+){0,2}(?:play\s?list|list|mix|set|mixtape|of\s+music|long)\b")
_LIST_BEFORE = re.compile(
    r"\b(?:play\s?list|list|mix|set|mixtape|lasting|runs?|total)(?:\s+(?:of|for|is|be|that))*\s+$"
)
# `3 seconds of jazz` is a length; `5 Seconds of Summer` is a band.
_MUSIC_AFTER = re.compile(r"\s+(?:of|worth\s+of)\s+(?!summer\b)")
_CORRECTS = re.compile(r"\b(?:actually|no,?\s+wait|make\s+(?:it|that)|scratch\s+that|or\s+rather|better)\b")


@dataclass(frozen=True, slots=True)
class Length:
    """A total length in seconds, and how far from it is still right; None: as the spec has it."""

    seconds: float
    tolerance_s: float | None


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    low_s: float
    high_s: float
    is_seconds: bool


def read_length(prompt: Prompt) -> tuple[Prompt, Length | None]:
    """The total length that is asked for, and the prompt without it; a track's length is left alone.

    Raises:
        InvalidInput: below one minute or above twelve hours.
    """
    found = [said for said in _all_said(prompt.folded) if _is_of_the_list(prompt.folded, said)]
    if not found:
        return prompt, None
    said = _meant(prompt.folded, found)
    reach = max(0, said.start - _REACH)
    lead = _LEAD.search(prompt.folded[reach : said.start])
    trail = _TRAIL.match(prompt.folded, said.end)
    bounds = {name for match in (lead, trail) if match for name, text in match.groupdict().items() if text}
    start = said.start if lead is None else _cut_from(prompt.folded, reach + lead.start(), said.start)
    end = trail.end() if trail else said.end
    if _is_correction(prompt.folded, found):
        start = found[0].start
    after = re.compile(r"\s+(?:of|worth\s+of|de)(?:\s+music)?\b").match(prompt.folded, end)
    length = _with_bounds(said, bounds)
    return prompt.without(start, after.end() if after else end, joins=True), length


def _all_said(folded: str) -> list[_Said]:
    found: list[_Said] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if any(match.start() < said.end and said.start < match.end() for said in found):
                continue
            found.append(_said(match))
    return sorted(found, key=lambda said: said.start)


def _said(match: re.Match[str]) -> _Said:
    parts = match.groupdict()
    if fixed := parts.get("fixed"):
        seconds = float(next(value for shape, value in _FIXED.items() if re.fullmatch(shape, fixed)))
        return _Said(match.start(), match.end(), seconds, seconds, is_seconds=False)
    hours, minutes, rest = (_count(parts.get(name)) for name in ("h", "m", "s"))
    half = 0.5 if "half" in parts else 0.0
    high = (hours + half) * 3600 + minutes * 60 + rest
    low = _count(parts.get("h0")) * 3600 + _count(parts.get("m0")) * 60
    return _Said(match.start(), match.end(), low if 0 < low < high else high, high, bool(parts.get("s")))


def _count(text: str | None) -> float:
    if not text:
        return 0.0
    return 1.0 if re.fullmatch(_ONE, text) else number_of(text)


def _is_of_the_list(folded: str, said: _Said) -> bool:
    before = folded[max(0, said.start - _REACH) : said.start]
    if _PART_BEFORE.search(before):
        return False
    lead = _LEAD.search(before)
    sure = bool(_LIST_AFTER.match(folded, said.end) or _LIST_BEFORE.search(before))
    if said.is_seconds:
        # `30 Seconds to Mars` is a band.
        return sure or _MUSIC_AFTER.match(folded, said.end) is not None
    if said.high_s >= _TRACK_S or sure:
        return True
    is_bound = lead is not None and bool(lead["below"] or lead["more"] or lead["above"])
    of_tracks = is_bound and _OF_TRACKS_BEFORE.search(before[: lead.start()] if lead else before)
    return not of_tracks and not _OF_TRACKS_AFTER.match(folded, said.end)


def _meant(folded: str, found: list[_Said]) -> _Said:
    """Of several lengths the one that corrects the others, else that of a list by name, else the first."""
    if _is_correction(folded, found):
        return found[-1]
    return next((said for said in found if _LIST_AFTER.match(folded, said.end)), found[0])


def _is_correction(folded: str, found: list[_Said]) -> bool:
    return len(found) > 1 and _CORRECTS.search(folded, found[-2].end, found[-1].start) is not None


def _cut_from(folded: str, lead_start: int, start: int) -> int:
    """Where to cut: with the words that bound the length, but without an article before it."""
    lead = folded[lead_start:start]
    article = re.search(r"(?:^|(?<=\s))(?:a|an|the)\s+$", lead)
    return start if article and not lead[: article.start()].strip() else lead_start


def _with_bounds(said: _Said, bounds: set[str]) -> Length:
    for seconds in (said.low_s, said.high_s):
        if not MIN_DURATION_S <= seconds <= MAX_DURATION_S:
            raise InvalidInput("A playlist lasts from 1 minute to 12 hours: ask for a length between them.")
    if said.low_s < said.high_s:
        return Length((said.low_s + said.high_s) / 2, min(3600.0, (said.high_s - said.low_s) / 2))
    seconds = said.high_s
    slack = min(1800.0, max(_LEAST_SLACK_S, _WINDOW * seconds)) / 2
    if "below" in bounds:
        return Length(max(float(MIN_DURATION_S), seconds - slack), slack)
    if bounds & {"more", "above"}:
        return Length(min(float(MAX_DURATION_S), seconds + slack), slack)
    if "about" in bounds:
        return Length(seconds, max(_LEAST_SLACK_S, ROUGHLY * seconds))
    return Length(seconds, None)


_SONGS = (
    r"(?:songs?|tracks?|trax|tunes?|pieces|titles|bangers|numbers|hits|anthems|classics|cuts|jams|bops"
    r"|recordings"
    r"|lieder|titel|stucke|nummern|canciones|temas|pistas|chansons|morceaux|titres|musicas|gems|ballads)\b"
)
_NOT_BETWEEN = (
    r"(?:min|mins|minutes?|minuten?|minutos?|hours?|hrs?|h|stunden?|horas?|heures?|bpm|per|each|percent"
    r"|prozent"
    r"|times|between|years?|people|kids|by|or|s|to|bis)\b"
)
_BETWEEN = rf"(?:(?!{_NOT_BETWEEN})[\w&'/.$-]+\s+){{0,3}}?"
_TRACKS_LEAD = (
    r"(?:\b(?:exactly|precisely|about|around|roughly|some|just|genau|etwa|exactamente|exactement)\s+)?"
)
_COUNTED = re.compile(
    rf"{_TRACKS_LEAD}(?P<n>{NUMBER})(?:\s+(?:or|oder)\s+so)?(?P<joint>\s*-\s*|\s+)(?P<between>{_BETWEEN}){_SONGS}"
    r"|\b(?P<er>\d{1,3})er[\s-]+(?:playlist|liste)"
)
_LISTED = re.compile(
    rf"\b(?:(?:play\s?list|list|mix|set|mixtape|top|best)\s+(?:of\s+)?|make\s+(?:it|that)\s+|total\s+of\s+)"
    rf"(?P<n>{NUMBER})(?=\s*(?:$|[,.;:!?)]|of\b|for\b|with\b|and\b))"
)
_ALONE = re.compile(
    rf"(?:^|(?<=[,;.:¦])|(?<=[,;.:¦]\s))(?P<n>{NUMBER})\s*(?=$|[,;.:!]|of\s+them\b|in\s+(?:all|total)\b)"
)
_ONE_OF_MANY_AFTER = re.compile(
    r"\s*(?:max(?:imum)?\s+|at\s+most\s+)?(?:per\b|each\b|apiece\b|between\b|apart\b|in\s+a\s+row|pro\b"
    r"|por\s+artista"
    r"|par\s+artiste|from\s+each|by\s+each|by\s+(?:the\s+same|any|one|a\s+single)\b|of\s+(?:the\s+same"
    r"|one)\b)"
)
_NO_COUNT_BEFORE = re.compile(
    r"(?:\b(?:number|no\.?|nr\.?|track|song|first|last|every|within|next\s+to|not|after|ersten|jede[ns]?"
    r"|with|include"
    r"|including)|#)\s*$"
)
_ONLY_ONE = re.compile(r"\b(?:exactly|just|only)\s+$")
_YEARS = (1900, 2035)


async def read_tracks(catalogue: Catalogue, prompt: Prompt) -> tuple[Prompt, int | None]:
    """The number of tracks, and the prompt without it; of several the last one, which corrects the others.

    Raises:
        InvalidInput: none or more than 500 are asked for.
    """
    folded = prompt.folded
    found: list[tuple[int, int, float]] = []
    for match in _COUNTED.finditer(folded):
        if match["er"]:
            found.append((match.start("er"), match.end("er") + 2, float(match["er"])))
        elif await _counts_tracks(catalogue, folded, match):
            end = match.end() if "-" in match["joint"] and not match["between"] else match.end("n")
            found.append((match.start(), end, number_of(match["n"])))
    for pattern in (_LISTED, _ALONE):
        if not found:
            found = [(m.start("n"), m.end("n"), number_of(m["n"])) for m in pattern.finditer(folded)]
            found = [one for one in found if not _is_year(folded[one[0] : one[1]])]
    if not found:
        return prompt, None
    start, end, number = found[-1]
    if not 1 <= number <= MAX_TRACKS:
        raise InvalidInput(f"A playlist has 1 to {MAX_TRACKS} tracks: ask for a number between them.")
    for start, end, _ in found:
        prompt = prompt.without(start, end, joins=True)
    return prompt, int(number)


async def _counts_tracks(catalogue: Catalogue, folded: str, match: re.Match[str]) -> bool:
    before = folded[: match.start("n")]
    number = number_of(match["n"])
    if _ONE_OF_MANY_AFTER.match(folded, match.end()) or number != int(number):
        return False
    if _NO_COUNT_BEFORE.search(before):
        return False
    if number == 1 and not _ONLY_ONE.search(before):
        return False
    # `1999 songs` are songs of that year, `a 2000-song list` is none of it.
    if _is_year(match["n"]) and "-" not in match["joint"]:
        return False
    words = match["between"].split()
    names = [name_key(" ".join([match["n"], *words[:size]])) for size in range(1, len(words) + 1)]
    return not (await known_artists(catalogue, names) or await known_titles(catalogue, names))


def _is_year(text: str) -> bool:
    return text.isdecimal() and _YEARS[0] <= int(text) <= _YEARS[1]
