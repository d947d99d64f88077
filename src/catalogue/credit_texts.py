"""The texts of a record that name artists, cut into the pieces that may each be one."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from src.catalogue.names import name_key

# Longer texts are no credit, and would make the patterns slow.
_MAX_CHARS: Final = 1_000
# Names joined in one credit that are read; more would be a list of a whole choir.
_MAX_PARTS: Final = 16
_WITH_WORDS: Final = r"with|w/|con|avec|mit|com|med|met"
_FEATURED: Final = re.compile(
    r"(?<![a-z0-9\u00c0-\u024f'’])(?:(?:featuring|feat|(?<!\d )ft|part(?=\.\s)|participação(?: especial)?"
    r"(?: de)?|(?:con|avec) la particip(?:ación|ation)(?: especial)?(?: de)?|junto a|starring"
    r"|with special guests?|при участии|при уч|с участием)(?:\.\s*|:\s*|\s+)|f/\s*)(?![&+,])(?=\S)",
    re.IGNORECASE,
)
_WITH: Final = re.compile(
    r"\s*(?:(?:duet|dueto|duetto|duo|duett|en duo|im duett|a dueto)\s+)?"
    rf"(?:w/\s*|(?:{_WITH_WORDS})\s+)(?=\S)",
    re.IGNORECASE,
)
_LOOSE: Final = re.compile(rf"\s(?:{_WITH_WORDS}|x|×|vs|versus)\.?\s+(?=\S)", re.IGNORECASE)
_AGAINST: Final = re.compile(r"\s(?:x|×|vs|versus)\.?\s", re.IGNORECASE)
# `&` needs no blanks around it; a comma between digits is part of a number.
_JOINER: Final = re.compile(
    r"\s*(?:&|＆|、|;|•|(?<=\s)[|·](?=\s)|(?<!\d),|,(?!\d))\s*(?:(?:and|und|et|y|e)\s+)?"
    rf"|\s+(?:\+|/|×|x|vs|versus|and|und|et|y|e|och|og|en|{_WITH_WORDS})\.?\s+",
    re.IGNORECASE,
)
_MAY_JOIN: Final = re.compile(
    rf"[&＆、;,+/×|·•()\[\]{{}}<>〈〉《》「」『』【】~〜|]|\s[-–—]\s|ft|feat|part\.|участ"
    rf"|\s(?:x|vs|versus|and|und|et|y|e|och|og|en|{_WITH_WORDS})\b",
    re.IGNORECASE,
)
_EDGE: Final = re.compile(
    r"(?P<open>[(\[{<〈《「『【])|(?P<close>[)\]}>〉》」』】])|(?P<dash>\s[-–—]\s|[~〜|])"
)
_CLAUSE_END: Final = re.compile(r"\b(?:prod\b|produced\b|mixed by\b|remixed by\b)", re.IGNORECASE)
_NOTE_END: Final = re.compile(
    r"(?:\s+(?:official|lyric|music|radio|live|club|extended|original|album|single|acoustic|remix|rmx|edit"
    r"|version|mix|video|audio|visuali[sz]er|remaster(?:ed)?|explicit|clean|\d{4}))+\s*$",
    re.IGNORECASE,
)


type CreditKind = Literal["credit", "guests", "with", "against", "loose"]


class CreditText(NamedTuple):
    """A text that names artists, cut at what may join them.

    `parts` are the pieces, `joins` the signs or words between them; `kind` is how surely they are artists.
    """

    kind: CreditKind
    parts: tuple[str, ...]
    joins: tuple[str, ...]

    def run(self, first: int, last: int) -> str:
        """The text of the pieces `first` to `last`, as written."""
        text = self.parts[first]
        for at in range(first + 1, last + 1):
            text += self.joins[at - 1] + self.parts[at]
        return text


@lru_cache(maxsize=65_536)
def credit_texts(title: str, artists: tuple[str, ...]) -> tuple[CreditText, ...]:
    """What names artists in a record, split as far as the record alone allows."""
    found: list[CreditText] = []
    for artist in artists:
        found += _credit_texts(artist)
    if _MAY_JOIN.search(title := _plain(title)):
        found += _title_texts(title)
    return tuple(found)


def _plain(text: str) -> str:
    """The text with brackets, commas and letters of full width as plain ones."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text))[:_MAX_CHARS]


def _credit_texts(artist: str) -> list[CreditText]:
    written = _plain(artist)
    if not _MAY_JOIN.search(written):
        return [CreditText("credit", (artist,), ())]
    main, *guests = _FEATURED.split(written)
    texts = [_joined(_bare(guest), "guests") for guest in guests]
    if main := _bare(main):
        texts.insert(0, _joined(main, "credit"))
    return [text for text in texts if text.parts] or [CreditText("credit", (artist,), ())]


def _title_texts(title: str) -> list[CreditText]:
    texts: list[CreditText] = []
    for segment, is_plain in _segments(title):
        before, *guests = _FEATURED.split(segment)
        if guests:
            texts += [_joined(_clause(guest), "guests") for guest in guests]
        if not is_plain and (cue := _WITH.match(before)):
            texts.append(_joined(_clause(before[cue.end() :]), "with"))
        elif not is_plain and _AGAINST.search(before):
            texts.append(_joined(_clause(before), "against"))
        elif cue := _LOOSE.search(before):
            for clause in _LOOSE.split(before)[1:]:
                texts.append(_joined(_clause(clause), "loose"))
        elif not is_plain and _JOINER.search(before):
            texts.append(_joined(_clause(before), "loose"))
    return [text for text in texts if text.parts]


def _segments(title: str) -> list[tuple[str, bool]]:
    """A title cut at brackets and dashes; with each piece, whether it is plain title."""
    segments: list[tuple[str, bool]] = []
    start, is_plain, depth = 0, True, 0
    for edge in _EDGE.finditer(title):
        segments.append((title[start : edge.start()], is_plain))
        start = edge.end()
        if edge["open"]:
            depth += 1
        elif edge["close"]:
            depth = max(0, depth - 1)
        is_plain = depth == 0 and not edge["dash"]
    segments.append((title[start:], is_plain))
    return [(segment, plain) for segment, plain in segments if segment.strip()]


def _clause(text: str) -> str:
    """A clause without who produced it and what it says of the recording."""
    text = _CLAUSE_END.split(text)[0]
    return _NOTE_END.sub("", text)


def _bare(text: str) -> str:
    """A piece of a credit without the brackets around it."""
    return text.strip().strip("()[]{}<>〈〉《》「」『』【】~〜|").strip()


def _joined(text: str, kind: CreditKind) -> CreditText:
    parts: list[str] = []
    joins: list[str] = []
    start = 0
    for joiner in _JOINER.finditer(text):
        piece = text[start : joiner.start()]
        if not name_key(piece):
            continue
        if len(parts) == _MAX_PARTS - 1:
            break
        parts.append(piece)
        joins.append(joiner[0])
        start = joiner.end()
    if name_key(text[start:].strip()):
        parts.append(text[start:].strip())
    elif joins:
        joins.pop()
    return CreditText(kind, tuple(parts), tuple(joins))
