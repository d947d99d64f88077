"""One turn in the making."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.trace import Tracer

from src.agent.claims import Ground
from src.agent.models.answer import PlannerInfo, Recommendation, Usage
from src.agent.pool import Candidate, Pool
from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Condition
from src.llm.models.chat import ChatMessage
from src.wishes.enforce import Rules
from src.wishes.genres import Vocabulary
from src.wishes.ledger import Drop
from src.wishes.models.brief import Brief


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """A finished turn, as the model is told of it."""

    message: str
    reply: str
    picks: list[str]


@dataclass(frozen=True, slots=True)
class Request:
    """What the turn has to answer: fixed once the message is read.

    `where` holds the conditions of the hard wishes; `ground` what the listener's own words support.
    """

    message: str
    language: str
    brief: Brief
    rules: Rules
    where: Sequence[Condition]
    catalogue: Catalogue
    vocabulary: Vocabulary
    ground: Ground
    earlier: Sequence[EarlierTurn] = ()


def listener_words(message: str, brief: Brief) -> str:
    """Everything that the listener said and that still stands."""
    return " . ".join([message, brief["text"], *(wish["words"] for wish in brief["wishes"])])


@dataclass(slots=True)
class Deferred:
    """A track that may stand only when no checked one is left."""

    candidate: Candidate
    reason: str
    unchecked: list[str]


@dataclass(slots=True)
class Draft:
    """What the turn has so far: it only grows. `turn` is the parent of its spans."""

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
    model_speaks: bool = False
    unknown_handles: int = 0
    sentences_cut: int = 0


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
