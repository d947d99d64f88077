"""Tracks of the last answer that are named by position: `more like the first one`, `not number 3`."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.constraints.models.brief import Relation, TrackConstraint
from src.lexicon.tables import numbers
from src.lexicon.tokens import Token
from src.understanding.negation import Polarity

_ORDINALS = numbers("numbers", "ordinals", "ordinals_in_messages")
_ONES = frozenset({"one", "song", "track", "pick", "recommendation", "suggestion", "tune"})
_NUMBER_WORDS = frozenset({"number", "no", "nr", "track", "song"})
_LIKENESS = frozenset({"like", "similar", "as", "love", "loved", "liked", "to", "of"})
_REACH = 4


@dataclass(frozen=True, slots=True)
class Reference:
    """A position in the last answer, from 1, or -1 for the last; and the relation to its track."""

    position: int
    relation: Relation
    words: str


def read_references(tokens: Sequence[Token], polarity: Sequence[Polarity]) -> list[Reference]:
    """Every such reference; a position counts only next to a likeness or a negation."""
    references: list[Reference] = []
    for position, token in enumerate(tokens):
        after = tokens[position + 1].key if position + 1 < len(tokens) else ""
        before = [other.key for other in tokens[max(0, position - _REACH) : position]]
        place = _ORDINALS.get(token.key) if after in _ONES else None
        if place is None and token.key.isdecimal() and before[-1:] and before[-1] in _NUMBER_WORDS:
            place = int(token.key)
        if place is None:
            continue
        words = f"{token.text} {after}" if after in _ONES else f"{before[-1]} {token.text}"
        if polarity[position] in ("rejected", "satisfied"):
            references.append(Reference(place, "rejected", words))
        elif set(before) & _LIKENESS:
            references.append(Reference(place, "seed", words))
    return references


def resolve_references(
    references: Sequence[Reference], last: Sequence[Track], turn: int
) -> list[TrackConstraint]:
    """The tracks that are meant, as constraints, without positions that the last answer did not have."""
    constraints: list[TrackConstraint] = []
    for reference in references:
        place = reference.position - 1 if reference.position > 0 else len(last) - 1
        if not 0 <= place < len(last):
            continue
        track = last[place]
        constraints.append(
            {
                "kind": "track",
                "title": track["title"],
                "artist": track["artists"][0],
                "track_id": track["id"],
                "relation": reference.relation,
                "hard": reference.relation == "rejected",
                "words": reference.words,
                "turn": turn,
            }
        )
    return constraints
