"""Which words of a message stand under a negation, a restriction or a weariness."""

from typing import Literal

from src.wishes.tokens import Token, phrase_at

type Polarity = Literal["plain", "rejected", "only", "contrast", "satisfied"]

# Longest first: `no more` is weariness, `not only` is no negation at all.
_CUES: list[tuple[str, Polarity]] = [
    ("nothing too", "rejected"),
    ("nothing", "rejected"),
    ("not only", "plain"),
    ("not just", "plain"),
    ("not necessarily", "plain"),
    ("no only", "plain"),
    ("why not", "plain"),
    ("no problem", "plain"),
    ("no idea", "plain"),
    ("not sure", "plain"),
    ("dont know", "plain"),
    ("dont mind", "plain"),
    ("nothing but", "only"),
    ("nothing except", "only"),
    ("nothing other than", "only"),
    ("only", "only"),
    ("exclusively", "only"),
    ("strictly", "only"),
    ("solo", "only"),
    ("nur", "only"),
    ("uniquement", "only"),
    ("apenas", "only"),
    ("had enough of", "satisfied"),
    ("enough of", "satisfied"),
    ("enough", "satisfied"),
    ("tired of", "satisfied"),
    ("sick of", "satisfied"),
    ("bored of", "satisfied"),
    ("bored with", "satisfied"),
    ("no more", "satisfied"),
    ("not any more", "satisfied"),
    ("not as heavy as", "contrast"),
    ("not like", "contrast"),
    ("nothing like", "contrast"),
    ("unlike", "contrast"),
    ("less like", "contrast"),
    ("rather than", "rejected"),
    ("instead of", "rejected"),
    ("anything but", "rejected"),
    ("anything except", "rejected"),
    ("everything but", "rejected"),
    ("everything except", "rejected"),
    ("all but", "rejected"),
    ("other than", "rejected"),
    ("apart from", "rejected"),
    ("aside from", "rejected"),
    ("besides", "rejected"),
    ("except for", "rejected"),
    ("except", "rejected"),
    ("excluding", "rejected"),
    ("exclude", "rejected"),
    ("without any", "rejected"),
    ("without", "rejected"),
    ("with no", "rejected"),
    ("leave out", "rejected"),
    ("stay away from", "rejected"),
    ("keep away from", "rejected"),
    ("minus", "rejected"),
    ("avoid", "rejected"),
    ("skip", "rejected"),
    ("hate", "rejected"),
    ("cant stand", "rejected"),
    ("dislike", "rejected"),
    ("dont like", "rejected"),
    ("do not like", "rejected"),
    ("dont want", "rejected"),
    ("do not want", "rejected"),
    ("dont play", "rejected"),
    ("never play", "rejected"),
    ("never", "rejected"),
    ("not a fan of", "rejected"),
    ("no", "rejected"),
    ("not", "rejected"),
    ("non", "rejected"),
    ("isnt", "rejected"),
    ("arent", "rejected"),
    ("sin", "rejected"),
    ("menos", "rejected"),
    ("excepto", "rejected"),
    ("ohne", "rejected"),
    ("kein", "rejected"),
    ("keine", "rejected"),
    ("keinen", "rejected"),
    ("nicht", "rejected"),
    ("außer", "rejected"),
    ("sans", "rejected"),
    ("pas de", "rejected"),
    ("pas", "rejected"),
    ("sauf", "rejected"),
    ("sem", "rejected"),
    ("nao", "rejected"),
    ("exceto", "rejected"),
    ("senza", "rejected"),
]
_BY_SIZE = sorted(_CUES, key=lambda cue: -len(cue[0].split()))

# Words that begin a new thought: a negation does not reach over them.
_STOPS = frozenset(
    {"but", "just", "although", "though", "however", "instead", "because", "while", "give", "show"}
    | {
        "play",
        "want",
        "need",
        "prefer",
        "make",
        "keep",
        "something",
        "anything",
        "pero",
        "aber",
        "mais",
        "mas",
    }
    | {"i", "im", "id", "we", "you", "that", "which", "so", "then", "with", "for"}
)
_POLITE = frozenset({"please", "pls", "thanks", "bitte", "por", "danke", "merci", "gracias"})
_LISTING = frozenset({"or", "nor", "and", "o", "ni", "y", "oder", "und", "ou", "et", "e", "&", "/"})


def read_polarity(tokens: list[Token]) -> list[Polarity]:
    """The polarity of every token, in order.

    A cue reaches to the end of its clause: a full stop, a word that begins a new thought, or a comma - but
    over a comma when the words go on as a list that ends in `or` (`no country, metal or pop`).
    """
    keys = [token.key for token in tokens]
    polarity: list[Polarity] = ["plain"] * len(tokens)
    position = 0
    while position < len(tokens):
        cue = next(((words, kind) for words, kind in _BY_SIZE if phrase_at(keys, position, words)), None)
        if cue is None or not tokens[position].is_word:
            position += 1
            continue
        words, kind = cue
        start = position + len(words.split())
        end = _scope_end(tokens, keys, start)
        # `only` also looks back: `jazz only`.
        if kind == "only" and end == start:
            for back in range(_clause_start(tokens, position), position):
                polarity[back] = "only"
        for inside in range(start, end):
            polarity[inside] = kind
        position = max(start, end)
    return polarity


def _scope_end(tokens: list[Token], keys: list[str], start: int) -> int:
    for position in range(start, len(tokens)):
        if tokens[position].ends_clause or tokens[position].text in "()–—":
            return position
        if tokens[position].text == "," and not _list_goes_on(tokens, keys, position):
            return position
        if keys[position] in _POLITE:
            return position
        # The first word may be one of these: `not something sad`.
        if keys[position] in _STOPS and position > start:
            return position
        is_cue = any(phrase_at(keys, position, words) for words, _ in _CUES)
        if position > start and is_cue and tokens[position].is_word:
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
