"""A prompt that readers take their words out of: what one has read, no other reads again.

The text is folded letter for letter, so that a position in the folded text is the same in the listener's.
What is taken out leaves marks of the same length, which become a comma or a blank when the rest is put
together.
"""

import re
import unicodedata
from dataclasses import dataclass

from src.errors import InvalidInput

MAX_PROMPT_CHARS = 4_000
# A whole clause was taken out, or a word amid one.
_CLAUSE, _WORD = "¦", "·"
_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´"), "'") | dict.fromkeys(map(ord, "–—−"), "-")
_BLANK_MARKS = str.maketrans({_CLAUSE: " ", _WORD: " "})
_JOINTS = r"(?:and|then|but|that|which|also|plus|und|dann|y|luego|et|puis)"
_DANGLING = re.compile(rf"\b{_JOINTS}\s*(?=[{_CLAUSE}])", re.IGNORECASE)
_LEADING = re.compile(rf"(?<=[{_CLAUSE}])[\s,]*\b(?:and|then|but|und|dann|y|et|puis)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompt as written and as folded (small letters without accents), of one length."""

    written: str
    folded: str

    def without(self, start: int, end: int, *, joins: bool = False) -> "Prompt":
        """The prompt without the words from `start` to `end`.

        Args:
            joins: the words around it belong together; else it was a clause of its own.
        """
        marks = (_WORD if joins else _CLAUSE) * (end - start)
        return Prompt(
            self.written[:start] + marks + self.written[end:], self.folded[:start] + marks + self.folded[end:]
        )

    def words(self, start: int, end: int) -> str:
        """The listener's words there."""
        return self.written[start:end].strip(" ,;:.")[:200]

    def rest(self) -> str:
        """What is left, to be read on."""
        text = _DANGLING.sub("", self.written)
        text = _LEADING.sub("", text)
        text = re.sub(rf"{_WORD}+", " ", text)
        # A match begins where its blanks and commas begin: begun at each of them it would be quadratic.
        text = re.sub(rf"(?<![\s,])[\s,]*{_CLAUSE}[\s,{_CLAUSE}]*", ", ", text)
        text = re.sub(r"\s+", " ", text)
        text = re.sub(r"(?<![\s,])(?:\s*,)+\s*(?=[.;:!?])", "", text)
        text = re.sub(r"([.;:!?])\s*,", r"\1", text)
        return text.lstrip(" ,;:.!?").rstrip(" ,;:")


def open_prompt(text: str) -> Prompt:
    """The prompt, ready to be read.

    Raises:
        InvalidInput: it is longer than 4,000 characters.
    """
    if len(text) > MAX_PROMPT_CHARS:
        raise InvalidInput(f"The prompt is longer than {MAX_PROMPT_CHARS} characters.")
    readable = "".join(
        character if character == "\n" or character.isprintable() else " "
        for character in unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    )
    # Runs of blanks would make the readers' patterns cubic.
    lines = (" ".join(line.split()) for line in readable.translate(_BLANK_MARKS).split("\n"))
    written = "\n".join(line for line in lines if line)
    return Prompt(written, "".join(map(_folded, written)))


def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character)[0].lower().translate(_APOSTROPHES)
    return plain if len(plain) == 1 else character
