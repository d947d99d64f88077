"""Making rules of what is said in a conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from src.catalogue.catalogue import Catalogue
from src.errors import InvalidInput
from src.taste_rules.bodies import to_rule
from src.taste_rules.checks import refusal
from src.taste_rules.models.taste_rule import MAX_WISHES, MAX_WORDS_CHARACTERS, RULE_BODY, TasteRule
from src.taste_rules.reading import read_rule_words
from src.wishes.genres import Vocabulary
from src.wishes.models.brief import Wish
from src.wishes.plain import describe
from src.wishes.reader import Reading


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
        wishes = await read_rule_words(self.catalogue, self.vocabulary, words, self.now().year)
        return self._rule(words, wishes, scope)

    def keep_read(self, message: str, reading: Reading) -> list[TasteRule]:
        """The rule of a message that rules something out for good; none when there is no room for it."""
        ruled_out = [wish for wish in reading.wishes if _rules_out(wish) and refusal(wish) is None]
        if not (reading.for_good and ruled_out and self.room > 0):
            return []
        words = message if len(message) <= MAX_WORDS_CHARACTERS else describe(ruled_out[0])
        return [self._rule(words, ruled_out[:MAX_WISHES], [])]

    def _rule(self, words: str, wishes: Sequence[Wish], scope: list[str]) -> TasteRule:
        self.room -= 1
        origin = {"conversation_id": self.conversation_id, "turn_id": self.turn_id}
        body = {"words": words, "scope": scope, **origin}
        return to_rule(RULE_BODY.validate_python(body), wishes, id_=self.new_id(), created_at=self.now())


def _rules_out(wish: Wish) -> bool:
    if not wish["hard"]:
        return False
    if wish["kind"] == "explicit":
        return not wish["allowed"]
    return "relation" in wish and wish["relation"] in ("rejected", "satisfied")
