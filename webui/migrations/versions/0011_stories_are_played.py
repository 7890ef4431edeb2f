"""Stories are played before a draft is published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "story_result",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("story", sa.String(length=200), nullable=False),
        sa.Column("touched", Json, nullable=False),
        sa.Column("left", Json, nullable=False),
        sa.Column("missed", Json, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_result")),
    )
    with op.batch_alter_table("story_result", schema=None) as batch_op:
        batch_op.create_index("ix_story_result_key", ["key", "id"], unique=False)

    op.create_table(
        "story_play",
        sa.Column("id", Id, nullable=False),
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("job_id", Id, nullable=True),
        sa.Column("asked_by", Id, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_story_play_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_play")),
    )
    with op.batch_alter_table("story_play", schema=None) as batch_op:
        batch_op.create_index("ix_story_play_draft", ["draft_id", "id"], unique=False)
        batch_op.create_index(
            "uq_story_play_going_on",
            ["draft_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("story_play", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_story_play_going_on",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_story_play_draft")

    op.drop_table("story_play")
    with op.batch_alter_table("story_result", schema=None) as batch_op:
        batch_op.drop_index("ix_story_result_key")

    op.drop_table("story_result")
