"""How each turn chose its tracks, kept beside its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; turns of before have none."""
    op.add_column("turns", sa.Column("record", sa.Text))
