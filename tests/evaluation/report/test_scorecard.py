"""Numbers, bounds and foreign text in reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.evaluation.models.run import GateLine
from src.evaluation.report.scorecard import (
    gate_unit,
    plain,
    shortened,
    shown_bound,
    shown_gate_value,
    shown_metric,
    shown_time,
    shown_value,
    write_scorecard,
)
from tests.evaluation.runs import make_metric, make_run


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8636, "share", "86.4%"),
        (1, "share", "100.0%"),
        (0, "count", "0"),
        (1.25, "count", "1.25"),
        (12345, "tokens", "12,345"),
        (5.06, "ms", "5.1 ms"),
        (120.4, "ms", "120 ms"),
        (1132, "ms", "1.13 s"),
        (61_000, "ms", "61.0 s"),
        (0.00123, "USD", "$0.0012"),
        (0.5124, "", "0.512"),
    ],
)
def test_shown_value_by_unit(value, unit, text):
    assert shown_value(value, unit) == text


def test_shown_value_signed_tells_the_way_and_calls_shares_points():
    assert shown_value(0.1, "share", signed=True) == "+10.0 pp"
    assert shown_value(-0.1, "share", signed=True) == "-10.0 pp"
    assert shown_value(-0.5, "USD", signed=True) == "-$0.5000"
    assert shown_value(0.5, "USD", signed=True) == "+$0.5000"
    assert shown_value(-0.0, "count", signed=True) == "+0"


def test_shown_metric_has_its_unit():
    assert shown_metric(make_metric("ndcg@10", 0.25)) == "25.0%"


def test_shown_time_is_utc_to_the_minute():
    assert shown_time("2026-11-24T18:10:33+01:00") == "2026-11-24 17:10 UTC"


@pytest.mark.parametrize("text", ["yesterday", "2026-11-24T18:10:33"])
def test_shown_time_leaves_what_is_no_moment(text):
    assert shown_time(text) == text


def test_shown_bound_states_both_bounds_in_the_metrics_unit():
    gate: GateLine = {"metric": "turn ms p95", "at_least": 1, "at_most": 250, "value": 710, "kept": False}
    run = make_run(metrics=[make_metric("turn ms p95", 710, unit="ms", better="lower")], gates=[gate])
    unit = gate_unit(run, gate)
    assert shown_bound(gate, unit) == "at least 1.0 ms and at most 250 ms"
    assert shown_gate_value(gate, unit) == "710 ms"


def test_write_scorecard_counts_the_floors_among_the_kept_gates():
    floor: GateLine = {"metric": "passed", "at_least": 0.2, "value": 0.25, "kept": True, "floor": True}
    leaks: GateLine = {"metric": "leaks", "at_most": 0, "value": 0, "kept": True}
    assert "| gates kept | 2 of 2, 1 of them a floor |" in write_scorecard([make_run(gates=[floor, leaks])])
    assert "| gates kept | 1 of 1 |" in write_scorecard([make_run(gates=[leaks])])


def test_gate_unit_of_passed_cases_is_a_share_without_such_a_metric():
    gate: GateLine = {"metric": "passed: hard years", "at_least": 1, "kept": False}
    assert gate_unit(make_run(), gate) == "share"
    assert gate_unit(make_run(), {**gate, "metric": "unknown"}) == ""
    assert shown_gate_value(gate, "share") == "not measured"


@given(st.text())
def test_plain_leaves_nothing_that_moves_a_cursor_or_turns_text_round(text):
    assert plain(text).isprintable()
    assert len(plain(text)) == len(text)


def test_shortened_says_that_something_is_left_out():
    assert shortened("abc\n", 4) == "abc "
    assert shortened("abcde", 4) == "abc…"
