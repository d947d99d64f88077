"""What a turn answers, and the events it streams."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.catalogue.models.track import Track
from src.constraints.models.brief import Brief, ReportLine
from src.schema import documented
from src.spotify.matching.models.link import TrackLink
from src.spotify.sync.models.save import SaveReport


@documented
class Evidence(TypedDict):
    """Why a track was in reach: one ranking that held it."""

    tool: str
    """The tool whose result held the track; `first_retrieval` for the search made before planning."""
    query: str
    """What was asked of the tool, in words."""
    rank: int
    """Position in that result, from 1."""
    score: float
    """Score of the fused ranking, comparable within one result alone."""
    matched: list[str]
    """Which rankings held it: `meaning`, `text`, `similar`, `lookup`."""


@documented
class Recommendation(TypedDict):
    """One track of the answer."""

    rank: int
    """Position in the answer, from 1."""
    track: Track
    """The record, from the catalogue."""
    reason: str
    """Why it fits; every checkable claim in it stands in the record or in the listener's words."""
    evidence: list[Evidence]
    """The results that held the track."""
    chosen_by: Literal["model", "ranking"]
    """`model` when the planner cited it, `ranking` when it filled a place."""
    unchecked: list[str]
    """Hard wishes that the record has no value for; empty for a fully checked track."""
    links: NotRequired[list[TrackLink]]
    """Where to hear it."""


@documented
class SpotifyPick(TypedDict):
    """A track that the catalogue lacks: Spotify's, shown with Spotify's own text, in a block of its own."""

    rank: int
    """Position in this block, from 1."""
    handle: str
    """Stands for it in this conversation: `s1`."""
    reason: str
    """Why it was picked; from the listener's words alone."""
    match: int
    """How well it fits what was looked for, 0 to 100."""
    unchecked: list[str]
    """Hard wishes that Spotify's record cannot tell of."""
    attribution: str
    """Name it beside the title."""
    title: NotRequired[str]
    """Title as Spotify shows it; absent when Spotify cannot be asked, or after it was forgotten."""
    artists: NotRequired[list[str]]
    """Artists as Spotify shows them."""
    url: NotRequired[str]
    """Its page at Spotify."""


@documented
class PlannerInfo(TypedDict):
    """Who decided the tool calls and the words."""

    kind: Literal["llm", "rules"]
    """A language model, or the built-in rules."""
    model: NotRequired[str]
    """The model's name."""
    degraded: bool
    """True when a model is configured and the rules had to stand in for it, or it could use no tools."""
    detail: str
    """Why it is degraded and what to set, or what search went without; empty otherwise."""


@documented
class Usage(TypedDict):
    """What the turn cost. Times are wall-clock milliseconds."""

    model_calls: int
    """Calls of the language model."""
    tool_calls: int
    """Tools run."""
    input_tokens: int
    """As the model's server counts; 0 when it does not say."""
    output_tokens: int
    """As the model's server counts; 0 when it does not say."""
    embedding_ms: float
    """Time spent on query vectors."""
    retrieval_ms: float
    """Time spent in the vector engine."""
    model_ms: float
    """Time spent waiting for the language model."""
    total_ms: float
    """The whole turn."""


@documented
class Answer(TypedDict):
    """The whole answer to one message."""

    conversation_id: str
    """Send it with the next message to go on."""
    turn_id: str
    """This turn."""
    trace_id: str
    """Trace of this turn, readable at `/v1/traces/{trace_id}`."""
    reply: str
    """The words around the list."""
    recommendations: list[Recommendation]
    """The list, best first."""
    from_spotify: NotRequired[list[SpotifyPick]]
    """Tracks that only Spotify has; they count as part of the list."""
    save_id: NotRequired[str]
    """The save that this turn made."""
    saved: NotRequired[SaveReport]
    """What was written to the listener's Spotify account, track by track."""
    constraints: list[ReportLine]
    """The ledger: every wish with its verdict."""
    brief: Brief
    """What the conversation is about by now."""
    planner: PlannerInfo
    """Who decided."""
    usage: Usage
    """What it cost."""


@documented
class ProblemDetails(TypedDict):
    """An error (RFC 9457); it never echoes input."""

    type: str
    """`about:blank`."""
    title: str
    """The status in words."""
    status: int
    """HTTP status."""
    code: str
    """Stable name of the error."""
    detail: str
    """What went wrong and what to do."""
    request_id: NotRequired[str]
    """Quote it when you ask for help."""


@documented
class TurnStarted(TypedDict):
    """The turn has begun."""

    type: Literal["turn_started"]
    """Tag."""
    conversation_id: str
    """The conversation, new or continued."""
    turn_id: str
    """This turn."""
    trace_id: str
    """Its trace."""


@documented
class Candidates(TypedDict):
    """The first retrieval is done."""

    type: Literal["candidates"]
    """Tag."""
    count: int
    """Tracks in reach of this turn."""
    brief: Brief
    """The brief after reading the message."""


@documented
class ToolStarted(TypedDict):
    """A tool begins."""

    type: Literal["tool_started"]
    """Tag."""
    call_id: str
    """Id of the call."""
    tool: str
    """The tool's name."""
    query: str
    """What is asked of it, in words."""


@documented
class ToolFinished(TypedDict):
    """A tool ended."""

    type: Literal["tool_finished"]
    """Tag."""
    call_id: str
    """Id of the call."""
    tool: str
    """The tool's name."""
    ok: bool
    """False when the tool answered with an error that the planner can mend."""
    found: int
    """Tracks in its result."""
    ms: float
    """Wall-clock milliseconds."""


@documented
class TextPiece(TypedDict):
    """A piece of the reply."""

    type: Literal["text_delta"]
    """Tag."""
    text: str
    """Append it to the reply."""


@documented
class Pick(TypedDict):
    """A recommendation stands; it will not be taken back."""

    type: Literal["pick"]
    """Tag."""
    recommendation: Recommendation
    """The track with its reason."""


@documented
class SpotifyPicked(TypedDict):
    """A track of Spotify's stands; it will not be taken back."""

    type: Literal["spotify_pick"]
    """Tag."""
    pick: SpotifyPick
    """The track."""


@documented
class ConstraintsReported(TypedDict):
    """The ledger of the finished list."""

    type: Literal["constraints"]
    """Tag."""
    constraints: list[ReportLine]
    """Every wish with its verdict."""


@documented
class TurnFinished(TypedDict):
    """The turn is stored."""

    type: Literal["turn_finished"]
    """Tag."""
    answer: Answer
    """The whole answer."""


@documented
class TurnFailed(TypedDict):
    """The turn came to nothing; nothing of it is stored."""

    type: Literal["turn_failed"]
    """Tag."""
    problem: ProblemDetails
    """What went wrong."""


type TurnEvent = Annotated[
    TurnStarted
    | Candidates
    | ToolStarted
    | ToolFinished
    | TextPiece
    | Pick
    | SpotifyPicked
    | ConstraintsReported
    | TurnFinished
    | TurnFailed,
    Field(discriminator="type"),
]

ANSWER = TypeAdapter(Answer)
PROBLEM = TypeAdapter(ProblemDetails)
TURN_EVENT: TypeAdapter[TurnEvent] = TypeAdapter(TurnEvent)


@documented
class OwnPlaylist(TypedDict):
    """A playlist of the listener's own, as Spotify shows it."""

    id: str
    """Its id."""
    name: str
    """Its name."""
    tracks: int
    """How many entries it has."""
    url: str
    """Its page."""
