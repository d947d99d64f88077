from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from src.chat.taste_rules import add_rule, read_rule, replace_rule, replace_rules
from src.constraints.describe import describe
from src.errors import Conflict, InvalidInput, NotFound
from src.preferences.models.taste_rule import RuleBody
from src.preferences.store import get_rule, list_rules
from tests.preferences.rules import NOW, make_rule, no_artist


def _at(agent, hour: int):
    return replace(agent, now=lambda: datetime(2026, 11, 23, hour, tzinfo=UTC))


async def test_read_rule_reads_its_words_and_takes_id_and_time_of_the_agent(agent):
    rule = await read_rule(agent, {"words": " never  Drake ", "scope": ["work"], "turn_id": "t9"})
    assert [describe(constraint) for constraint in rule["wishes"]] == ["no Drake"]
    assert rule == {
        "id": "id000001",
        "words": "never Drake",
        "wishes": rule["wishes"],
        "scope": ["work"],
        "turn_id": "t9",
        "created_at": "2026-11-23T12:00:00+00:00",
    }


async def test_read_rule_with_constraints_leaves_the_words_unread(agent):
    rule = await read_rule(agent, {"words": "you know whom I mean", "wishes": [no_artist()]})
    assert rule["wishes"] == [no_artist()]


@pytest.mark.parametrize("expires_at", ["2026-11-23T12:00:00+00:00", "2026-11-23T12:59:59+01:00"])
async def test_read_rule_when_it_has_expired_is_refused(agent, expires_at):
    with pytest.raises(InvalidInput, match="past"):
        await read_rule(agent, {"words": "never Drake", "expires_at": expires_at})


async def test_read_rule_keeps_the_time_in_utc(agent):
    rule = await read_rule(agent, {"words": "never Drake", "expires_at": "2026-12-24T18:00:00+01:00"})
    assert rule["expires_at"] == "2026-12-24T17:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        {"words": "x" * 501},
        {"words": "x", "wishes": [no_artist(relation="wanted")]},
        {"words": "x", "wishes": []},
        {"words": "never Drake", "expires_at": "tomorrow"},
        {"words": "never Drake", "mood": "bad"},
    ],
)
async def test_read_rule_when_the_body_was_not_checked_before_checks_it(agent, body):
    with pytest.raises(InvalidInput):
        await read_rule(agent, body)


async def test_read_rule_of_a_stored_rule_is_that_rule(agent):
    rule = make_rule(scope=["kids"], conversation_id="c", turn_id="t", expires_at="2026-12-24T17:00:00+00:00")
    assert await read_rule(agent, cast("RuleBody", rule)) == rule


async def test_add_rule_when_the_id_is_taken_is_a_conflict(agent):
    await add_rule(agent, "ana", {"words": "never Drake", "id": "mine"})
    await add_rule(agent, "ben", {"words": "never Coldplay", "id": "mine"})
    with pytest.raises(Conflict):
        await add_rule(agent, "ana", {"words": "no country", "id": "mine"})
    assert [rule["words"] for rule in await list_rules(agent.database, "ana", NOW)] == ["never Drake"]


async def test_replace_rule_keeps_its_time_and_its_origin_while_the_words_are_the_same(agent):
    said: RuleBody = {"words": "never Drake", "id": "mine", "conversation_id": "c1", "turn_id": "t1"}
    rule = await add_rule(agent, "ana", said)
    later = _at(agent, 15)
    scoped = await replace_rule(later, "ana", "mine", {"words": "never Drake", "scope": ["work"]})
    assert scoped == {**rule, "scope": ["work"]}
    reworded = await replace_rule(later, "ana", "mine", {"words": "never Coldplay"})
    assert [describe(constraint) for constraint in reworded["wishes"]] == ["no Coldplay"]
    assert reworded["created_at"] == rule["created_at"]
    assert not {"conversation_id", "turn_id"} & reworded.keys()
    assert await get_rule(agent.database, "ana", "mine", NOW) == reworded


async def test_replace_rule_when_it_is_not_there_or_has_another_id(agent):
    await add_rule(agent, "ana", {"words": "never Drake", "id": "mine"})
    for listener, rule_id in (("ben", "mine"), ("ana", "other")):
        with pytest.raises(NotFound):
            await replace_rule(agent, listener, rule_id, {"words": "no country"})
    with pytest.raises(InvalidInput, match="another id"):
        await replace_rule(agent, "ana", "mine", {"words": "no country", "id": "other"})


async def test_replace_rules_keeps_their_order(agent):
    words = ["no live versions", "never Drake", "no country", "never Coldplay"]
    ids = iter("zyxwvu")
    rules = await replace_rules(
        replace(agent, new_id=lambda: next(ids)), "ana", [{"words": text} for text in words]
    )
    assert [rule["words"] for rule in rules] == words
    assert await list_rules(agent.database, "ana", NOW) == rules


async def test_replace_rules_when_one_is_bad_names_it_and_changes_nothing(agent):
    await add_rule(agent, "ana", {"words": "never Drake"})
    with pytest.raises(InvalidInput, match=r"^Rule 2: Nothing"):
        await replace_rules(agent, "ana", [{"words": "no country"}, {"words": "hello"}])
    assert [rule["words"] for rule in await list_rules(agent.database, "ana", NOW)] == ["never Drake"]
