"""Recorded turns, and the parts that they share within a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recordings",
        sa.Column("turn_id", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_listener_created_at", "recordings", ["listener", "created_at", "turn_id"])
    op.create_index("ix_recordings_conversation_id", "recordings", ["conversation_id"])
    op.create_table(
        "recording_parts",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "name", name="pk_recording_parts"),
    )
