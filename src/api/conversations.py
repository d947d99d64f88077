"""`/v1/conversations`: the listener's own, to read, to correct and to delete."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from src.api.dependencies import ListenerOf, Service, ServiceOf
from src.api.models.bodies import (
    ConversationDetail,
    ConversationList,
    FeedbackAnswer,
    FeedbackBody,
    StoredTurn,
)
from src.chat.feedback import forget_conversation, give_feedback, patch_brief, read_brief
from src.chat.models.answer import ANSWER
from src.chat.models.why import Why
from src.chat.presentation import shown_answers
from src.chat.why import explain
from src.constraints.models.brief import BRIEF, Brief
from src.constraints.models.entry import BriefPatch
from src.conversations.models import conversation as documents
from src.conversations.store import get_conversation, get_turn, list_conversations
from src.schema import with_present

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

ConversationId = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("")
async def read_conversations(
    service: ServiceOf,
    listener: ListenerOf,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
) -> ConversationList:
    """Your conversations, the latest first."""
    page = await list_conversations(service.agent.database, listener, limit, before)
    answer: ConversationList = {
        "conversations": [
            {
                **item,
                "created_at": item["created_at"].isoformat(),
                "updated_at": item["updated_at"].isoformat(),
            }
            for item in page["conversations"]
        ]
    }
    return with_present(answer, next=page["next_cursor"])


@router.get("/{conversation_id}")
async def read_conversation(
    conversation_id: ConversationId, service: ServiceOf, listener: ListenerOf
) -> ConversationDetail:
    """A conversation with its turns and its brief."""
    stored = await get_conversation(service.agent.database, listener, conversation_id)
    return {
        "id": stored["id"],
        "created_at": stored["created_at"].isoformat(),
        "updated_at": stored["updated_at"].isoformat(),
        "brief": BRIEF.validate_json(stored["brief"]),
        "feedback": stored["feedback"],
        "turns": await _to_turns(service, listener, stored["turns"]),
    }


@router.get("/{conversation_id}/turns/{turn_id}")
async def read_turn(
    conversation_id: ConversationId, turn_id: ConversationId, service: ServiceOf, listener: ListenerOf
) -> StoredTurn:
    """One finished turn."""
    turn = await get_turn(service.agent.database, listener, conversation_id, turn_id)
    return (await _to_turns(service, listener, [turn]))[0]


@router.get("/{conversation_id}/turns/{turn_id}/why")
async def why(
    conversation_id: ConversationId,
    turn_id: ConversationId,
    track_id: Annotated[str, Query(min_length=1, max_length=64)],
    service: ServiceOf,
    listener: ListenerOf,
) -> Why:
    """Why a track is in a turn's answer or not: the stage and the rule, and its rank in each search."""
    return await explain(service.agent, listener, conversation_id, turn_id, track_id)


@router.get("/{conversation_id}/brief")
async def get_brief(conversation_id: ConversationId, service: ServiceOf, listener: ListenerOf) -> Brief:
    """What the conversation is about by now: every wish with the words and the turn it came from."""
    return await read_brief(service.agent, listener, conversation_id)


@router.patch("/{conversation_id}/brief")
async def edit_brief(
    conversation_id: ConversationId, patch: BriefPatch, service: ServiceOf, listener: ListenerOf
) -> Brief:
    """Correct the brief by hand; the next turn goes by it. All of the edit is made, or none."""
    return await patch_brief(service.agent, listener, conversation_id, patch)


@router.delete("/{conversation_id}", status_code=204)
async def remove_conversation(
    conversation_id: ConversationId, service: ServiceOf, listener: ListenerOf
) -> Response:
    """Delete a conversation with its turns, feedback, traces and recordings."""
    await forget_conversation(service.agent.database, listener, conversation_id)
    return Response(status_code=204)


@router.post("/{conversation_id}/feedback")
async def give(
    conversation_id: ConversationId, body: FeedbackBody, service: ServiceOf, listener: ListenerOf
) -> FeedbackAnswer:
    """Say what you think of a track; it changes the brief and the next answers."""
    brief, feedback = await give_feedback(
        service.agent, listener, conversation_id, body["track_id"], body["verdict"]
    )
    return {"brief": brief, "feedback": feedback}


async def _to_turns(
    service: Service, listener: str, turns: Sequence[documents.StoredTurn]
) -> list[StoredTurn]:
    answers = [ANSWER.validate_json(turn["answer"]) for turn in turns]
    shown = await shown_answers(service.agent, listener, answers)
    return [
        {
            "number": turn["number"],
            "created_at": turn["created_at"].isoformat(),
            "message": turn["message"],
            "answer": answer,
        }
        for turn, answer in zip(turns, shown, strict=True)
    ]
