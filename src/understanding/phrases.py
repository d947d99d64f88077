"""Phrases that colour a whole message, rather than the words beside them."""

from src.constraints.models.brief import Relation
from src.lexicon.tokens import Span, Token, find_phrases, index_phrases
from src.lexicon.vocabulary import UNCHECKABLE

# What makes an era a bound, wherever it stands.
INSISTING = index_phrases(
    (
        *("nothing older", "nothing newer", "nothing else", "no exceptions", "must be", "has to be"),
        *("have to be", "got to be", "strictly", "only from", "exclusively", "no other", "needs to be"),
    )
)
# What leaves out the very names that the rest is to be like.
NOT_THOSE = index_phrases(
    (
        *("neither of those", "neither of them", "neither of these", "none of those", "none of them"),
        *("not those", "but not them", "not by them", "not themselves", "not from them", "but not him"),
        *("but not her", "not himself", "not herself", "not from him", "not from her", "not by him"),
    )
)
# After a name: it is wanted, and what is like it too.
AND_THE_LIKE = index_phrases(
    (
        *("and stuff like that", "and things like that", "and the like", "and similar", "or similar"),
        *("and stuff thats", "and others like", "and similar artists", "and similar bands", "and such"),
        *("and anything like", "e coisas assim", "e afins", "y cosas asi", "y similares", "und ahnliches"),
        *("und so was", "et des choses comme ca", "et autres", "e cose simili", "and stuff like"),
    )
)
# The wishes come on top of those that stand.
ADDING = index_phrases(
    ("also", "as well", "add", "plus", "additionally", "on top of", "auch", "tambien", "aussi", "tambem")
)
# The wishes take the place of those that stand.
SWITCHING = index_phrases(
    (
        "instead",
        "now",
        "rather",
        "actually",
        "switch to",
        "change to",
        "ahora",
        "jetzt",
        "agora",
        "maintenant",
    )
)

# What is ruled out holds for good, and not in this conversation alone.
REMEMBERING = index_phrases(
    (
        *("always", "from now on", "never again", "ever again", "never ever", "in future", "in the future"),
        *(
            "remember that",
            "please remember",
            "remember this",
            "for good",
            "in any conversation",
            "every time",
            "nie wieder",
        ),
        *("ab jetzt", "siempre", "nunca mas", "toujours", "plus jamais", "sempre", "nunca mais"),
    )
)

_CUES_OF_THEM: dict[Relation, tuple[str, ...]] = {
    "satisfied": ("enough of", "tired of", "sick of", "bored of", "no more of", "no more", "heard enough of"),
    "rejected": ("not", "never", "without", "anyone but", "anything but", "dont like", "drop", "hate"),
    "wanted": ("only", "just", "nothing but", "more of", "by", "more by", "more from", "only by"),
}
# How the listener stands to whom a pronoun means: `only him`, `enough of them`.
OF_THEM = [
    (relation, index_phrases(f"{cue} {who}" for cue in cues for who in ("him", "her", "them")))
    for relation, cues in _CUES_OF_THEM.items()
] + [("wanted", index_phrases(("her again", "him again", "them again")))]


# The work that is named after these words belongs to them.
_NAMED_WORKS = frozenset({"from a film", "from a game", "from a series"})


def read_unproven(tokens: list[Token]) -> list[tuple[Span, str]]:
    """(span, what) of every such wish, in order; `from the film Pulp Fiction` is one."""
    readings: list[tuple[Span, str]] = []
    for span, what in find_phrases(tokens, UNCHECKABLE):
        last = span.last
        while what in _NAMED_WORKS and last < len(tokens) and tokens[last].is_capitalised:
            last += 1
        readings.append((Span(span.first, last), what))
    return readings
