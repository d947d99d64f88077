"""What a turn keeps beside its answer, so that it can be explained later."""

from src.agent.listing import ranking
from src.agent.models.why import TurnRecord
from src.agent.state import Draft, Request


def record_turn(draft: Draft, request: Request) -> TurnRecord:
    """Every search with its ranks, the ranking of all in reach, and what each rule kept out."""
    return {
        "searches": draft.pool.searches,
        "ranking": [candidate.track["id"] for candidate in ranking(draft, request)],
        "drops": [
            {"track_id": drop.track["id"], "rule": drop.rule, "detail": drop.detail} for drop in draft.drops
        ],
        "waiting": [
            {"track_id": deferred.candidate.track["id"], "unchecked": deferred.unchecked}
            for deferred in draft.deferred
        ],
        "standing": list(request.standing),
    }
