"""Playlists, and every version of each."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "playlists",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("schedule", sa.Text),
        sa.Column("schedule_zone", sa.Text, nullable=False),
        sa.Column("next_refresh_at", sa.BigInteger),
        sa.Column("from_conversation", sa.Text),
        sa.Column("created_by_job", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_playlists"),
        sa.UniqueConstraint("created_by_job", name="uq_playlists_created_by_job"),
    )
    op.create_index("ix_playlists_listener_updated_at", "playlists", ["listener", "updated_at", "id"])
    op.create_index("ix_playlists_next_refresh_at", "playlists", ["next_refresh_at", "id"])
    op.create_table(
        "playlist_versions",
        sa.Column("playlist_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("tracks", sa.Integer, nullable=False),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("diff", sa.Text),
        sa.PrimaryKeyConstraint("playlist_id", "number", name="pk_playlist_versions"),
        sa.ForeignKeyConstraint(
            ["playlist_id"],
            ["playlists.id"],
            name="fk_playlist_versions_playlist_id_playlists",
            ondelete="CASCADE",
        ),
    )
