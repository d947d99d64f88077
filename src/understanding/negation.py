"""Which words of a message are negated (`no`), restricted (`only`) or had enough of (`enough`)."""

from typing import Literal

from src.lexicon.tables import groups, word_list, word_set
from src.lexicon.tokens import Token, index_phrases, indexed_phrase_at
from src.lexicon.vocabulary import VERSIONS

type Polarity = Literal["plain", "rejected", "only", "contrast", "satisfied", "waived"]

_POLARITIES: tuple[Polarity, ...] = ("plain", "rejected", "only", "contrast", "satisfied", "waived")
_KINDS = {cue: polarity for polarity in _POLARITIES for cue in groups("negation", "cues")[polarity]}
_INDEX = index_phrases(_KINDS)

_STOPS = word_set("negation", "stops")
_GENERAL = word_set("negation", "general")
# Words after which `only` bounds what stands before it as well.
_BOUNDING = frozenset({"from", "in", "before", "after", "between", "until", "by", "with"})
# Negations that follow what they negate.
_AFTER_REJECTED = frozenset({"以外", "抜", "抜き", "なし", "빼고", "말고"})
_WHICH_IS_HATED = index_phrases(word_list("negation", "which_is_hated"))
_NAME_REACH = 3
_POLITE = word_set("negation", "polite")
_LISTING = word_set("negation", "listing")


def read_polarity(tokens: list[Token]) -> list[Polarity]:
    """The polarity of every token, in order; `waived` is what the listener neither asks for nor rules out.

    A cue reaches to the end of its clause: a full stop, a word that begins a new thought, or a comma - but
    over a comma when the words go on as a list that ends in `or` (`no country, metal or pop`).
    """
    keys = [token.key for token in tokens]
    polarity: list[Polarity] = ["plain"] * len(tokens)
    quoted = _quoted(tokens)
    position = 0
    while position < len(tokens):
        words = None if quoted[position] else _cue_at(tokens, keys, position)
        if words is None:
            position += 1
            continue
        kind = _KINDS[words]
        start = position + len(words.split())
        end = _scope_end(tokens, keys, start)
        # `only` also looks back: `jazz only`, `jazz only from the 60s`.
        if kind == "only" and (end == start or keys[start] in _BOUNDING):
            for back in range(_clause_start(tokens, position), position):
                polarity[back] = "only"
        if kind == "waived" and "by" in keys[start:end]:
            end = keys.index("by", start)
        # `I don't need Love Story twice` wants it once.
        if kind == "rejected" and "twice" in keys[start:end]:
            kind = "waived"
        for inside in range(start, end):
            polarity[inside] = kind
        position = max(start, end)
    for position in range(len(tokens) - 4):
        # `not as heavy as Slayer` is about both, and rules out neither.
        if keys[position : position + 2] == ["not", "as"] and keys[position + 3] == "as":
            end = _scope_end(tokens, keys, position + 4)
            polarity[position + 2 : end] = ["contrast"] * (end - position - 2)
    for position in range(len(tokens)):
        if indexed_phrase_at(keys, position, _WHICH_IS_HATED) is not None:
            for back in range(_clause_start(tokens, position), position):
                polarity[back] = "rejected" if position - back <= _NAME_REACH else polarity[back]
    for position in range(1, len(tokens)):
        if keys[position] in _AFTER_REJECTED and tokens[position - 1].is_word:
            polarity[position - 1] = "rejected"
    return polarity


def _quoted(tokens: list[Token]) -> list[bool]:
    """For every token whether it is in quotes: a title's `no` negates nothing."""
    marks = [position for position, token in enumerate(tokens) if token.is_quote]
    inside = [False] * len(tokens)
    for first, last in zip(marks[::2], marks[1::2], strict=False):
        inside[first + 1 : last] = [True] * (last - first - 1)
    return inside


def _cue_at(tokens: list[Token], keys: list[str], position: int) -> str | None:
    """The cue that begins at a position; `No` in `No Doubt`, amid a sentence, is part of a name."""
    token = tokens[position]
    begins = position == 0 or not tokens[position - 1].is_word
    names = position + 1 < len(tokens) and tokens[position + 1].is_capitalised
    if not token.is_word or (token.is_capitalised and not begins and names and not token.text.isupper()):
        return None
    return indexed_phrase_at(keys, position, _INDEX)


def _scope_end(tokens: list[Token], keys: list[str], start: int) -> int:
    for position in range(start, len(tokens)):
        if tokens[position].ends_clause or tokens[position].text in "()–—:":
            return position
        # `remixes of Nirvana`: the kind is ruled out, not the name.
        if keys[position] == "of" and position > start and keys[position - 1] in VERSIONS:
            return position
        if tokens[position].text == "," and not _list_goes_on(tokens, keys, position):
            return position
        if keys[position] in _POLITE:
            return position
        # The first word may be one of these: `not something sad`; and `no songs with` goes on.
        goes_on = keys[position] == "with" and keys[position - 1] in _GENERAL
        if keys[position] in _STOPS and position > start and not goes_on:
            return position
        if position > start and _cue_at(tokens, keys, position) is not None:
            return position
    return len(tokens)


def _list_goes_on(tokens: list[Token], keys: list[str], comma: int) -> bool:
    """Whether `or` comes within four words of this comma, before anything ends the clause."""
    for position in range(comma + 1, min(comma + 10, len(tokens))):
        if tokens[position].ends_clause or keys[position] in _STOPS:
            return False
        if keys[position] in ("or", "nor", "oder", "ou", "ni"):
            return True
    return False


def _clause_start(tokens: list[Token], position: int) -> int:
    start = position
    while start > 0 and not tokens[start - 1].ends_clause and tokens[start - 1].text != ",":
        start -= 1
    return start


def is_listing(token: Token) -> bool:
    """Whether the token joins the parts of a list."""
    return token.key in _LISTING or token.text in ",&/+"
