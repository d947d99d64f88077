"""How many tracks a list is to have: `25 tracks`, `thirty slow songs`, `a 40-song list`, `top 20`."""

import re

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import known_artists, known_titles
from src.catalogue.names import name_key
from src.curation.prompt_text import Prompt
from src.errors import InvalidInput
from src.playlists.models.spec import MAX_TRACKS
from src.wishes.numbers import NUMBER, number_of

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
_LEAD = r"(?:\b(?:exactly|precisely|about|around|roughly|some|just|genau|etwa|exactamente|exactement)\s+)?"
_COUNTED = re.compile(
    rf"{_LEAD}(?P<n>{NUMBER})(?:\s+(?:or|oder)\s+so)?(?P<joint>\s*-\s*|\s+)(?P<between>{_BETWEEN}){_SONGS}"
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
