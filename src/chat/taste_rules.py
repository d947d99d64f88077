"""The taste rules of a listener: read as they are sent, added and replaced."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from src.chat.clients import Agent
from src.chat.understand import vocabulary_of
from src.constraints.models.brief import Constraint
from src.errors import Conflict, InvalidInput, NotFound
from src.preferences.models.taste_rule import RuleBody, TasteRule
from src.preferences.reading import read_rule_words, to_body, to_rule
from src.preferences.store import get_rule, has_expired, list_rules, put_rule, replace_all
from src.schema import with_present

_MICROSECOND = timedelta(microseconds=1)


async def add_rule(agent: Agent, listener: str, body: RuleBody) -> TasteRule:
    """Store one more rule.

    Raises:
        InvalidInput: the body cannot be read, it has expired, its words hold nothing that can bind, or there
            are as many rules as there may be.
        Conflict: `rule_exists` when the listener has a rule with this id.
    """
    if "id" in body and await _stored(agent, listener, body["id"]) is not None:
        raise Conflict("There is a rule with this id: replace that one, or send none.", code="rule_exists")
    rule = await read_rule(agent, body)
    await put_rule(agent.database, listener, rule, agent.now())
    return rule


async def replace_rule(agent: Agent, listener: str, rule_id: str, body: RuleBody) -> TasteRule:
    """Replace one stored rule.

    Raises:
        NotFound: no such rule of this listener.
        InvalidInput: as of `add_rule`, or the body has another id.
    """
    if body.get("id", rule_id) != rule_id:
        raise InvalidInput("The body has another id than the address.")
    replaced = await get_rule(agent.database, listener, rule_id, agent.now())
    rule = await read_rule(agent, {**body, "id": rule_id}, replaced)
    await put_rule(agent.database, listener, rule, agent.now())
    return rule


async def replace_rules(agent: Agent, listener: str, bodies: Sequence[RuleBody]) -> list[TasteRule]:
    """Replace all stored rules by these, or none; returns them, the oldest first.

    Raises:
        InvalidInput: as of `add_rule`, with the number of the rule; or two have one id, or there are too
            many.
    """
    now = agent.now()
    stored = {rule["id"]: rule for rule in await list_rules(agent.database, listener, now)}
    rules: list[TasteRule] = []
    for position, body in enumerate(bodies):
        # Each may take some milliseconds: other requests have their turn in between.
        await asyncio.sleep(0)
        try:
            # Rules are listed by their time: those without one keep the order they are sent in.
            at = now + position * _MICROSECOND
            rules.append(await read_rule(agent, body, stored.get(body.get("id", "")), at))
        except InvalidInput as error:
            raise InvalidInput(f"Rule {position + 1}: {error.message}") from None
    await replace_all(agent.database, listener, rules)
    return await list_rules(agent.database, listener, now)


async def read_rule(
    agent: Agent, sent: RuleBody, replaced: TasteRule | None = None, at: datetime | None = None
) -> TasteRule:
    """The rule of a body; its words are read when it has no wishes.

    It keeps the time of the rule that it replaces, and where that was said when the words are the same.
    """
    now = at or agent.now()
    body = _with_origin(to_body(sent), replaced)
    constraints = [] if "wishes" in body else await _read_words(agent, body["words"], now.year)
    rule = to_rule(body, constraints, id_=agent.new_id(), created_at=now)
    if has_expired(rule, now):
        raise InvalidInput("`expires_at` lies in the past: give a later time, or leave the rule out.")
    return rule


def _with_origin(body: RuleBody, replaced: TasteRule | None) -> RuleBody:
    if replaced is None:
        return body
    body.setdefault("created_at", replaced["created_at"])
    if body["words"] != replaced["words"]:
        return body
    origin = {key: replaced.get(key) for key in ("conversation_id", "turn_id") if key not in body}
    return with_present(body, **origin)


async def _read_words(agent: Agent, words: str, this_year: int) -> list[Constraint]:
    async with agent.catalogue.use() as catalogue:
        vocabulary = await vocabulary_of(agent, catalogue)
        return await read_rule_words(catalogue, vocabulary, words, this_year)


async def _stored(agent: Agent, listener: str, rule_id: str) -> TasteRule | None:
    try:
        return await get_rule(agent.database, listener, rule_id, agent.now())
    except NotFound:
        return None
