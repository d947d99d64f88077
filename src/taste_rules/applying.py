"""Which of a listener's rules hold now."""

from collections.abc import Sequence
from datetime import datetime

from src.catalogue.names import name_key
from src.taste_rules.models.taste_rule import TasteRule
from src.wishes.models.brief import Brief, Wish
from src.wishes.plain import describe


def active_rules(rules: Sequence[TasteRule], listener_words: str, now: datetime) -> list[TasteRule]:
    """The rules that have not expired and whose occasion is at hand, in their order.

    Args:
        rules: of the listener.
        listener_words: what the listener has said in the conversation.
        now: aware time.
    """
    said = f" {name_key(listener_words)} "
    return [rule for rule in rules if not has_expired(rule, now) and _is_at_hand(rule["scope"], said)]


def standing_wishes(rules: Sequence[TasteRule], brief: Brief) -> list[Wish]:
    """What the rules add to a brief: their wishes in the rules' words, without those it holds already."""
    held = {describe(wish) for wish in brief["wishes"] if wish["hard"]}
    standing: list[Wish] = []
    for rule in rules:
        for wish in rule["wishes"]:
            if describe(wish) not in held:
                own = wish.copy()
                own["words"] = rule["words"]
                standing.append(own)
    return standing


def has_expired(rule: TasteRule, now: datetime) -> bool:
    """Whether the rule no longer holds at an aware time."""
    return "expires_at" in rule and datetime.fromisoformat(rule["expires_at"]) <= now


def _is_at_hand(scope: Sequence[str], said: str) -> bool:
    return not scope or any(f" {name_key(words)} " in said for words in scope)
