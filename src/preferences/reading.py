"""Taste rules from words and bodies: what they bind, and which a message makes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from src.catalogue.catalogue import Catalogue
from src.constraints.describe import describe
from src.constraints.models.brief import Constraint
from src.errors import InvalidInput
from src.lexicon.tokens import Token, phrase_at, tokenize
from src.lexicon.vocabulary import Vocabulary
from src.preferences.models.taste_rule import (
    MAX_CONSTRAINTS,
    MAX_WORDS_CHARACTERS,
    RULE_BODY,
    RuleBody,
    TasteRule,
)
from src.preferences.rules import refusal
from src.schema import with_present
from src.understanding.message import Reading, read_message
from src.understanding.negation import Polarity, read_polarity

_BINDING: frozenset[Polarity] = frozenset({"rejected", "satisfied", "contrast", "only"})
# Words that make everything in a rule hard, wherever they occur.
_INSISTING = (
    *("always", "must", "has to", "have to", "every time", "all the time", "no exceptions", "strictly"),
    *("siempre", "immer", "toujours", "sempre"),
)


async def read_rule_words(
    catalogue: Catalogue, vocabulary: Vocabulary, words: str, this_year: int
) -> list[Constraint]:
    """The constraints that the words of a rule set; their turn is 0.

    What the words negate, restrict or insist on is hard in a rule, though it would be soft in a conversation.

    Args:
        this_year: the year that `recent` is counted from.

    Raises:
        InvalidInput: nothing in them can bind, or too much.
    """
    reading = await read_message(catalogue, vocabulary, words, 0, this_year)
    tokens = tokenize(words)
    keys = [token.key for token in tokens]
    insists = any(phrase_at(keys, place, phrase) for place in range(len(keys)) for phrase in _INSISTING)
    polarity = read_polarity(tokens)
    read: list[Constraint] = []
    for constraint in reading.constraints:
        constraint["hard"] = (
            constraint["hard"] or insists or _is_restricted(constraint, words, tokens, polarity)
        )
        if refusal(constraint) is None and constraint not in read:
            read.append(constraint)
    if not read:
        raise InvalidInput(
            "Nothing in these words can be held against a track. Say what to leave out or what all must be, "
            "such as “never Drake”, “no live versions”, “nothing after 1995” or “only jazz”. "
            "Names must be in the catalogue."
        )
    if len(read) > MAX_CONSTRAINTS:
        raise InvalidInput(
            f"A rule holds at most {MAX_CONSTRAINTS} wishes: make several rules of these words."
        )
    return read


def _is_restricted(constraint: Constraint, words: str, tokens: list[Token], polarity: list[Polarity]) -> bool:
    """Whether a negation or a restriction covers the words of the constraint."""
    if "relation" in constraint and constraint["relation"] in _BINDING:
        return True
    start = words.find(constraint["words"])
    end = start + len(constraint["words"])
    return start >= 0 and any(
        stance in _BINDING and start <= token.start < end
        for token, stance in zip(tokens, polarity, strict=True)
    )


_LONGEST_KEY = 40


def to_body(value: object) -> RuleBody:
    """The value as a rule that is sent.

    Raises:
        InvalidInput: it is none; the message names the key.
    """
    try:
        return RULE_BODY.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        keys = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise InvalidInput(f"`{shown_key(keys)}` is no key of a rule.") from None
        raise InvalidInput(f"`{shown_key(keys)}`: {first['msg']}." if keys else f"{first['msg']}.") from None


def to_rule(
    body: RuleBody, constraints: Sequence[Constraint], *, id_: str, created_at: datetime
) -> TasteRule:
    """The rule to store: `constraints`, `id_` and `created_at` (aware) count where the body has none."""
    rule: TasteRule = {
        "id": body.get("id", id_),
        "words": body["words"],
        "wishes": body.get("wishes", list(constraints)),
        "scope": body.get("scope", []),
        "created_at": body.get("created_at", created_at.astimezone(UTC).isoformat()),
    }
    optional = {key: body.get(key) for key in ("conversation_id", "turn_id", "expires_at")}
    return with_present(rule, **optional)


def shown_key(key: str) -> str:
    """A key as a message may show it: plain letters, and not too many."""
    plain = "".join(
        character if character.isascii() and (character.isalnum() or character in "_-.") else "?"
        for character in key
    )
    return plain if len(plain) <= _LONGEST_KEY else f"{plain[:_LONGEST_KEY]}…"


@dataclass(slots=True)
class RuleKeeper:
    """Makes the rules of one turn; `room` is how many more the listener may have."""

    conversation_id: str
    turn_id: str
    catalogue: Catalogue
    vocabulary: Vocabulary
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    room: int

    async def keep(self, words: str, scope: list[str]) -> TasteRule:
        """The rule that the listener's words make.

        Raises:
            InvalidInput: nothing in the words can bind, or the listener has as many rules as there may be.
        """
        if self.room <= 0:
            raise InvalidInput("The listener has as many rules as there may be.")
        constraints = await read_rule_words(self.catalogue, self.vocabulary, words, self.now().year)
        return self._rule(words, constraints, scope)

    def keep_read(self, message: str, reading: Reading) -> list[TasteRule]:
        """The rule of a message that rules something out for good; none when there is no room for it."""
        ruled_out = [
            constraint
            for constraint in reading.constraints
            if _rules_out(constraint) and refusal(constraint) is None
        ]
        if not (reading.for_good and ruled_out and self.room > 0):
            return []
        words = message if len(message) <= MAX_WORDS_CHARACTERS else describe(ruled_out[0])
        return [self._rule(words, ruled_out[:MAX_CONSTRAINTS], [])]

    def _rule(self, words: str, constraints: Sequence[Constraint], scope: list[str]) -> TasteRule:
        self.room -= 1
        origin = {"conversation_id": self.conversation_id, "turn_id": self.turn_id}
        body = {"words": words, "scope": scope, **origin}
        return to_rule(RULE_BODY.validate_python(body), constraints, id_=self.new_id(), created_at=self.now())


def _rules_out(constraint: Constraint) -> bool:
    if not constraint["hard"]:
        return False
    if constraint["kind"] == "explicit":
        return not constraint["allowed"]
    return "relation" in constraint and constraint["relation"] in ("rejected", "satisfied")
