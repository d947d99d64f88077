"""What is to be done with a list, rather than heard: `save that as Night Drive`, `undo the save`."""

import re
from dataclasses import dataclass
from typing import Literal

MAX_NAME = 100

_START = r"(?:^|(?<=[\s,.;!?]))(?:(?:and|then|please|now|can\s+you|could\s+you|und|y|et|e)\s+)*"
_END = r"(?=\s*(?:$|[.,;:!?\n]|(?:please|pls|now|then|thanks|for\s+me|bitte|por\s+favor)\b))"
_LIST = r"""(?:
    this | that | it | them | these | those | everything
    | (?:the|this|that|your)\s+(?:whole\s+)?(?:list|playlist|mix)
    | (?:these|those|the)\s+(?:songs|tracks|ones)
    | all\s+of\s+(?:it|them|these|those)
    | das | die\s+liste | diese | esto | la\s+lista | estas | ça | la\s+liste | isso | a\s+lista
)"""
_NAME = r'(?: "[^"\n]{1,100}" | “[^”\n]{1,100}” | «[^»\n]{1,100}» | [^\n.,;:!?"“”]{1,100}? )'
_A_PLAYLIST = r"(?:(?:a|an|my)\s+(?:new\s+)?(?:spotify\s+)?playlist\s*)"
_CALLED = rf"""(?: \s*,?\s*(?:as|called|named|titled|and\s+call\s+it|als|como|comme)\s+
    {_A_PLAYLIST}? (?:(?:called|named|titled)\s+)? (?P<name>{_NAME}?) )"""
_WHERE = rf"""(?: \s+(?:to|on|in|into|onto|auf|en|sur|no)\s+ (?:
    my\s+playlist\s+(?:called\s+|named\s+)?(?P<onto>{_NAME})
    | my\s+(?P<onto_before>[^\n.,;:!?]{{1,80}}?)\s+playlist
    | (?:(?:a|an|my)\s+)?(?:new\s+)?(?:spotify(?:\s+(?:playlist|library|account))?|playlist|library)
) )"""
_SAVING = r"(?:save|store|export|speichern?|speichere|guarda(?:r|lo|la)?|enregistrer?|salvar?)"
_FLAGS = re.IGNORECASE | re.VERBOSE
_SAVES = (
    re.compile(rf"{_START}{_SAVING}\s+{_LIST}{_WHERE}?{_CALLED}?{_END}", _FLAGS),
    re.compile(rf"{_START}(?:put|add|send)\s+{_LIST}{_WHERE}{_CALLED}?{_END}", _FLAGS),
    re.compile(
        rf"{_START}(?:make|turn)\s+{_LIST}\s+(?:into\s+)?(?:a|my)\s+(?:new\s+)?spotify\s+playlist{_CALLED}?{_END}",
        _FLAGS,
    ),
)
_UNDO = re.compile(
    rf"""{_START}(?:undo|revert|take\s+back)\s+(?:(?:the|that|my|this|last)\s+)*(?:save|saving|playlist)
    (?:\s+(?:again|on\s+spotify))?{_END}""",
    _FLAGS,
)
_NO_NAMES = frozenset(
    {"", "a playlist", "playlist", "a new playlist", "my playlist", "new playlist", "spotify"}
)
_POLITE = re.compile(
    r"please|pls|now|then|thanks|thank|you|for|me|bitte|and|great|nice|ok|okay|perfect", re.I
)


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be done: `save` the list, or `undo` the last save.

    `name` is what a new playlist is to be called, `onto` the own playlist that is to be added to; both in
    the listener's words, empty when not said.
    """

    kind: Literal["save", "undo"]
    name: str = ""
    onto: str = ""


def read_command(message: str) -> tuple[Command | None, str]:
    """The command in a message, and the message without it: empty when nothing else was said."""
    for pattern in _SAVES:
        if match := pattern.search(message):
            said = {key: _clean(text) for key, text in match.groupdict().items()}
            name = said.get("name", "")
            onto = said.get("onto", "") or said.get("onto_before", "")
            return Command("save", "" if name.lower() in _NO_NAMES else name, onto), _rest(message, match)
    if match := _UNDO.search(message):
        return Command("undo"), _rest(message, match)
    return None, message


def _clean(text: str | None) -> str:
    return " ".join((text or "").strip(" \"“”«»'").split())[:MAX_NAME]


def _rest(message: str, match: re.Match[str]) -> str:
    rest = f"{message[: match.start()]} {message[match.end() :]}".strip(" ,.;:!?\n")
    return "" if all(_POLITE.fullmatch(word) for word in re.findall(r"\w+", rest)) else rest
