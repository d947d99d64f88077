"""The tables. Documents are JSON text; times are microseconds, so both engines hold the same value."""

from datetime import UTC, datetime, timedelta
from typing import override

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The time in UTC.

    Raises:
        OverflowError: the time lies outside the years 1 to 9999.
    """
    return _EPOCH + count * _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware time, stored as microseconds since 1970 and given back in UTC."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the stored number."""
        return None if value is None else to_microseconds(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the stored number."""
        return None if value is None else from_microseconds(value)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("brief", Text, nullable=False),
    Column("pool", Text, nullable=False),
    Index("ix_conversations_listener_updated_at", "listener", "updated_at", "id"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("listener", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("message", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("record", Text),
    Column("trace_id", Text, nullable=False),
    Column("spans", Text),
    Column("idempotency_key", Text),
    Column("request_hash", Text),
    Index("ix_turns_trace_id", "trace_id"),
    UniqueConstraint("conversation_id", "number"),
    UniqueConstraint("listener", "idempotency_key"),
)
_HAS_SPANS = turns.c.spans.is_not(None)
Index(
    "ix_turns_with_spans",
    turns.c.created_at,
    turns.c.id,
    sqlite_where=_HAS_SPANS,
    postgresql_where=_HAS_SPANS,
)

feedback = Table(
    "feedback",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("track_id", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "track_id"),
)

taste_rules = Table(
    "taste_rules",
    metadata,
    Column("listener", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    PrimaryKeyConstraint("listener", "id"),
)

spotify_accounts = Table(
    "spotify_accounts",
    metadata,
    Column("listener", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("authorized_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("lease_by", Text),
    Column("lease_until", Moment),
)

spotify_sign_ins = Table(
    "spotify_sign_ins",
    metadata,
    Column("state_hash", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

spotify_calls = Table(
    "spotify_calls",
    metadata,
    Column("bucket", Text, nullable=False),
    Column("hour", Moment, nullable=False),
    Column("calls", Integer, nullable=False),
    PrimaryKeyConstraint("bucket", "hour"),
)

spotify_circuits = Table(
    "spotify_circuits",
    metadata,
    Column("bucket", Text, primary_key=True),
    Column("closed_until", Moment, nullable=False),
)

spotify_links = Table(
    "spotify_links",
    metadata,
    Column("track_id", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    PrimaryKeyConstraint("track_id", "market"),
    Index("ix_spotify_links_expires_at", "expires_at"),
)

spotify_handles = Table(
    "spotify_handles",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("listener", Text, nullable=False),
    Column("spotify_id", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "number"),
)

playlists = Table(
    "playlists",
    metadata,
    Column("id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("mode", Text, nullable=False),
    Column("schedule", Text),
    Column("schedule_zone", Text, nullable=False),
    Column("next_refresh_at", Moment),
    Column("from_conversation", Text),
    Column("created_by_job", Text),
    Index("ix_playlists_listener_updated_at", "listener", "updated_at", "id"),
    Index("ix_playlists_next_refresh_at", "next_refresh_at", "id"),
    UniqueConstraint("created_by_job"),
)

playlist_versions = Table(
    "playlist_versions",
    metadata,
    Column("playlist_id", Text, ForeignKey("playlists.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("cause", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("tracks", Integer, nullable=False),
    Column("spec", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("diff", Text),
    PrimaryKeyConstraint("playlist_id", "number"),
)

spotify_saves = Table(
    "spotify_saves",
    metadata,
    Column("id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("listener", "idempotency_key"),
)

# A turn that failed has a recording and no row of its own, so nothing points to `conversations` here.
recordings = Table(
    "recordings",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_recordings_listener_created_at", "listener", "created_at", "turn_id"),
    Index("ix_recordings_conversation_id", "conversation_id"),
)

recording_parts = Table(
    "recording_parts",
    metadata,
    Column("conversation_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("conversation_id", "name"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("progress", Float, nullable=False),
    Column("step", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("result", Text),
    Column("problem", Text),
    Column("starts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("due_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("lease_by", Text),
    Column("lease_until", Moment),
    Column("traceparent", Text),
    Column("idempotency_key", Text),
    Column("request_hash", Text, nullable=False),
    Index("ix_jobs_status_due_at", "status", "due_at", "id"),
    Index("ix_jobs_listener_created_at", "listener", "created_at", "id"),
    UniqueConstraint("listener", "idempotency_key"),
)

evaluation_runs = Table(
    "evaluation_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("listener", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("suite", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index("ix_evaluation_runs_listener_created_at", "listener", "created_at", "id"),
)
