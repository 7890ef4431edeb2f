"""Milestones know when a case took them up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("contract_milestone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("contract_milestone", schema=None) as batch_op:
        batch_op.drop_column("begun_at")
