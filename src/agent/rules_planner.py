"""The planner without a model: it picks from the ranking and words its reasons from the records."""

from collections.abc import AsyncIterator

from src.agent.listing import is_full, ranking
from src.agent.replies import plain_reason
from src.agent.state import Draft, Request
from src.llm.models.chat import ChatEvent, Finished, TextDelta

NAME = "rules"


async def plan_by_rules(draft: Draft, request: Request, _offer_tools: bool) -> AsyncIterator[ChatEvent]:
    """Words in the same form as a model's, so that they go through the same reading, judging and checking."""
    candidates = ranking(draft, request)
    for candidate in candidates:
        if is_full(draft, request):
            break
        yield TextDelta(
            f"[{candidate.handle}] {plain_reason(candidate, request.language, request.ground.text)}\n"
        )
    yield Finished("stop", NAME, 0, 0)
