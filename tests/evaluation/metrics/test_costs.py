"""Percentiles, prices and costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.chat.models.answer import Usage
from src.chat.state import new_usage
from src.errors import InvalidInput
from src.evaluation.metrics.costs import (
    Price,
    are_tokens_known,
    cost_usd,
    first_calls_by_tool,
    first_calls_valid,
    percentile,
    read_prices,
    tokens_usd,
)
from src.evaluation.models.run import ToolUse


def used(**fields: float) -> Usage:
    usage = new_usage()
    usage.update(fields)  # type: ignore[typeddict-item]
    return usage


@given(
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=60),
    st.sampled_from([0.0, 0.05, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0]),
)
def test_percentile_of_any_values_equals_numpy(values, share):
    assert percentile(values, share) == pytest.approx(float(np.percentile(values, 100 * share)), rel=1e-9)


def test_percentile_is_linear_between_neighbours():
    assert percentile([40, 10, 20, 30], 0.5) == 25
    assert percentile([7], 0.95) == 7


def test_percentile_when_there_are_no_values_refuses():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@pytest.mark.parametrize("share", [-0.1, 1.1, 95, float("nan")])
def test_percentile_when_share_is_out_of_bounds_refuses(share):
    with pytest.raises(ValueError, match="0 to 1"):
        percentile([1, 2], share)


def test_read_prices_reads_names_with_slashes_and_equals_signs():
    assert read_prices(" qwen/qwen3 = 0.10/0.40 , a=b=1/2,") == {
        "qwen/qwen3": Price(0.1, 0.4),
        "a=b": Price(1, 2),
    }
    assert read_prices("") == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("qwen3", "entry 1 is no model=in/out pair"),
        ("a=1/2,qwen3=1", "entry 2 is no model=in/out pair"),
        ("a=1/2,,b=1/2/3", "entry 3 is no model=in/out pair"),
        ("a=one/two", "entry 1 is no model=in/out pair"),
        ("=1/2", "entry 1 names no model"),
        ("a=-1/2", "entry 1 has a price that is no number of 0 or more"),
        ("a=nan/2", "entry 1 has a price that is no number of 0 or more"),
        ("a=1/inf", "entry 1 has a price that is no number of 0 or more"),
        ("a=1/2, a =3/4", "entry 2 names a model that stands there already"),
    ],
)
def test_read_prices_when_an_entry_is_wrong_says_which(text, fault):
    with pytest.raises(InvalidInput) as raised:
        read_prices(text)
    assert fault in raised.value.message
    assert "qwen3=0.10/0.40" in raised.value.message


def test_tokens_usd_is_by_the_million():
    assert tokens_usd(2_000_000, 500_000, Price(0.5, 4)) == 3


def test_cost_usd_of_a_known_model():
    usage = used(model_calls=2, input_tokens=1_000, output_tokens=100)
    assert cost_usd(usage, "m", {"m": Price(1, 10)}) == pytest.approx(0.002)


def test_cost_usd_when_model_is_unknown_is_none():
    usage = used(model_calls=1, input_tokens=10, output_tokens=1)
    assert cost_usd(usage, "other", {"m": Price(1, 10)}) is None


def test_cost_usd_when_server_counts_no_tokens_is_none():
    assert cost_usd(used(model_calls=1), "m", {"m": Price(1, 10)}) is None
    assert not are_tokens_known(used(model_calls=1))
    assert are_tokens_known(used())


def use(tool: str, *, ok: bool, first: bool = True) -> ToolUse:
    return {"tool": tool, "ok": ok, "first": first}


TURN = [
    use("search_catalogue", ok=False),
    use("search_catalogue", ok=True, first=False),
    use("find_track", ok=True),
    use("similar_tracks", ok=True),
]


def test_first_calls_valid_leaves_out_what_mended_a_first_call():
    assert first_calls_valid(TURN) == pytest.approx(2 / 3)


def test_first_calls_valid_when_no_tool_was_called_is_none():
    assert first_calls_valid([]) is None


def test_first_calls_by_tool_is_over_all_turns():
    turns = [TURN, [use("search_catalogue", ok=True)], []]
    assert first_calls_by_tool(turns) == {"find_track": 1, "search_catalogue": 0.5, "similar_tracks": 1}
    assert list(first_calls_by_tool(turns)) == ["find_track", "search_catalogue", "similar_tracks"]
