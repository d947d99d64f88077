"""Runs of suites that were asked for over HTTP."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "evaluation_runs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("suite", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_runs"),
    )
    op.create_index(
        "ix_evaluation_runs_listener_created_at", "evaluation_runs", ["listener", "created_at", "id"]
    )
