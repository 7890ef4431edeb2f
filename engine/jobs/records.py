"""The tables of background work. The ``job`` row is the truth; DBOS only runs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime

SERVICE, MESSAGE, TIMER, REMINDER, STORIES = "service", "message", "timer", "reminder", "stories"
KINDS = (SERVICE, MESSAGE, TIMER, REMINDER, STORIES)
ERRANDS = (STORIES,)
"""The kinds that belong to no case and take minutes: see ``engine.room.Errand``."""

WAITING, RUNNING, DONE, WITHDRAWN, INCIDENT, DISMISSED = (
    "waiting", "running", "done", "withdrawn", "incident", "dismissed",
)  # fmt: skip
OPEN = (WAITING, RUNNING)
UNSETTLED = (WAITING, RUNNING, INCIDENT)

_OPEN_ROWS = sa.text("status IN ('waiting', 'running')")
_UNSETTLED_TIMERS = sa.text("kind = 'timer' AND status IN ('waiting', 'running', 'incident')")


class Job(Base):
    """One piece of background work.

    ``tries`` counts how often the job was handed to DBOS: with ``status`` it is the fence that makes a late run of an
    earlier try harmless. ``failures`` counts failed tries since a person last asked for one. A job is ``withdrawn``
    when its case has no use for it any more.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("process_instance.id"), index=True)
    element: Mapped[str | None] = mapped_column(sa.String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(sa.String(12))
    tries: Mapped[int]
    failures: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(sa.String(80))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index("ix_job_open", "status", "due_at", postgresql_where=_OPEN_ROWS, sqlite_where=_OPEN_ROWS),
        sa.Index(
            "uq_job_timer",
            "instance_id",
            unique=True,
            postgresql_where=_UNSETTLED_TIMERS,
            sqlite_where=_UNSETTLED_TIMERS,
        ),
        sa.Index("ix_job_finished", "finished_at"),
    )


class Incident(Base):
    """A job that failed after its last try and waits for a person, with all that is needed to find the cause."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("job.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("process_instance.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    element: Mapped[str | None] = mapped_column(sa.String(120))
    error_class: Mapped[str] = mapped_column(sa.String(120))
    error_text: Mapped[str] = mapped_column(sa.Text)
    trace: Mapped[str] = mapped_column(sa.Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(Id)
    resolution: Mapped[str | None] = mapped_column(sa.String(12))
    note: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index(
            "ix_incident_open",
            "opened_at",
            postgresql_where=sa.text("resolved_at IS NULL"),
            sqlite_where=sa.text("resolved_at IS NULL"),
        ),
    )
