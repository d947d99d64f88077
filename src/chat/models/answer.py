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
    """Why a track was a candidate: one ranking that held it."""

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
    """Why it fits; the record or the listener's words support every checkable claim in it."""
    evidence: list[Evidence]
    """The results that held the track."""
    chosen_by: Literal["model", "ranking"]
    """`model` when the model cited it, `ranking` when it filled the list."""
    unchecked: list[str]
    """Hard wishes that the record has no value for; empty for a fully checked track."""
    links: NotRequired[list[TrackLink]]
    """Where to hear it; added when the answer is shown, not stored."""


@documented
class SpotifyPick(TypedDict):
    """A track that only Spotify has, shown with Spotify's own text, in a block of its own."""

    rank: int
    """Position in this block, from 1."""
    handle: str
    """Its handle in this conversation, such as `s1`; Spotify's id is never shown."""
    reason: str
    """Why it was picked; from the listener's words alone."""
    match: int
    """How well it fits what was looked for, 0 to 100."""
    unchecked: list[str]
    """Hard wishes that Spotify's record has no value for."""
    attribution: str
    """Show this name with the title."""
    title: NotRequired[str]
    """Title as Spotify shows it; absent when Spotify cannot be asked, or after it was forgotten."""
    artists: NotRequired[list[str]]
    """Artists as Spotify shows them; absent when the title is."""
    url: NotRequired[str]
    """Its page at Spotify; absent when the title is."""


@documented
class PlannerInfo(TypedDict):
    """Who decided the tool calls and the words."""

    kind: Literal["llm", "rules"]
    """A language model, or the built-in rules."""
    model: NotRequired[str]
    """The model's name; absent with `rules`."""
    degraded: bool
    """True when a model is configured and the rules had to replace it, or it could use no tools."""
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
    """Id of this turn."""
    trace_id: str
    """Trace of this turn, readable at `/v1/traces/{trace_id}`."""
    reply: str
    """The words around the list."""
    recommendations: list[Recommendation]
    """The list, best first."""
    from_spotify: NotRequired[list[SpotifyPick]]
    """Tracks that only Spotify has; they count as part of the list. Absent when there are none."""
    save_id: NotRequired[str]
    """Id of the save that this turn made or undid; absent when it saved nothing."""
    saved: NotRequired[SaveReport]
    """What was written to the listener's Spotify account, track by track; added when the answer is shown."""
    constraints: list[ReportLine]
    """The constraint report: every wish with its verdict; empty without a list."""
    brief: Brief
    """What the conversation is about by now."""
    planner: PlannerInfo
    """Who decided: a model or the rules."""
    usage: Usage
    """What it cost in calls, tokens and time."""


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
    """Which event this is."""
    conversation_id: str
    """The conversation, new or continued."""
    turn_id: str
    """Id of this turn."""
    trace_id: str
    """Trace of this turn, readable at `/v1/traces/{trace_id}`."""


@documented
class Candidates(TypedDict):
    """The first retrieval is done."""

    type: Literal["candidates"]
    """Which event this is."""
    count: int
    """How many tracks the turn may choose from so far."""
    brief: Brief
    """The brief after reading the message."""


@documented
class ToolStarted(TypedDict):
    """A tool call begins."""

    type: Literal["tool_started"]
    """Which event this is."""
    call_id: str
    """Id of the call, the same in `tool_started` and `tool_finished`."""
    tool: str
    """The tool's name."""
    query: str
    """Always empty: what the model asks is not shown."""


@documented
class ToolFinished(TypedDict):
    """A tool call ended."""

    type: Literal["tool_finished"]
    """Which event this is."""
    call_id: str
    """Id of the call, the same in `tool_started` and `tool_finished`."""
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
    """Which event this is."""
    text: str
    """Append it to the reply."""


@documented
class Pick(TypedDict):
    """A track was chosen; it will not be taken back."""

    type: Literal["pick"]
    """Which event this is."""
    recommendation: Recommendation
    """The track with its reason."""


@documented
class SpotifyPicked(TypedDict):
    """A track that only Spotify has was chosen; it will not be taken back."""

    type: Literal["spotify_pick"]
    """Which event this is."""
    pick: SpotifyPick
    """The track with its reason."""


@documented
class ConstraintsReported(TypedDict):
    """The constraint report of the finished list."""

    type: Literal["constraints"]
    """Which event this is."""
    constraints: list[ReportLine]
    """Every wish with its verdict."""


@documented
class TurnFinished(TypedDict):
    """The turn is stored."""

    type: Literal["turn_finished"]
    """Which event this is."""
    answer: Answer
    """The whole answer as it is shown."""


@documented
class TurnFailed(TypedDict):
    """The turn failed; nothing of it is stored."""

    type: Literal["turn_failed"]
    """Which event this is."""
    problem: ProblemDetails
    """What went wrong and what to do."""


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
    """Spotify's id, 22 characters."""
    name: str
    """Its name, maybe empty."""
    tracks: int
    """How many entries it has."""
    url: str
    """Its page at Spotify."""
