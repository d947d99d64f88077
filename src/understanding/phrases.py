"""Phrases that change a whole message, rather than the words next to them."""

from src.constraints.models.brief import Relation
from src.lexicon.tables import groups, word_list
from src.lexicon.tokens import Span, Token, find_phrases, index_phrases
from src.lexicon.vocabulary import UNCHECKABLE

INSISTING = index_phrases(word_list("phrases", "insisting"))
NOT_THOSE = index_phrases(word_list("phrases", "not_those"))
AND_THE_LIKE = index_phrases(word_list("phrases", "and_the_like"))
ADDING = index_phrases(word_list("phrases", "adding"))
SWITCHING = index_phrases(word_list("phrases", "switching"))

REMEMBERING = index_phrases(word_list("phrases", "remembering"))

_RELATIONS: tuple[Relation, ...] = ("satisfied", "rejected", "wanted")
# The relation to the artist that a pronoun means: `only him`, `enough of them`.
OF_THEM = [
    (
        relation,
        index_phrases(
            f"{cue} {who}" for cue in groups("phrases", "of_them")[relation] for who in ("him", "her", "them")
        ),
    )
    for relation in _RELATIONS
] + [("wanted", index_phrases(("her again", "him again", "them again")))]

# The work that is named after these words belongs to them.
_NAMED_WORKS = frozenset({"from a film", "from a game", "from a series"})


def read_unproven(tokens: list[Token]) -> list[tuple[Span, str]]:
    """(span, what) of everything that no record can prove, in order; `from the film Pulp Fiction` is one."""
    readings: list[tuple[Span, str]] = []
    for span, what in find_phrases(tokens, UNCHECKABLE):
        last = span.last
        while what in _NAMED_WORKS and last < len(tokens) and tokens[last].is_capitalised:
            last += 1
        readings.append((Span(span.first, last), what))
    return readings
