"""What is to be done with a list, rather than heard: `save that as Night Drive`, `undo the save`."""

import re
from dataclasses import dataclass
from typing import Literal

from src.lexicon.tables import meanings, word_list, word_set
from src.lexicon.tokens import Span, Token, index_phrases, indexed_phrase_at

MAX_NAME = 100
_QUOTES = frozenset('"“«')

# A command begins a clause: after `don't`, `how do I` or `songs to` the same words are none.
_LEAD = r"(?:and|then|now|just|please|pls|can\s+you|could\s+you|would\s+you|und|bitte|y|et|e)"
_PRAISE = r"(?:ok|okay|great|nice|perfect|good|cool|thanks|yes|yeah)"
_START = rf"(?:^|[.,;:!?\n]|\b{_LEAD}\b)\s*(?:(?:{_LEAD}|{_PRAISE})\b\s*,?\s*)*"
_GOES_ON = r"(?:and|then)\s+(?:then|now|also|find|give|play|make|show|get|add|recommend|go|start|keep|let)\b"
_NO_ABBREVIATION = "".join(rf"(?<!\b{word})" for word in ("St", "Dr", "Mr", "Mrs", "Vol", "Pt"))
_END = rf"""(?= \s* (?: $ | [,;:!?\n] | {_NO_ABBREVIATION}\.(?:\s|$) | {_GOES_ON}
    | (?:please|pls|now|then|thanks|for\s+me|bitte|por\s+favor)\b ) )"""
_LIST = r"""(?:
    this | that | it | them | these | those | everything
    | (?:the|this|that|your)\s+(?:whole\s+)?(?:list|playlist|mix)
    | (?:these|those|the)\s+(?:songs|tracks|ones)
    | all\s+of\s+(?:it|them|these|those)
    | das | (?:die|diese)\s+liste | diese | esto | (?:la|esta)\s+lista | estas | ça | (?:la|cette)\s+liste
    | questo | questa\s+lista | isso | (?:a|esta)\s+lista
)"""
# The full stop of an abbreviation ends no name.
_DOT = r"(?<=\bSt)\. | (?<=\bDr)\. | (?<=\bMr)\. | (?<=\bMrs)\. | (?<=\bVol)\. | (?<=\bPt)\. | \.(?=\w)"
_NAME = (
    rf'(?: "[^"\n]{{1,100}}" | “[^”\n]{{1,100}}” | «[^»\n]{{1,100}}» | (?:[^\n.,;:!?"“”]|{_DOT}){{1,100}}? )'
)
_A_PLAYLIST = r"(?:(?:a|an|my)\s+(?:(?:new|public|private|spotify)\s+)*playlist\s*)"
_CALLED = rf"""(?: \s*,?\s*
    (?:as|called|named|titled|and\s+call\s+it|als|como|come|comme|sous\s+le\s+nom(?:\s+de)?)\s+
    {_A_PLAYLIST}? (?:(?:called|named|titled)\s+)? (?P<name>{_NAME}?) )"""
_WHERE = rf"""(?: \s+(?:to|on|in|into|onto|auf|en|sur|no)\s+ (?:
    my\s+playlist\s+(?:called\s+|named\s+)?(?P<onto>{_NAME})
    | my\s+(?P<onto_before>[^\n.,;:!?]{{1,80}}?)\s+playlist
    | (?:(?:a|an|my)\s+)?(?:new\s+)?(?:spotify(?:\s+(?:playlist|library|account))?|playlist|library)
) )"""
_SAVING = r"(?:save|store|export|speichern?|speichere|guarda[r]?|enregistrer?|sauvegarder?|salva[r]?|salve)"
_FLAGS = re.IGNORECASE | re.VERBOSE
_SAVES = (
    re.compile(rf"{_START}{_SAVING}\s+{_LIST}{_WHERE}?{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}guárdal[oa]s?{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}{_SAVING}{_WHERE}{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}{_SAVING}{_CALLED}{_END}", _FLAGS),
    re.compile(rf"{_START}(?:put|add|append|send)\s+{_LIST}{_WHERE}{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}(?:make|turn)\s+{_LIST}\s+(?:in)?to\s+{_A_PLAYLIST}{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}make\s+{_LIST}\s+(?:a|my)\s+(?:new\s+)?spotify\s+playlist{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}make\s+{_A_PLAYLIST}(?:out\s+)?(?:of|from)\s+{_LIST}{_CALLED}?{_END}", _FLAGS),
)
# `add these to Late Trains`: a name is written in capitals, or quoted.
_ONTO = re.compile(rf"{_START}(?:put|add|append)\s+{_LIST}\s+(?:in)?to\s+(?P<onto>{_NAME}){_END}", _FLAGS)
_ANYWAY = r"(?:anyway|all\s+the\s+same|regardless)"
_AFTER_UNDO = rf"(?:{_ANYWAY}|again|(?:on|to)\s+spotify|please|pls|now|then|thanks)"
_UNDO = re.compile(
    rf"""{_START}(?:undo|revert|take\s+back)\s+(?:(?:the|that|my|this|last)\s+)*(?:save|saving|playlist)
    (?: \s+(?:of|called|named|titled)\s+ (?:(?:the|my|that)\s+(?:list|playlist|mix)\s+ (?!{_AFTER_UNDO}\b))?
        (?:(?:called|named|titled)\s+)? (?P<name>{_NAME}) )?
    (?:\s+(?:again|(?:on|to)\s+spotify))?(?P<force>\s+{_ANYWAY})?{_END}""",
    _FLAGS,
)
_POINTS = re.compile(_LIST, _FLAGS)
_UNDO_ALONE = re.compile(
    r"""\s*(?:(?:please|pls|bitte|por\s+favor)\s+)?
    (?:undo(?:\s+(?:it|that|this|(?:the\s+)?last(?:\s+one)?))? | unsave(?:\s+(?:it|that))?
    | take\s+(?:it|that)\s+back | delete\s+(?:the|that)\s+playlist
    | (?:mach\s+(?:das|es)\s+)?rückgängig(?:\s+machen)? | desha(?:cer|z|zlo) | annule[rz]?(?:\s+[çc]a)?
    | desfa(?:zer|z) | annulla(?:lo)? | 元に戻して | 取り消し(?:て)?)
    (?P<force>\s+anyway)?
    (?:\s*,?\s*(?:please|pls|bitte|por\s+favor|s'il\s+(?:te|vous)\s+pla[iî]t|now|then|thanks))?\s*[.!]?\s*""",
    _FLAGS,
)
_NO_NAMES = word_set("commands", "no_names") | {""}
_POLITE = re.compile(
    r"please|pls|now|then|first|thanks|thank|you|for|me|bitte|and|great|nice|ok|okay|perfect|good|cool|yes|yeah"
    r"|i|love|like|these|those|them|it|this|that",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be done: `save` the list, or `undo` the last save of this conversation.

    `name` is what a new playlist is to be called, or what the save to be undone was called; `onto` the own
    playlist that is to be added to; both in the listener's words, empty when not said. `is_first`: it is said
    before anything else, so that it means what was given before. `dry_run`: only show what would be written.
    `force`: undo whatever came after.
    """

    kind: Literal["save", "undo"]
    name: str = ""
    onto: str = ""
    is_first: bool = True
    dry_run: bool = False
    force: bool = False


def read_command(message: str) -> tuple[Command | None, str]:
    """The command in a message, and the message without it: empty when nothing else was said."""
    for pattern in _SAVES:
        if match := pattern.search(message):
            said = {key: _clean(text) for key, text in match.groupdict().items()}
            name = said.get("name", "")
            onto = said.get("onto", "") or said.get("onto_before", "")
            return _save(message, match, "" if name.lower() in _NO_NAMES else name, onto)
    if (match := _ONTO.search(message)) and (match["onto"][0] in _QUOTES or match["onto"][0].isupper()):
        return _save(message, match, "", _clean(match["onto"]))
    if match := _UNDO.search(message):
        name = _clean(match["name"])
        if name.lower() in _NO_NAMES or _POINTS.fullmatch(name):
            name = ""
        return Command("undo", name, force=bool(match["force"])), _rest(message, match)
    if match := _UNDO_ALONE.fullmatch(message):
        return Command("undo", force=bool(match["force"])), _rest(message, match)
    return None, message


def _save(message: str, match: re.Match[str], name: str, onto: str) -> tuple[Command, str]:
    is_first = _is_polite(message[: match.start()])
    return Command("save", name, onto, is_first=is_first), _rest(message, match)


def _clean(text: str | None) -> str:
    return " ".join((text or "").strip(" \"“”«»'").split())[:MAX_NAME]


def _rest(message: str, match: re.Match[str]) -> str:
    rest = f"{message[: match.start()]} {message[match.end() :]}".strip(" ,.;:!?\n")
    return "" if _is_polite(rest) else rest


def _is_polite(text: str) -> bool:
    return all(_POLITE.fullmatch(word) for word in re.findall(r"\w+", text))


_BEFORE = word_list("commands", "before")
_AFTER = word_list("commands", "after")
_START_OVER = word_list("commands", "start_over")
_BEFORE_INDEX, _AFTER_INDEX, _OVER_INDEX = map(index_phrases, (_BEFORE, _AFTER, _START_OVER))
_JOINTS = word_set("commands", "joints")
_REACH = 8
_VOICES = frozenset({"vocals", "voices", "singing", "lyrics"})
_KINDS = meanings("commands", "kinds")


def read_undo(tokens: list[Token]) -> list[Span]:
    """The words that are taken back, with the cue that does so."""
    keys = [token.key for token in tokens]
    spans: list[Span] = []
    for position in range(len(keys)):
        before = indexed_phrase_at(keys, position, _BEFORE_INDEX)
        if before is not None:
            spans.append(Span(position, _clause_end(tokens, position + len(before.split()))))
        after = indexed_phrase_at(keys, position, _AFTER_INDEX)
        if after is not None:
            last = position + len(after.split())
            again = last < len(keys) and keys[last] == "again"
            spans.append(Span(_clause_start(tokens, position), last + again))
    return [span for span in spans if span.first < span.last]


def undone_kinds(tokens: list[Token], undone: list[Span]) -> frozenset[str]:
    """Kinds of constraint that are taken back as a whole: `forget the tempo`."""
    return frozenset(
        _KINDS[tokens[position].key]
        for span in undone
        for position in range(span.first + 1, span.last)
        if tokens[position].key in _KINDS and tokens[position - 1].key in ("the", "that", "any", "all")
    ) | frozenset(
        "vocals" for span in undone for token in tokens[span.first : span.last] if token.key in _VOICES
    )


def starts_over(tokens: list[Token]) -> bool:
    """Whether the listener wants a clean slate."""
    keys = [token.key for token in tokens]
    return any(indexed_phrase_at(keys, position, _OVER_INDEX) for position in range(len(keys)))


def _clause_end(tokens: list[Token], start: int) -> int:
    end = start
    while (
        end < min(len(tokens), start + _REACH) and not _parts(tokens[end]) and tokens[end].key not in _JOINTS
    ):
        end += 1
    return end


def _clause_start(tokens: list[Token], end: int) -> int:
    start = end
    while start > max(0, end - _REACH) and not _parts(tokens[start - 1]):
        start -= 1
    return start


def _parts(token: Token) -> bool:
    return token.ends_clause or token.text in ",:()–—"
