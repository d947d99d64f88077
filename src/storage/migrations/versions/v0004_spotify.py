"""What is kept for Spotify: accounts, calls made, links found, lists saved."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "spotify_accounts",
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("authorized_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("lease_by", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("listener", name="pk_spotify_accounts"),
    )
    op.create_table(
        "spotify_sign_ins",
        sa.Column("state_hash", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_spotify_sign_ins"),
    )
    op.create_table(
        "spotify_calls",
        sa.Column("bucket", sa.Text, nullable=False),
        sa.Column("hour", sa.BigInteger, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "hour", name="pk_spotify_calls"),
    )
    op.create_table(
        "spotify_circuits",
        sa.Column("bucket", sa.Text, nullable=False),
        sa.Column("closed_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_spotify_circuits"),
    )
    op.create_table(
        "spotify_links",
        sa.Column("track_id", sa.Text, nullable=False),
        sa.Column("market", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("track_id", "market", name="pk_spotify_links"),
    )
    op.create_index("ix_spotify_links_expires_at", "spotify_links", ["expires_at"])
    op.create_table(
        "spotify_handles",
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("spotify_id", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "number", name="pk_spotify_handles"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_spotify_handles_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "spotify_saves",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("request_hash", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spotify_saves"),
        sa.UniqueConstraint("listener", "idempotency_key", name="uq_spotify_saves_listener_idempotency_key"),
    )
