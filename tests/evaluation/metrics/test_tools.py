"""First calls of tools."""

import pytest

from src.evaluation.metrics.tools import first_calls_by_tool, first_calls_valid
from src.evaluation.models.run import ToolUse


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
