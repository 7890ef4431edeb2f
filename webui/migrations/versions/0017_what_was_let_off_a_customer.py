"""What was let off a customer is told apart from what was written off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credited", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("contract_milestone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credited", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("contract_milestone", schema=None) as batch_op:
        batch_op.drop_column("credited")

    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_column("credited")
