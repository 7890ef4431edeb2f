"""The collaborators of the engine, made once at start-up and handed down as one argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.calendar import WorkingCalendar
from engine.clock import Clock
from engine.directory import Directory


class JobQueue(Protocol):
    """Takes background work in the caller's own transaction.

    The engine enqueues two kinds itself: ``service`` with ``guid``, ``process_id``, ``handler`` and ``parameters`` of
    an external handler, and ``message`` with ``message``, ``business_key`` and ``data`` of a message that was thrown.
    """

    def enqueue(
        self,
        session: Session,
        kind: str,
        *,
        instance_id: int | None = None,
        element: str | None = None,
        delay: timedelta | None = None,
        **ids: Any,
    ) -> int:
        """Remember the work, which starts once the transaction is committed; return the job's id.

        ``ids`` is small flat JSON that the job is handed when it runs.
        """
        ...


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """Clock, people, working calendar and background work."""

    clock: Clock
    directory: Directory
    calendar: WorkingCalendar
    jobs: JobQueue
