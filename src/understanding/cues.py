"""What leads to a name in a message: `by`, `like`, `play`, a negation; through lists of names too."""

from collections.abc import Set
from typing import Literal

from src.constraints.models.brief import Relation
from src.lexicon.tables import groups, word_set
from src.lexicon.tokens import Span, Token
from src.lexicon.vocabulary import COUNTED
from src.understanding.negation import Polarity, is_listing

type Cue = Literal["by", "like", "love", "want", "some", "rejected", "contrast", "satisfied", "only", "none"]

RELATIONS: dict[Cue, Relation] = {
    "by": "wanted",
    "like": "seed",
    "love": "seed",
    "want": "wanted",
    "some": "wanted",
    "only": "wanted",
    "none": "seed",
    "rejected": "rejected",
    "contrast": "contrast",
    "satisfied": "satisfied",
}
# Cues that a misspelt name in small letters may be looked up after; `love` and the rest lead to much else.
STRONG: frozenset[Cue] = frozenset({"by", "like", "want", "rejected", "contrast", "satisfied"})

_LEADING: tuple[Cue, ...] = ("like", "love", "by", "want", "some")
# By the last word, the longest first: a cue is looked for backwards from a name.
_BY_LAST_WORD: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
for _cue in _LEADING:
    for _words in (tuple(phrase.split()) for phrase in groups("cues", "cues")[_cue]):
        _BY_LAST_WORD.setdefault(_words[-1], []).append((_words, _cue))
for _list in _BY_LAST_WORD.values():
    _list.sort(key=lambda item: -len(item[0]))
_FILLERS = word_set("cues", "fillers")
_LIKENESS = word_set("cues", "likeness")
_LOVERS = word_set("cues", "lovers")
_ASKING = word_set("cues", "asking")
_REACH = 14


def cue_before(
    tokens: list[Token], polarity: list[Polarity], position: int, named: Set[int] = frozenset()
) -> Cue:
    """What leads to a name at a position; through a list of names (`like X, Y and Z`) too.

    Args:
        tokens: the message.
        polarity: of every token.
        position: where the name begins.
        named: positions of words that are names of the catalogue, whatever leads to them.
    """
    stance = polarity[position] if position < len(tokens) else "plain"
    if stance in ("rejected", "contrast", "satisfied"):
        return stance
    back = position
    weak: Cue | None = None
    while back > max(0, position - _REACH):
        cue = _cue_at(tokens, back)
        # `play some X` is led to by `play`.
        if cue is not None and cue != "some":
            return cue
        weak = weak or cue
        before = tokens[back - 1]
        if before.ends_clause or before.text in "()":
            break
        if not (before.key in _FILLERS or is_listing(before) or _may_be_named(tokens, back - 1, named)):
            break
        back -= 1
    return weak or ("only" if stance == "only" else "none")


def is_like_sentence(tokens: list[Token], position: int) -> bool:
    """Whether the sentence speaks, before a position, of something like what is named there."""
    for before in range(position - 1, -1, -1):
        if tokens[before].ends_clause:
            return False
        if tokens[before].key in _LIKENESS:
            return True
    return False


def asks_for_it(tokens: list[Token]) -> bool:
    """Whether the message asks to hear what it names."""
    return any(token.key in _ASKING for token in tokens)


def is_aside(tokens: list[Token], span: Span) -> bool:
    """Whether a name only describes another one: `Nirvana, the Seattle band`."""
    before = [token.key or token.text for token in tokens[max(0, span.first - 2) : span.first]]
    after = {token.key for token in tokens[span.last : span.last + 2]}
    return before[-1:] == ["the"] and bool(after & {"band", "group", "singer", "duo", "guys", "rapper"})


def _cue_at(tokens: list[Token], position: int) -> Cue | None:
    """The cue that ends right before a position."""
    if position == 0:
        return None
    last, before = tokens[position - 1].key, tokens[position - 2].key if position >= 2 else ""
    if last == "from" and before in COUNTED:
        return "by"
    for words, cue in _BY_LAST_WORD.get(last, ()):
        size = len(words)
        if position >= size and tuple(token.key for token in tokens[position - size : position]) == words:
            if words == ("love",) and position >= 2 and before not in _LOVERS:
                # `songs about love and death`
                return None
            return cue
    return None


def _may_be_named(tokens: list[Token], position: int, named: Set[int]) -> bool:
    """Whether a token may belong to a name in a list of names."""
    token = tokens[position]
    return token.is_quote or token.is_capitalised or position in named
