"""That no words may be explicit: `nothing explicit`, `no explicit ones`, `sin letras explícitas`."""

from src.curation.prompt_text import Prompt
from src.wishes.models.brief import ExplicitWish
from src.wishes.sound import CLEAN


def read_wording(prompt: Prompt) -> tuple[Prompt, ExplicitWish | None]:
    """The wish for clean words, and the prompt without it."""
    match = CLEAN.search(prompt.folded)
    if match is None:
        return prompt, None
    words = prompt.words(match.start(), match.end())
    wish: ExplicitWish = {"kind": "explicit", "allowed": False, "hard": True, "words": words, "turn": 1}
    return prompt.without(match.start(), match.end()), wish
