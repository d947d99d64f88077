"""Tracks that must be in a list, and where: `start with So What`, `must include …`; and what opens it."""

import re
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_tracks, known_artists
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.constraints.models.spec import MAX_TRACKS, Placement
from src.lexicon.tables import numbers
from src.lexicon.tokens import find_phrases, tokenize
from src.lexicon.vocabulary import MOODS, TAGS, TALK_WORDS, Vocabulary
from src.schema import with_present
from src.understanding.genres import read_genres
from src.understanding.playlist.contour import level_of
from src.understanding.playlist.text import Prompt

MAX_PLACEMENTS = 100
# A title with its artist has rarely more words than this.
_LONGEST = 14
_ORDINALS = numbers("numbers", "ordinals", "ordinals_in_lists", "ordinals_in_prompts")
_ORDINAL = "|".join(sorted(map(re.escape, _ORDINALS), key=len, reverse=True))
_SONG = r"(?:songs?|tracks?|tunes?|one|piece|lied|titel|cancion|tema|pista|chanson|morceau|titre)"
_THE = r"(?:the\s+song\s+|the\s+track\s+|song\s+|track\s+|(?:the\s+)?(?:classic|legendary)\s+)?"
_IS = (
    r"(?:\s+(?:should|must|has\s+to|have\s+to|needs\s+to|shall|will|can|ought\s+to))?\s*"
    r"(?:\bbe\b|\bis\b|\bmust\b|:|=|-|,|\bist\b|\bes\b|\best\b|\bsoll\b|\bsea\b|\bsoit\b)?\s+"
)
_FIRST_CUE = (
    r"(?:start|begin|open|kick)(?:s|ing|ning)?(?:\s+(?:off|out|it|things|the\s+(?:list|playlist"
    r"|set)))*\s+(?:with|on)"
    r"|(?:beginn\w*|fang\w*|starte?\w*|eroffne\w*)(?:\s+an)?\s+mit|(?:empieza|empezando|comienza|abre"
    r"|empezar)\s+con|(?:commence|ouvre|debute|demarre)\w*\s+(?:par|avec)"
)
_LAST_CUE = (
    r"(?:end|finish|clos|conclud|wrap)(?:e|es|s|ing|ish|ishes)?(?:\s+(?:off|out|up|it|things"
    r"|the\s+(?:list|playlist|set)))*\s+(?:with|on)"
    r"|(?:ende\w*|hor\w*|schließ\w*)(?:\s+auf)?\s+mit|(?:termina|acaba|terminando|cierra)\w*\s+con"
    r"|(?:fini|termine|ferme)\w*\s+(?:par|avec|sur)"
)
_ANY_CUE = (
    r"(?:must|should|has\s+to|have\s+to|needs?\s+to)\s+(?:include|contain|have|feature)|(?:make\s+sure"
    r"|be\s+sure)\s+(?:to\s+(?:include|add|put\s+in)|it\s+(?:has|includes))"
    r"|(?:do\s+not|don't|dont|never)\s+forget|(?:include|including|containing|featuring|add(?:ing)?)"
    r"|(?:muss|sollte?)\s+(?:unbedingt\s+)?(?:enthalten|dabei\s+sein)|(?:tiene\s+que|debe)\s+(?:incluir"
    r"|tener)|incluye\w*|(?:doit|il\s+faut)\s+(?:contenir|inclure)"
)
_CUES = re.compile(
    rf"\b(?:(?P<first>{_FIRST_CUE})\s+|(?P<last>{_LAST_CUE})\s+"
    rf"|(?:the\s+|as\s+(?:the\s+)?|der\s+|die\s+|das\s+|la\s+|le\s+)?(?P<ordinal>{_ORDINAL})\s+{_SONG}{_IS}"
    rf"|(?:track|song|number|no\.?|nr\.?|position|place)\s*#?\s*(?P<nth>\d{{1,3}})(?:\s+(?:should|must"
    rf"|has\s+to)\s+be|\s+is|\s*[:=])\s*"
    rf"|(?P<put>put|place|have|want|play|with|make\s+sure)\s+|(?P<any>{_ANY_CUE})\s+){_THE}"
)
_WHERE = re.compile(
    rf"\s+(?:(?:has\s+to\s+|must\s+|should\s+|to\s+)?(?:be|come|go|play)\s+)?(?:(?:at|in|on|as"
    rf"|to)\s+)?(?:(?P<nth_word>the\s+)?"
    rf"(?:(?P<start>(?:very\s+)?(?:start|beginning|top|front|opener))|(?P<end>(?:very\s+)?(?:end|bottom"
    rf"|closer|finale))"
    rf"|(?P<ordinal>{_ORDINAL})(?:\s+(?:place|position|spot|slot|{_SONG}))?"
    r"|(?:number|no\.?|nr\.?|position|place|slot|track|spot)\s*#?\s*(?P<nth>\d{1,3})))(?=$|\W)"
    r"|\s+(?:(?:is|are|be|somewhere)\s+)*(?:in|on)\s+(?:there|it|the\s+(?:list|playlist|mix))\b"
)
_TITLE_FIRST = re.compile(
    rf"(?:^|(?<=[,;.:¦\n])|\band\b|\bthen\b)\s*(?P<name>[^,;.:¦\n]{{2,80}}?)(?P<where>\s+(?:(?:should"
    rf"|must|has\s+to|have\s+to)\s+(?:be|come"
    rf"|go)\s+)?(?:as\s+)?(?:the\s+)?(?:(?P<ordinal>{_ORDINAL})(?:\s+{_SONG})?"
    r"|(?:at|in|on)\s+(?:number|position|place|no\.?)\s*#?\s*(?P<nth>\d{1,3})"
    r"|at\s+the\s+(?:very\s+)?(?:(?P<start>start"
    r"|beginning|top)|(?P<end>end))))"
    r"(?=\s*(?:$|[,;.:¦\n]|and\b|then\b))"
)
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in ("mr", "mrs", "dr", "st", "ft", "feat", "vol", "pt"))
_STOP = re.compile(rf"{_ABBREVIATED}[.;!?\n¦](?=\s|$|¦)|[;\n¦]")
_NOT_A_NAME = re.compile(
    r"(?:something|anything|some|a\s+(?:few|couple|lot|song|track|bit|nice|slow|calm|good|really|mix)"
    r"|an\s+|lots|plenty|at\s+least|at\s+most|songs?\b|tracks?\b"
    r"|music\b|more\b|no\b|not\b|only\b|mostly\b|the\s+(?:best|hits|most|slow|calm)|one\s+or|two\b"
    r"|three\b|both\b|etwas|algo|quelque|everything|it\b|a\s+\w+\s+(?:song|track|one|tune)\b)"
)
_NEGATED = re.compile(r"\b(?:not|dont|don't|do\s+not|never|no|without|doesn't|doesnt)\s+(?:\w+\s+)?$")
_QUOTED = re.compile(r"\s*[\"“„«](?P<title>[^\"”“»]{1,120})[\"”“»](?:\s+(?:by|von|de|from)\s+)?")
_BY = re.compile(r"\s+(?:by|von|from|de|par)\s+")
_GOES_ON = re.compile(
    r"\s*(?:,\s*(?:and\s+|und\s+|y\s+|et\s+)?|\s(?:and|und|y|et|&)\s+|\s+plus\s+)(?:also\s+)?"
)
_THEN = re.compile(r"\s+(?:and|then|und|y|et|but|with|plus)\s+")
_ENDS_A_NAME = re.compile(r"[\s\"”»]*(?:$|[,;.:!?()¦·-]|(?!(?:by|von|from|de|par)\b)[a-zà-ÿ0-9])")
_OPENER = re.compile(
    rf"\b(?:{_FIRST_CUE}|open(?:er|ing\s+track)\s*(?:is|should\s+be|:)|(?:first|opening)\s+{_SONG}{_IS})\s*"
    r"(?P<what>(?:something|anything|some|a|an|etwas|algo|quelque\s+chose(?:\s+de)?|one)\b[^,.;:!?\n¦]*)"
)
_PLAIN_OPENER = re.compile(rf"\b(?:{_FIRST_CUE})\s+(?P<what>[^,.;:!?\n¦·]+)")
_OPENER_END = re.compile(
    r"\s+(?:and\s+then|and\s+(?:end|finish|clos|build|get)\w*|then|und\s+dann|but|before|followed)\b.*$"
)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a name after a cue was found to be; `end` is where it ends in the prompt."""

    end: int
    title: str
    artist: str
    track: Track | None


async def read_placements(
    catalogue: Catalogue, vocabulary: Vocabulary, prompt: Prompt
) -> tuple[Prompt, list[Placement]]:
    """The tracks that must be there, in the catalogue's spelling, and the prompt without them.

    What is quoted, or named with its artist, is a place even where the catalogue has no such track: that must
    be said. A lone word that is a genre, a mood or a measure is none.
    """
    places: list[Placement] = []
    position = 0
    while len(places) < MAX_PLACEMENTS and (match := _CUES.search(prompt.folded, position)):
        position = match.end()
        if _NEGATED.search(prompt.folded[: match.start()]) and "forget" not in match[0]:
            continue
        end, found = await _names_after(catalogue, vocabulary, prompt, match)
        if not found:
            continue
        words = prompt.words(match.start(), end)
        places += [_placement(named, where, words) for named, where in found]
        prompt = prompt.without(match.start(), end)
        position = end
    for match in list(_TITLE_FIRST.finditer(prompt.folded)):
        named = await _resolve(catalogue, vocabulary, prompt, match.start("name"), match.end("name"))
        if named is not None and named.track is not None and named.end == match.end("name"):
            words = prompt.words(match.start("name"), match.end("where"))
            places.append(_placement(named, _position_of(match), words))
            prompt = prompt.without(match.start("name"), match.end("where"))
    return prompt, places[:MAX_PLACEMENTS]


def read_opener(prompt: Prompt) -> tuple[Prompt, str]:
    """What the first track should be, in words (`something acoustic`, `jazz`), and the prompt without it."""
    match = _OPENER.search(prompt.folded) or _PLAIN_OPENER.search(prompt.folded)
    if match is None:
        return prompt, ""
    what = match["what"]
    end = match.start("what") + len(_OPENER_END.sub("", what).rstrip())
    return prompt.without(match.start(), end), prompt.written[match.start("what") : end]


async def _names_after(
    catalogue: Catalogue, vocabulary: Vocabulary, prompt: Prompt, cue: re.Match[str]
) -> tuple[int, list[tuple[_Named, int | None]]]:
    """The names that a cue leads to, with their places in the list; and where they end."""
    where = _position_of(cue)
    found: list[tuple[_Named, int | None]] = []
    begin = end = cue.end()
    while True:
        stop = _STOP.search(prompt.folded, begin)
        limit = min(stop.start() if stop else len(prompt.folded), _next_cue(prompt.folded, begin))
        # `with`, `want` and their like lead to a place only where one is named.
        if cue["put"] and not _WHERE.search(prompt.folded, begin, limit):
            break
        named = await _resolve(
            catalogue, vocabulary, prompt, begin, limit, sure=not found and not cue["put"], lists=not where
        )
        if named is None:
            break
        behind = _WHERE.match(prompt.folded, named.end)
        if cue["put"] and behind is None:
            break
        place = _position_of(behind) if behind is not None and where is None else where
        end = behind.end() if behind is not None and where is None else named.end
        found.append((named, place))
        goes_on = _GOES_ON.match(prompt.folded, end)
        if where is not None or goes_on is None or cue["put"]:
            break
        begin = goes_on.end()
    return end, found


def _next_cue(folded: str, begin: int) -> int:
    for cue in _CUES.finditer(folded, begin):
        if not cue["put"]:
            return cue.start()
    return len(folded)


def _position_of(match: re.Match[str]) -> int | None:
    said = match.groupdict()
    if said.get("first") or said.get("start"):
        return 1
    if said.get("last") or said.get("end"):
        return -1
    if said.get("ordinal"):
        return _ORDINALS[match["ordinal"]]
    if said.get("nth"):
        return min(MAX_TRACKS, max(1, int(match["nth"])))
    return None


async def _resolve(
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    prompt: Prompt,
    begin: int,
    limit: int,
    *,
    sure: bool = False,
    lists: bool = False,
) -> _Named | None:
    """The track whose name begins at a place: the longest words that are one, else what is written as a name.

    Args:
        sure: the cue leads to a name by itself, so that one the catalogue lacks is one all the same.
        lists: several names may follow one another.
    """
    quoted = _QUOTED.match(prompt.written, begin, limit)
    if quoted is not None:
        return await _quoted(catalogue, prompt, quoted, limit)
    text = prompt.written[begin:limit]
    # `No Scrubs` is a name, `no ballads` is none.
    is_talk = not text[:1].isupper() and _NOT_A_NAME.match(prompt.folded, begin, limit) is not None
    ends = [match.end() for match in re.finditer(r"\S+", text)][:_LONGEST]
    for size in reversed(ends):
        words = text[:size].rstrip(" ,;:.!")
        named = await _exact(catalogue, words, begin)
        if named is None or (is_talk and not named.artist) or _is_plain_word(vocabulary, words, named):
            continue
        # `Free Bird by …` is not the song `Free`.
        if named.artist or _ENDS_A_NAME.match(text, len(words)):
            return named
    return await _unknown(catalogue, text, begin, lists=lists) if sure and not is_talk else None


async def _quoted(catalogue: Catalogue, prompt: Prompt, quoted: re.Match[str], limit: int) -> _Named:
    title, end = quoted["title"].strip(), quoted.end()
    artist = ""
    if _BY.search(quoted[0][-8:].lower() + " "):
        for size in reversed([m.end() for m in re.finditer(r"\S+", prompt.written[end:limit])][:6]):
            name = prompt.written[end : end + size].rstrip(" ,;:.!")
            if await known_artists(catalogue, [name_key(name)]):
                artist, end = name, end + len(name)
                break
    tracks = await find_tracks(catalogue, title, artist or None, limit=1)
    return _Named(end, title, artist, tracks[0] if tracks else None)


async def _exact(catalogue: Catalogue, words: str, begin: int) -> _Named | None:
    """The track of exactly these words: a title, or `title by artist`."""
    for by in reversed(list(_BY.finditer(words.lower()))) if len(words) == len(words.lower()) else []:
        title, artist = words[: by.start()], words[by.end() :]
        tracks = await find_tracks(catalogue, title, artist, limit=1, forgiving=False)
        if tracks:
            return _Named(begin + len(words), title, artist, tracks[0])
    tracks = await find_tracks(catalogue, words, None, limit=1, forgiving=False)
    return _Named(begin + len(words), words, "", tracks[0]) if tracks else None


async def _unknown(catalogue: Catalogue, text: str, begin: int, *, lists: bool) -> _Named | None:
    """A misspelt track, or a name that the catalogue lacks: `Title by Artist`, or words in capitals."""
    cut = re.search(r"[,(]", text)
    clause = text[: cut.start()] if cut else text
    by = _BY.search(clause.lower()) if len(clause) == len(clause.lower()) else None
    if by is not None:
        joint = _THEN.search(clause.lower(), by.end())
        words = (clause[: joint.start()] if joint else clause).rstrip(" .!")
        where = _WHERE.search(words.lower(), by.end())
        words = words[: where.start()] if where else words
        title, artist = words[: by.start()].strip(), words[by.end() :].strip()
        if not title or not artist or len(title) > 100 or len(artist) > 100:
            return None
        tracks = await find_tracks(catalogue, title, artist, limit=1)
        return _Named(begin + len(words), title, artist, tracks[0] if tracks else None)
    joint = _THEN.search(clause)
    words = (clause[: joint.start()] if joint else clause).rstrip(" .!")
    capitals = [word[0].isupper() or word[0].isdigit() for word in words.split()]
    is_artist = bool(await known_artists(catalogue, [name_key(words)]))
    if lists or not capitals or not all(capitals) or is_artist or len(words) > 100:
        return None
    if level_of(words.lower()) is not None:
        return None
    tracks = await find_tracks(catalogue, words, None, limit=1)
    return _Named(begin + len(words), words, "", tracks[0] if tracks else None)


def _is_plain_word(vocabulary: Vocabulary, words: str, named: _Named) -> bool:
    """Whether a title is rather a genre, a mood or a word of talk: `start with energy`, `add rock`."""
    if named.artist:
        return False
    tokens = tokenize(words)
    if len([token for token in tokens if token.is_word]) > 2:
        return False
    said = bool(read_genres(tokens, vocabulary) or find_phrases(tokens, MOODS) or find_phrases(tokens, TAGS))
    if said or level_of(words.lower()) is not None:
        return True
    capital = words[:1].isupper()
    return not capital and (len(tokens) == 1 or all(token.key in TALK_WORDS for token in tokens))


def _placement(named: _Named, where: int | None, words: str) -> Placement:
    track = named.track
    placement: Placement = {"title": track["title"] if track else named.title, "words": words}
    return with_present(
        placement,
        track_id=track["id"] if track else None,
        artist=track["artists"][0] if track else named.artist or None,
        position=where,
    )
