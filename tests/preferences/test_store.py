import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from src.errors import InvalidInput, NotFound
from src.preferences.models.taste_rule import MAX_RULES
from src.preferences.store import (
    active_rules,
    delete_all,
    delete_rule,
    get_rule,
    list_rules,
    put_rule,
    replace_all,
)
from src.storage.database import Database, read
from src.storage.tables import taste_rules
from tests.preferences.rules import NOW, make_rule, no_artist

LATER = NOW + timedelta(hours=1)


async def _ids(db: Database, listener: str = "ana") -> list[str]:
    return [rule["id"] for rule in await list_rules(db, listener, NOW)]


async def _rows(db: Database) -> int:
    async with read(db) as connection:
        return int(await connection.scalar(select(func.count()).select_from(taste_rules)) or 0)


async def test_put_rule_keeps_every_field(db):
    rule = make_rule(
        scope=["work"],
        conversation_id="c1",
        turn_id="t1",
        expires_at=LATER.isoformat(),
        words="nie „Drake“ \n",
    )
    await put_rule(db, "ana", rule, NOW)
    assert await get_rule(db, "ana", "r1", NOW) == rule
    assert await list_rules(db, "ana", NOW) == [rule]


async def test_put_rule_when_the_id_is_there_replaces_it(db):
    await put_rule(db, "ana", make_rule(expires_at=LATER.isoformat()), NOW)
    changed = make_rule(minutes=5, wishes=[no_artist("Coldplay")])
    await put_rule(db, "ana", changed, NOW)
    assert await list_rules(db, "ana", LATER) == [changed]


async def test_list_rules_gives_the_oldest_first(db):
    for id_, minutes in (("b", 2), ("c", 1), ("a", 2)):
        await put_rule(db, "ana", make_rule(id_, minutes), NOW)
    assert await _ids(db) == ["c", "a", "b"]


async def test_list_rules_leaves_out_and_deletes_what_has_expired(db):
    await put_rule(db, "ana", make_rule("ends", expires_at=LATER.isoformat()), NOW)
    await put_rule(db, "ana", make_rule("stays"), NOW)
    await put_rule(db, "ben", make_rule("ends", expires_at=LATER.isoformat()), NOW)
    assert await _ids(db) == ["ends", "stays"]
    assert [rule["id"] for rule in await list_rules(db, "ana", LATER)] == ["stays"]
    assert await _rows(db) == 2


async def test_get_rule_when_it_has_expired_is_not_found(db):
    await put_rule(db, "ana", make_rule(expires_at=LATER.isoformat()), NOW)
    with pytest.raises(NotFound):
        await get_rule(db, "ana", "r1", LATER)


async def test_rules_of_another_listener_are_not_found(db):
    await put_rule(db, "ana", make_rule(), NOW)
    assert await _ids(db, "ben") == []
    with pytest.raises(NotFound):
        await get_rule(db, "ben", "r1", NOW)
    with pytest.raises(NotFound):
        await delete_rule(db, "ben", "r1")
    await put_rule(db, "ben", make_rule(words="no country"), NOW)
    await delete_all(db, "ben")
    await replace_all(db, "ben", [])
    assert await list_rules(db, "ana", NOW) == [make_rule()]


async def test_put_rule_when_there_are_as_many_as_there_may_be(db):
    await replace_all(db, "ana", [make_rule(f"r{number}", number) for number in range(MAX_RULES)])
    with pytest.raises(InvalidInput, match="at most 200"):
        await put_rule(db, "ana", make_rule("one-more"), NOW)
    await put_rule(db, "ana", make_rule("r7", words="no country"), NOW)
    await put_rule(db, "ben", make_rule("one-more"), NOW)
    assert len(await _ids(db)) == MAX_RULES


async def test_put_rule_when_others_have_expired_has_room(db):
    first = make_rule("r0", expires_at=LATER.isoformat())
    await replace_all(db, "ana", [first, *(make_rule(f"r{number}") for number in range(1, MAX_RULES))])
    await put_rule(db, "ana", make_rule("one-more"), LATER)
    assert len(await list_rules(db, "ana", LATER)) == MAX_RULES


async def test_replace_all_leaves_no_other(db):
    await put_rule(db, "ana", make_rule("old"), NOW)
    await replace_all(db, "ana", [make_rule("new"), make_rule("r1", 1)])
    assert await _ids(db) == ["new", "r1"]
    await replace_all(db, "ana", [])
    assert await _ids(db) == []


@pytest.mark.parametrize(
    "rules", [[make_rule(), make_rule()], [make_rule(f"r{number}") for number in range(MAX_RULES + 1)]]
)
async def test_replace_all_when_refused_leaves_all_as_it_was(db, rules):
    await put_rule(db, "ana", make_rule("old"), NOW)
    with pytest.raises(InvalidInput):
        await replace_all(db, "ana", rules)
    assert await _ids(db) == ["old"]


async def test_replace_all_by_several_at_once_leaves_one_set(db):
    sets = [[make_rule(f"{writer}-{number}") for number in range(3)] for writer in range(4)]
    await asyncio.gather(*(replace_all(db, "ana", rules) for rules in sets))
    assert await _ids(db) in [[rule["id"] for rule in rules] for rules in sets]


async def test_put_rule_by_several_at_once_never_exceeds_what_there_may_be(db):
    await replace_all(db, "ana", [make_rule(f"r{number}") for number in range(MAX_RULES - 1)])
    outcomes = await asyncio.gather(
        *(put_rule(db, "ana", make_rule(f"new-{number}"), NOW) for number in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, InvalidInput) for outcome in outcomes) == 3
    assert len(await _ids(db)) == MAX_RULES


async def test_delete_rule_and_delete_all(db):
    await replace_all(db, "ana", [make_rule(f"r{number}") for number in range(3)])
    await delete_rule(db, "ana", "r1")
    assert await _ids(db) == ["r0", "r2"]
    with pytest.raises(NotFound):
        await delete_rule(db, "ana", "r1")
    await delete_all(db, "ana")
    await delete_all(db, "ana")
    assert await _ids(db) == []


def _is_active(said: str, **fields) -> bool:
    return bool(active_rules([make_rule(**fields)], said, NOW))


def test_active_rules_without_scope_or_end_hold_always():
    assert _is_active("")
    assert _is_active("something for work")


@pytest.mark.parametrize(
    ("said", "scope", "active"),
    [
        ("music for WORK, please", ["work"], True),
        ("at work.", ["Work!"], True),
        ("something for my workout", ["work"], False),
        ("for the kids", ["work", "kids"], True),
        ("para el café", ["cafe"], True),
        ("a kids' party tonight", ["kids party"], True),
        ("a party with kids", ["kids party"], False),
        ("jazz", ["work"], False),
    ],
)
def test_active_rules_with_scope_hold_where_a_whole_word_of_it_is_said(said, scope, active):
    assert _is_active(said, scope=scope) is active


@pytest.mark.parametrize(("minutes", "active"), [(1, True), (0, False), (-1, False)])
def test_active_rules_end_when_they_expire(minutes, active):
    end = (NOW + timedelta(minutes=minutes)).isoformat()
    assert _is_active("", expires_at=end) is active


def test_active_rules_keep_their_order():
    rules = [make_rule(id_, scope=scope) for id_, scope in (("b", []), ("c", ["work"]), ("a", []))]
    assert [rule["id"] for rule in active_rules(rules, "jazz", NOW)] == ["b", "a"]
