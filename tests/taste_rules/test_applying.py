from datetime import timedelta

import pytest

from src.taste_rules.applying import active_rules
from tests.taste_rules.rules import NOW, make_rule


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
