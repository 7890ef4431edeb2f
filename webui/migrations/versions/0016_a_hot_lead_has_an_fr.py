"""A hot lead has an FR."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fr_id", Id, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_lead_fr_id_user_account"), "user_account", ["fr_id"], ["id"])


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lead_fr_id_user_account"), type_="foreignkey")
        batch_op.drop_column("fr_id")
