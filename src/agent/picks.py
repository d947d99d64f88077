"""Reading a model's words as they stream: picks (`[t3] reason`, one a line) and the prose around them.

Handles `t…` are tracks of the catalogue, `s…` those that only Spotify has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A list mark, the handle in brackets, and what follows on the line. Small models decorate both.
_PICK = re.compile(
    r"^\s*(?:[-*•>]\s*|\d{1,3}[.)]\s*)?\**\[+\s*([ts]\d{1,9})\s*\]+\**\s*[-–—:.,)]*\s*(.*)$", re.I
)
_COULD_BE_PICK = re.compile(r"^\s*(?:[-*•>]\s*|\d{1,3}[.)]?\s*)?\**\[?", re.I)
# The full stop of an abbreviation ends no sentence: what follows it is a name.
_ABBREVIATIONS = (
    "Dr",
    "Mr",
    "Mrs",
    "Ms",
    "St",
    "No",
    "no",
    "Nr",
    "Vol",
    "vol",
    "Feat",
    "feat",
    "Ft",
    "ft",
    "vs",
)
_ENDS_NONE = "".join(rf"(?<!\b{word}\.)" for word in (*_ABBREVIATIONS, "Jr", "Prod", "prod", "[A-Z]"))
SENTENCE_END = re.compile(rf"(?<=[.!?。！？]){_ENDS_NONE}\s+|(?<=[。！？])")
# Without one of these in what has come, no further sentence has ended.
_MAY_END = re.compile(r"[\s。！？]")
# A line of prose that grows beyond this is cut into sentences as it comes; a model in a loop is cut off.
MAX_LINE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Prose:
    """One sentence, or what is left of a line; `ends_line` when the line ends after it."""

    text: str
    ends_line: bool


@dataclass(frozen=True, slots=True)
class CitedPick:
    """A line that cites a handle."""

    handle: str
    reason: str


type Piece = Prose | CitedPick


class PickReader:
    """Feed it text as it comes; it gives whole picks and whole sentences, each as soon as it ends."""

    def __init__(self) -> None:
        self._line = ""

    def feed(self, text: str) -> Iterator[Piece]:
        """The pieces that `text` completes."""
        # However much comes at once, no line grows far beyond its bound.
        for start in range(0, len(text), MAX_LINE_CHARS):
            yield from self._feed_part(text[start : start + MAX_LINE_CHARS])

    def _feed_part(self, text: str) -> Iterator[Piece]:
        *whole, self._line = (self._line + text).split("\n")
        for line in whole:
            yield from _read_line(line, ends_line=True)
        if "[" not in self._line and len(self._line) > 1 and _MAY_END.search(text):
            *sentences, rest = SENTENCE_END.split(self._line)
            if sentences and not _COULD_BE_PICK.fullmatch(self._line):
                self._line = rest
                for sentence in sentences:
                    yield Prose(sentence.strip(), ends_line=False)
        if len(self._line) > MAX_LINE_CHARS:
            line, self._line = self._line, ""
            yield from _read_line(line, ends_line=True)

    def finish(self) -> Iterator[Piece]:
        """What is left when the text has ended."""
        line, self._line = self._line, ""
        yield from _read_line(line, ends_line=True)


def _read_line(line: str, *, ends_line: bool) -> Iterator[Piece]:
    text = line.strip()
    if not text:
        return
    if match := _PICK.match(text):
        yield CitedPick(match[1].lower(), match[2].strip(" *"))
        return
    sentences = [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]
    for position, sentence in enumerate(sentences):
        yield Prose(sentence, ends_line=ends_line and position == len(sentences) - 1)
