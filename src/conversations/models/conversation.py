"""Conversations as they are stored. Briefs, answers and spans are JSON text here."""

from datetime import datetime
from typing import Literal, TypedDict

from src.schema import documented

type FeedbackVerdict = Literal["like", "dislike", "never"]


@documented
class RecentTurn(TypedDict):
    """A turn as the next one remembers it."""

    message: str
    """What the listener said."""
    answer: str
    """The whole answer, JSON text."""


@documented
class Conversation(TypedDict):
    """What a turn needs to go on."""

    id: str
    """The conversation."""
    version: int
    """Grows with each change; a turn is stored only if it is still the one loaded here."""
    turns: int
    """How many turns there are."""
    brief: str
    """The brief, JSON text."""
    pool: list[str]
    """Track ids in the order of their handles: the first is `t1`."""
    feedback: dict[str, FeedbackVerdict]
    """Verdict of the listener on each track judged."""
    recent: list[RecentTurn]
    """The last few turns, oldest first."""


@documented
class NewTurn(TypedDict):
    """A whole turn to store, with the conversation as it is after it."""

    listener: str
    """Whose turn it is."""
    conversation_id: str
    """The conversation, new or continued."""
    turn_id: str
    """Id of the turn that is stored, in hexadecimal."""
    version: int
    """Version of the conversation that was loaded; 0 for a new one."""
    created_at: datetime
    """When the turn was made, with its time zone."""
    message: str
    """What the listener said."""
    answer: str
    """The whole answer, JSON text."""
    brief: str
    """The brief after this turn, JSON text."""
    pool: list[str]
    """Track ids in the order of their handles, those of this turn included."""
    record: str | None
    """How the turn chose its tracks, JSON text."""
    trace_id: str
    """Trace of this turn."""
    spans: str | None
    """Spans of the trace, JSON text; None when they are not kept."""
    idempotency_key: str | None
    """The request's `Idempotency-Key`, if it had one."""
    request_hash: str | None
    """Digest of the request, to tell a repetition from another request with the same key."""


@documented
class StoredTurn(TypedDict):
    """A turn as it was stored."""

    id: str
    """The turn."""
    number: int
    """Its position in the conversation, from 1."""
    created_at: datetime
    """When it was made, in UTC."""
    message: str
    """What the listener said."""
    answer: str
    """The whole answer, JSON text."""
    record: str | None
    """How the turn chose its tracks, JSON text; None for a turn that was stored before there were records."""
    trace_id: str
    """Trace of the turn."""


@documented
class StoredConversation(TypedDict):
    """A conversation with all its turns."""

    id: str
    """The conversation."""
    created_at: datetime
    """When its first turn was made, in UTC."""
    updated_at: datetime
    """When its last turn was made or its brief changed, in UTC."""
    brief: str
    """The brief, JSON text."""
    feedback: dict[str, FeedbackVerdict]
    """Verdict of the listener on each track judged."""
    turns: list[StoredTurn]
    """Oldest first."""


@documented
class ConversationSummary(TypedDict):
    """A line of the list of conversations."""

    id: str
    """The conversation."""
    created_at: datetime
    """When its first turn was made, in UTC."""
    updated_at: datetime
    """When its last turn was made or its brief changed, in UTC."""
    turns: int
    """How many turns there are."""
    first_message: str
    """How it began, at most 80 characters."""


@documented
class ConversationPage(TypedDict):
    """Conversations, the last changed first."""

    conversations: list[ConversationSummary]
    """This page."""
    next_cursor: str | None
    """Send it as `before` for the next page; None on the last one."""
