"""The collaborators of the engine, made once at start-up and handed down as one argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from engine.calendar import WorkingCalendar
from engine.clock import Clock
from engine.directory import Directory


class JobQueue(Protocol):
    """Takes background work in the caller's own transaction."""

    def enqueue(
        self,
        session: Session,
        kind: str,
        *,
        instance_id: int | None = None,
        element: str | None = None,
        delay: timedelta = timedelta(),
        payload: dict[str, object] | None = None,
    ) -> int:
        """Remember the work; it starts once the transaction is committed. Return the job's id."""
        ...


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """Clock, people, working calendar and background work."""

    clock: Clock
    directory: Directory
    calendar: WorkingCalendar
    jobs: JobQueue
