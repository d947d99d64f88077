"""Grounding of one answer: every track out of this turn's pool, every claim out of the record.

Claims are checked by the service's own check (`src.grounding`), on the same evidence: there is no second
one. A sentence that a faulty check lets through is what the adversary suite is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.chat.models.answer import Answer
from src.chat.models.why import TurnRecord
from src.chat.state import EarlierTurn, listener_words
from src.grounding.claims import is_supported
from src.grounding.names import Names, names_of
from src.grounding.prose import SENTENCE_END
from src.grounding.support import Support, listener_support, support_of
from src.lexicon.vocabulary import Vocabulary
from src.telemetry.models.span import SpanDocument


@dataclass(frozen=True, slots=True)
class TurnEvidence:
    """What the words of one turn may rest on apart from the records: what the listener said, and the names in
    reach, which no sentence about another track may take.
    """

    listener: Support
    vocabulary: Vocabulary
    names: Names


def make_evidence(
    message: str,
    earlier: Sequence[EarlierTurn],
    answer: Answer,
    vocabulary: Vocabulary,
    pool: Sequence[Track],
) -> TurnEvidence:
    """The evidence of a turn, as the turn itself had it.

    Args:
        message: what the listener said.
        earlier: the turns that a model's prompt has.
        pool: the tracks in reach of the turn.
    """
    words = listener_words(message, earlier, answer["brief"])
    shown = [pick for turn in earlier for pick in turn.picks]
    return TurnEvidence(listener_support(words, vocabulary), vocabulary, names_of(pool, shown))


def grounded_picks(answer: Answer, record: TurnRecord) -> float | None:
    """Share of the list that is in the turn's pool; None of an empty list."""
    pool = set(record["ranking"])
    picks = answer["recommendations"]
    return sum(pick["track"]["id"] in pool for pick in picks) / len(picks) if picks else None


def grounded_reasons(answer: Answer, evidence: TurnEvidence) -> float | None:
    """Share of the reasons of which every sentence claims nothing beyond the record of its track and the
    listener's words; None without a reason.

    The check is careful: it also takes some of what the service itself writes out of a record for unproven,
    such as `like X by Y` of a track that was found as similar.
    """
    reasons = [(pick["reason"], pick["track"]) for pick in answer["recommendations"] if pick["reason"]]
    held = [_is_grounded(reason, track, evidence) for reason, track in reasons]
    return sum(held) / len(held) if held else None


def unknown_handles(spans: Sequence[SpanDocument]) -> int:
    """Picks of the model that named no track of the conversation; the service dropped them."""
    counts = (span["attributes"].get("segue.unknown_handles", 0) for span in spans)
    return sum(count for count in counts if isinstance(count, int))


def _is_grounded(reason: str, track: Track, evidence: TurnEvidence) -> bool:
    support = support_of([track], evidence.listener)
    sentences = [part.strip() for part in SENTENCE_END.split(reason) if part and part.strip()]
    return all(is_supported(sentence, support, evidence.vocabulary, evidence.names) for sentence in sentences)
