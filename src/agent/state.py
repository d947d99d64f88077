"""One turn in the making."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.trace import Tracer
from rapidfuzz import fuzz

from src.agent.claims import Ground, listener_ground
from src.agent.models.answer import Answer, PlannerInfo, Recommendation, SpotifyPick, Usage
from src.agent.pool import Candidate, Pool
from src.agent.shelf import Shelf, ShelfItem
from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Condition
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.llm.models.chat import ChatMessage
from src.spotify.app import Caller
from src.taste_rules.models.taste_rule import TasteRule
from src.tools.context import SpotifyAccess
from src.wishes.binding import bind
from src.wishes.checks import Known
from src.wishes.commands import Command
from src.wishes.conditions import hard_conditions
from src.wishes.enforce import Rules, make_rules
from src.wishes.genres import Vocabulary
from src.wishes.ledger import Drop
from src.wishes.models.brief import Brief, Wish

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
class Request:
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
    standing: list[Wish]
    keep_rule: KeepRule
    catalogue: Catalogue
    vocabulary: Vocabulary
    earlier: Sequence[EarlierTurn]
    brief: Brief
    said: str
    rules: Rules
    where: Sequence[Condition]
    ground: Ground
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
    standing: list[Wish],
    keep_rule: KeepRule,
    limit: int | None,
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    earlier: Sequence[EarlierTurn],
) -> Request:
    """A request whose rules, filter and ground follow from its brief."""
    rules = make_rules(bind(brief, standing), known, limit)
    return Request(
        message=message,
        language=language,
        turn=brief["turn"],
        limit=limit,
        known=known,
        standing=standing,
        keep_rule=keep_rule,
        catalogue=catalogue,
        vocabulary=vocabulary,
        earlier=earlier,
        brief=brief,
        said=brief["text"],
        rules=rules,
        where=hard_conditions(rules.binding.wishes, known),
        ground=listener_ground(listener_words(message, earlier, brief), vocabulary),
    )


def set_brief(request: Request, brief: Brief, known: Known, notes: Mapping[tuple[str, str], str]) -> None:
    """Change the brief of a request, and with it what it binds and supports."""
    request.brief = brief
    request.known = known
    request.rules = make_rules(bind(brief, request.standing), known, request.limit, notes)
    request.where = hard_conditions(request.rules.binding.wishes, known)
    request.ground = listener_ground(
        listener_words(request.message, request.earlier, brief), request.vocabulary
    )


def listener_words(message: str, earlier: Sequence[EarlierTurn], brief: Brief) -> str:
    """Everything that the listener said and that still stands, with the catalogue's spelling of names.

    The brief's text is left out: a model may have written in it.
    """
    names = [
        name
        for wish in brief["wishes"]
        for name in _names(wish)
        if fuzz.partial_ratio(name_key(name), name_key(wish["words"])) >= _SAME_NAME
    ]
    said = [turn.message for turn in earlier]
    return " . ".join([message, *said, *(wish["words"] for wish in brief["wishes"]), *names])


def _names(wish: Wish) -> list[str]:
    match wish["kind"]:
        case "artist":
            return [wish["name"]]
        case "track":
            return [wish["title"], *([wish["artist"]] if "artist" in wish else [])]
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
    shelf: Shelf = field(default_factory=Shelf)
    shelved: list[ShelfItem] = field(default_factory=list)
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
        return [*(pick["track"] for pick in self.picks), *(item.record for item in self.shelved)]


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
