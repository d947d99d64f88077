"""What a message takes back: `forget the 90s`, `Drake is fine again`, `start over`."""

from src.wishes.tokens import Span, Token, index_phrases, indexed_phrase_at

# What stands before the words that are taken back.
_BEFORE = (
    "forget about",
    "forget",
    "never mind about",
    "never mind",
    "nevermind",
    "dont worry about",
    "no need for",
    "ignore the",
    "scratch the",
    "scratch that",
    "lift the",
    "undo the",
    "remove the",
    "bring back",
    "allow",
    "you can include",
    "you can play",
    "changed my mind about",
    "olvida",
    "vergiss",
    "oublie",
    "esquece",
)
# What stands after them.
_AFTER = (
    *("is fine", "is ok", "is okay", "is allowed", "is cool", "is good again", "is welcome", "is back"),
    *(
        "are fine",
        "are ok",
        "are okay",
        "are allowed",
        "are cool",
        "are good again",
        "are welcome",
        "are back",
    ),
    *("can come back", "can be included", "doesnt matter", "dont matter", "doesnt bother me"),
    *("no longer matters", "no longer matter", "isnt a problem", "arent a problem", "is no problem"),
    *("is not a problem", "are no problem", "may come back", "is fine by me", "are fine by me"),
    *("would be fine", "would be ok", "ist wieder ok", "esta bien", "fine again", "ok again", "okay again"),
)
_START_OVER = (
    *(
        "start over",
        "start again",
        "start afresh",
        "start fresh",
        "start from scratch",
        "from scratch",
        "never mind all that",
    ),
    *("forget everything", "forget all that", "forget all of that", "reset", "clean slate", "new topic"),
    *("empezar de nuevo", "von vorne", "recommencer", "comecar de novo"),
)
_BEFORE_INDEX, _AFTER_INDEX, _OVER_INDEX = map(index_phrases, (_BEFORE, _AFTER, _START_OVER))
_JOINTS = frozenset({"but", "give", "show", "play", "just", "instead", "now", "lets", "i", "also"})
_REACH = 8
_VOICES = frozenset({"vocals", "voices", "singing", "lyrics"})
# Listeners' words for a whole kind of wish.
_KINDS = {
    "decade": "years",
    "era": "years",
    "year": "years",
    "years": "years",
    "genre": "genre",
    "genres": "genre",
    "mood": "mood",
    "moods": "mood",
    "tempo": "range",
    "bpm": "range",
    "length": "range",
    "language": "language",
    "country": "country",
    "artist": "artist",
    "artists": "artist",
}


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
    """Kinds of wish that are taken back as a whole: `forget the tempo`."""
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
