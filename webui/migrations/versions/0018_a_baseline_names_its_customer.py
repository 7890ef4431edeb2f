"""A baseline names its customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("contract_baseline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_name", sa.String(length=200), nullable=True))
    op.execute(
        "UPDATE contract_baseline SET customer_name ="
        " (SELECT customer_name FROM contract WHERE contract.id = contract_baseline.contract_id)"
    )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("contract_baseline", schema=None) as batch_op:
        batch_op.drop_column("customer_name")
