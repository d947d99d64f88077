"""Grounding of one answer: every track out of this turn's pool, every claim out of the record."""

from collections.abc import Sequence

from src.agent.claims import ground_of, is_supported, listener_ground
from src.agent.models.answer import Answer
from src.agent.models.why import TurnRecord
from src.agent.state import EarlierTurn, listener_words
from src.wishes.genres import Vocabulary


def grounded_picks(answer: Answer, record: TurnRecord) -> float | None:
    """Share of the list that stands in the turn's pool; None of an empty list."""
    pool = set(record["ranking"])
    picks = answer["recommendations"]
    return sum(pick["track"]["id"] in pool for pick in picks) / len(picks) if picks else None


def grounded_reasons(answer: Answer, messages: Sequence[str], vocabulary: Vocabulary) -> float | None:
    """Share of the reasons that claim nothing beyond the record of their track and the listener's words, as
    the service's own check sees it; None without a reason.

    Args:
        messages: everything that the listener said, the last message last.
    """
    earlier = [EarlierTurn(message, "", []) for message in messages[:-1]]
    words = listener_words(messages[-1], earlier, answer["brief"])
    listener = listener_ground(words, vocabulary)
    reasons = [(pick["reason"], pick["track"]) for pick in answer["recommendations"] if pick["reason"]]
    if not reasons:
        return None
    held = [is_supported(reason, ground_of([track], listener), vocabulary) for reason, track in reasons]
    return sum(held) / len(held)
