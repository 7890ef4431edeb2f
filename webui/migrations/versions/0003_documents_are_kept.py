"""Documents are kept as they were at a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "kept_document",
        sa.Column("id", Id, nullable=False),
        sa.Column("record_type", sa.String(length=60), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("gate", sa.String(length=20), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("kept_by", Id, nullable=True),
        sa.ForeignKeyConstraint(["kept_by"], ["user_account.id"], name=op.f("fk_kept_document_kept_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_document")),
    )
    with op.batch_alter_table("kept_document", schema=None) as batch_op:
        batch_op.create_index("ix_kept_document_record", ["record_type", "record_id", "id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("kept_document", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_document_record")

    op.drop_table("kept_document")
