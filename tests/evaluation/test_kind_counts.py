"""Cases counted by kind."""

from src.evaluation.kind_counts import KindCount, count_cases, count_kinds
from tests.evaluation.runs import make_case, make_turn


def test_count_kinds_has_one_line_a_kind_by_name():
    failing = make_turn(failures=["too few"])
    cases = [
        make_case("a", kind="years", blind=True),
        make_case("b", failing, kind="years"),
        make_case("c", kind="count"),
    ]
    assert count_kinds(cases) == [KindCount("count", 1, 1, 0, 0), KindCount("years", 2, 1, 1, 1)]
    total = count_cases("total", cases)
    assert (total.blind, total.sighted, round(total.share, 3)) == ("1/1", "1/2", 0.667)


def test_count_cases_of_none_has_no_share():
    none = count_cases("total", [])
    assert (none.share, none.blind, none.sighted) == (0, "-", "-")
