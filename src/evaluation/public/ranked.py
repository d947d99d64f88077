"""How Segue ranks tracks for each turn of a dialogue that somebody else held.

Every turn is a real one (`run_turn`). What came before it is what the data set has: its listener's words,
read turn by turn into Segue's brief; its own answers, with the tracks that it says were shown; and its
verdicts on them, given as feedback. Segue's own earlier answers are not in it: the listener never heard them.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from src.catalogue.models.track import Track
from src.chat.clients import Agent, TurnRequest
from src.chat.feedback import give_feedback
from src.chat.models.answer import ANSWER, Answer
from src.chat.models.why import TURN_RECORD, TurnRecord
from src.chat.state import new_usage
from src.chat.turn import run_turn
from src.constraints.models.brief import BRIEF, empty_brief
from src.conversations.models.conversation import Conversation, FeedbackVerdict, RecentTurn
from src.conversations.store import delete_conversation, get_turn, load_conversation, restore_conversation
from src.errors import InvalidInput, TurnTimeout
from src.evaluation.public.models.ranking import DialogueRanking, TurnRanking
from src.schema import to_json

RANKED = 100
# Tracks asked for at once; some engines bound it.
_FETCHED = 500
# Rules about the list and not about a track: what they keep out still fits the request.
_ABOUT_THE_LIST = frozenset({"one_per_song", "artist_cap"})


@dataclass(frozen=True, slots=True)
class PublicTurn:
    """A turn as the data set has it. Tracks are ids of the data set.

    `shown` are the tracks that later turns know to have been in its answer, `liked` and `disliked` its
    verdicts.
    """

    number: int
    message: str
    reply: str = ""
    shown: tuple[str, ...] = ()
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicDialogue:
    """A dialogue as the data set has it."""

    id: str
    turns: tuple[PublicTurn, ...]

    @property
    def tracks(self) -> list[str]:
        """Every track that later turns know of."""
        named = [id_ for turn in self.turns for id_ in (*turn.shown, *turn.liked, *turn.disliked)]
        return list(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class OwnIds:
    """Segue's ids of a data set's tracks, both ways."""

    segue: Mapping[str, str]
    source: Mapping[str, str]


@dataclass(slots=True)
class _Memory:
    """What the conversation has come to; `verdicts` are still to be given."""

    brief: str = field(default_factory=lambda: to_json(BRIEF, empty_brief()))
    pool: list[str] = field(default_factory=list)
    feedback: dict[str, FeedbackVerdict] = field(default_factory=dict)
    recent: list[RecentTurn] = field(default_factory=list)
    verdicts: list[tuple[str, FeedbackVerdict]] = field(default_factory=list)


def ranked_tracks(answer: Answer, record: TurnRecord, left_out: Collection[str] = ()) -> list[str]:
    """The answer's list, then everything else in reach in the turn's own order; no id twice.

    What a rule about the track itself kept out of the list comes last.

    Args:
        left_out: ids that are not to be ranked.
    """
    barred = {drop["track_id"] for drop in record["drops"] if drop["rule"] not in _ABOUT_THE_LIST}
    picked = [pick["track"]["id"] for pick in answer["recommendations"]]
    free = [id_ for id_ in record["ranking"] if id_ not in barred]
    last = [id_ for id_ in record["ranking"] if id_ in barred]
    return [id_ for id_ in dict.fromkeys([*picked, *free, *last]) if id_ not in left_out]


def response_text(answer: Answer) -> str:
    """What is said to the listener, with the first track and why it is there."""
    if not answer["recommendations"]:
        return answer["reply"]
    first = answer["recommendations"][0]
    named = f"{first['track']['title']} by {', '.join(first['track']['artists'])}"
    return " ".join(part for part in (answer["reply"], f"{named}: {first['reason']}") if part)


async def tracks_held(agent: Agent, ids: Sequence[str]) -> dict[str, Track]:
    """Those of the tracks (Segue's ids) that the catalogue has."""
    held: dict[str, Track] = {}
    async with agent.catalogue.use() as catalogue:
        for start in range(0, len(ids), _FETCHED):
            held |= await catalogue.engine.fetch(ids[start : start + _FETCHED])
    return held


async def rank_dialogue(
    agent: Agent, dialogue: PublicDialogue, ids: OwnIds, *, limit: int
) -> DialogueRanking:
    """Up to 100 tracks for each turn. What was shown in an earlier turn is left out.

    A message that Segue refuses, or a turn that takes too long, has no tracks and says why; the dialogue goes
    on as the data set has it.

    Args:
        limit: how many tracks an answer may list; a longer list widens what each turn searches.

    Raises:
        DomainError: something else than a single turn failed.
    """
    named = [ids.segue[id_] for id_ in dialogue.tracks if id_ in ids.segue]
    held = await tracks_held(agent, named)
    # A listener of its own: what one wants kept must not bind the next.
    listener = f"eval-{agent.new_id()}"
    memory = _Memory()
    left_out: set[str] = set()
    ranked: list[TurnRanking] = []
    for turn in dialogue.turns:
        ranked.append(await _rank_turn(agent, listener, turn, memory, left_out, ids, limit))
        left_out |= {ids.segue[id_] for id_ in turn.shown if id_ in ids.segue}
        _go_on(memory, turn, ids, held)
    return {"id": dialogue.id, "turns": ranked}


async def _rank_turn(
    agent: Agent,
    listener: str,
    turn: PublicTurn,
    memory: _Memory,
    left_out: Collection[str],
    ids: OwnIds,
    limit: int,
) -> TurnRanking:
    """Ask Segue as if it had held the dialogue so far; nothing of it stays in the database."""
    conversation_id = await _restore(agent, listener, memory) if memory.recent else None
    try:
        answer = await _ask(agent, TurnRequest(listener, turn.message, conversation_id, limit))
    except (InvalidInput, TurnTimeout) as error:
        if conversation_id is not None:
            await _take_up(agent, listener, conversation_id, memory)
        return {"number": turn.number, "tracks": [], "response": "", "failure": error.message}
    stored = await get_turn(agent.database, listener, answer["conversation_id"], answer["turn_id"])
    if stored["record"] is None:
        raise AssertionError("a turn is stored with its record")
    await _take_up(agent, listener, answer["conversation_id"], memory)
    ranked = ranked_tracks(answer, TURN_RECORD.validate_json(stored["record"]), left_out)
    own = [ids.source[id_] for id_ in ranked if id_ in ids.source]
    return {"number": turn.number, "tracks": own[:RANKED], "response": response_text(answer)}


async def _restore(agent: Agent, listener: str, memory: _Memory) -> str:
    """Store the conversation as the data set has it, with the verdicts on its last answer."""
    conversation_id, turns = agent.new_id(), len(memory.recent)
    conversation: Conversation = {
        "id": conversation_id,
        "version": turns,
        "turns": turns,
        "brief": memory.brief,
        "pool": memory.pool,
        "feedback": memory.feedback,
        "recent": memory.recent,
    }
    await restore_conversation(agent.database, listener, conversation, agent.now())
    for track_id, verdict in memory.verdicts:
        await give_feedback(agent, listener, conversation_id, track_id, verdict)
    return conversation_id


async def _ask(agent: Agent, request: TurnRequest) -> Answer:
    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            if event["type"] == "turn_finished":
                return event["answer"]
    raise AssertionError("a turn ends with its answer, or raises")


async def _take_up(agent: Agent, listener: str, conversation_id: str, memory: _Memory) -> None:
    """Remember what the conversation has come to, and delete it."""
    loaded = await load_conversation(agent.database, listener, conversation_id, recent_turns=0)
    memory.brief, memory.pool, memory.feedback = loaded["brief"], loaded["pool"], loaded["feedback"]
    await delete_conversation(agent.database, listener, conversation_id)


def _go_on(memory: _Memory, turn: PublicTurn, ids: OwnIds, held: Mapping[str, Track]) -> None:
    """Take the data set's own answer and its verdicts for what happened in the turn.

    A track that the catalogue lacks was neither shown nor judged.
    """
    shown = [held[ids.segue[id_]] for id_ in turn.shown if ids.segue.get(id_) in held]
    answer = to_json(ANSWER, _data_set_answer(turn.reply, shown, memory.brief))
    memory.recent.append({"message": turn.message, "answer": answer})
    given: list[tuple[Sequence[str], FeedbackVerdict]] = [(turn.liked, "like"), (turn.disliked, "dislike")]
    memory.verdicts = [
        (ids.segue[id_], verdict) for judged, verdict in given for id_ in judged if ids.segue.get(id_) in held
    ]


def _data_set_answer(reply: str, shown: Sequence[Track], brief: str) -> Answer:
    return {
        "conversation_id": "",
        "turn_id": "",
        "trace_id": "",
        "reply": reply,
        "recommendations": [
            {
                "rank": rank,
                "track": track,
                "reason": "",
                "evidence": [],
                "chosen_by": "ranking",
                "unchecked": [],
            }
            for rank, track in enumerate(shown, start=1)
        ],
        "constraints": [],
        "brief": BRIEF.validate_json(brief),
        "planner": {"kind": "rules", "degraded": False, "detail": ""},
        "usage": new_usage(),
    }
