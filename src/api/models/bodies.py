"""What clients send, and the answers that are no documents of a lower layer."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.catalogue.models.track import Track
from src.chat.models.answer import Answer
from src.constraints.models.brief import Brief
from src.conversations.models.conversation import FeedbackVerdict
from src.recordings.models.recording import RecordingSummary
from src.schema import documented
from src.telemetry.models.span import SpanDocument


@documented
class ChatBody(TypedDict, closed=True):
    """One message of the listener."""

    message: Annotated[
        str, Field(min_length=1, max_length=4000, examples=["mellow dream pop, nothing after 1995"])
    ]
    """What the listener says, in any language."""
    conversation_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """Goes on with a conversation; a new one begins without it."""
    limit: NotRequired[Annotated[int, Field(ge=1, le=50, strict=True)]]
    """How many tracks; 10 when neither this nor the message says. With both, the smaller number counts."""
    record: NotRequired[bool]
    """Record this turn, whatever the service records by itself; readable at `/v1/recordings/{turn_id}`."""


@documented
class RecordingList(TypedDict):
    """The listener's recorded turns, the latest first."""

    recordings: list[RecordingSummary]
    """At most as many as were asked for."""


@documented
class FeedbackBody(TypedDict, closed=True):
    """What the listener thinks of a track."""

    track_id: Annotated[str, Field(min_length=1, max_length=64)]
    """Id of a track of the conversation's answers."""
    verdict: FeedbackVerdict
    """`like`: more like it; `dislike`: not in this conversation; `never`: nor its artist's."""


@documented
class ConversationSummary(TypedDict):
    """One line of the list of conversations."""

    id: str
    """Id of the conversation, as `POST /v1/chat` takes it."""
    created_at: str
    """ISO time of its first turn."""
    updated_at: str
    """ISO time of its last change."""
    turns: int
    """Number of turns."""
    first_message: str
    """The listener's first message, shortened."""


@documented
class ConversationList(TypedDict):
    """The listener's conversations, the latest first."""

    conversations: list[ConversationSummary]
    """One page of them."""
    next: NotRequired[str]
    """Send it as `before` for the next page; absent on the last."""


@documented
class StoredTurn(TypedDict):
    """A finished turn."""

    number: int
    """Position in the conversation, from 1."""
    created_at: str
    """ISO time at which it was finished."""
    message: str
    """What the listener said."""
    answer: Answer
    """The answer to it, as `POST /v1/chat` sent it."""


@documented
class ConversationDetail(TypedDict):
    """A whole conversation."""

    id: str
    """Id of the conversation, as `POST /v1/chat` takes it."""
    created_at: str
    """ISO time of its first turn."""
    updated_at: str
    """ISO time of its last change."""
    brief: Brief
    """The wishes of the conversation so far."""
    feedback: dict[str, FeedbackVerdict]
    """Verdicts by track id."""
    turns: list[StoredTurn]
    """Its turns, the earliest first."""


@documented
class FeedbackAnswer(TypedDict):
    """The brief after feedback."""

    brief: Brief
    """The wishes of the conversation, the feedback included."""
    feedback: dict[str, FeedbackVerdict]
    """Verdicts by track id."""


@documented
class TrackHit(TypedDict):
    """A track found by plain search."""

    track: Track
    """Its record in the catalogue."""
    score: float
    """Fused score; comparable within this result alone."""
    ranks: dict[str, int]
    """Its rank in each ranking that held it."""


@documented
class TrackPage(TypedDict):
    """The result of a plain search."""

    tracks: list[TrackHit]
    """Best first, one recording a song."""
    searched_by: list[str]
    """`meaning` and `text`, or `text` alone when no embedding model is at hand."""


@documented
class Trace(TypedDict):
    """The spans of a turn."""

    trace_id: str
    """32 hexadecimal digits."""
    spans: list[SpanDocument]
    """In the order they ended."""


@documented
class Live(TypedDict):
    """The process runs."""

    status: Literal["ok"]
    """Always `ok`."""


@documented
class Ready(TypedDict):
    """Whether the service can answer."""

    status: Literal["ready", "not_ready"]
    """Whether all parts answer."""
    parts: dict[str, str]
    """`ok` or what is wrong, by part: `catalogue`, `database`."""


@documented
class EvaluationLine(TypedDict):
    """A finished evaluation."""

    id: str
    """The id of the job that made it; its address is `/v1/evaluations/{id}`."""
    suite: str
    """Name of the suite that was run."""
    created_at: str
    """When it was finished, ISO."""
    report: str
    """Path of its report, one HTML page."""


@documented
class EvaluationLines(TypedDict):
    """The listener's finished evaluations, the latest first."""

    evaluations: list[EvaluationLine]
    """At most 50 are kept."""


TRACK_PAGE = TypeAdapter(TrackPage)
READY = TypeAdapter(Ready)
