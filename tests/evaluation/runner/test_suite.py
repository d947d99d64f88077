"""Gates: a bound holds for the planner it names, and a metric that is missing breaks it."""

from src.evaluation.models.run import Gate, MetricLine
from src.evaluation.runner.suite import broken, check_gates

METRICS: list[MetricLine] = [
    {"name": "leaks", "value": 0.0, "unit": "count", "better": "lower", "cases": 3},
    {"name": "passed", "value": 46 / 50, "unit": "share", "better": "higher", "cases": 50},
]


def test_check_gates_keeps_what_lies_on_the_bound():
    gates: list[Gate] = [{"metric": "passed", "at_least": 0.92}, {"metric": "leaks", "at_most": 0}]
    lines = check_gates(gates, METRICS, {}, "rules")
    assert [line["kept"] for line in lines] == [True, True]
    assert broken(lines) == []


def test_check_gates_breaks_beyond_the_bound_and_without_the_metric():
    gates: list[Gate] = [
        {"metric": "passed", "at_least": 0.93},
        {"metric": "leaks", "at_most": -1},
        {"metric": "no such metric", "at_most": 5},
    ]
    lines = check_gates(gates, METRICS, {}, "rules")
    assert broken(lines) == lines
    assert "value" not in lines[2]


def test_check_gates_by_kind_and_planner():
    gates: list[Gate] = [
        {"metric": "passed: count", "at_least": 1.0, "planner": "rules"},
        {"metric": "passed: count", "at_least": 0.4, "planner": "llm"},
    ]
    passed = {"count": 0.5}
    assert [line["kept"] for line in check_gates(gates, METRICS, passed, "rules")] == [False]
    assert [line["kept"] for line in check_gates(gates, METRICS, passed, "llm")] == [True]
