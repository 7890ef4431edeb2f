"""Process owners edit drafts of the releases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "draft",
        sa.Column("id", Id, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("base_release_id", Id, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("release_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'in_review', 'published', 'withdrawn')", name=op.f("ck_draft_status")),
        sa.ForeignKeyConstraint(["base_release_id"], ["release.id"], name=op.f("fk_draft_base_release_id_release")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_draft_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("release_id", name=op.f("uq_draft_release_id")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index("ix_draft_listing", ["status", "updated_at"], unique=False)

    op.create_table(
        "draft_comment",
        sa.Column("id", Id, nullable=False),
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", Id, nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_comment_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
    )
    with op.batch_alter_table("draft_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_comment_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "draft_event",
        sa.Column("id", Id, nullable=False),
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", Id, nullable=True),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("detail", Json, nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_event_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_event")),
    )
    with op.batch_alter_table("draft_event", schema=None) as batch_op:
        batch_op.create_index("ix_draft_event_draft", ["draft_id", "id"], unique=False)

    op.create_table(
        "draft_file",
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", Id, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft")),
        sa.ForeignKeyConstraint(["sha256"], ["file_content.sha256"], name=op.f("fk_draft_file_sha256_file_content")),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_draft_file")),
    )
    op.create_table(
        "draft_review",
        sa.Column("id", Id, nullable=False),
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("reviewer_id", Id, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('approved', 'sent_back')", name=op.f("ck_draft_review_verdict")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_review_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_review")),
    )
    with op.batch_alter_table("draft_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_review_draft_id"), ["draft_id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("draft_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_review_draft_id"))

    op.drop_table("draft_review")
    op.drop_table("draft_file")
    with op.batch_alter_table("draft_event", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_event_draft")

    op.drop_table("draft_event")
    with op.batch_alter_table("draft_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_comment_draft_id"))

    op.drop_table("draft_comment")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_listing")

    op.drop_table("draft")
