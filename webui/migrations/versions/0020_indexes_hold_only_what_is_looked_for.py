"""The inbox's indexes hold only what is looked for in them: fewer to write at each completion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OPEN = sa.text("completed_at IS NULL")
_MINE = sa.text("completed_at IS NULL AND assignee_id IS NOT NULL")
_DONE = sa.text("completed_by IS NOT NULL")


def upgrade() -> None:
    """Bring the tables forward."""
    _anew("ix_work_item_mine", ["assignee_id", "due_at"], _MINE)
    _anew("ix_work_item_done", ["completed_by", "completed_at"], _DONE)


def downgrade() -> None:
    """Take them back."""
    _anew("ix_work_item_done", ["completed_by", "completed_at"], None)
    _anew("ix_work_item_mine", ["assignee_id", "due_at"], _OPEN)


def _anew(name: str, columns: list[str], where: sa.TextClause | None) -> None:
    op.drop_index(name, table_name="work_item")
    op.create_index(name, "work_item", columns, postgresql_where=where, sqlite_where=where)
