"""What a turn keeps beside its answer, and its recording."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from src.catalogue.catalogue import NO_MODEL, Catalogue
from src.catalogue.facets import fingerprint
from src.chat.clients import Agent, RecordingPolicy, TurnRequest
from src.chat.models.why import TurnRecord
from src.chat.recommendations import ranking
from src.chat.state import Draft, TurnTask
from src.conversations.models.conversation import Conversation
from src.llm.models.chat import ChatMessage, ToolSpec
from src.preferences.models.taste_rule import TasteRule
from src.prompts import prompts_digest
from src.recordings.models.recording import (
    Before,
    EmbeddedText,
    MadeWith,
    ModelCall,
    NotEmbedded,
    RecordedMessage,
    Recording,
)
from src.recordings.parts import Parts, digest
from src.recordings.recorder import (
    EmbeddingThrough,
    RecordedCall,
    RecordedChat,
    Recorder,
    recorded_clock,
    recorded_embedder,
    recorded_ids,
    recorded_spotify,
)
from src.recordings.store import keep_recording, put_recording
from src.storage.database import Beside
from src.version import VERSION


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended: `finished`, with its answer and its pool as JSON text, or the code of an error.

    `spans` are JSON text too; `degraded` says whether the rules stood in for the model.
    """

    code: str
    spans: str
    answer: str | None = None
    record: str | None = None
    degraded: bool = False


def new_recorder(recording_policy: RecordingPolicy, request: TurnRequest) -> Recorder | None:
    """A tape for this turn, or None when it is not to be recorded whatever comes of it."""
    if request.record or recording_policy.mode in ("all", "errors"):
        return Recorder()
    return (
        Recorder()
        if recording_policy.mode == "sample" and recording_policy.chance() < recording_policy.share
        else None
    )


def is_kept(recording_policy: RecordingPolicy, request: TurnRequest, outcome: Outcome) -> bool:
    """Whether a turn with a tape is kept, now that it has ended."""
    return request.record or recording_policy.mode != "errors" or outcome.answer is None or outcome.degraded


def with_recorder(agent: Agent, recorder: Recorder) -> Agent:
    """The same agent, noting what crosses its boundary."""
    return replace(
        agent,
        now=recorded_clock(recorder, agent.now),
        new_id=recorded_ids(recorder, agent.new_id),
        chat=RecordedChat(agent.chat, recorder) if agent.chat is not None else None,
        catalogue=EmbeddingThrough(agent.catalogue, recorded_embedder(recorder)),
        spotify=recorded_spotify(recorder, agent.spotify),
    )


async def note_catalogue(agent: Agent, recorder: Recorder, catalogue: Catalogue) -> None:
    """Note which catalogue the turn searches."""
    known = agent.recording_policy.fingerprints
    if catalogue.version not in known:
        known[catalogue.version] = await fingerprint(catalogue)
    recorder.fingerprint = known[catalogue.version]
    recorder.engine = catalogue.engine.name
    recorder.embedding_model = catalogue.embedder.model if catalogue.embedder else NO_MODEL


async def keep_failed(
    agent: Agent, request: TurnRequest, message: str, recorder: Recorder, outcome: Outcome
) -> None:
    """Keep the recording of a turn of which nothing else is kept, if it is to be."""
    if (
        recorder.conversation is None
        or not recorder.fingerprint
        or not is_kept(agent.recording_policy, request, outcome)
    ):
        return
    # The turn may have ended before it had an id, and its recording needs one.
    turn_id = (
        recorder.ids[-1]
        if recorder.ids and recorder.ids[-1] != recorder.conversation["id"]
        else agent.new_id()
    )
    recording, parts = write_recording(agent, request, message, recorder, turn_id, outcome)
    await keep_recording(
        agent.database,
        listener=request.listener,
        created_at=recorder.clock[0] if recorder.clock else datetime.now(UTC),
        recording=recording,
        parts=parts,
        kept=agent.recording_policy.kept,
    )


def keeping(
    agent: Agent,
    request: TurnRequest,
    message: str,
    recorder: Recorder | None,
    turn_id: str,
    outcome: Outcome,
    at: datetime,
) -> Beside | None:
    """What stores the recording in the turn's own transaction; None when there is none to keep."""
    if recorder is None or not is_kept(agent.recording_policy, request, outcome):
        return None
    recording, parts = write_recording(agent, request, message, recorder, turn_id, outcome)

    async def put(connection: AsyncConnection) -> None:
        await put_recording(
            connection,
            listener=request.listener,
            created_at=at,
            recording=recording,
            parts=parts,
            kept=agent.recording_policy.kept,
            is_first=recorder.conversation is not None and recorder.conversation["version"] == 0,
        )

    return put


def write_recording(
    agent: Agent, request: TurnRequest, message: str, recorder: Recorder, turn_id: str, outcome: Outcome
) -> tuple[Recording, Parts]:
    """The recording of a turn, and its parts.

    Args:
        message: as it was read.
        tape: of the turn; its conversation is known.
    """
    conversation = recorder.conversation
    assert conversation is not None
    parts = Parts()
    asked: RecordedMessage = {"message": message}
    if request.limit is not None:
        asked["limit"] = request.limit
    recording: Recording = {
        "format": "segue-recording",
        "version": 1,
        "turn_id": turn_id,
        "conversation_id": conversation["id"],
        "made_with": _made_with(agent),
        "asked": asked,
        "bounds": {
            "context_tokens": agent.context_tokens,
            "max_output_tokens": agent.chat.max_output_tokens if agent.chat else 0,
            "max_model_calls": agent.limits.max_model_calls,
            "max_tool_calls": agent.limits.max_tool_calls,
        },
        "catalogue": {
            "fingerprint": recorder.fingerprint,
            "engine": recorder.engine,
            "embedding_model": recorder.embedding_model,
        },
        "before": parts.add_json(_before(conversation, recorder.rules, parts)),
        "clock": [moment.isoformat() for moment in recorder.clock],
        "ids": recorder.ids,
        # What the model was told may hold what Spotify answered, and that is stored nowhere.
        "model": [] if recorder.spotify_calls else _model_calls(recorder.calls, parts),
        "embeddings": _embeddings(recorder, parts),
        "outcome": outcome.code,
        "spans": parts.add(outcome.spans),
    }
    if agent.spotify is not None:
        recording["spotify"] = {
            "connected": recorder.connected,
            "taste": recorder.taste,
            "handles": recorder.handles,
            "calls": recorder.spotify_calls,
        }
    if outcome.answer is not None:
        recording["answer"] = parts.add(outcome.answer)
    if outcome.record is not None:
        recording["record"] = parts.add(outcome.record)
    return recording, parts


def _made_with(agent: Agent) -> MadeWith:
    model = agent.chat.model if agent.chat else ""
    how = agent.recording_policy.how or (f"model {model}" if model else "rules planner")
    return {
        "code_version": VERSION,
        "prompts": prompts_digest(),
        "planner": "llm" if model else "rules",
        "model": model,
        "how": how,
    }


def _before(conversation: Conversation, rules: list[TasteRule], parts: Parts) -> Before:
    return {
        "version": conversation["version"],
        "turns": conversation["turns"],
        "brief": conversation["brief"],
        "pool": parts.add_ids(conversation["pool"]),
        "feedback": dict(conversation["feedback"]),
        "recent": [
            {"message": turn["message"], "answer": parts.add(turn["answer"])}
            for turn in conversation["recent"]
        ],
        "rules": rules,
    }


def _embeddings(recorder: Recorder, parts: Parts) -> list[EmbeddedText | NotEmbedded]:
    embedded: list[EmbeddedText | NotEmbedded] = [
        {"text_hash": digest(text.encode()), "vector": parts.add_vector(vector)}
        for text, vector in recorder.embedded.items()
    ]
    for text, failure in recorder.not_embedded.items():
        embedded.append({"text_hash": digest(text.encode()), "failure": failure})
    return embedded


def _model_calls(calls: Sequence[RecordedCall], parts: Parts) -> list[ModelCall]:
    """The calls; a later one is sent the same messages and tools again, which are written once."""
    written: dict[int, str] = {}

    def name_of(value: ChatMessage | list[ToolSpec]) -> str:
        if id(value) not in written:
            written[id(value)] = parts.add_json(value)
        return written[id(value)]

    return [
        {
            "messages": [name_of(message) for message in call.messages],
            "tools": name_of(call.tools),
            "answer": parts.add_json(call.said),
        }
        for call in calls
    ]


def record_turn(draft: Draft, request: TurnTask) -> TurnRecord:
    """Every search with its ranks, the ranking of all in reach, and what each rule kept out."""
    return {
        "searches": draft.pool.searches,
        "ranking": [candidate.track["id"] for candidate in ranking(draft, request)],
        "drops": [
            {"track_id": drop.track["id"], "rule": drop.rule, "detail": drop.detail} for drop in draft.drops
        ],
        "waiting": [
            {"track_id": deferred.candidate.track["id"], "unchecked": deferred.unchecked}
            for deferred in draft.deferred
        ],
        "standing": list(request.rule_constraints),
    }
