"""A turn's recording: everything that crossed its boundary, enough to make it again offline.

Large texts are parts, named by the digest of their content, so that a system prompt that twenty calls share
is kept once.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.conversations.models.conversation import FeedbackVerdict
from src.errors import ModelFailure
from src.llm.models.chat import ToolCall
from src.preferences.models.taste_rule import TasteRule
from src.schema import documented

type PartName = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


@documented
class EarlierTurn(TypedDict, closed=True):
    """A finished turn that this one remembers."""

    message: str
    """What the listener said."""
    answer: PartName
    """The whole answer, JSON."""


@documented
class Before(TypedDict, closed=True):
    """What the turn began with."""

    version: int
    """Version of the conversation; 0 for a new one."""
    turns: int
    """Turns so far."""
    brief: str
    """The brief, JSON text."""
    pool: list[PartName]
    """Ids in the order of their handles, in blocks: a later turn shares the full ones."""
    feedback: dict[str, FeedbackVerdict]
    """Verdict on each track judged."""
    recent: list[EarlierTurn]
    """The last turns, oldest first."""
    rules: list[TasteRule]
    """The listener's taste rules."""


@documented
class TextSaid(TypedDict, closed=True):
    """A piece of the model's text."""

    text: str
    """The piece as it was streamed."""


@documented
class CallSaid(TypedDict, closed=True):
    """A tool call of the model."""

    call: ToolCall
    """The call as it was assembled from the stream."""


@documented
class FinishedSaid(TypedDict, closed=True):
    """The end of an answer."""

    finish_reason: str
    """The server's own word: `stop`, `tool_calls`, `length`."""
    model: str
    """As the server names it."""
    input_tokens: int
    """Tokens of what the model was sent, as the server counts."""
    output_tokens: int
    """Tokens of its answer, as the server counts."""


@documented
class FailedSaid(TypedDict, closed=True):
    """The model could not be had, at the start or midway."""

    failure: ModelFailure
    """Why, as a stable code."""
    message: str
    """Why, in a sentence."""


type Said = TextSaid | CallSaid | FinishedSaid | FailedSaid


@documented
class ModelCall(TypedDict, closed=True):
    """One call of the model."""

    messages: list[PartName]
    """The messages that it was sent, each a part of JSON, in order."""
    tools: PartName
    """The tools that it was offered, a part that is a JSON list."""
    answer: PartName
    """What it streamed, a part that is a JSON list, in order."""


@documented
class EmbeddedText(TypedDict, closed=True):
    """One query vector."""

    text_hash: PartName
    """Digest of the text."""
    vector: PartName
    """The vector: float32, little endian, base 64."""


@documented
class NotEmbedded(TypedDict, closed=True):
    """A text that could not be embedded."""

    text_hash: PartName
    """Digest of the text."""
    failure: str
    """Why, in words."""


@documented
class SpotifyCallMade(TypedDict, closed=True):
    """One call of Spotify: what it answered is not kept, as its terms want it."""

    call: str
    """The endpoint's name."""
    outcome: str
    """`ok`, or the code of the error."""


@documented
class SpotifySeen(TypedDict, closed=True):
    """What the turn used of Spotify."""

    connected: bool
    """Whether the listener's account was connected."""
    taste: bool
    """Whether it may be asked for their listening."""
    handles: int
    """Tracks of Spotify's that the conversation knew."""
    calls: list[SpotifyCallMade]
    """In order. Where there is one, what the model was sent and said is left out: it may hold what Spotify
    answered."""


@documented
class CatalogueSeen(TypedDict, closed=True):
    """Which catalogue the turn searched."""

    fingerprint: str
    """Digest of its names, genres and years."""
    engine: str
    """The engine's name."""
    embedding_model: str
    """The model that search by meaning used; `none` without."""


@documented
class MadeWith(TypedDict, closed=True):
    """How the recording came about. None claims to be what it is not."""

    code_version: str
    """Version of Segue."""
    prompts: str
    """Digest of all prompts."""
    planner: Literal["rules", "llm"]
    """Who was to plan."""
    model: str
    """The model's name; empty without one."""
    how: str
    """In words: `rules planner`, `scripted model`, `model qwen3`."""


@documented
class RecordedMessage(TypedDict, closed=True):
    """The request."""

    message: str
    """What the listener said."""
    limit: NotRequired[int]
    """The caller's own number of tracks."""


@documented
class Bounds(TypedDict, closed=True):
    """The settings that decide what a turn does."""

    context_tokens: int
    """Size of the model's context."""
    max_output_tokens: int
    """Bound of one answer of the model; 0 without one."""
    max_model_calls: int
    """Calls of the model in a turn."""
    max_tool_calls: int
    """Calls of tools in a turn."""


@documented
class Recording(TypedDict, closed=True):
    """One recorded turn."""

    format: Literal["segue-recording"]
    """Always this."""
    version: Literal[1]
    """Version of this document."""
    turn_id: str
    """Id of the turn."""
    conversation_id: str
    """Id of its conversation."""
    made_with: MadeWith
    """Which code, prompts and model made it."""
    asked: RecordedMessage
    """The listener's request."""
    bounds: Bounds
    """The settings that decide what the turn does."""
    catalogue: CatalogueSeen
    """The catalogue that was searched."""
    before: PartName
    """What the turn began with, a part of JSON."""
    clock: list[str]
    """Every reading of the clock, ISO, in order."""
    ids: list[str]
    """Every id that was made, in order."""
    model: list[ModelCall]
    """Every call of the model, in order."""
    embeddings: list[EmbeddedText | NotEmbedded]
    """Every text that was embedded, once."""
    spotify: NotRequired[SpotifySeen]
    """Absent where no Spotify app was set."""
    outcome: str
    """`finished`, or the code of the error that ended the turn."""
    answer: NotRequired[PartName]
    """The answer; absent of a turn that failed."""
    record: NotRequired[PartName]
    """The pool: every search with its ranks, the ranking, what was kept out."""
    spans: PartName
    """The spans of the trace, a part of JSON."""


@documented
class RecordingSummary(TypedDict):
    """A line of the list of recordings."""

    turn_id: str
    """Id of the turn that was recorded."""
    conversation_id: str
    """Id of the conversation that the turn belongs to."""
    created_at: str
    """When it was made, ISO."""
    outcome: str
    """`finished`, or the code of the error that ended the turn."""
    how: str
    """Who planned it."""


RECORDING = TypeAdapter(Recording)
BEFORE = TypeAdapter(Before)
SAID: TypeAdapter[list[Said]] = TypeAdapter(list[Said])


@documented
class Header(TypedDict, closed=True):
    """The first line."""

    format: str
    """`segue-recordings`; a file with anything else is refused."""
    version: int
    """Version of the file's layout; a reader refuses one that it does not know."""
    recordings: int
    """Number of recording lines."""
    parts: int
    """Number of part lines, which come before the recordings."""


@documented
class PartLine(TypedDict, closed=True):
    """A part, which the recordings name."""

    part: str
    """Digest of its content, in hexadecimal digits: its name."""
    text: str
    """Its content."""


@documented
class RecordingLine(TypedDict, closed=True):
    """A recording with its digest."""

    label: str
    """Its name in a suite, `case/turn`; empty outside one."""
    digest: str
    """Digest of the recording as JSON with sorted keys: another one means that it was edited."""
    recording: Recording
    """One recorded turn."""


@documented
class EndLine(TypedDict, closed=True):
    """The last line, without which the file is truncated."""

    end: Literal[True]
    """Always true: no other line has this key."""
    sha256: str
    """SHA-256 of all lines before, in hexadecimal digits."""


HEADER = TypeAdapter(Header)
PART = TypeAdapter(PartLine)
RECORDING_LINE = TypeAdapter(RecordingLine)
END = TypeAdapter(EndLine)
