"""One turn in the making."""

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
from src.lexicon.genres import Vocabulary
from src.llm.models.chat import ChatMessage
from src.preferences.models.taste_rule import TasteRule
from src.spotify.app import Caller
from src.understanding.commands import Command

# Tracks and sums of reciprocal ranks decide; a soft wish met weighs as much as this many first places.
SOFT_CONSTRAINT_WEIGHT = 0.35
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
    """A finished turn, as the model is told of it."""

    message: str
    reply: str
    picks: list[str]


type KeepRule = Callable[[str, list[str]], Awaitable[TasteRule]]


@dataclass(slots=True)
class TurnTask:
    """What the turn has to answer.

    `brief`, and what follows from it, may change until the first pick is shown: by `set_brief` alone.
    `standing` holds the wishes of the listener's taste rules, and `keep_rule` makes one of the listener's
    words; `limit` is the caller's own number of tracks; `said` the brief's text as the listener's words alone
    make it; `where` the conditions of the hard wishes, `ground` what the listener's own words support;
    `is_for_music` is false for a message that only commands; `last_list` is the last answer that had a list,
    `given_handles` stand for what only Spotify has and was given, and `stored_rules` are the taste rules of
    before this turn; `in_part`: the message holds more than was read of it.
    """

    message: str
    language: str
    turn: int
    limit: int | None
    known: Known
    rule_constraints: list[Constraint]
    keep_rule: KeepRule
    catalogue: Catalogue
    vocabulary: Vocabulary
    earlier: Sequence[EarlierTurn]
    brief: Brief
    said: str
    rules: Rules
    where: Sequence[Condition]
    support: Support
    spotify: SpotifyAccess | None = None
    is_for_music: bool = True
    last_list: Answer | None = None
    given_handles: frozenset[str] = frozenset()
    stored_rules: list[TasteRule] = field(default_factory=list)
    in_part: bool = False

    @property
    def caller(self) -> Caller | None:
        """Who calls Spotify in this turn, if anybody."""
        return self.spotify.caller if self.spotify else None

    @property
    def told_names(self) -> list[str]:
        """The tracks of earlier turns, `title by artist`, that a model is told of."""
        return [pick for turn in self.earlier for pick in turn.picks]


def make_request(
    *,
    message: str,
    language: str,
    brief: Brief,
    known: Known,
    rule_constraints: list[Constraint],
    keep_rule: KeepRule,
    limit: int | None,
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    earlier: Sequence[EarlierTurn],
) -> TurnTask:
    """A request whose rules, filter and ground follow from its brief."""
    rules = make_rules(bind(brief, rule_constraints), known, limit)
    return TurnTask(
        message=message,
        language=language,
        turn=brief["turn"],
        limit=limit,
        known=known,
        rule_constraints=rule_constraints,
        keep_rule=keep_rule,
        catalogue=catalogue,
        vocabulary=vocabulary,
        earlier=earlier,
        brief=brief,
        said=brief["text"],
        rules=rules,
        where=hard_conditions(rules.binding.constraints, known),
        support=listener_support(listener_words(message, earlier, brief), vocabulary),
    )


def set_brief(request: TurnTask, brief: Brief, known: Known, notes: Mapping[tuple[str, str], str]) -> None:
    """Change the brief of a request, and with it what it binds and supports."""
    request.brief = brief
    request.known = known
    request.rules = make_rules(bind(brief, request.rule_constraints), known, request.limit, notes)
    request.where = hard_conditions(request.rules.binding.constraints, known)
    request.support = listener_support(
        listener_words(request.message, request.earlier, brief), request.vocabulary
    )


def listener_words(message: str, earlier: Sequence[EarlierTurn], brief: Brief) -> str:
    """Everything that the listener said and that still stands, with the catalogue's spelling of names.

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
    """A track that may stand only when no checked one is left."""

    candidate: Candidate
    reason: str
    unchecked: list[str]


@dataclass(slots=True)
class Draft:
    """What the turn has so far: it only grows. `turn` is the parent of its spans.

    `shelf` and `spotify_picks` hold what only Spotify has. `command` is to be done when the list is complete,
    on `command_handles` or else on the list. `troubles` are told to the listener as they are. `lacks_tools`
    says that the model's server refused the tools, and the model went on without them.
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
        """Every track of the list, those of Spotify's at the end."""
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
