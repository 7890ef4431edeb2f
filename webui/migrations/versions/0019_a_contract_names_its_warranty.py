"""A contract names its warranty and the cap of its penalties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warranty_months", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("penalty_cap", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_column("penalty_cap")
        batch_op.drop_column("warranty_months")
