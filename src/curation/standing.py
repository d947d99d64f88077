"""Who of the pool may stand in the list at all, by the one place that decides it."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.curation.candidates import Candidate
from src.wishes.enforce import Rules, judge
from src.wishes.ledger import Drop


@dataclass(frozen=True, slots=True)
class Standing:
    """The candidates that enforcement lets stand, which of them it could not check, and those it kept out."""

    candidates: tuple[Candidate, ...]
    unchecked: tuple[bool, ...]
    drops: tuple[Drop, ...]


def stand(pool: Sequence[Candidate], rules: Rules) -> Standing:
    """Judge every track of the pool by itself; in the order of ids, each once."""
    by_id = {candidate.track["id"]: candidate for candidate in reversed(pool)}
    kept: list[Candidate] = []
    unchecked: list[bool] = []
    drops: list[Drop] = []
    for _, candidate in sorted(by_id.items()):
        verdict = judge(candidate.track, (), rules)
        if verdict.broken is None:
            kept.append(candidate)
            unchecked.append(bool(verdict.unchecked))
        else:
            drops.append(Drop(candidate.track, verdict.broken, verdict.detail))
    return Standing(tuple(kept), tuple(unchecked), tuple(drops))
