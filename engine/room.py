"""The collaborators of the engine, made once at start-up and handed down as one argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

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


class Errand(Protocol):
    """Background work of minutes that belongs to no case. It may be broken off and run again."""

    def __call__(self, ids: Mapping[str, Any], *, room: EngineRoom, factory: sessionmaker[Session]) -> None:
        """Do the work that was asked for with ``ids``, in transactions of its own."""
        ...

    def stop(self) -> None:
        """Break off what runs in this process: it raises, and is tried again later."""
        ...


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """Clock, people, working calendar and background work; ``errands`` are what a kind of job does, if no case asks."""

    clock: Clock
    directory: Directory
    calendar: WorkingCalendar
    jobs: JobQueue
    errands: Mapping[str, Errand] = field(default_factory=dict)
