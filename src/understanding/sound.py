"""What a message says of the sound: tempo, energy, voices, wording, versions, popularity; and by whom."""

import re
from bisect import bisect_left, bisect_right
from typing import Literal

from src.constraints.models.brief import RangeName
from src.lexicon.tokens import Phrases, Span, Token, find_phrases
from src.lexicon.vocabulary import VERSIONS
from src.understanding.measures import RangeReading, read_duration, read_tempo
from src.understanding.negation import Polarity

type Vocals = Literal["instrumental", "vocal"]


# Words that bound a property without a number: (feature, low, high). All are soft.
_SOUND_WORDS: dict[str, tuple[RangeName, float | None, float | None]] = {
    "slow": ("tempo", None, 95.0),
    "slower": ("tempo", None, 95.0),
    "downtempo": ("tempo", None, 100.0),
    "fast": ("tempo", 125.0, None),
    "faster": ("tempo", 125.0, None),
    "fast paced": ("tempo", 125.0, None),
    "uptempo": ("tempo", 120.0, None),
    "up tempo": ("tempo", 120.0, None),
    "high energy": ("energy", 0.7, None),
    "low energy": ("energy", None, 0.4),
    "danceable": ("danceability", 0.6, None),
    "acoustic": ("acousticness", 0.5, None),
    "langsam": ("tempo", None, 95.0),
    "langsame": ("tempo", None, 95.0),
    "lento": ("tempo", None, 95.0),
    "lenta": ("tempo", None, 95.0),
    "lentas": ("tempo", None, 95.0),
    "lent": ("tempo", None, 95.0),
    "schnell": ("tempo", 125.0, None),
    "schnelle": ("tempo", 125.0, None),
    "rapido": ("tempo", 125.0, None),
    "rapida": ("tempo", 125.0, None),
    "rapidas": ("tempo", 125.0, None),
    "less energy": ("energy", None, 0.5),
    "more energy": ("energy", 0.6, None),
    "calmer": ("energy", None, 0.45),
    "quieter": ("energy", None, 0.4),
    "softer": ("energy", None, 0.45),
    "heavier": ("energy", 0.7, None),
    "louder": ("energy", 0.7, None),
    "harder": ("energy", 0.7, None),
    "obscure": ("popularity", None, 35.0),
    "underground": ("popularity", None, 35.0),
    "lesser known": ("popularity", None, 45.0),
    "little known": ("popularity", None, 45.0),
    "not well known": ("popularity", None, 45.0),
    "deep cuts": ("popularity", None, 50.0),
    "deep cut": ("popularity", None, 50.0),
    "hidden gems": ("popularity", None, 45.0),
    "hits": ("popularity", 60.0, None),
    "big hits": ("popularity", 65.0, None),
    "popular": ("popularity", 60.0, None),
    "well known": ("popularity", 55.0, None),
    "famous": ("popularity", 60.0, None),
    "mainstream": ("popularity", 60.0, None),
}
_VOCALS = Phrases(
    {
        "instrumental": "instrumental",
        "instrumentals": "instrumental",
        "no vocals": "instrumental",
        "no vocal": "instrumental",
        "no singing": "instrumental",
        "no lyrics": "instrumental",
        "no words": "instrumental",
        "without vocals": "instrumental",
        "without lyrics": "instrumental",
        "without words": "instrumental",
        "without singing": "instrumental",
        "sin voz": "instrumental",
        "ohne gesang": "instrumental",
        "sans paroles": "instrumental",
        "with vocals": "vocal",
        "with lyrics": "vocal",
        "great lyrics": "vocal",
        "good lyrics": "vocal",
        "no instrumentals": "vocal",
        "not instrumental": "vocal",
        "with singing": "vocal",
        "with singers": "vocal",
        "with words": "vocal",
        "sung": "vocal",
        "no instrumental": "vocal",
        "amazing lyrics": "vocal",
        "deep lyrics": "vocal",
        "meaningful lyrics": "vocal",
        "clever lyrics": "vocal",
        "beautiful lyrics": "vocal",
        "strong lyrics": "vocal",
        "strong vocals": "vocal",
        "great vocals": "vocal",
        "powerful vocals": "vocal",
        "great singing": "vocal",
        "instrumentales": "instrumental",
        "instrumentale": "instrumental",
        "instrumentais": "instrumental",
        "instrumentalmusik": "instrumental",
        "ohne worte": "instrumental",
        "sem voz": "instrumental",
        "sem letra": "instrumental",
        "sin letra": "instrumental",
        "sans voix": "instrumental",
        "wordless": "instrumental",
    }
)
_WORDING = Phrases(
    {
        "no explicit": "clean",
        "not explicit": "clean",
        "nothing explicit": "clean",
        "non explicit": "clean",
        "no swearing": "clean",
        "no cursing": "clean",
        "no profanity": "clean",
        "no bad words": "clean",
        "clean": "clean",
        "clean lyrics": "clean",
        "clean version": "clean",
        "clean versions": "clean",
        "family friendly": "clean",
        "kid friendly": "clean",
        "safe for kids": "clean",
        "no swear words": "clean",
        "no curse words": "clean",
        "without swearing": "clean",
        "without cursing": "clean",
        "without profanity": "clean",
        "without explicit": "clean",
        "no dirty": "clean",
        "no foul language": "clean",
        "nothing dirty": "clean",
        "radio friendly": "clean",
        "child friendly": "clean",
        "sfw": "clean",
        "explicit is fine": "explicit",
        "explicit is ok": "explicit",
        "explicit ok": "explicit",
        "swearing is fine": "explicit",
    }
)
# That no words may be explicit, in folded text: `no explicit ones`, `sin letras explicitas`.
CLEAN = re.compile(
    r"\b(?:(?:no|not|none|non|nothing|without|zero|never)\s+(?:any\s+|anything\s+|too\s+"
    r"|a\s+single\s+)?explicit"
    r"|(?:kein\w*|nichts|ohne)\s+(?:\w+\s+)?explizit\w*"
    r"|(?:sin|nada|ningun\w*|sem|nenhum\w*)\s+(?:\w+\s+)?explicit\w*"
    r"|(?:senza|niente|nessun\w*)\s+(?:\w+\s+)?esplicit\w*"
    r"|(?:sans|rien|pas|aucune?)\s+(?:d['\s]\s*|de\s+)?(?:\w+\s+)?explicites?)\b"
    r"(?:\s+(?:ones?|stuff|tracks?|songs?|lyrics|language|words|content|versions?|music|material|texte?n?"
    r"|lieder))?"
)
# Ruled out, these ask for clean words.
_SWEARING = Phrases(
    dict.fromkeys(
        ("swearing", "swear words", "explicit", "explicit lyrics", "profanity", "cursing", "bad language"), ""
    )
)
_NEW_ARTISTS = Phrases(
    {
        "another artist": "new",
        "other artists": "new",
        "different artist": "new",
        "different artists": "new",
        "new artists": "new",
        "new artist": "new",
        "someone else": "new",
        "somebody else": "new",
        "someone new": "new",
        "somebody new": "new",
        "artists i havent": "new",
        "artists i have not": "new",
        "artist i havent": "new",
        "artists you havent": "new",
        "artists you have not": "new",
        "bands i havent": "new",
        "people you have not": "new",
        "people you havent": "new",
        "people i havent": "new",
        "nobody ive": "new",
        "nobody i have": "new",
        "nobody youve": "new",
        "none of the artists": "new",
        "not the same artists": "new",
        "no repeat artists": "new",
        "different people": "new",
        "different bands": "new",
        "different band": "new",
        "other bands": "new",
        "other people": "new",
        "another band": "new",
        "another singer": "new",
        "other singers": "new",
        "autres artistes": "new",
        "otro artista": "new",
        "outro artista": "new",
        "anderer kunstler": "new",
        "andere kunstler": "new",
        "otros artistas": "new",
        "d autres artistes": "new",
        "outros artistas": "new",
    }
)


def read_ranges(tokens: list[Token], polarity: list[Polarity]) -> list[RangeReading]:
    """Tempo, length and every word that bounds a measured property."""
    readings = [*read_tempo(tokens, polarity), *read_duration(tokens, polarity)]
    taken = [reading.span for reading in readings]
    for size in (3, 2, 1):
        for position in range(len(tokens) - size + 1):
            span = Span(position, position + size)
            bounds = _SOUND_WORDS.get(" ".join(token.key for token in tokens[position : position + size]))
            if bounds is None or any(span.overlaps(other) for other in taken):
                continue
            if polarity[position] == "waived" or _is_verb(tokens, span):
                continue
            taken.append(span)
            feature, low, high = bounds
            if polarity[position] in ("rejected", "contrast"):
                low, high = high, low
            if polarity[position] == "rejected" and feature == "popularity":
                # `no hits` is meant; `not obscure` merely widens.
                low, high = (None, high) if high is not None else (None, None)
                if high is None:
                    continue
            readings.append(RangeReading(span, feature, low, high, hard=False))
    return readings


def _is_verb(tokens: list[Token], span: Span) -> bool:
    """`something that hits` asks for no hits."""
    before = tokens[span.first - 1].key if span.first else ""
    return tokens[span.first].key == "hits" and before in ("that", "it", "which", "really", "still", "what")


_ORIGINALS = Phrases(
    dict.fromkeys(
        (
            *(
                "originals only",
                "original versions",
                "original recordings",
                "only originals",
                "the originals",
            ),
            *("only the originals", "just originals", "the original versions", "studio versions"),
        ),
        "",
    )
)


def read_vocals(tokens: list[Token], polarity: list[Polarity]) -> list[tuple[Span, Vocals, bool]]:
    """(span, which, whether it binds): `with great lyrics` praises, `no vocals` and `nothing instrumental`
    demand.
    """
    readings: list[tuple[Span, Vocals, bool]] = []
    clean = _clean_spans(tokens)
    for span, kind in find_phrases(tokens, _VOCALS):
        if any(span.overlaps(other) for other in clean):
            # `sans paroles explicites`
            continue
        if kind == "instrumental" and polarity[span.first] == "rejected":
            readings.append((span, "vocal", True))
        elif kind == "instrumental":
            readings.append((span, "instrumental", True))
        else:
            readings.append((span, "vocal", tokens[span.first].key in ("no", "not")))
    return readings


def read_wording(tokens: list[Token], polarity: list[Polarity]) -> list[tuple[Span, bool]]:
    """Whether explicit words are allowed, where said."""
    readings = [(span, wording == "explicit") for span, wording in find_phrases(tokens, _WORDING)]
    ruled_out = [span for span, _ in find_phrases(tokens, _SWEARING) if polarity[span.first] == "rejected"]
    for span in [*_clean_spans(tokens), *ruled_out]:
        if not any(span.overlaps(other) for other, _ in readings):
            readings.append((span, False))
    return readings


def _clean_spans(tokens: list[Token]) -> list[Span]:
    """Where the words are those of `CLEAN`."""
    starts: list[int] = []
    text = ""
    for token in tokens:
        starts.append(len(text))
        text += f"{token.key or token.text} "
    return [
        Span(bisect_right(starts, match.start()) - 1, bisect_left(starts, match.end()))
        for match in CLEAN.finditer(text)
    ]


def read_versions(tokens: list[Token], polarity: list[Polarity]) -> list[tuple[Span, str, bool]]:
    """(span, version, wanted): only where it is asked for or ruled out as a kind of version."""
    readings: list[tuple[Span, str, bool]] = []
    for span, version in find_phrases(tokens, VERSIONS):
        rejected = polarity[span.first] == "rejected"
        names_kind = span.last - span.first > 1 or tokens[span.first].key not in ("live", "cover", "demo")
        if rejected or names_kind or polarity[span.first] == "only":
            readings.append((span, version, not rejected))
    for span, _ in find_phrases(tokens, _ORIGINALS):
        readings += [(span, version, False) for version in ("live", "remix", "cover", "karaoke")]
    return readings


def read_new_artists(tokens: list[Token]) -> Span | None:
    """Where other artists than so far are asked for; `all by different artists` is about the list itself."""
    for span, _ in find_phrases(tokens, _NEW_ARTISTS):
        before = {token.key for token in tokens[max(0, span.first - 3) : span.first]}
        after = {token.key for token in tokens[span.last : span.last + 1]}
        if not (before & {"all", "each", "every"} or after & {"each"}):
            return span
    return None
