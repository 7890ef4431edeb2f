"""A deployed folder is remembered when it was joined with what had been published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.add_column(sa.Column("folder_hashes", Json, nullable=True))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_column("folder_hashes")
