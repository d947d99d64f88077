"""The state of one turn: its task, its candidates and its draft of an answer."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.trace import Tracer
from rapidfuzz import fuzz

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Condition
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.catalogue.search import RRF_K, Found
from src.chat.external import ExternalCandidate, ExternalCandidates
from src.chat.models.answer import Answer, Evidence, PlannerInfo, Recommendation, SpotifyPick, Usage
from src.chat.models.why import SearchRecord
from src.chat.tools.context import SpotifyAccess
from src.constraints.checks import Known
from src.constraints.conflicts import bind
from src.constraints.enforcement import Rules, make_rules
from src.constraints.filters import hard_conditions
from src.constraints.models.brief import Brief, Constraint
from src.constraints.report import Drop
from src.grounding.names import Names, names_of
from src.grounding.support import Support, listener_support
from src.lexicon.vocabulary import Vocabulary
from src.llm.models.chat import ChatMessage
from src.preferences.models.taste_rule import TasteRule
from src.spotify.app import Caller
from src.understanding.commands import Command

# All soft wishes together weigh as much as this many first places in a search.
SOFT_CONSTRAINT_WEIGHT = 0.35
# Behind every search that finds the same track.
_EXAMPLES_TIER = 100


@dataclass(slots=True)
class Candidate:
    """A track that this turn has seen. `tier` is how far the soft wishes were loosened to find it, from 0."""

    handle: str
    track: Track
    tier: int
    score: float = 0.0
    evidence: list[Evidence] = field(default_factory=list)


class Pool:
    """The tracks of a conversation by their handles: `t1` is the first that it ever saw, for good.

    `searches` holds the results of every search of this turn.
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

        Tracks that only served as examples are not stored; their handles stay taken.
        """
        new = self._ids[self._earlier :]
        return [*self._ids[: self._earlier], *(id_ if self._candidates[id_].evidence else "" for id_ in new)]

    @property
    def candidates(self) -> list[Candidate]:
        """The tracks that this turn has seen, in the order it saw them."""
        return list(self._candidates.values())

    def add(
        self, found: Iterable[Found], *, tool: str, query: str, tier: int = 0, weight: float = 1.0
    ) -> list[Candidate]:
        """Add the result of one search, best first; returns its candidates in order.

        `tier` is how far the soft wishes were loosened; `weight` is that of this search, compared to 1.0.
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
        """Add tracks that are examples, such as what the listener played.

        Neither ranks nor evidence nor ids of them are stored, unless a search finds them too.
        """
        return [self._candidate(item.track, _EXAMPLES_TIER) for item in found]

    def names(self, earlier: Sequence[str]) -> Names:
        """The names of the tracks that this turn has seen, and of `earlier` ones (`title by artist`)."""
        key = (len(self._candidates), tuple(earlier))
        if self._names is None or self._names[:2] != key:
            tracks = (candidate.track for candidate in self._candidates.values())
            self._names = (*key, names_of(tracks, key[1]))
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

        `bonus` is the part of the soft wishes that a track meets, 0 to 1; less for one that belongs last.
        """

        def order(candidate: Candidate) -> tuple[int, float, str]:
            weight = candidate.score * RRF_K + SOFT_CONSTRAINT_WEIGHT * bonus(candidate.track)
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


# From here on, 0 to 100, the listener's words are taken for a spelling of a name.
_SAME_NAME = 80


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """A finished turn as the model reads it."""

    message: str
    reply: str
    picks: list[str]


type KeepRule = Callable[[str, list[str]], Awaitable[TasteRule]]


@dataclass(slots=True)
class TurnTask:
    """What the turn has to answer.

    Until the first pick is shown the brief may change, by `set_brief` alone, which also makes what follows
    from the brief: the `rules` of the list, the conditions `where` of its hard wishes, and the `support` of
    the listener's own words for a sentence.

    Attributes:
        limit: the caller's own number of tracks.
        rule_constraints: wishes of the listener's taste rules that hold in this turn.
        keep_rule: makes a taste rule of the listener's words.
        earlier: the last turns, as a model reads them.
        is_for_music: false for a message that only commands.
        last_list: the last answer that had a list.
        given_handles: of the tracks that only Spotify has, those recommended before.
        in_part: the message holds more than was read of it.
        said: the brief's text as the listener's words alone make it.
    """

    message: str
    language: str
    limit: int | None
    known: Known
    rule_constraints: list[Constraint]
    keep_rule: KeepRule
    catalogue: Catalogue
    vocabulary: Vocabulary
    earlier: Sequence[EarlierTurn]
    brief: Brief
    spotify: SpotifyAccess | None = None
    is_for_music: bool = True
    last_list: Answer | None = None
    given_handles: frozenset[str] = frozenset()
    in_part: bool = False
    said: str = field(init=False)
    rules: Rules = field(init=False)
    where: Sequence[Condition] = field(init=False)
    support: Support = field(init=False)

    def __post_init__(self) -> None:
        self.said = self.brief["text"]
        self.set_brief(self.brief, self.known)

    def set_brief(
        self, brief: Brief, known: Known, notes: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        """Change the brief, and with it what it binds and supports."""
        self.brief, self.known = brief, known
        self.rules = make_rules(bind(brief, self.rule_constraints), known, self.limit, notes)
        self.where = hard_conditions(self.constraints, known)
        self.support = listener_support(listener_words(self.message, self.earlier, brief), self.vocabulary)

    @property
    def constraints(self) -> Sequence[Constraint]:
        """The wishes that decide: those of the brief and of the taste rules, without contradicted ones."""
        return self.rules.binding.constraints

    @property
    def caller(self) -> Caller | None:
        """Who calls Spotify in this turn; None when nobody does."""
        return self.spotify.caller if self.spotify else None

    @property
    def earlier_picks(self) -> list[str]:
        """The tracks of earlier turns that a model reads, as `title by artist`."""
        return [pick for turn in self.earlier for pick in turn.picks]


def with_list(answers: Iterable[Answer]) -> list[Answer]:
    """The answers that recommended something."""
    return [answer for answer in answers if answer["recommendations"] or answer.get("from_spotify")]


def listener_words(message: str, earlier: Sequence[EarlierTurn], brief: Brief) -> str:
    """What the listener said in this turn, the earlier ones and the brief, with the catalogue's names.

    The brief's text is left out: a model may have written in it.
    """
    names = [
        name
        for constraint in brief["wishes"]
        for name in _names(constraint)
        if fuzz.partial_ratio(name_key(name), name_key(constraint["words"])) >= _SAME_NAME
    ]
    said = [turn.message for turn in earlier]
    return " . ".join([message, *said, *(constraint["words"] for constraint in brief["wishes"]), *names])


def _names(constraint: Constraint) -> list[str]:
    match constraint["kind"]:
        case "artist":
            return [constraint["name"]]
        case "track":
            return [constraint["title"], *([constraint["artist"]] if "artist" in constraint else [])]
        case _:
            return []


@dataclass(slots=True)
class Deferred:
    """A track that is picked only when no checked one is left."""

    candidate: Candidate
    reason: str
    unchecked: list[str]


@dataclass(slots=True)
class Draft:
    """The answer as far as it is made; it only grows.

    Attributes:
        turn: the parent of its spans.
        external: candidates that only Spotify has; `external_picks` and `spotify_picks` are the chosen ones.
        command: to be done when the list is complete, on `command_handles` or else on the list.
        troubles: failures that the reply names as they are.
        lacks_tools: the model's server refused the tools, and the model went on without them.
    """

    pool: Pool
    planner: PlannerInfo
    usage: Usage
    tracer: Tracer
    turn: Context
    messages: list[ChatMessage] = field(default_factory=list)
    picks: list[Recommendation] = field(default_factory=list)
    deferred: list[Deferred] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    remembered: list[TasteRule] = field(default_factory=list)
    external: ExternalCandidates = field(default_factory=ExternalCandidates)
    external_picks: list[ExternalCandidate] = field(default_factory=list)
    spotify_picks: list[SpotifyPick] = field(default_factory=list)
    command: Command | None = None
    command_handles: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    model_speaks: bool = False
    lacks_tools: bool = False
    unknown_handles: int = 0
    sentences_cut: int = 0

    @property
    def chosen(self) -> list[Track]:
        """Every track of the list; those that only Spotify has come last."""
        return [*(pick["track"] for pick in self.picks), *(item.record for item in self.external_picks)]


def new_usage() -> Usage:
    """Nothing spent yet."""
    return {
        "model_calls": 0,
        "tool_calls": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "embedding_ms": 0.0,
        "retrieval_ms": 0.0,
        "model_ms": 0.0,
        "total_ms": 0.0,
    }
