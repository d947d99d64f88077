"""What the words of a rule bind."""

from src.catalogue.catalogue import Catalogue
from src.errors import InvalidInput
from src.taste_rules.checks import refusal
from src.taste_rules.models.taste_rule import MAX_WISHES
from src.wishes.genres import Vocabulary
from src.wishes.models.brief import Wish
from src.wishes.polarity import Polarity, read_polarity
from src.wishes.reader import read_message
from src.wishes.tokens import Token, phrase_at, tokenize

_BINDING: frozenset[Polarity] = frozenset({"rejected", "satisfied", "contrast", "only"})
# Words that make everything in a rule binding, wherever they stand.
_INSISTING = (
    *("always", "must", "has to", "have to", "every time", "all the time", "no exceptions", "strictly"),
    *("siempre", "immer", "toujours", "sempre"),
)


async def read_rule_words(
    catalogue: Catalogue, vocabulary: Vocabulary, words: str, this_year: int
) -> list[Wish]:
    """The wishes that the words of a rule bind; turn 0 said them.

    What the words negate, restrict or insist on is hard here, where one conversation would take it for a
    leaning: a rule is there to be obeyed.

    Args:
        catalogue: whose names are looked up.
        vocabulary: its genres.
        words: the listener's, as a whole.
        this_year: what `recent` is counted from.

    Raises:
        InvalidInput: nothing in them can bind, or too much.
    """
    reading = await read_message(catalogue, vocabulary, words, 0, this_year)
    tokens = tokenize(words)
    keys = [token.key for token in tokens]
    insists = any(phrase_at(keys, place, phrase) for place in range(len(keys)) for phrase in _INSISTING)
    polarity = read_polarity(tokens)
    read: list[Wish] = []
    for wish in reading.wishes:
        wish["hard"] = wish["hard"] or insists or _is_restricted(wish, words, tokens, polarity)
        if refusal(wish) is None and wish not in read:
            read.append(wish)
    if not read:
        raise InvalidInput(
            "Nothing in these words can be held against a track. Say what to leave out or what all must be, "
            "such as “never Drake”, “no live versions”, “nothing after 1995” or “only jazz”. "
            "Names must be in the catalogue."
        )
    if len(read) > MAX_WISHES:
        raise InvalidInput(f"A rule holds at most {MAX_WISHES} wishes: make several rules of these words.")
    return read


def _is_restricted(wish: Wish, words: str, tokens: list[Token], polarity: list[Polarity]) -> bool:
    """Whether the words of the wish stand under a negation or a restriction."""
    if "relation" in wish and wish["relation"] in _BINDING:
        return True
    start = words.find(wish["words"])
    end = start + len(wish["words"])
    return start >= 0 and any(
        stance in _BINDING and start <= token.start < end
        for token, stance in zip(tokens, polarity, strict=True)
    )
