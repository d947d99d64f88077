"""What a message says of the sound: tempo, energy, voices, wording, versions, popularity; and by whom."""

import re
from bisect import bisect_left, bisect_right
from typing import Literal, get_args

from src.constraints.models.brief import RangeName
from src.lexicon.tables import bounds, meanings, word_list
from src.lexicon.tokens import Phrases, Span, Token, find_phrases
from src.lexicon.vocabulary import VERSIONS
from src.understanding.measures import RangeReading, read_duration, read_tempo
from src.understanding.negation import Polarity

type Vocals = Literal["instrumental", "vocal"]


_PROPERTIES: dict[str, RangeName] = {name: name for name in get_args(RangeName.__value__)}
# Words that bound a property without a number: (feature, low, high). All are soft.
_SOUND_WORDS = {
    word: (_PROPERTIES[feature], low, high)
    for word, (feature, low, high) in bounds("sound", "bounds").items()
}
_VOCALS = Phrases(meanings("sound", "vocals"))
_WORDING = Phrases(meanings("sound", "wording"))
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
_SWEARING = Phrases(dict.fromkeys(word_list("sound", "swearing"), ""))
_NEW_ARTISTS = Phrases(dict.fromkeys(word_list("sound", "new_artists"), ""))


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


_ORIGINALS = Phrases(dict.fromkeys(word_list("versions", "originals"), ""))


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
