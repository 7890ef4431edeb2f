"""The table of running and finished instances."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime

RUNNING, COMPLETED, CANCELLED, FAILED = "running", "completed", "cancelled", "failed"


class ProcessInstance(Base):
    """One case. ``state`` is the interpreter's blob, ``team`` the people who hold a role in this case alone."""

    __tablename__ = "process_instance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id"))
    process_id: Mapped[str] = mapped_column(sa.String(120))
    business_key: Mapped[str | None] = mapped_column(sa.String(60), index=True)
    label: Mapped[str] = mapped_column(sa.String(200))
    record_type: Mapped[str | None] = mapped_column(sa.String(60))
    record_id: Mapped[int | None] = mapped_column(Id)
    unit_id: Mapped[int | None] = mapped_column(Id)
    team: Mapped[dict[str, int]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(sa.String(12))
    revision: Mapped[int]
    state: Mapped[bytes] = mapped_column(sa.LargeBinary)
    next_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    journal_seq: Mapped[int]
    journal_head: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[int | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("process_instance.id"), index=True)

    __table_args__ = (
        sa.Index(
            "ix_process_instance_due",
            "next_due_at",
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
            sqlite_where=sa.text("next_due_at IS NOT NULL"),
        ),
        sa.Index("ix_process_instance_record", "record_type", "record_id"),
        sa.Index(
            "ix_process_instance_running",
            "release_id",
            postgresql_where=sa.text("status = 'running'"),
            sqlite_where=sa.text("status = 'running'"),
        ),
        sa.Index("ix_process_instance_started", "started_by", "started_at"),
    )


class InstanceMember(Base):
    """A person of a case's team, one row each, so that *my cases* is an index away on both databases."""

    __tablename__ = "instance_member"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, primary_key=True, index=True)
