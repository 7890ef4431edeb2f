"""Histories of drafts are chained."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.chain import GENESIS, link
from engine.database import Id, Json, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DRAFT = sa.table("draft", sa.column("id", Id), sa.column("history_seq", sa.Integer), sa.column("history_head"))
LINE = sa.table(
    "draft_event",
    sa.column("id", Id),
    sa.column("draft_id", Id),
    sa.column("at", UtcDateTime()),
    sa.column("by", Id),
    sa.column("event", sa.String),
    sa.column("path", sa.String),
    sa.column("element", sa.String),
    sa.column("detail", Json),
    sa.column("seq", sa.Integer),
    sa.column("hash", sa.LargeBinary),
)


def upgrade() -> None:
    """Bring the tables forward: the lines that there are become the beginning of their chain."""
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("history_seq", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("history_head", sa.LargeBinary(length=32), nullable=True))
    with op.batch_alter_table("draft_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seq", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("hash", sa.LargeBinary(length=32), nullable=True))
    for draft_id in op.get_bind().scalars(sa.select(DRAFT.c.id)).all():
        _chain(draft_id)
    with op.batch_alter_table("draft_event", schema=None) as batch_op:
        batch_op.alter_column("seq", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("hash", existing_type=sa.LargeBinary(length=32), nullable=False)


def _chain(draft_id: int) -> None:
    head, seq = GENESIS, 0
    connection = op.get_bind()
    for row in connection.execute(sa.select(LINE).where(LINE.c.draft_id == draft_id).order_by(LINE.c.id)).all():
        seq += 1
        columns = [draft_id, seq, row.event, row.path, row.element, row.by, row.at.isoformat()]
        head = link(head, columns, row.detail)
        connection.execute(sa.update(LINE).where(LINE.c.id == row.id).values(seq=seq, hash=head))
    if not seq:
        return
    connection.execute(sa.update(DRAFT).where(DRAFT.c.id == draft_id).values(history_seq=seq, history_head=head))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("draft_event", schema=None) as batch_op:
        batch_op.drop_column("hash")
        batch_op.drop_column("seq")
    op.drop_column("draft", "history_head")
    op.drop_column("draft", "history_seq")
