"""What a list is to be called: as the listener says, or a short title made from the prompt."""

import re

from src.curation.prompt_text import Prompt

MAX_TITLE = 60
_NAMED = re.compile(
    r"(?:\b(?:and\s+|please\s+)*(?:call|name|title)\s+(?:it|this|that|(?:the|my)\s+(?:play\s?list|list"
    r"|mix|mixtape))"
    r"|(?<=list)\s+(?:is\s+)?(?:called|named|titled)|(?<=mix)\s+(?:called|named|titled)"
    r"|(?<=mixtape)\s+(?:called|named|titled)"
    r"|(?<=set)\s+(?:called|named|titled)|(?<=liste)\s+namens|\bnenn(?:e)?\s+sie|(?<=lista)\s+llamada"
    r"|\bllamala|(?<=liste)\s+appelee|\bappelle-la"
    r"|^\s*title\s*:)"
    r"\s*:?\s+(?P<name>[\"“„«](?P<quoted>[^\"”“»\n]{1,100})[\"”“»]|[^,.;:!?\n\"¦]{1,80}?(?=\s*(?:$"
    r"|[,.;:!?\n]|\s-\s|\s(?:with|and|of|for|mit|con|avec)\s)))"
)
_LEAD = re.compile(
    r"^(?:(?:hey|hi|hello|ok|so|please|pls|can|could|would|will|u|you|i|i'd|i'm|we|like|want|need|would"
    r"|love|to|make|give|gimme|me|us|do|create"
    r"|build|get|put|together|generate|some|a|an|the|my|your|of|for|play\s?list|list|mix|mixtape|set|with"
    r"|songs?|tracks?|music|eine?|mir|bitte|una|un|une|lista"
    r"|liste|de|mach|haz|fais|moi|hazme|von|mit|con)\b[\s,:]*)+",
    re.IGNORECASE,
)
_FALLBACK = "Playlist"


def read_title(prompt: Prompt) -> tuple[Prompt, str]:
    """The title that the listener gives, and the prompt without it; empty when none is given."""
    match = _NAMED.search(prompt.folded)
    if match is None:
        return prompt, ""
    part = "quoted" if match["quoted"] else "name"
    title = " ".join(prompt.written[match.start(part) : match.end(part)].split())[:MAX_TITLE].strip()
    return (prompt.without(match.start(), match.end()), title) if title else (prompt, "")


def make_title(rest: str, whole: str) -> str:
    """A short title of what was asked for.

    Args:
        rest: the prompt without what was said of the list as a whole.
        whole: the prompt, where nothing else is left.
    """
    for text in (rest, whole):
        for clause in re.split(r"[,.;:!?\n]", text):
            words = _LEAD.sub("", " ".join(clause.split())).split()
            while words and sum(map(len, words)) + len(words) - 1 > MAX_TITLE:
                words.pop()
            title = " ".join(words)
            if any(character.isalpha() for character in title):
                return title[0].upper() + title[1:]
    return _FALLBACK
