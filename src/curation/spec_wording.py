"""That no words may be explicit: `nothing explicit`, `no explicit ones`, `sin letras explícitas`."""

import re

from src.curation.prompt_text import Prompt
from src.wishes.models.brief import ExplicitWish

_CLEAN = re.compile(
    r"\b(?:(?:no|not|none|non|nothing|without|zero|never)\s+(?:any\s+|anything\s+|too\s+"
    r"|a\s+single\s+)?explicit"
    r"|(?:kein\w*|nichts|ohne)\s+(?:\w+\s+)?explizit\w*|(?:sin|nada|ningun\w*)\s+(?:\w+\s+)?explicit\w*"
    r"|(?:sans|rien|pas|aucune?)\s+(?:d'|de\s+)?(?:\w+\s+)?explicites?)\b"
    r"(?:\s+(?:ones?|stuff|tracks?|songs?|lyrics|language|words|content|versions?|music|material|texte?n?"
    r"|lieder))?"
)


def read_wording(prompt: Prompt) -> tuple[Prompt, ExplicitWish | None]:
    """The wish for clean words, and the prompt without it."""
    match = _CLEAN.search(prompt.folded)
    if match is None:
        return prompt, None
    words = prompt.words(match.start(), match.end())
    wish: ExplicitWish = {"kind": "explicit", "allowed": False, "hard": True, "words": words, "turn": 1}
    return prompt.without(match.start(), match.end()), wish
