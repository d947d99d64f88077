"""Charts of the report's page."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.evaluation.report.charts import interval, latency, spark
from src.evaluation.report.templates import templates

AMOUNTS = st.floats(min_value=0, max_value=1e7, allow_nan=False)


def draw(chart: str, *values: object) -> str:
    """A chart as the page has it."""
    return str(getattr(templates().get_template("charts.html").module, chart)(*values))


def places(svg: str, *names: str) -> list[float]:
    """Every place across, in per cent; the chart is well-formed and draws nothing beside itself."""
    ElementTree.fromstring(svg)
    found = [float(number) for name in names for number in re.findall(rf' {name}="([-\d.]+)%"', svg)]
    assert all(-0.01 <= number <= 100.01 for number in found)
    return found


@pytest.mark.parametrize(("share", "width"), [(0, 0), (0.5, 50), (1, 100), (7, 100), (-1, 0)])
def test_share_bar_is_filled_to_the_share(share, width):
    assert places(draw("share_bar", share), "width") == [100, width]


def test_spark_has_a_bar_a_filled_bin():
    assert len(places(draw("spark", spark([0, 0, 0.5, 1])), "x")) == 3


def test_spark_of_equal_values_is_empty():
    assert spark([0.5, 0.5]) == spark([]) == []


@given(st.lists(AMOUNTS, min_size=1, max_size=40))
def test_spark_and_latency_draw_any_values_inside(values):
    places(draw("latency", latency(values)), "x", "x1", "x2")
    if bars := spark(values):
        places(draw("spark", bars), "x")


def test_latency_tells_its_percentiles_in_words_too():
    svg = draw("latency", latency([float(number) for number in range(10, 1010, 10)]))
    assert 'aria-label="Time of 100 turns: half take at most 505 ms, 95 % at most 950 ms."' in svg
    assert ">p50 505 ms<" in svg
    assert ">p95 950 ms<" in svg
    assert ">100 ms<" in svg


def test_interval_has_zero_in_the_middle():
    svg = draw("interval", interval(-1, 0.5, 1, reach=1))
    assert places(svg, "x1", "x2", "cx") == [50, 2, 100, 50, 98, 74]
    assert places(draw("interval", interval(0, 0, 0, reach=0)), "cx") == [50]
