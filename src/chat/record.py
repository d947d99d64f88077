"""What is stored of a turn besides its answer: how it chose its tracks, and its recording."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from src.catalogue.catalogue import NO_MODEL, Catalogue
from src.catalogue.facets import fingerprint
from src.chat.clients import Agent, OpenTurn, RecordingPolicy, TurnRequest
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
from src.schema import with_present
from src.storage.database import Beside
from src.version import VERSION


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """How a turn ended: the code `finished` or that of an error; the other texts are JSON.

    `degraded` says whether the rules replaced the model.
    """

    code: str
    spans: str
    answer: str | None = None
    record: str | None = None
    degraded: bool = False


def new_recorder(policy: RecordingPolicy, request: TurnRequest) -> Recorder | None:
    """A recorder for this turn; None when it will not be recorded, however it ends."""
    is_sampled = policy.mode == "sample" and not request.record and policy.chance() < policy.share
    return Recorder() if request.record or policy.mode in ("all", "errors") or is_sampled else None


def is_kept(policy: RecordingPolicy, request: TurnRequest, outcome: TurnOutcome) -> bool:
    """Whether the recording of an ended turn is stored."""
    return request.record or policy.mode != "errors" or outcome.answer is None or outcome.degraded


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


async def keep_failed(turn: OpenTurn, recorder: Recorder, outcome: TurnOutcome) -> None:
    """Store the recording of a failed turn, of which nothing else is stored."""
    policy = turn.agent.recording_policy
    if not recorder.fingerprint or not is_kept(policy, turn.request, outcome):
        return
    recording, parts = write_recording(turn, recorder, outcome)
    await keep_recording(
        turn.agent.database,
        listener=turn.request.listener,
        created_at=recorder.clock[0] if recorder.clock else datetime.now(UTC),
        recording=recording,
        parts=parts,
        kept=policy.kept,
    )


def recording_writer(turn: OpenTurn, outcome: TurnOutcome, at: datetime) -> Beside | None:
    """What stores the recording in the transaction of the turn; None when there is none to store."""
    policy = turn.agent.recording_policy
    if turn.recorder is None or not is_kept(policy, turn.request, outcome):
        return None
    recording, parts = write_recording(turn, turn.recorder, outcome)

    async def put(connection: AsyncConnection) -> None:
        await put_recording(
            connection,
            listener=turn.request.listener,
            created_at=at,
            recording=recording,
            parts=parts,
            kept=policy.kept,
            is_first=turn.conversation["version"] == 0,
        )

    return put


def write_recording(turn: OpenTurn, recorder: Recorder, outcome: TurnOutcome) -> tuple[Recording, Parts]:
    """The recording of a turn, and its parts."""
    agent, parts = turn.agent, Parts()
    asked: RecordedMessage = {"message": turn.message}
    recording: Recording = {
        "format": "segue-recording",
        "version": 1,
        "turn_id": turn.id,
        "conversation_id": turn.conversation["id"],
        "made_with": _made_with(agent),
        "asked": with_present(asked, limit=turn.request.limit),
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
        "before": parts.add_json(_before(turn.conversation, recorder.rules, parts)),
        "clock": [moment.isoformat() for moment in recorder.clock],
        "ids": recorder.ids,
        # The model's messages may hold what Spotify answered, and that may not be stored.
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
    return with_present(
        recording,
        answer=parts.add(outcome.answer) if outcome.answer is not None else None,
        record=parts.add(outcome.record) if outcome.record is not None else None,
    ), parts


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
    """The calls. A later call repeats the messages and tools of those before; each is written once."""
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


def turn_record(draft: Draft, task: TurnTask) -> TurnRecord:
    """Every search with its ranks, the ranking of all candidates, and what each rule kept out."""
    return {
        "searches": draft.pool.searches,
        "ranking": [candidate.track["id"] for candidate in ranking(draft, task)],
        "drops": [
            {"track_id": drop.track["id"], "rule": drop.rule, "detail": drop.detail} for drop in draft.drops
        ],
        "waiting": [
            {"track_id": deferred.candidate.track["id"], "unchecked": deferred.unchecked}
            for deferred in draft.deferred
        ],
        "standing": list(task.rule_constraints),
    }
