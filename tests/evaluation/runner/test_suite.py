"""Gates: a bound holds for the planner it names, and a metric that is missing breaks it."""

from src.evaluation.models.run import Gate, MetricLine
from src.evaluation.runner.suite import broken, check_gates, kept_in_words

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


def test_kept_in_words_names_the_floors_among_the_kept():
    gates: list[Gate] = [
        {"metric": "passed", "at_least": 0.9, "floor": True, "why": "46 of 50 pass"},
        {"metric": "leaks", "at_most": 0},
    ]
    lines = check_gates(gates, METRICS, {}, "rules")
    assert (lines[0].get("floor"), lines[0].get("why")) == (True, "46 of 50 pass")
    assert kept_in_words(lines) == "2 of 2 gates kept, 1 of them a floor: passed"
    assert kept_in_words(lines[1:]) == "1 of 1 gate kept"
    gates[1] = {"metric": "leaks", "at_most": 3, "floor": True, "why": "3 there were"}
    lines = check_gates(gates, METRICS, {}, "rules")
    assert kept_in_words(lines) == "2 of 2 gates kept, 2 of them floors: passed, leaks"
    gates[0] = {"metric": "passed", "at_least": 0.95, "floor": True, "why": "46 of 50 pass"}
    lines = check_gates(gates, METRICS, {}, "rules")
    assert kept_in_words(lines) == "1 of 2 gates kept, 1 of them a floor: leaks"


def test_check_gates_by_kind_and_planner():
    gates: list[Gate] = [
        {"metric": "passed: count", "at_least": 1.0, "planner": "rules"},
        {"metric": "passed: count", "at_least": 0.4, "planner": "llm"},
    ]
    passed = {"count": 0.5}
    assert [line["kept"] for line in check_gates(gates, METRICS, passed, "rules")] == [False]
    assert [line["kept"] for line in check_gates(gates, METRICS, passed, "llm")] == [True]
