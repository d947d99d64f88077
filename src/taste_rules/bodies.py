"""From a rule as it is sent to a rule as it stands."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from src.errors import InvalidInput
from src.taste_rules.models.taste_rule import RULE_BODY, RuleBody, TasteRule
from src.wishes.models.brief import Wish

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


def to_rule(body: RuleBody, wishes: Sequence[Wish], *, id_: str, created_at: datetime) -> TasteRule:
    """The rule that stands.

    Args:
        body: what was sent.
        wishes: what was read from its words; those in the body go first.
        id_: its id, where the body has none.
        created_at: aware time, where the body has none.
    """
    rule: TasteRule = {
        "id": body.get("id", id_),
        "words": body["words"],
        "wishes": body.get("wishes", list(wishes)),
        "scope": body.get("scope", []),
        "created_at": body.get("created_at", created_at.astimezone(UTC).isoformat()),
    }
    if "conversation_id" in body:
        rule["conversation_id"] = body["conversation_id"]
    if "turn_id" in body:
        rule["turn_id"] = body["turn_id"]
    if "expires_at" in body:
        rule["expires_at"] = body["expires_at"]
    return rule


def shown_key(key: str) -> str:
    """A key as a message may show it: plain letters, and not too many."""
    plain = "".join(
        character if character.isascii() and (character.isalnum() or character in "_-.") else "?"
        for character in key
    )
    return plain if len(plain) <= _LONGEST_KEY else f"{plain[:_LONGEST_KEY]}…"
