"""Customers are graded by sales management."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("graded_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("graded_by", Id, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_customer_graded_by_user_account"), "user_account", ["graded_by"], ["id"]
        )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_customer_graded_by_user_account"), type_="foreignkey")
        batch_op.drop_column("graded_by")
        batch_op.drop_column("graded_at")
