"""Whether the model's calls of tools were right."""

from collections.abc import Iterable, Sequence

from src.evaluation.models.run import ToolUse


def first_calls_valid(tools: Sequence[ToolUse]) -> float | None:
    """Share of the tools whose first call in the turn was valid; None where none was called.

    First-attempt tool success, as TalkPlay-Tools (arXiv 2510.01698) reports it: a later call of the same tool
    may have mended the first, and does not count.
    """
    firsts = [use["ok"] for use in tools if use["first"]]
    return sum(firsts) / len(firsts) if firsts else None


def first_calls_by_tool(turns: Iterable[Sequence[ToolUse]]) -> dict[str, float]:
    """The same of each tool by itself, over all turns; in order of their names."""
    firsts: dict[str, list[bool]] = {}
    for tools in turns:
        for use in tools:
            if use["first"]:
                firsts.setdefault(use["tool"], []).append(use["ok"])
    return {tool: sum(valid) / len(valid) for tool, valid in sorted(firsts.items())}
