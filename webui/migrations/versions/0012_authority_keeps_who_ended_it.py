"""Authority keeps who ended it, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_by", Id, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_authority_ended_by_user_account"), "user_account", ["ended_by"], ["id"]
        )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_authority_ended_by_user_account"), type_="foreignkey")
        batch_op.drop_column("ended_by")
        batch_op.drop_column("ended_at")
