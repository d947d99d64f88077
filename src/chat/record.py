"""What a turn keeps beside its answer, and its recording."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from src.catalogue.catalogue import NO_MODEL, Catalogue
from src.catalogue.facets import fingerprint
from src.chat.clients import Agent, Recorder, TurnRequest
from src.chat.models.why import TurnRecord
from src.chat.recommendations import ranking
from src.chat.state import Draft, Request
from src.conversations.models.conversation import Conversation
from src.conversations.store import Beside
from src.llm.models.chat import ChatMessage, ToolSpec
from src.preferences.models.taste_rule import TasteRule
from src.prompts import prompts_digest
from src.recordings.models.recording import (
    Asked,
    Before,
    EmbeddedText,
    MadeWith,
    ModelCall,
    NotEmbedded,
    Recording,
)
from src.recordings.parts import Parts, digest
from src.recordings.recorder import (
    EmbeddingThrough,
    Tape,
    TapedCall,
    TapedChat,
    taped_clock,
    taped_embedder,
    taped_ids,
    taped_spotify,
)
from src.recordings.store import keep_recording, put_recording
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


def new_tape(recorder: Recorder, request: TurnRequest) -> Tape | None:
    """A tape for this turn, or None when it is not to be recorded whatever comes of it."""
    if request.record or recorder.mode in ("all", "errors"):
        return Tape()
    return Tape() if recorder.mode == "sample" and recorder.chance() < recorder.share else None


def is_kept(recorder: Recorder, request: TurnRequest, outcome: Outcome) -> bool:
    """Whether a turn with a tape is kept, now that it has ended."""
    return request.record or recorder.mode != "errors" or outcome.answer is None or outcome.degraded


def taped(agent: Agent, tape: Tape) -> Agent:
    """The same agent, noting what crosses its boundary."""
    return replace(
        agent,
        now=taped_clock(tape, agent.now),
        new_id=taped_ids(tape, agent.new_id),
        chat=TapedChat(agent.chat, tape) if agent.chat is not None else None,
        catalogue=EmbeddingThrough(agent.catalogue, taped_embedder(tape)),
        spotify=taped_spotify(tape, agent.spotify),
    )


async def note_catalogue(agent: Agent, tape: Tape, catalogue: Catalogue) -> None:
    """Note which catalogue the turn searches."""
    known = agent.recorder.fingerprints
    if catalogue.version not in known:
        known[catalogue.version] = await fingerprint(catalogue)
    tape.fingerprint = known[catalogue.version]
    tape.engine = catalogue.engine.name
    tape.embedding_model = catalogue.embedder.model if catalogue.embedder else NO_MODEL


async def keep_failed(agent: Agent, request: TurnRequest, message: str, tape: Tape, outcome: Outcome) -> None:
    """Keep the recording of a turn of which nothing else is kept, if it is to be."""
    if tape.conversation is None or not tape.fingerprint or not is_kept(agent.recorder, request, outcome):
        return
    # The turn may have ended before it had an id, and its recording needs one.
    turn_id = tape.ids[-1] if tape.ids and tape.ids[-1] != tape.conversation["id"] else agent.new_id()
    recording, parts = write_recording(agent, request, message, tape, turn_id, outcome)
    await keep_recording(
        agent.database,
        listener=request.listener,
        created_at=tape.clock[0] if tape.clock else datetime.now(UTC),
        recording=recording,
        parts=parts,
        kept=agent.recorder.kept,
    )


def keeping(
    agent: Agent,
    request: TurnRequest,
    message: str,
    tape: Tape | None,
    turn_id: str,
    outcome: Outcome,
    at: datetime,
) -> Beside | None:
    """What stores the recording in the turn's own transaction; None when there is none to keep."""
    if tape is None or not is_kept(agent.recorder, request, outcome):
        return None
    recording, parts = write_recording(agent, request, message, tape, turn_id, outcome)

    async def put(connection: AsyncConnection) -> None:
        await put_recording(
            connection,
            listener=request.listener,
            created_at=at,
            recording=recording,
            parts=parts,
            kept=agent.recorder.kept,
            is_first=tape.conversation is not None and tape.conversation["version"] == 0,
        )

    return put


def write_recording(
    agent: Agent, request: TurnRequest, message: str, tape: Tape, turn_id: str, outcome: Outcome
) -> tuple[Recording, Parts]:
    """The recording of a turn, and its parts.

    Args:
        message: as it was read.
        tape: of the turn; its conversation is known.
    """
    conversation = tape.conversation
    assert conversation is not None
    parts = Parts()
    asked: Asked = {"message": message}
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
            "fingerprint": tape.fingerprint,
            "engine": tape.engine,
            "embedding_model": tape.embedding_model,
        },
        "before": parts.add_json(_before(conversation, tape.rules, parts)),
        "clock": [moment.isoformat() for moment in tape.clock],
        "ids": tape.ids,
        # What the model was told may hold what Spotify answered, and that is stored nowhere.
        "model": [] if tape.spotify_calls else _model_calls(tape.calls, parts),
        "embeddings": _embeddings(tape, parts),
        "outcome": outcome.code,
        "spans": parts.add(outcome.spans),
    }
    if agent.spotify is not None:
        recording["spotify"] = {
            "connected": tape.connected,
            "taste": tape.taste,
            "handles": tape.handles,
            "calls": tape.spotify_calls,
        }
    if outcome.answer is not None:
        recording["answer"] = parts.add(outcome.answer)
    if outcome.record is not None:
        recording["record"] = parts.add(outcome.record)
    return recording, parts


def _made_with(agent: Agent) -> MadeWith:
    model = agent.chat.model if agent.chat else ""
    how = agent.recorder.how or (f"model {model}" if model else "rules planner")
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


def _embeddings(tape: Tape, parts: Parts) -> list[EmbeddedText | NotEmbedded]:
    embedded: list[EmbeddedText | NotEmbedded] = [
        {"text_hash": digest(text.encode()), "vector": parts.add_vector(vector)}
        for text, vector in tape.embedded.items()
    ]
    for text, failure in tape.not_embedded.items():
        embedded.append({"text_hash": digest(text.encode()), "failure": failure})
    return embedded


def _model_calls(calls: Sequence[TapedCall], parts: Parts) -> list[ModelCall]:
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


def record_turn(draft: Draft, request: Request) -> TurnRecord:
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
        "standing": list(request.standing),
    }
