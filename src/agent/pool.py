"""The pool: every track that a conversation has seen, each with a short handle and its evidence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from src.agent.claims import Names, names_of
from src.agent.models.answer import Evidence
from src.agent.models.why import SearchRecord
from src.catalogue.models.track import Track
from src.catalogue.search import RRF_K, Found

# Tracks and sums of reciprocal ranks decide; a soft wish met weighs as much as this many first places.
SOFT_WISH_WEIGHT = 0.35
# Behind every search that finds the same track.
_EXAMPLES_TIER = 100


@dataclass(slots=True)
class Candidate:
    """A track in reach of this turn. `tier` is how far the soft wishes were loosened to find it, from 0."""

    handle: str
    track: Track
    tier: int
    score: float = 0.0
    evidence: list[Evidence] = field(default_factory=list)


class Pool:
    """Handles of a conversation: `t1` is the first track it ever saw, and stays so.

    `searches` holds what every search of this turn gave.
    """

    def __init__(self, earlier_ids: Sequence[str] = ()) -> None:
        self._ids = list(earlier_ids)
        self._number_of_id = {id_: number for number, id_ in enumerate(self._ids, start=1) if id_}
        self._candidates: dict[str, Candidate] = {}
        self._earlier = len(self._ids)
        self.searches: list[SearchRecord] = []
        self._names: tuple[int, tuple[str, ...], Names] | None = None

    @property
    def ids(self) -> list[str]:
        """Track ids in the order of their handles, as stored with the conversation.

        What only showed what the listener likes is not stored: its handle stays taken, for nothing.
        """
        new = self._ids[self._earlier :]
        return [
            *self._ids[: self._earlier],
            *(id_ if self._candidates[id_].evidence else "" for id_ in new),
        ]

    @property
    def candidates(self) -> list[Candidate]:
        """The tracks that this turn has seen, in the order it saw them."""
        return list(self._candidates.values())

    def add(
        self, found: Iterable[Found], *, tool: str, query: str, tier: int = 0, weight: float = 1.0
    ) -> list[Candidate]:
        """Take the result of one search into the pool; gives its candidates in order.

        Args:
            found: best first.
            tool: what searched.
            query: for what, in words.
            tier: how far the soft wishes were loosened.
            weight: of this search beside the others.
        """
        found = list(found)
        self.searches.append(
            {"tool": tool, "query": query, "tier": tier, "tracks": [item.track["id"] for item in found]}
        )
        added: list[Candidate] = []
        for rank, item in enumerate(found, start=1):
            candidate = self._candidate(item.track, tier)
            candidate.score += weight / (RRF_K + rank)
            candidate.evidence.append(
                {
                    "tool": tool,
                    "query": query,
                    "rank": rank,
                    "score": round(item.score, 6),
                    "matched": sorted(item.ranks),
                }
            )
            added.append(candidate)
        return added

    def add_examples(self, found: Iterable[Found]) -> list[Candidate]:
        """Take tracks into reach that are to go by, such as what the listener played: of them no ranks, no
        evidence and no ids are stored, unless something else finds them too.
        """
        return [self._candidate(item.track, _EXAMPLES_TIER) for item in found]

    def names(self, told: Sequence[str]) -> Names:
        """The names of the tracks that this turn has seen; made again only when there are more.

        Args:
            told: tracks of earlier turns as a model is told of them, `title by artist`.
        """
        size, told = len(self._candidates), tuple(told)
        if self._names is None or self._names[:2] != (size, told):
            tracks = (candidate.track for candidate in self._candidates.values())
            self._names = (size, told, names_of(tracks, told))
        return self._names[2]

    def by_handle(self, handle: str) -> Candidate | None:
        """The candidate of a handle, if this turn has seen it."""
        id_ = self.track_id(handle)
        return self._candidates.get(id_) if id_ is not None else None

    def track_id(self, handle: str) -> str | None:
        """The track behind a handle of this conversation, seen in this turn or in an earlier one."""
        digits = handle.strip().lower().removeprefix("t")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
            return None
        number = int(digits)
        return (self._ids[number - 1] or None) if 1 <= number <= len(self._ids) else None

    def ranking(self, bonus: Callable[[Track], float]) -> list[Candidate]:
        """The candidates of this turn, best first: the least loosened, then by fused rank and soft wishes.

        Args:
            bonus: share of the soft wishes that a track meets, 0 to 1, or less for what should stand last.
        """

        def order(candidate: Candidate) -> tuple[int, float, str]:
            weight = candidate.score * RRF_K + SOFT_WISH_WEIGHT * bonus(candidate.track)
            return (candidate.tier, -weight, candidate.track["id"])

        return sorted(self._candidates.values(), key=order)

    def _candidate(self, track: Track, tier: int) -> Candidate:
        id_ = track["id"]
        if id_ not in self._number_of_id:
            self._ids.append(id_)
            self._number_of_id[id_] = len(self._ids)
        handle = f"t{self._number_of_id[id_]}"
        candidate = self._candidates.setdefault(id_, Candidate(handle, track, tier))
        candidate.tier = min(candidate.tier, tier)
        return candidate
