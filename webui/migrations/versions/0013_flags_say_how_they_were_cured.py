"""Flags say in the reader's language how they were cured; what an early end took out is no open money."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Json

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TAKE_OUT = """
    UPDATE contract SET taken_out = contract.amount - (
        SELECT COALESCE(SUM(stone.amount), 0) FROM contract_milestone AS stone
        WHERE stone.contract_id = contract.id AND stone.status <> 'CANCELLED'
    ) WHERE terminated_on IS NOT NULL
"""
"""The milestones of a contract pay for all of it, so what is left without them was taken out by its early end."""


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_out", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(TAKE_OUT)

    with op.batch_alter_table("quality_flag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resolution_data", Json, server_default="{}", nullable=False))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("quality_flag", schema=None) as batch_op:
        batch_op.drop_column("resolution_data")

    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_column("taken_out")
